"""Organisers sign in on allauth's pages, with a second factor, and nothing notes when."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from tests.admin_pages import parse
from tests.make import make_campaign, make_member, make_user
from tests.second_factors import Confirmed, code_now, fall_back_codes, let_pass

pytestmark = pytest.mark.django_db
PASSWORD = "fifteen words or so"
SIGN_IN, ADMIN = "/accounts/login/", "/admin/"


@pytest.fixture
def _mfa(settings):
    settings.REQUIRE_MFA = True


def sign_in(username="camille", password=PASSWORD):
    client = Client(headers={"Accept-Language": "en"})
    return client, client.post(SIGN_IN, {"login": username, "password": password})


def enrol(client):
    """Sets an authenticator app up, as the pages lead there; its secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert answer.status_code == 302
    return secret


def uses_of(user):
    """When its second factors were used, as far as the database says."""
    found = set(Authenticator.objects.filter(user=user).values_list("last_used_at", flat=True))
    assert found
    return found


def test_it_leads_a_stranger_to_the_sign_in_page_and_back():
    client = Client()
    answer = client.get("/admin/campaigns/campaign/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Fcampaigns%2Fcampaign%2F"
    make_user(username="camille", password=PASSWORD)
    answer = client.post(answer.redirect_chain[-1][0], {"login": "camille", "password": PASSWORD, "next": ADMIN})
    assert answer.url == ADMIN
    assert client.get(ADMIN).status_code == 200


def test_it_does_not_lead_off_the_site():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    assert client.get("/admin/login/?next=https://evil.example/").url == ADMIN


def test_it_takes_no_wrong_password():
    make_user(username="camille", password=PASSWORD)
    client, answer = sign_in(password="something else entirely")
    assert answer.status_code == 200
    assert client.get(ADMIN).status_code == 302


def test_it_signs_nobody_up():
    for method in ("get", "post"):
        data = {"username": "new", "password1": PASSWORD, "email": "new@example.org"}
        assert getattr(Client(), method)("/accounts/signup/", data).status_code == 404
    assert not User.objects.exists()


@pytest.mark.usefixtures("_mfa")
def test_it_notes_nowhere_when_somebody_signed_in():
    user = make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    secret = enrol(client)
    client, answer = sign_in()
    client.post(answer.url, {"code": code_now(secret)})
    assert client.get(ADMIN).status_code == 200
    assert not hasattr(User, "last_login") or User.last_login is None
    assert uses_of(user) == {None}


@pytest.mark.usefixtures("_mfa")
@pytest.mark.parametrize("way", ["app", "sheet"])
def test_it_notes_nowhere_when_somebody_confirmed(way):
    user = make_user(username="camille")
    client = Confirmed(user)
    let_pass(client, minutes=60)
    assert client.get("/accounts/2fa/recovery-codes/").url.startswith("/accounts/2fa/reauthenticate/")
    code = code_now(client.secret) if way == "app" else fall_back_codes(user)[0]
    client.post("/accounts/2fa/reauthenticate/", {"code": code})
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert uses_of(user) == {None}


@pytest.mark.usefixtures("_mfa")
def test_it_encrypts_the_second_factor_s_secret():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    secret = enrol(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert stored.count("'secret'") == 1
    assert secret not in stored


@pytest.mark.usefixtures("_mfa")
@pytest.mark.parametrize("address", [ADMIN, "/admin/campaigns/campaign/", "/accounts/phones/"])
def test_it_lets_nobody_in_without_a_second_factor(address):
    make_member(make_campaign(), user=make_user(username="camille", password=PASSWORD))
    client, _ = sign_in()
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "Set up a second factor first" in answer.content.decode()


@pytest.mark.usefixtures("_mfa")
def test_it_lets_in_whoever_enrolled_and_confirmed():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    secret = enrol(client)
    answer = client.get(ADMIN, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    answer = client.post(answer.redirect_chain[-1][0], {"code": code_now(secret), "next": ADMIN})
    assert answer.url == ADMIN
    assert client.get(ADMIN).status_code == 200


@pytest.mark.usefixtures("_mfa")
def test_it_keeps_out_a_session_from_before_the_enrolment():
    make_user(username="camille", password=PASSWORD)
    stolen, _ = sign_in()
    client, _ = sign_in()
    enrol(client)
    assert stolen.get(ADMIN).status_code == 302


@pytest.mark.usefixtures("_mfa")
def test_it_asks_for_the_code_at_the_next_sign_in():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    secret = enrol(client)
    client, answer = sign_in()
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get(ADMIN).status_code == 302
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    client.post(answer.url, {"code": code_now(secret)})
    assert client.get(ADMIN).status_code == 200


def test_it_shows_the_secret_s_code_as_part_of_the_page():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "<svg" in page
    assert "data:" not in page


@pytest.mark.usefixtures("_mfa")
def test_it_enrols_anew_after_an_administrator_removed_the_second_factor(settings):
    user = make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    enrol(client)
    settings.REQUIRE_MFA = False
    administrator = Client()
    administrator.force_login(make_user(is_superuser=True))
    administrator.post(f"/admin/accounts/user/{user.pk}/reset-second-factor/")
    assert not Authenticator.objects.exists()
    settings.REQUIRE_MFA = True
    assert client.get(ADMIN, follow=True).redirect_chain[-1][0] == "/accounts/2fa/"


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_staff": False}])
def test_it_keeps_out_whom_the_administrator_shut_out(values):
    User.objects.filter(pk=make_user(username="camille", password=PASSWORD).pk).update(**values)
    client, _ = sign_in()
    answer = client.get(ADMIN, follow=True)
    assert "What do you want to do?" not in answer.content.decode()
    if "is_staff" in values:
        assert answer.status_code == 403


def test_it_signs_out_by_a_button_only():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    assert client.get("/admin/logout/").url == "/accounts/logout/"
    assert client.get(ADMIN).status_code == 200
    assert client.post("/admin/logout/").url == SIGN_IN
    assert client.get(ADMIN).status_code == 302


def test_it_changes_the_password_on_the_account_s_own_page():
    make_user(username="camille", password=PASSWORD)
    client, _ = sign_in()
    assert client.get("/admin/password_change/").url == "/accounts/password/change/"


def test_it_asks_for_name_and_password_and_nothing_else():
    fields = parse(Client().get(SIGN_IN)).fields
    assert set(fields) == {"csrfmiddlewaretoken", "login", "password", "credential"}


def test_it_makes_an_organiser_with_a_first_password():
    administrator = Client(headers={"Accept-Language": "en"})
    administrator.force_login(make_user(is_superuser=True))
    data = {"username": "camille", "password1": PASSWORD, "password2": PASSWORD, "_save": "1"}
    assert administrator.post("/admin/accounts/user/add/", data).status_code == 302
    user = User.objects.get(username="camille")
    assert (user.is_staff, user.is_superuser) == (True, False)
    client, _ = sign_in()
    assert client.get(ADMIN).status_code == 200


def test_it_does_not_let_an_administrator_delete_their_own_account():
    user = make_user(is_superuser=True)
    administrator = Client()
    administrator.force_login(user)
    assert administrator.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def fail_from(address: str, times: int) -> str:
    """The last page's text, for names that nobody has; the proxy says from where."""
    client = Client(headers={"Accept-Language": "en", "X-Forwarded-For": address})
    for number in range(times):
        page = client.post(SIGN_IN, {"login": f"nobody-{address}-{number}", "password": "wrong"})
    return page.content.decode()


def test_who_fails_again_and_again_behind_the_proxy_locks_nobody_else_out(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    make_user(username="camille", password=PASSWORD)

    assert "Too many" in fail_from("192.0.2.7", 12)
    assert "Too many" not in fail_from("198.51.100.9", 1)

    client = Client(headers={"Accept-Language": "en", "X-Forwarded-For": "198.51.100.10"})
    assert client.post(SIGN_IN, {"login": "camille", "password": PASSWORD}).status_code == 302


def test_what_a_caller_says_of_its_address_is_not_believed():
    make_user(username="camille", password=PASSWORD)

    pages = [fail_from(f"192.0.2.{number}", 1) for number in range(12)]

    assert "Too many" in pages[-1]
