"""Which address leads where."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from accounts.site import site
from campaigns.views.page import action_page
from campaigns.views.watching import metrics, readyz
from mobilise.error_handler import unknown_address
from mobilise.health import healthz
from mobilise.shell import app_shell

api: list[URLPattern | URLResolver] = [
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(template_name="api/docs.html"), name="docs"),
    path("", include("campaigns.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/v1/", include(api)),
    re_path(r"^api(?:/(?P<rest>.*))?$", unknown_address),
    path("admin/", site.urls),
    # Before allauth's own: nobody signs up.
    path("accounts/signup/", unknown_address, name="account_signup"),
    path("accounts/", include("accounts.organiser_urls")),
    path("accounts/", include("allauth.urls")),
    path("", app_shell),
    path("a/<uuid:action>", action_page),
    path("c/<slug:slug>", app_shell),
    path("settings", app_shell),
    path("alerts", app_shell),
]

handler400 = "mobilise.error_handler.bad_request"
handler500 = "mobilise.error_handler.server_error"
