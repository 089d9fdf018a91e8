"""Settings: all from the environment; `make run` writes the secrets of the embedded default to var/."""

import logging.config
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from mobilise import __version__, engines
from mobilise.environment import (
    BASE_DIR,
    VAR_DIR,
    at_least,
    env,
    optional_secret,
    secret,
    site_icon,
    uuids,
    web_page,
)
from mobilise.headers import add_static_headers
from mobilise.languages import codes, name_of
from mobilise.logs.configuration import configuration
from mobilise.rights import read_sheet

VERSION = __version__
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", "Any 50 random characters will do.")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Mobilise")
# One of mobilise.icons.DRAWN, or the path of a folder.
SITE_ICON = site_icon("SITE_ICON")
PORT = env.int("PORT", default=8000)
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# ---- keys that are kept outside the database
FIELD_KEYS = secret("FIELD_KEYS", "One or more comma-separated keys: `manage.py generate_secrets` prints fresh ones.")
INDEX_KEY = secret("INDEX_KEY", "`manage.py generate_secrets` prints a fresh one.")
VAPID_PRIVATE_KEYS = secret("VAPID_PRIVATE_KEYS", "`manage.py generate_secrets` prints a fresh one.")
# Whom a push service can reach about our messages. Apple answers 403 to one that is no real address.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default="mailto:nobody@example.org" if DEBUG else "") or secret(
    "VAPID_SUBJECT", "It is mailto: and an address at which the operator can be reached, or a https: page."
)
PUSH_EXTRA_HOSTS = env.list("PUSH_EXTRA_HOSTS", default=[])
PUSH_CA_FILE = env.str("PUSH_CA_FILE", default="") or None

# ---- who is who
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=True)
RETENTION_DAYS = env.int("RETENTION_DAYS", default=7)
# Which organiser did what is known for so many days.
AUDIT_DAYS = at_least("AUDIT_DAYS", 1, default=90)
# A phone that did not open the app for so long is forgotten.
DEVICE_DAYS = at_least("DEVICE_DAYS", 30, default=365)
# The text of the consent that the app shows: one more each time its meaning changes.
CONSENT_VERSION = 1
# The oldest text whose agreement covers what alerts do now: who agreed to an older one gets none until asked anew.
CONSENT_VALID_FROM = 1

# ---- what the house says of the law, and of itself
RIGHTS = read_sheet(Path(env.str("RIGHTS_SHEET", default="") or BASE_DIR / "mobilise" / "rights" / "FR.json"))
# Where the code that runs here is to be had (AGPL, section 13): whoever changed it names their own.
SOURCE_URL = web_page("SOURCE_URL")

INSTALLED_APPS = [
    "mobilise.source",
    "mobilise.throttles",
    "accounts",
    "campaigns",
    "mobilise.admin_app.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "mobilise.collector.CollectorConfig",
]

MIDDLEWARE = [
    "mobilise.headers.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mobilise.middleware.SessionMiddleware",
    "mobilise.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "mobilise.middleware.AuthenticationMiddleware",
    "mobilise.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "mobilise.urls"
WSGI_APPLICATION = "mobilise.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "mobilise" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mobilise.source.context",
            ]
        },
    }
]

# ---- database: a file of SQLite's, or PostgreSQL
DATABASES = {"default": engines.database(env.str("DATABASE_URL", default=""), VAR_DIR / "mobilise.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- tasks: one worker per queue, so that nobody waits behind a big alert
TASKS = engines.tasks(env.str("BROKER_URL", default=""))
# Delivery workers that are rung at once for one alert: as many as there are.
DELIVERY_WORKERS = at_least("DELIVERY_WORKERS", 1, default=1)

# ---- counts that all processes share
CACHE_URL = env.str("CACHE_URL", default="")
CACHES = engines.caches(CACHE_URL)
THROTTLE_COUNTS = engines.throttle_counts(CACHE_URL)

# ---- watching: who reads the metrics, and the operator's own phones that get a check message
METRICS_TOKEN = optional_secret("METRICS_TOKEN")
CANARY_DEVICES = uuids("CANARY_DEVICES")
CANARY_MINUTES = at_least("CANARY_MINUTES", 1, default=15)

# ---- accounts (organisers only)
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "accounts.adapter.OrganiserAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.passkeys.PasskeyForm"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# Printed on a site for this machine alone. On any other they would be in a log that others keep.
_PRINTS_MAIL = DEBUG or urlsplit(SITE_URL).hostname in ("127.0.0.1", "localhost", "::1")
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
if not (env.str("EMAIL_URL", default="") or _PRINTS_MAIL):
    EMAIL_BACKEND = "mobilise.unsent_mail.UnsentMail"
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL_CONFIG.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(EMAIL_CONFIG.get("EMAIL_USE_SSL"))

# ---- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mobilise.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "mobilise.error_handler.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS has nothing to tell: 405
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mobilise",
    "DESCRIPTION": (
        "Errors are `{code, detail, fields?}`, also where a call does not name them: 400 `parse_error`, 405, 413 "
        "`too_large`, 415, 500 `server_error`. Times are ISO 8601 in UTC. Texts are maps by language code. Calls "
        "that change something need `Sec-Fetch-Site: same-origin`, or without it this site's `Origin`. "
        "`Campaign-Link` holds the keys of the campaigns by link that the caller came by, separated by commas: each "
        "opens its campaign as following it does."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    # Else the page asks a service on the internet to check the schema.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # labels are translated: the schema is the same in every language
    "ENUM_NAME_OVERRIDES": {
        "Kind": "campaigns.kinds.Kind",
        "BroadcastMedium": "campaigns.models.broadcast.BroadcastMedium",
        "MediumKind": "campaigns.models.action_parts.MediumKind",
        "Stage": "campaigns.models.participation.Stage",
    },
}

# ---- languages and time
LANGUAGE_CODE = "fr"
_NAMES = {"fr": _("French"), "en": _("English")}
LANGUAGES = [(code, _NAMES.get(code, _(name_of(code)))) for code in codes()]
LOCALE_PATHS = [BASE_DIR / "mobilise" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# ---- files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "mobilise" / "static"]
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_ADD_HEADERS_FUNCTION = add_static_headers
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Their names hold a hash of what they hold.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/|^/static/.+\.[0-9a-f]{12}\."
WHITENOISE_USE_FINDERS = DEBUG

# What organisers upload (lists of people, pictures) is held in memory and never written to a disk.
FILE_UPLOAD_HANDLERS = ["mobilise.uploading.MemoryOnly"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# ---- cookies and transport
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if SECURE else "device"
# Of a session the database holds nothing that signs anybody in, and nothing that can be read.
SESSION_ENGINE = "mobilise.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = False
SECURE_REDIRECT_EXEMPT: list[str] = []
SECURE_REFERRER_POLICY = None  # set by mobilise.headers, by address
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # mobilise.headers sets both by address: framing, referrer.
    "security.W002",
    "security.W022",
    # The proxy in front redirects to https: it speaks plain http with this process.
    "security.W008",
]

# ---- logs: no address, no token, no content
LOGGING_CONFIG = None
LOG_FORMAT = env.str("LOG_FORMAT", default="plain")
logging.config.dictConfig(configuration(LOG_FORMAT, env.str("LOG_LEVEL", default="INFO")))
