"""What organisers may not do, shown where they write: short, with the source and the day of its last check."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CHECKED_ON = date(2026, 11, 22)


def _hint(text: str, sources: str, checked_on: date = CHECKED_ON) -> SafeString:
    reserve = _("Information, not legal advice; as of %(day)s.") % {"day": date_format(checked_on)}
    return format_html('<p class="hint">{} <cite>{}</cite> {}</p>', text, sources, reserve)


def _naming() -> SafeString:
    text = _(
        "No name, initials, photo or facts that let a summoned person be found without that person's own dated "
        "consent, which can be withdrawn. Never officers, witnesses or complainants. It can be an offence, or breach "
        "the presumption of innocence."
    )
    return _hint(text, _("CP art. 223-1-1, C. civ. art. 9-1."))


def _contacting() -> SafeString:
    text = _(
        "Many contacts to one elected person can be group harassment even when each person makes only one. No election "
        "propaganda on the eve and the day of a ballot."
    )
    return _hint(text, _("CP art. 222-33-2-2, C. électoral art. L.49."))


def _calling() -> SafeString:
    text = _(
        "Many contacts to one elected person can be group harassment even when each person makes only one. Hence "
        "office numbers and office hours only, and across all campaigns of this site one contact in 7 days and three "
        "in all by people with confirmed alerts. “Stop” is final once one of these reports it or you make it final; "
        "until then it holds for 180 days. No election propaganda on the eve and the day of a ballot."
    )
    return _hint(text, _("CP art. 222-33-2-2, C. électoral art. L.49."))


def _banned() -> SafeString:
    """As the rights sheet has it; nothing where another country's sheet says nothing of it."""
    sheet = settings.RIGHTS
    sources = sheet.sources_of("taking_part", translation.get_language())
    if sheet.jurisdiction != "FR" or not sources:
        return SafeString()
    text = _(
        "Organising an undeclared demonstration: up to 6 months and 7,500 euros; taking part in it is no offence. "
        "Taking part in a banned one: a fine of 135 euros."
    )
    return _hint(text, f"{sources}.", sheet.checked_on)


naming = lazy(_naming, SafeString)()
contacting = lazy(_contacting, SafeString)()
calling = lazy(_calling, SafeString)()
banned = lazy(_banned, SafeString)()
meeting_point = gettext_lazy(
    "How to find the place: the entrance, the statue, the corner. Nobody who could be recognised."
)
own_words = gettext_lazy(
    "Points to speak about, one per line; not sentences to copy: networks treat duplicated texts as manipulation."
)
