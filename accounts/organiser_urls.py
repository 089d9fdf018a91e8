"""The organisers' own pages, under /accounts/ beside those of allauth."""

from django.urls import path

from accounts import organiser_views
from accounts.site import site

urlpatterns = [
    path("phones/", site.admin_view(organiser_views.phones), name="organiser_phones"),
    path("phones/<uuid:uuid>/untie/", site.admin_view(organiser_views.untie), name="untie_phone"),
    path("tie/<str:code>", organiser_views.tie, name="tie_phone"),
]
