"""Settings of every deployment: there are no modes. What differs comes from the environment, or we do not start."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from partnership import providers
from partnership.allauth_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

NEEDED = {
    "DATABASE_URL": "the PostgreSQL database, in the application's role",
    "MIGRATE_URL": "the same database, in the role that owns the tables",
    "REDIS_URL": "Redis: queue, cache and heartbeats",
    "EMAIL_URL": "the mail server",
    "SECRET_KEY": "at least 50 random characters, the same in every process",
    "PUBLIC_URL": "where people reach the hub, such as https://hub.partnership.example",
    "FILES": "the folder of stored files, shared by every web and worker process",
    "VAR": "a folder of this machine's own",
}
if missing := [f"{name} ({meaning})" for name, meaning in NEEDED.items() if not env.str(name, default="")]:
    raise ImproperlyConfigured(f"Set in the environment: {'; '.join(missing)}. Or start with `make demo` or manage.py.")

SECRET_KEY = env.str("SECRET_KEY")
# Keys that were in use before: what they signed stays good until they are dropped.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")
FILES = Path(env.str("FILES"))
VAR = Path(env.str("VAR"))

# One-time codes on the sign-in page and the caught mail at /demo/mail/: refused by a check on any but embedded servers.
SHOW_ONE_TIME_CODES = env.bool("SHOW_ONE_TIME_CODES", default=False)

DEBUG = False
SECURE = urlsplit(PUBLIC_URL).scheme == "https"
ALLOWED_HOSTS = [
    urlsplit(PUBLIC_URL).hostname or "",
    *(["127.0.0.1"] if urlsplit(PUBLIC_URL).hostname == "localhost" else []),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Apps, in the order of the work: the case's way from top to bottom ---

INSTALLED_APPS = [
    # Ours first, so that our commands and templates are found before theirs.
    "config",
    "design",
    "trail",
    "partnership",
    "access",
    "notifications",
    "deadlines",
    "casework",
    "appointments",
    "referrals",
    "rapid_reviews",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "crispy_forms",
    "simple_history",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "config.middleware.sender_behind_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.no_nul_in_address",
    "partnership.middleware.twelve_hours_at_most",
    "casework.drafts.KeepTyping",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "partnership.middleware.second_factor_required",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.house",
            ],
        },
    }
]
FORM_RENDERER = "design.forms.GovukRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"

# --- Where the truth lies ---

# manage.py sets CONNECT_AS_OWNER for `migrate`. The application's own role can change rows but no table, and only add
# to the trail: a fault in a page cannot rewrite what was recorded.
DATABASES = {
    "default": env.db_url("MIGRATE_URL" if env.bool("CONNECT_AS_OWNER", default=False) else "DATABASE_URL")
    | {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}


def role_in(url):
    """This will return the role that a database URL works in: `-c role=…` if it says so, else its user."""
    database = env.db_url_config(url)
    _, _, role = database.get("OPTIONS", {}).get("options", "").partition("-c role=")
    return role.split()[0] if role else database["USER"]


APPLICATION_ROLE, OWNER_ROLE = role_in(env.str("DATABASE_URL")), role_in(env.str("MIGRATE_URL"))
# Servers made by config/embedded.py leave this mark beside their sockets.
EMBEDDED = DATABASES["default"]["HOST"].startswith("/") and Path(DATABASES["default"]["HOST"], "embedded").exists()

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "config.static.StaticStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static" / "built"] if folder.exists()]

vars().update({name: value for name, value in env.email_url("EMAIL_URL").items() if name != "OPTIONS"})
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"Safeguarding Learning Hub <hub@{ALLOWED_HOSTS[0]}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Background work ---

# redis-py says unix:///path?db=1, kombu redis+socket:///path?virtual_host=1.
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
# A task may run as long as the visibility timeout before it is given to a second worker; the sweep for tasks whose
# worker died runs every ten seconds instead of every hundred.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A page does not wait for a broker that is away: what it missed, the sweep finds.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "Europe/London"

# --- Sign-in ---

AUTH_USER_MODEL = "partnership.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Passwords, second factor, rate limits: partnership/allauth_settings.py.

# The organisations that sign their own people in, as JSON; none, if it is not set: docs/single-sign-on.md.
OPENID_CONNECT = providers.read(env.str("OPENID_CONNECT", default=""))

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Idle for half an hour, or signed in for twelve hours (partnership.middleware).
SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# __Host- ties a cookie to this very host over https. On http://localhost every port shares the cookies: name the port.
COOKIE_NAME = "__Host-{}" if SECURE else f"hub_{{}}_{urlsplit(PUBLIC_URL).port or 80}"
SESSION_COOKIE_NAME = COOKIE_NAME.format("session")
CSRF_COOKIE_NAME = COOKIE_NAME.format("csrf")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "casework.views.csrf_failure"
CSRF_USE_SESSIONS = False
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
# How many proxies of our own a request comes through; each has to add whom it was asked by to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if SECURE else 0)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
# Whether a domain goes into the browsers' own list is for the owner of the domain.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Words and time ---

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# --- Logs: what happened where, never with what words (config/logs.py) ---

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"reticent": {"()": "config.logs.ReticentFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "reticent"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Django's own handlers print more than we want; ours is on the root.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
LOGGING_CONFIG = "logging.config.dictConfig"
