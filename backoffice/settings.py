"""Django's settings, all of them. What differs between machines comes from `configuration.py`."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from backoffice import console, logs, providers
from backoffice.configuration import BASE_DIR, Configuration, Environment

configuration = Configuration.load()
IS_TEST = configuration.environment is Environment.TEST

# --- The process -------------------------------------------------------------------------------------------

ENVIRONMENT = configuration.environment.value
DEBUG = configuration.debug
SECRET_KEY = configuration.effective_secret_key
SECRET_KEY_FALLBACKS = configuration.secret_key_fallbacks
FIELD_ENCRYPTION_KEYS = configuration.effective_field_encryption_keys
PUBLIC_URL = configuration.effective_public_url
ALLOWED_HOSTS = configuration.effective_hosts
TRUSTED_PROXIES = configuration.trusted_proxies
ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

PROJECT_APPS = [
    "marketplace.shared",
    "marketplace.ledger",
    "marketplace.rules",
    "marketplace.privacy",
    "marketplace.accounts",
    "marketplace.casework",
    "marketplace.sellers",
    "marketplace.catalog",
    "marketplace.fees",
    "marketplace.listings",
    "marketplace.orders",
    "marketplace.payments",
    "marketplace.payouts",
    "marketplace.billing",
    "marketplace.reconciliation",
    "marketplace.closing",
    "marketplace.disputes",
    "marketplace.reviews",
    "marketplace.notifications",
    "marketplace.search",
    "marketplace.analytics",
    "reports",
    "tasks",
    "api",
    "fixtures",
]

INSTALLED_APPS = [
    # The console comes first: its templates and its `migrate` command stand before Unfold's and Django's.
    "backoffice",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "import_export",
    "backoffice.admin_app.ConsoleAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_q",
    "ninja",
    "csp",
    "anymail",
    # A new app is a new folder with an apps.py; its place in the order is the street's, bottom up.
    *(app for app in PROJECT_APPS if (BASE_DIR / app.replace(".", "/") / "apps.py").exists()),
    # A tool of developers and CI, absent in production.
    *(["django_migration_linter"] if find_spec("django_migration_linter") else []),
]
MIGRATION_LINTER_OPTIONS = {
    "sql_analyser": "postgresql",
    "no_cache": True,
    "include_apps": [app.rpartition(".")[2] for app in PROJECT_APPS],
    # The tables of a first migration hold no rows yet.
    "ignore_name": ["0001_initial"],
    "warnings_as_errors": True,
}

MIDDLEWARE = [
    "backoffice.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backoffice.middleware.StaticFiles",
    "backoffice.middleware.ContentSecurityPolicy",
    "backoffice.middleware.Sessions",
    "backoffice.middleware.Languages",
    "backoffice.middleware.Addresses",
    "backoffice.middleware.Forms",
    "backoffice.middleware.SignedIn",
    "backoffice.proving.SecondStepMiddleware",
    "backoffice.middleware.Messages",
    "backoffice.middleware.Frames",
    "api.middleware.ApiMiddleware",
    "api.sights.SightMiddleware",
    "backoffice.middleware.PrintableAddressMiddleware",
]

AUTHENTICATION_BACKENDS = ["backoffice.duties.DutiesBackend"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database, cache, queue --------------------------------------------------------------------------------


def database(dsn: str) -> dict[str, Any]:
    """Django's form of a PostgreSQL DSN; what libpq knows and Django does not becomes an option."""
    parts = conninfo_to_dict(dsn)
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    return {
        "ENGINE": "backoffice.database",
        **{name: str(parts.pop(key, "")) for name, key in names.items()},
        # A new connection per request costs more than most requests; a dead one is noticed before its use.
        "CONN_MAX_AGE": configuration.database_connection_age_s,
        "CONN_HEALTH_CHECKS": True,
        # Commands open their own transactions, and a provider call must stay outside of any.
        "ATOMIC_REQUESTS": False,
        # Statements are planned once per connection instead of at every use: a third of a small query's cost.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **parts},
    }


