"""Ours, with another table of addresses."""

from mobilise.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_drf.urls"
