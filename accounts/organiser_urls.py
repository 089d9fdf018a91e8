"""The organisers' own pages, under /accounts/ beside those of allauth."""

from django.urls import path

from accounts import organiser_views
from accounts.site import site

urlpatterns = [
    # Before allauth's own, which asks for nothing.
    path("password/set/", organiser_views.set_password, name="account_set_password"),
    path("phones/", site.admin_view(organiser_views.phones), name="organiser_phones"),
    path("phones/<uuid:uuid>/untie/", site.admin_view(organiser_views.untie), name="untie_phone"),
    path("tie/<str:code>", organiser_views.tie, name="tie_phone"),
]
