"""All that is kept about one device, for that device."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Device
from campaigns.own_data.tables import NOT_FOUND, TABLES


def export_device(device: Device, now: datetime) -> dict[str, Any]:
    """Every table with its rows, and what is left out of them with the reason, in the device's language."""
    with override(device.language):
        return {
            "site": settings.SITE_NAME,
            "made_at": now,
            "about": _(
                "All that this server keeps about this device. It is yours: show it to nobody, and delete the file "
                "when you have read it."
            ),
            "kept": {name: table.describe(device) for name, table in TABLES.items()},
            "left_out": _left_out(),
        }


def _left_out() -> list[dict[str, str]]:
    by_column = [
        {"what": f"{name}.{column}", "why": str(why)}
        for name, table in TABLES.items()
        for column, why in table.left_out.items()
    ]
    return [*by_column, *({"what": str(what), "why": str(why)} for what, why in NOT_FOUND)]
