"""Every address of the REST API, `/api/v1/`, by app; what is no address comes last."""

from api.urls import last
from api.urls import urlpatterns as ground
from cases.api_urls import urlpatterns as cases
from workload.api.urls import urlpatterns as workload

app_name = "api"

urlpatterns = [*ground, *workload, *cases, *last]
