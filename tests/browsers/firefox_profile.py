"""The preferences of a Firefox that receives push from a stand-in and speaks to nobody else."""

import json
from pathlib import Path

from marionette_driver.geckoinstance import DesktopInstance, GeckoInstance

Preference = bool | int | str

# Anything that is not loopback goes to a proxy that does not exist.
_LOOPBACK_ONLY: dict[str, Preference] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1,localhost",
    "network.proxy.failover_direct": False,
    "network.dns.disablePrefetch": True,
    "network.trr.mode": 5,
    "network.captive-portal-service.enabled": False,
    "browser.search.update": False,
    "browser.newtabpage.enabled": False,
    "browser.startup.homepage": "about:blank",
}

_PUSH: dict[str, Preference] = {
    "dom.push.enabled": True,
    "dom.push.testing.allowInsecureServerURL": True,
    # Marionette's own preferences switch it off.
    "dom.push.connection.enabled": True,
    "dom.push.retryBaseInterval": 200,
    "dom.push.pingInterval": 5000,
    "places.history.enabled": True,
    # A machine without a desktop has no notification service: Firefox's own windows then show the notification.
    "alerts.useSystemBackend": False,
    # Without the animation such a window closes by a timer, which the driver holds back (firefox_scripts.KEEP_ALERTS).
    "ui.prefersReducedMotion": 1,
    # Marionette's own preferences switch it on, and then a worker's client.focus() does not bring its tab to the front.
    "focusmanager.testmode": False,
    "dom.serviceWorkers.enabled": True,
    "dom.webnotifications.enabled": True,
    # console.error of pages and workers goes to the browser's log, that of the browser's own code does not.
    "devtools.console.stdout.content": True,
    "devtools.console.stdout.chrome": False,
    "dom.require_user_interaction_for_notification": False,
}


def write_preferences(profile: Path, push_server_url: str | None, language: str) -> None:
    """Writes `user.js`; `language` is a list for Accept-Language such as "fr, en"."""
    preferences: dict[str, Preference] = {}
    for name, value in {**GeckoInstance.required_prefs, **DesktopInstance.desktop_prefs}.items():
        preferences[name] = value.replace("%(server)s", "127.0.0.1:9") if isinstance(value, str) else value
    preferences |= _LOOPBACK_ONLY | _PUSH
    # 0: Marionette takes a free port and writes it into the profile.
    preferences |= {"marionette.port": 0, "intl.accept_languages": language}
    if push_server_url is None:
        preferences["dom.push.connection.enabled"] = False
    else:
        preferences["dom.push.serverURL"] = push_server_url
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
