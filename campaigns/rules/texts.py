"""What may be said in an alert, and when."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.models import Action, Alert
from campaigns.rules.banning import ban_problems
from campaigns.rules.cases import case_problems
from campaigns.rules.naming import alert_naming_problems


def text_problems(alert: Alert) -> list[str]:
    """What must be changed in its texts before it may be scheduled, in words."""
    problems = []
    main = alert.action.campaign.main_language
    if not alert.title.get(main, "").strip() or not alert.body.get(main, "").strip():
        problems.append(_("Write title and text in the campaign's main language (%(code)s).") % {"code": main})
    push = getattr(alert.action, "hashtagpush", alert.action)
    hashtag, reveal_at = getattr(push, "hashtag", ""), getattr(push, "reveal_at", None)
    if hashtag and reveal_at and alert.send_at < reveal_at:
        texts = [*alert.title.values(), *alert.body.values()]
        if any(hashtag.casefold() in text.casefold() for text in texts):
            problems.append(_("It holds the hashtag and would be sent before the hashtag is revealed."))
    return [*problems, *alert_naming_problems(alert), *ban_problems(alert), *case_problems(alert)]


def tells_too_early(action: Action, texts: Iterable[str], now: datetime) -> bool:
    """Whether one of these texts holds a hashtag that is not revealed yet."""
    push = getattr(action, "hashtagpush", None)
    if push is None or push.is_revealed(now):
        return False
    return any(push.hashtag.casefold() in text.casefold() for text in texts)


def shows_too_early(action: Action, now: datetime) -> bool:
    """Whether what is relayed of it is kept back with the hashtag where nobody can read what is drawn in it."""
    push = getattr(action, "hashtagpush", None)
    return push is not None and not push.is_revealed(now)


def without_withdrawn(action: Action, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with three dots in place of a hashtag that was withdrawn."""
    push = getattr(action, "hashtagpush", None)
    if push is None or push.withdrawn_at is None:
        return dict(texts)
    return {code: re.sub(re.escape(push.hashtag), "…", text, flags=re.IGNORECASE) for code, text in texts.items()}
