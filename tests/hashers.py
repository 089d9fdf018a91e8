"""Passwords of tests."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own with one round instead of a million, half a second each. A house that a test starts reads it too."""

    iterations = 1