# `default` is a role that owns no table, so row-level security and missing grants bite everywhere alike.
# `owner` owns the tables; only `migrate` uses it.
DATABASES = {
    "default": database(configuration.database_url or configuration.embedded.database_url("app")),
    "owner": database(
        configuration.database_owner_url
        or configuration.database_url
        or configuration.embedded.database_url("owner")
    ),
}

REDIS_URL = configuration.redis_url or configuration.embedded.redis_url

_CACHE = "django.core.cache.backends.redis.RedisCache"
CACHES = {"default": {"BACKEND": _CACHE, "LOCATION": REDIS_URL, "KEY_PREFIX": "zetutech"}}

# Hints only: the truth is the Delivery row, so a lost, repeated or late message changes nothing.
Q_CLUSTER: dict[str, Any] = {
    "name": "default",
    "label": _("Queue"),
    "redis": REDIS_URL,
    "workers": configuration.queue_workers,
    # What waits in a worker process is lost with it; leave it in Valkey instead.
    "queue_limit": configuration.queue_workers,
    "bulk": 1,
    "timeout": 300,
    "retry": 900,
    "max_attempts": 1,
    "ack_failures": True,
    # Deliveries keep their own history; q2's would lock its whole table at every task.
    "save_limit": -1,
    "catch_up": False,
    "recycle": 2000,
    "scheduler": True,
    # Long work must not stand in the way of payments. A heartbeat keeps it; the timeout ends what hangs.
    "ALT_CLUSTERS": {
        "bulk": {
            "workers": 1,
            "queue_limit": 1,
            "bulk": 1,
            "timeout": 3600,
            "retry": 3900,
            "scheduler": False,
        },
    },
}
OUTBOX_WAKE = "tasks.outbox.wake"
OUTBOX_SUBSCRIPTIONS = "tasks.subscriptions.SUBSCRIPTIONS"
CONSOLE_LISTS = "backoffice.listed.listed"

# --- Files -------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = (
    configuration.embedded.data / "staticfiles"
    if not configuration.is_production
    else BASE_DIR / "staticfiles"
)
MEDIA_ROOT = configuration.effective_media_root
MEDIA_URL = "/media/"
SIGNED_URL_SECONDS = configuration.signed_url_seconds
UPLOAD_BYTES_MAX = configuration.upload_bytes_max
STATEMENT_BYTES_MAX = configuration.statement_bytes_max
DATA_UPLOAD_MAX_MEMORY_SIZE = configuration.upload_bytes_max
FILE_UPLOAD_PERMISSIONS = 0o600


def bucket(name: str, **options: Any) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "access_key": configuration.s3_access_key_id or None,
            "secret_key": configuration.s3_secret_access_key or None,
            "endpoint_url": configuration.s3_endpoint_url or None,
            "region_name": configuration.s3_region,
            "addressing_style": "path" if configuration.s3_endpoint_url else "auto",
            "signature_version": "s3v4",
            "file_overwrite": False,
            "default_acl": None,
            **options,
        },
    }


STORAGES = {
    "default": (
        bucket(configuration.s3_private_bucket, querystring_expire=SIGNED_URL_SECONDS)
        if configuration.s3_private_bucket
        else {
            "BACKEND": "marketplace.shared.storage.PrivateFileSystemStorage",
            "OPTIONS": {"location": str(MEDIA_ROOT / "private")},
        }
    ),
    "public": (
        bucket(configuration.s3_public_bucket, querystring_auth=False)
        if configuration.s3_public_bucket
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(MEDIA_ROOT / "public"), "base_url": MEDIA_URL},
        }
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if IS_TEST
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
STORAGES["private"] = STORAGES["default"]
if configuration.statement_drop.startswith("s3://"):
    _drop = urlsplit(configuration.statement_drop)
    STORAGES["statements"] = bucket(_drop.netloc, location=_drop.path.strip("/"))
elif configuration.statement_drop:
    STORAGES["statements"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": configuration.statement_drop},
    }

# --- People, languages, time -------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("sw", _("Swahili"))]
# The choice of a language outlives the session.
LANGUAGE_COOKIE_NAME = "zetutech_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "backoffice" / "locale"]
USE_I18N = True
TIME_ZONE = "Africa/Dar_es_Salaam"
USE_TZ = True
FORMAT_MODULE_PATH = "backoffice.formats"

