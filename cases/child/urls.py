"""Addresses of the child and of searching for one."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.child import views as child

urlpatterns: list[URLPattern] = [
    path("children/<int:pk>/", child.child, name="child"),
    path("search/", child.search, name="search"),
]
