"""Which address leads where."""

from django.contrib.admin import autodiscover
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from accounts.site import site
from accounts.site_pages import keys_page, log_page
from accounts.views.manifest import manifest
from campaigns.admin.home.page import start_page
from campaigns.views.calendars import calendar_of_action, calendar_of_campaign
from campaigns.views.joining import join
from campaigns.views.pages.action import action_page
from campaigns.views.pages.campaign import campaign_page
from campaigns.views.pages.pictures import action_picture, campaign_picture
from campaigns.views.pages.rights import rights_page
from campaigns.views.watching import metrics, readyz
from mobilise.error_handler import unknown_address
from mobilise.health import healthz
from mobilise.icons import icon
from mobilise.shell import app_shell, feed_page

# Before the addresses of its pages are asked for.
autodiscover()

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
    # Instead of the site's own index, which knows no campaigns.
    path("admin/", site.admin_view(start_page)),
    path("admin/site/keys/", site.admin_view(keys_page), name="site_keys"),
    path("admin/site/log/", site.admin_view(log_page), name="site_log"),
    path("admin/", site.urls),
    # Before allauth's own: nobody signs up.
    path("accounts/signup/", unknown_address, name="account_signup"),
    path("accounts/", include("accounts.organiser_urls")),
    path("accounts/join/<str:code>", join, name="join_as_organiser"),
    path("accounts/", include("allauth.urls")),
    path("", feed_page),
    # What the service worker keeps, for all addresses.
    path("shell", app_shell),
    path("a/<uuid:action>", action_page),
    path("a/<uuid:action>/<slug:version>.png", action_picture),
    path("c/<slug:slug>", campaign_page),
    path("c/<slug:slug>/<slug:version>.png", campaign_picture),
    path("actions/<uuid:action>.ics", calendar_of_action),
    path("campaigns/<slug:slug>/calendar.ics", calendar_of_campaign),
    path("rights", rights_page),
    path("settings", app_shell),
    path("settings/<slug:room>", app_shell),
    path("alerts", app_shell),
    path("alerts/check", app_shell),
    path("transfer", app_shell),
    path("manifest.webmanifest", manifest),
    path("install", app_shell),
    path("icons/<str:form>", icon),
]

handler400 = "mobilise.error_handler.bad_request"
handler500 = "mobilise.error_handler.server_error"
