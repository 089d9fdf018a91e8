"""The WSGI entry point that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from mobilise.kept_answers import KeptAnswers
from mobilise.logs.configuration import log_crashes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
log_crashes()
application = KeptAnswers(get_wsgi_application())
