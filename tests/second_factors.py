"""Organisers with a second factor, and time that passes since they used it."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User
from tests.admin_pages import Organiser

PASSWORD = "fifteen words or so"
SIGN_IN = "/accounts/login/"


STEP_SECONDS = 30.0
LATE = 6.0


def code_now(secret: str) -> str:
    """What the authenticator app shows; near the end of its half minute, as anybody would, the next one."""
    left = STEP_SECONDS - time.time() % STEP_SECONDS
    if left < LATE:
        time.sleep(left + 0.01)
    return str(format_hotp_value(hotp_value(secret, int(time.time() // STEP_SECONDS))))


def give_app(user: User) -> str:
    """An authenticator app with codes to fall back on. Its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def fall_back_codes(user: User) -> list[str]:
    """The codes on the organiser's sheet of paper."""
    codes: list[str] = RecoveryCodes(user.authenticator_set.get(type="recovery_codes")).get_unused_codes()
    return codes


class Confirmed(Organiser):
    """An organiser with an authenticator app who signed in through the pages, by a code from the sheet of paper.

    So the code that the app shows now is not used up yet.
    """

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.logout()
        user.set_password(PASSWORD)
        user.save()
        self.secret = give_app(user)
        answer = self.post(SIGN_IN, {"login": user.username, "password": PASSWORD})
        answer = self.post(answer.url, {"code": fall_back_codes(user)[0]})
        assert answer.status_code == 302


def let_pass(client: Client, minutes: float) -> None:
    """The last confirmation is so many minutes older."""
    session = client.session
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**record, "at": record["at"] - 60 * minutes} for record in records]
    session.save()
