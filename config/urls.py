"""Every address of the deployment."""

from functools import partial

from django.urls import URLPattern, URLResolver, include, path, re_path
from ninja.openapi.views import openapi_json, openapi_view

from api.v1 import api
from config.assets import other_version
from config.health import healthz, readyz
from config.metrics import metrics
from config.operator import operator
from crm.web import admin_tables

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/v1/", api.urls),
    path("openapi.json", partial(openapi_json, api=api), name="openapi"),
    path("admin/", admin_tables.SITE.urls),
    path("operator/", operator.urls),
    path("", include("crm.web.accounts")),
    path("", include("crm.web.urls")),
    re_path(r"^static/[0-9a-f]{10}/(?P<path>.+)$", other_version),
    path("docs", partial(openapi_view, api=api), name="docs"),
]

handler500 = "crm.web.faults.server_error"
handler400 = "crm.web.faults.bad_request"
handler403 = "crm.web.faults.forbidden"
handler404 = "crm.web.faults.not_found"
handler429 = "crm.web.accounts.too_many_requests"
