"""The WSGI entry point that Granian serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from mobilise.fast_path import FastPath
from mobilise.kept_answers import KeptAnswers
from mobilise.logs.configuration import log_crashes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
log_crashes()
_django = get_wsgi_application()
# Models are there once Django is.
application = KeptAnswers(FastPath(_django, import_module("campaigns.crowd.routes").ROUTES))
