"""An alert as locked phones show it, in each language of the site."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from campaigns.delivery.messages import discreet_texts, texts_of
from campaigns.models import Alert
from campaigns.rules.phones import ANDROID, IPHONE, cut


@dataclass(frozen=True, slots=True)
class Screen:
    """What one kind of phone shows; ``folded``: of the text, while other notifications share the screen."""

    kind: str
    name: str
    title: str
    body: str
    folded: str = ""
    title_most: int = 0
    body_most: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """One language."""

    code: str
    language: str
    app: str
    missing: str  # what is shown instead of a missing text, in a sentence; empty when nothing is missing
    screens: tuple[Screen, ...]


def previews_of(alert: Alert) -> list[Preview]:
    """All languages of the site, the campaign's main one first."""
    main = alert.action.campaign.main_language
    app = settings.SITE_NAME
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != main)
    return [Preview(code, _name_of(code), app, _missing(alert, code), _screens(alert, code)) for code in codes]


def _screens(alert: Alert, code: str) -> tuple[Screen, ...]:
    title, body = texts_of(alert, code)
    plain, discreet = discreet_texts(alert, code, alert.action.time_zone)
    android = Screen(
        "android",
        "Android",
        cut(title, ANDROID.title),
        cut(body, ANDROID.body),
        cut(body, ANDROID.folded) if len(body) > ANDROID.folded else "",
        ANDROID.title,
        ANDROID.body,
    )
    iphone = Screen("iphone", "iPhone", cut(title, IPHONE.title), cut(body, IPHONE.body), "", IPHONE.title, IPHONE.body)
    return android, iphone, Screen("discreet", _("Discreet lock screen"), plain, discreet)


def _missing(alert: Alert, code: str) -> str:
    if alert.title.get(code, "").strip() and alert.body.get(code, "").strip():
        return ""
    main = alert.action.campaign.main_language
    instead = next((one for one in (main, *alert.body) if alert.body.get(one, "").strip()), main)
    if instead == code:
        return ""
    text = _("No %(language)s text: %(instead)s is shown.")
    return text % {"language": _name_of(code), "instead": _name_of(instead)}


def _name_of(code: str) -> str:
    """As it stands within a sentence: English writes names of languages with a capital, French does not."""
    name = str(get_language_info(code)["name_translated"])
    return name if (get_language() or "en").startswith("en") else name.lower()
