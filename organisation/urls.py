"""Addresses of the organisation pages."""

from django.urls import path

from organisation.views import absences, logins, pages, terms, tokens

urlpatterns = [
    path("", pages.organisation, name="organisation"),
    path("parts/new/", pages.node_add, name="organisation_node_add"),
    path("parts/<int:pk>/", pages.node, name="organisation_node"),
    path("parts/<int:pk>/close/", pages.group_close, name="organisation_group_close"),
    path("parts/<int:pk>/delegate/", pages.delegate, name="organisation_delegate"),
    path(
        "delegations/<int:pk>/withdraw/",
        pages.delegation_withdraw,
        name="organisation_delegation_withdraw",
    ),
    path("staff/", pages.staff_list, name="staff_list"),
    path("staff/new/", pages.staff_add, name="staff_add"),
    path("staff/<int:pk>/", pages.staff, name="staff"),
    path("staff/<int:pk>/roles/new/", pages.role_give, name="role_give"),
    path("staff/<int:pk>/employments/new/", pages.employment_add, name="employment_add"),
    path("staff/<int:pk>/password/", pages.password_set, name="password_set"),
    path("staff/<int:pk>/login/", logins.login_state, name="login_state"),
    path("staff/<int:pk>/login/unlock/", logins.login_unlock, name="login_unlock"),
    path("staff/<int:pk>/login/reset/", logins.login_reset, name="login_reset"),
    path(
        "staff/<int:pk>/login/sessions/",
        logins.login_sessions_end,
        name="login_sessions_end",
    ),
    path("roles/<int:pk>/end/", pages.role_end, name="role_end"),
    path("employments/<int:pk>/change/", terms.employment_change, name="employment_change"),
    path("employments/<int:pk>/end/", pages.employment_end, name="employment_end"),
    path("tokens/", tokens.own_tokens, name="token_list"),
    path("tokens/new/", tokens.token_new, name="token_new"),
    path("tokens/all/", tokens.all_tokens, name="token_list_all"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("absences/", absences.absences, name="absences"),
    path("absences/new/", absences.absence_add, name="absence_add"),
    path("absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
]
