"""How tests speak to the API: as a page of this very site, with or without a device's cookie."""

import json
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import Device

ROOT = "/api/v1/"


class ApiClient(Client):
    """A browser on a page of this site; `device` as made by tests.make.make_device."""

    def __init__(self, device: Device | None = None, **headers: str) -> None:
        super().__init__(headers={"Sec-Fetch-Site": "same-origin", **headers})
        if device is not None:
            self.cookies[settings.DEVICE_COOKIE_NAME] = device.cookie  # type: ignore[attr-defined]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call below /api/v1/. ``body`` goes as JSON, a str as it is."""
        data = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        content_type = headers.pop("content_type", "application/json" if body is not None else "")
        return self.generic(method, ROOT + path, data, content_type, headers=headers)


def get_json(path: str, device: Device | None = None) -> Any:
    """The JSON of a GET that must succeed."""
    response = ApiClient(device).call("GET", path)
    assert response.status_code == 200, response.content
    return response.json()
