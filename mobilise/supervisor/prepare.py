"""`python -m mobilise.supervisor.prepare`: secrets, tables, static files, and the demo the first time."""

import gc
import os
import sys
from io import StringIO

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from mobilise.keys import generate_secrets
from mobilise.supervisor.refusal import Refusal
from mobilise.supervisor.run_lock import make_private_directory
from mobilise.supervisor.secrets_file import complete_secrets
from mobilise.supervisor.site import is_local, var_directory

# Whom push services write to about this site. A real site names its operator.
LOCAL_SUBJECT = {"VAPID_SUBJECT": "mailto:nobody@example.org"}


def prepare() -> None:
    """Brings the data to what this version needs. Raises Refusal, or what Django raises."""
    var = var_directory()
    make_private_directory(var)
    local = is_local(dict(os.environ))
    made = complete_secrets(var / "secrets.env", generate_secrets() | (LOCAL_SUBJECT if local else {}), os.environ)
    if made:
        sys.stdout.write(f"Made new secrets in {var / 'secrets.env'}: {', '.join(made)}. Keep a copy.\n")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
    gc.disable()  # until mobilise.collector is there
    django.setup()
    # Once for all services, which start without them.
    call_command("check", verbosity=0, stdout=StringIO())
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if local:
        call_command("demo", first_time=True)


def main() -> int:
    """Exit status; trouble is said in one line."""
    try:
        prepare()
    except (Refusal, ImproperlyConfigured, CommandError, DatabaseError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
