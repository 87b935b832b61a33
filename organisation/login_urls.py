"""Addresses of one's own account."""

from django.urls import path

from organisation.views import account

urlpatterns = [
    path("", account.account, name="own_account"),
    path("sessions/end/", account.sessions_end, name="own_sessions_end"),
]
