"""Addresses of a party's access to the file."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.disclosure import views
from cases.matters.addresses import about

ONE = "disclosures/<int:pk>/"
TEXT = ONE + "texts/<int:position>/"

urlpatterns: list[URLPattern] = [
    path("disclosures/", views.disclosure_list, name="disclosure_list"),
    *about(
        "matter",
        path("matters/<int:pk>/disclosure/new/", views.disclosure_new, name="disclosure_new"),
    ),
    *about(
        "disclosure",
        path(ONE, views.disclosure, name="disclosure"),
        path(ONE + "act/<slug:name>/", views.disclosure_act, name="disclosure_act"),
        path(ONE + "preview/", views.disclosure_preview, name="disclosure_preview"),
        path(ONE + "pdf/", views.disclosure_pdf, name="disclosure_pdf"),
        path(TEXT, views.disclosure_text, name="disclosure_text"),
        path(TEXT + "looked-through/", views.disclosure_review, name="disclosure_review"),
        path(TEXT + "keep-back/", views.disclosure_keep_back, name="disclosure_keep_back"),
        path(TEXT + "masks/<int:mask>/", views.disclosure_unmask, name="disclosure_unmask"),
    ),
]
