"""Addresses of django-allauth's that lead nowhere here: accounts are given by the unit.

Nobody keeps e-mail addresses or a choice of identity providers of their own, who signs in by
single sign-on makes no password, and sessions are on the account page. allauth's own addresses
come after these, so that the names it looks up exist.
"""

from django.urls import path, re_path

from organisation.views.account import not_offered

urlpatterns = [
    path("signup/", not_offered),
    path("email/", not_offered),
    path("login/code/confirm/", not_offered),
    path("password/set/", not_offered),
    path("sessions/", not_offered),
    path("2fa/recovery-codes/download/", not_offered),
    path("3rdparty/", not_offered),
    path("3rdparty/signup/", not_offered),
    re_path(r"^confirm-email/", not_offered),
    re_path(r"^social/", not_offered),
]
