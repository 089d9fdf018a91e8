"""Very many taps from one network address, in words: what it may be, and what an organiser can do."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.kinds import Kind
from campaigns.models import Action, Burst
from campaigns.models.burst import WINDOW

CLOCK = "H:i"


def words_of(burst: Burst, action: Action) -> str:
    """Neither names the address nor judges: a rally's phones often share one."""
    begin = burst.begins_at.astimezone(action.zone)
    values = {
        "n": burst.most,
        "day": date_format(begin, "j M"),
        "begin": date_format(begin, CLOCK),
        "end": date_format(begin + WINDOW, CLOCK),
    }
    text = _("Between %(begin)s and %(end)s on %(day)s at least %(n)d taps came from one network address.") % values
    return f"{text} {_advice(action)}"


def _advice(action: Action) -> str:
    if action.kind in (Kind.RALLY_CALL, Kind.SOLIDARITY_ALERT):
        return _(
            "Phones that are together often share one, so during a gathering this is to be expected. At any other time "
            "somebody may be making phones up: do not quote the count before you know."
        )
    return _(
        "A hall, a university or a mobile network has one for all its phones. If you know of nothing like it, somebody "
        "may be making phones up: do not quote the count before you know."
    )
