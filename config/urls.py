"""Every address of the product, by app."""

from django.urls import include, path

from config.health import healthz, readyz

handler500 = "api.problems.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("account/", include("organisation.login_urls")),
    # Before allauth's: its pages that this product does not have.
    path("accounts/", include("organisation.withheld_urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("config.api")),
    path("organisation/", include("organisation.urls")),
    path("statistics/", include("unitstats.urls")),
    path("", include("core.urls")),
    path("", include("cases.urls")),
    path("", include("workload.urls")),
    path("", include("audits.urls")),
]