PASSWORD_HASHERS = (
    # Tests hash hundreds of passwords and guard nobody's.
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if IS_TEST
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SECOND_FACTOR_REQUIRED = configuration.second_factor_required
STEP_UP_MINUTES = configuration.step_up_minutes
INVITATION_HOURS, PASSWORD_LINK_MINUTES = configuration.link_lives
PASSKEY_HOST, PASSKEY_ORIGINS = configuration.passkeys_for(PUBLIC_URL)

# --- Security ----------------------------------------------------------------------------------------------

_https = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^api/health"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "zetutech_session"
CSRF_COOKIE_NAME = "zetutech_csrf"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

_pictures = [
    SELF,
    "data:",
    *([configuration.s3_endpoint_url] if configuration.s3_endpoint_url else []),
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": _pictures,
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
CONSOLE_CONTENT_SECURITY_POLICY = console.content_security_policy(_pictures, configuration)

# --- Providers ---------------------------------------------------------------------------------------------

PAYMENT_PROVIDERS = providers.payment_providers(configuration)
MPESA_CALLBACK_SECRET = configuration.effective_mpesa_callback_secret
SIMULATOR_PORTS, SIMULATOR_KEY = configuration.simulator_ports, configuration.simulator_key
FORWARDING = providers.forwarding(configuration)

DEFAULT_FROM_EMAIL = SERVER_EMAIL = configuration.email_from
EMAIL_BACKEND = (
    "anymail.backends.sendgrid.EmailBackend"
    if configuration.sendgrid_api_key
    else "django.core.mail.backends.dummy.EmailBackend"
)
ANYMAIL = {
    "SENDGRID_API_KEY": configuration.sendgrid_api_key,
    "SENDGRID_API_URL": configuration.sendgrid_api_url,
}
NOTIFICATION_CHANNELS = providers.channels(configuration)
TWILIO_ACCOUNT_SID = configuration.twilio_account_sid
TWILIO_AUTH_TOKEN = configuration.twilio_auth_token
TWILIO_FROM, TWILIO_API_URL = configuration.twilio_from, configuration.twilio_api_url

# --- Rules of the marketplace ------------------------------------------------------------------------------

ACCESS_TOKEN_MINUTES = configuration.access_token_minutes
REFRESH_TOKEN_DAYS = configuration.refresh_token_days
OTP_MINUTES = configuration.otp_minutes
ORDER_EXPIRY_MINUTES, HOLD_DAYS = configuration.order_expiry_minutes, configuration.hold_days
DISPUTE_WINDOW_DAYS = configuration.dispute_window_days
REVIEW_EDIT_DAYS = configuration.review_edit_days
DISPUTE_APPEAL_DAYS = configuration.dispute_appeal_days
DISPUTE_RECORD_DAYS = configuration.dispute_record_days
SERIAL_CLAIMS, SERIAL_FAULTS = configuration.serial_claims, configuration.serial_faults
REVEALS_PER_HOUR, SIGHT_MINUTES = configuration.reveals_per_hour, configuration.sight_minutes
BULK_KEPT_DAYS = configuration.bulk_kept_days
BUYER_LIMITS_MINOR = configuration.buyer_limits_minor
MINIMUM_PAYOUT_MINOR = configuration.minimum_payout_minor
LEGAL_IDENTITY, FISCAL_DEVICE = configuration.legal_identity, configuration.fiscal_device
REFUND_APPROVAL_MINOR = configuration.refund_approval_minor
PAYOUT_WEEKDAY, PAYOUT_RUN_HOUR = configuration.payout_weekday, configuration.payout_run_hour
WALLET_COOLING_OFF_HOURS = configuration.wallet_cooling_off_hours
REPORT_DAYS, LIST_AGE_MS = configuration.report_days, configuration.list_age_ms
API_RATE_SCALE = 1_000 if IS_TEST else 1  # Multiplies every limit of api/throttling.py.

# --- Console and logging -----------------------------------------------------------------------------------

UNFOLD = console.UNFOLD
LOGGING = logs.settings(level=configuration.log_level, as_json=configuration.logs_json)
