#!/usr/bin/env python
"""Run a Django command."""

import os
import sys

from django.core.management import execute_from_command_line

from mobilise.keys import as_environment, generate_secrets

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobilise.settings")
    if sys.argv[1:] == ["generate_secrets"]:
        # Not a Django command: the settings refuse to load without what it prints.
        sys.stdout.write(as_environment(generate_secrets()))
    else:
        execute_from_command_line(sys.argv)
