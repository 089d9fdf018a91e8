"""The rights sheet as a page: the app's shell, and the sheet itself for those without JavaScript."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from campaigns.models import Campaign
from campaigns.views.pages.filling import fill
from mobilise.fields import pick
from mobilise.ready import Ready, ready_answers
from mobilise.rights import Sheet
from mobilise.shell import not_built, read_shell, respond

SECONDS = 10.0
# Longer ago than this, and the page says so.
OLD_AFTER_DAYS = 365
MOST_NUMBERS = 20


def rights_page(request: HttpRequest) -> HttpResponse:
    """In the language that the address names (`?lang=`), else in the sheet's main one. The app speaks the phone's."""
    shell, sheet = read_shell(), settings.RIGHTS
    if shell is None:
        return not_built()
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in sheet.languages else sheet.languages[0]
    ready = ready_answers.get(
        ("page of rights", language), lambda: Ready.from_html(_fill(shell, sheet, language)), SECONDS
    )
    return respond(request, ready)


def _fill(shell: str, sheet: Sheet, language: str) -> str:
    with translation.override(language):
        return fill(shell, "app/rights_summary.html", describe(sheet, language), head_template="app/rights_head.html")


def describe(sheet: Sheet, language: str) -> dict[str, Any]:
    """What the page says."""
    return {
        "site_name": settings.SITE_NAME,
        "language": language,
        "others": [(code, _name_of(code)) for code in sheet.languages if code != language],
        "checked_on": sheet.checked_on,
        "is_old": (timezone.localdate() - sheet.checked_on).days > OLD_AFTER_DAYS,
        "topics": [
            {
                "id": topic.id,
                "title": sheet.say(topic.title, language),
                "points": sheet.say(topic.points, language),
                "sources": sheet.say(topic.sources, language),
            }
            for topic in sheet.topics
        ],
        "legal_teams": [
            {"phone": campaign.legal_phone, "campaign": pick(campaign.name, language, campaign.main_language)}
            for campaign in Campaign.objects.public().exclude(legal_phone="")[:MOST_NUMBERS]
        ],
    }


def _name_of(language: str) -> str:
    """As it calls itself; its code for one that Django does not know."""
    try:
        return str(translation.get_language_info(language)["name_local"]).capitalize()
    except KeyError:
        return language
