"""Addresses of versions, signing and corrections: one for every kind of text."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.matters.addresses import about
from cases.signing import views as texts

ONE = "texts/<slug:code>/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("texts/to-sign/", texts.to_sign, name="to_sign"),
    *about(
        "text",
        path(ONE + "versions/", texts.text_versions, name="text_versions"),
        path(ONE + "sign/", texts.text_sign, name="text_sign"),
        path(ONE + "additions/new/", texts.text_addition, name="text_addition"),
    ),
]
