#!/usr/bin/env python
"""Run a Django command."""

import gc
import os
import sys

gc.disable()  # until mobilise.collector is there

from django.core.management import execute_from_command_line  # noqa: E402

from mobilise.keys import as_environment, generate_secrets  # noqa: E402

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
    if sys.argv[1:] == ["generate_secrets"]:
        # Not a Django command: the settings refuse to load without what it prints.
        sys.stdout.write(as_environment(generate_secrets()))
    else:
        execute_from_command_line(sys.argv)
