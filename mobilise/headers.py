"""Security headers by address: nothing for the app and the API but what they use, `self` for the admin."""

from collections.abc import Callable
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

APP_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; "
    "object-src 'none'"
)
# The policy on the worker's own file governs what the worker may do: fetch, and load a notification's icons.
WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'"

SERVER = "web"
PERMISSIONS = "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
# Pages with forms: under no-referrer their POST would say `Origin: null`, which the CSRF check refuses.
FORM_PAGES = ("/admin/", "/accounts/")
DOCUMENTATION = ("/api/v1/docs", "/static/")
PERSONAL = ("/api/", *FORM_PAGES)


def headers_of(path: str) -> dict[str, str]:
    """The headers that a response at this path has unless its view said otherwise."""
    headers = {
        "Content-Security-Policy": _policy_of(path),
        "Referrer-Policy": "same-origin" if path.startswith(FORM_PAGES) else "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Else the web server puts its own name there.
        "Server": SERVER,
    }
    if path.startswith(PERSONAL):
        headers["Cache-Control"] = "private, no-store"
    if settings.SECURE:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    return headers


def _policy_of(path: str) -> str:
    if path == "/sw.js":
        return WORKER_POLICY
    return PAGE_POLICY if path.startswith((*FORM_PAGES, *DOCUMENTATION)) else APP_POLICY


def add_static_headers(headers: Headers, path: str, url: str) -> None:
    """What WhiteNoise adds to a file: the same headers, and that worker and shell are asked for anew."""
    for name, value in headers_of(url).items():
        headers[name] = value
    if url in ("/sw.js", "/index.html"):
        headers["Cache-Control"] = "no-cache"


class SecurityHeadersMiddleware:
    """Outermost, so that no answer leaves without them: files, errors and redirects included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Adds what is missing."""
        response = self.get_response(request)
        for name, value in headers_of(request.path_info).items():
            response.headers.setdefault(name, value)
        return response
