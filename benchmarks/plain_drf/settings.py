"""Ours, with another table of addresses."""

from mobilise.settings import *  # noqa: F403  # settings build on settings

ROOT_URLCONF = "benchmarks.plain_drf.urls"
