"""How many devices an alert goes to now, in words that let nobody count single persons."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Alert
from campaigns.rules import FEWEST_NARROWED, Reach, full_tens


def devices_in_words(reach: Reach) -> str:
    """Exact for all followers; by departement in full tens: else two choices tell those of one departement."""
    if reach.narrowed and reach.devices < FEWEST_NARROWED:
        return _("fewer than %(n)d devices") % {"n": FEWEST_NARROWED}
    if reach.at_least:
        return _("%(n)d devices or more") % {"n": reach.devices}
    if reach.by_place:
        return _("%(n)d devices or a few more") % {"n": full_tens(reach.devices)}
    return ngettext("%(n)d device", "%(n)d devices", reach.devices) % {"n": reach.devices}


def goes_to(alert: Alert, reach: Reach) -> str:
    """One sentence."""
    devices = devices_in_words(reach)
    if alert.departements:
        where = ", ".join(alert.departements)
        return _("Goes to %(devices)s now, in %(where)s.") % {"devices": devices, "where": where}
    return _("Goes to %(devices)s now.") % {"devices": devices}
