"""The WSGI entry point that Granian serves."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from mobilise.collector import resting
from mobilise.fast_path import FastPath
from mobilise.kept_answers import KeptAnswers
from mobilise.logs.configuration import log_crashes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
log_crashes()
gc.disable()  # until mobilise.collector is there
_django = get_wsgi_application()
with resting():
    # Models are there once Django is. Without the addresses the first request would wait for all views.
    import_module("mobilise.urls")
    application = KeptAnswers(FastPath(_django, import_module("campaigns.crowd.routes").ROUTES))
