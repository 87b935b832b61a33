"""Addresses of the child and of searching for one."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.child import views as child
from cases.matters.addresses import about

urlpatterns: list[URLPattern] = [
    *about(
        "child",
        path("children/<int:pk>/", child.child, name="child"),
    ),
    path("search/", child.search, name="search"),
]
