"""Everything that people read is there in French too, and the compiled catalogue is the one of the texts."""

import gettext
import re

import pytest
from django.conf import settings
from django.utils.translation import gettext as translate
from django.utils.translation import override

from tests.catalogue import Message, in_po, in_python, in_templates

CATALOGUE = settings.BASE_DIR / "mobilise" / "locale" / "fr" / "LC_MESSAGES"
PO, MO = CATALOGUE / "django.po", CATALOGUE / "django.mo"
HOW = "Collect with `manage.py makemessages -l fr --no-obsolete`, translate, compile with `manage.py compilemessages`."


class Missing(gettext.NullTranslations):
    """Says what the compiled catalogue lacks."""

    def gettext(self, message):
        return None

    def pgettext(self, context, message):
        return None

    def ngettext(self, singular, plural, number):
        return None


def compiled():
    with MO.open("rb") as file:
        translations = gettext.GNUTranslations(file)
    translations.add_fallback(Missing())
    return translations


def from_mo(translations, message):
    if message.plural:
        return [translations.ngettext(message.singular, message.plural, number) for number in (1, 2)]
    if message.context:
        return [translations.pgettext(message.context, message.singular)]
    return [translations.gettext(message.singular)]


def test_it_finds_what_is_to_be_translated():
    assert Message("", "Save and schedule") in set(in_templates())
    assert Message("an alert", "Cancel") in set(in_templates())
    assert Message("", "%(n)d device", "%(n)d devices") in set(in_python())


def test_it_translates_everything_into_french():
    missing = ({*in_python(), *in_templates()}) - set(in_po(PO))
    assert not missing, HOW


def test_it_translates_nothing_that_is_gone():
    gone = set(in_po(PO)) - {*in_python(), *in_templates()}
    assert not gone, HOW


def test_it_leaves_no_translation_empty_or_uncertain():
    empty = [message for message, texts in in_po(PO).items() if not texts or not all(texts)]
    assert not empty, HOW
    assert "fuzzy" not in PO.read_text(encoding="utf-8")


def test_it_is_compiled_from_the_texts_as_they_are():
    translations = compiled()
    entries = in_po(PO)
    stale = [message for message, texts in entries.items() if from_mo(translations, message) != texts]
    assert len(entries) > 300
    assert not stale, HOW


def test_it_keeps_the_places_for_values():
    places = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    entries = in_po(PO)
    changed = [
        message
        for message, texts in entries.items()
        if any(sorted(places.findall(message.singular)) != sorted(places.findall(text)) for text in texts)
    ]
    assert not changed


@pytest.mark.parametrize(("language", "text"), [("fr", "Enregistrer et programmer"), ("en", "Save and schedule")])
def test_it_is_the_catalogue_that_the_site_speaks_from(language, text):
    with override(language):
        assert translate("Save and schedule") == text


def test_it_says_of_a_discreet_notification_what_was_agreed():
    with override("fr"):
        assert translate("New message, read before %(hour)s") == "Nouveau message, à lire avant %(hour)s"
