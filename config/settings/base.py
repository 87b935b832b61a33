"""Settings common to every environment; each value that differs comes from the environment."""

from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from config.settings import sso

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

ENVIRONMENT = "base"
DEBUG = False
DEMO = env.bool("DEMO", False)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

INSTALLED_APPS = [
    "core",
    "organisation",
    "api",
    "cases",
    "workload",
    "audits",
    "unitstats",
    "demo",
    "django.forms",  # its templates, for FORM_RENDERER
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "guardian",
    "js_lib_bootstrap5",
    "js_lib_bootstrap_icons",
    "rest_framework",
    "drf_spectacular",
]

# Off, calls of a request take and return memory at every depth they hover about (docs/adr/0016).
STACK_IN_ONE_PIECE = env.bool("STACK_IN_ONE_PIECE", True)

MIDDLEWARE = [
    *(["core.stack.StackMiddleware"] if STACK_IN_ONE_PIECE else []),
    "core.middleware.SecurityHeaders",
    "core.away.ServicesAway",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.IdleLimit",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.SignedOut",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "organisation.views.middleware.AccessMiddleware",
    "organisation.views.middleware.LoginGuard",
    "cases.access.blocked.BlockedAttempts",
    "core.rates.PageRates",
    "cases.drafts.sending.DraftSent",
    "core.web.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.shell",
            ],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """A database's settings from its address; a socket folder may stand as ``?host=/folder``."""
    config: dict[str, Any] = env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    config["HOST"] = config["HOST"] or options.pop("host", "")
    options.setdefault("connect_timeout", 5)
    options.setdefault("application_name", "jamvikt")
    # One connection a thread, kept for a while and tried before use: a restarted PostgreSQL costs
    # the next request a new connection, not an error.
    config |= {"CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
    return config


DATABASES = {"default": database(env.str("DATABASE_URL", "postgresql:///jamvikt"))}
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")

# Cache in PostgreSQL: throttles are shared by all web processes and the web does not need Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Sessions live in the database; core.middleware.IdleLimit renews them while they are used.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", 30) * 60
# However busy it is, a session ends so long after it began (organisation.views.middleware).
SESSION_ABSOLUTE_HOURS = env.int("SESSION_ABSOLUTE_HOURS", 12)
DEVICE_COOKIE_NAME = "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing leaves the product; with "no-referrer" browsers send "Origin: null", which CSRF refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
FILE_UPLOAD_HANDLERS = ["core.uploads.NoFiles"]

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "organisation.views.backends.ObjectPermissionsNow",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "organisation.login.passwords.BreachedPasswordValidator"},
]
# Passwords known to have leaked: sorted SHA-1 sums as haveibeenpwned.com publishes them.
PASSWORD_BREACHED_FILE = env.str("PASSWORD_BREACHED_FILE", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "organisation.login.adapter.AccountAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Guesses are counted by organisation.login.attempts; this bounds what one address can ask at all.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "300/m/ip", "reset_password": "20/m/ip"}
# Failures from one address before it is slowed down: a unit may share one.
LOGIN_ADDRESS_FAILURES = env.int("LOGIN_ADDRESS_FAILURES", 50)
# A second factor is required everywhere but in the demo (organisation.views.middleware).
MFA_REQUIRED = env.bool("MFA_REQUIRED", not DEMO)
MFA_ADAPTER = "organisation.login.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Jämvikt"
# A step before and after: phones' clocks differ. A code is still good once only.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "organisation.login.second_factor.CodeForm",
    "reauthenticate": "organisation.login.second_factor.ConfirmCodeForm",
    "authenticate_webauthn": "organisation.login.second_factor.KeyForm",
    "reauthenticate_webauthn": "organisation.login.second_factor.ConfirmKeyForm",
    "activate_totp": "organisation.login.second_factor.AddAppForm",
    "add_webauthn": "organisation.login.second_factor.AddKeyForm",
}
SINGLE_SIGN_ON = sso.read(env)
SOCIALACCOUNT_PROVIDERS = SINGLE_SIGN_ON.providers()
SOCIALACCOUNT_ADAPTER = "organisation.login.sso.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
# By a link, not a form: the policy lets forms go nowhere but here (core.middleware).
SOCIALACCOUNT_LOGIN_ON_GET = True

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Who reads what is given to and taken from a person case by case (organisation.permissions).
ACCESS_PROVISIONS = "cases.provisions.lookup.provisions_for"
# Permissions on one object that roles give, too, and who answers (access, object) for them.
OBJECT_PERMISSIONS = {"cases.read_matter": "cases.provisions.lookup.may_read"}
# What a group has that somebody answers for, and what becomes of it when the group is taken out of
# use (organisation.services.contents).
GROUP_CONTENTS = ["cases.access.regrouping.CONTENTS", "workload.services.regrouping.CONTENTS"]
# What goes back at once when somebody leaves (organisation.services.leaving).
LEAVING = ["cases.access.departures.leave"]
# django-guardian: nobody is given anything without signing in, and users keep their own methods.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# It looks for its own backend by name; ours is made of it (organisation.views.backends).
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
# What the frame of every page asks the apps (core.context, core.navigation).
NAVIGATION_PROVIDERS = [
    "cases.boards.navigation.items",
    "workload.navigation.items",
    "organisation.navigation.items",
    "unitstats.navigation.items",
    "audits.navigation.items",
]
# What waits for a person to act on, in the order the page To do shows it (core.navigation).
WAITING_PROVIDERS = [
    "cases.boards.navigation.waiting",
    "workload.navigation.waiting",
    "audits.navigation.waiting",
    "organisation.navigation.waiting",
]
# The view of each start page a role can have (cases.boards.start_pages).
START_PAGES = {
    "aggregates": "cases.boards.views.home.aggregates",
    "dashboard": "cases.boards.views.dashboard.dashboard",
    "leader": "cases.boards.views.home.leader",
    "coordinator": "cases.boards.views.home.coordinator",
    "reception": "cases.reports.views.reception_start",
    "worker": "cases.boards.views.worker.worker_start",
    "calm": "cases.boards.views.home.calm",
    "system": "cases.boards.views.home.system",
}
# Panels of the apps above on the pages of cases (core.panels): of an investigation, and of the
# groups a leader leads; and first on the unit head's start page.
CASE_PANELS = ["cases.handovers.views.panel", "workload.panels.case_points"]
DASHBOARD_PANELS = ["workload.views.warnings.panel"]
GROUP_PANELS = ["workload.views.warnings.panel", "workload.panels.group_loads"]
# Topics of notices that are not about a case (cases.notices.topics).
NOTICE_TOPICS = ["cases.notices.topics.TOPICS", "workload.topics.TOPICS", "audits.topics.TOPICS"]
UNREAD_COUNTER = "cases.boards.navigation.unread"
ROLE_TEXT = "cases.boards.navigation.role_text"
UNIT_NAME = "cases.boards.navigation.unit_name"
# Puts a notice about somebody's own sign-in where they read their notices.
LOGIN_NOTICE = "cases.notices.services.tell_of_login"

# What a program is told when the database is away (core.away), and what a page's script is told
# when its form token no longer holds (core.middleware).
UNAVAILABLE_API = "api.problems.unavailable"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Where people reach the start page; mail links to it.
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:" + env.str("PORT", "8000")).rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Jämvikt <no-reply@localhost>")
EMAIL_TIMEOUT = 10
# Who keeps the heads of the trail outside the system, such as the data-protection officer.
TRAIL_HEADS_TO = env.list("TRAIL_HEADS_TO", default=[])

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.InScope"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.UserThrottle"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.ApiSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
# Requests a minute: of each user, and of each address for calls without a valid login.
API_RATES = {
    "user": env.str("API_RATE_USER", "3000/min"),
    "anonymous": env.str("API_RATE_ANONYMOUS", "120/min"),
}
# Of each user, on the pages (core.rates): nobody looks up a child a second, but a program does.
PAGE_RATES = {
    "search": env.str("SEARCH_RATE", "60/min"),
    "export": env.str("EXPORT_RATE", "20/min"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jämvikt API",
    "DESCRIPTION": _(
        "Reports of concern, investigations, interventions, deadlines and workload of "
        "child-welfare units. "
        "The same rights hold here as on the pages: what you may not know of is a 404, what you "
        "may not do is a 403 with the reason. Every reading is logged."
    ),
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ReportStatus": "cases.enums.ReportStatus",
        "InvestigationStatus": "cases.enums.InvestigationStatus",
        "InterventionStatus": "cases.enums.InterventionStatus",
        "DeadlineStatus": "cases.enums.DeadlineStatus",
        "ReportKind": "cases.enums.ReportKind",
        "DeadlineKind": "cases.enums.DeadlineKind",
        "InterventionKind": "cases.enums.InterventionKind",
        "NoticeKind": "cases.enums.NoticeKind",
        "OpeningOutcome": "cases.enums.OpeningOutcome",
        "ProtectionOutcome": "cases.enums.ProtectionOutcome",
        "InvestigationOutcome": "cases.enums.InvestigationOutcome",
        "InvestigationType": "cases.enums.InvestigationType",
        "Channel": "cases.enums.Channel",
        "ReporterCategory": "cases.enums.ReporterCategory",
        "ConcernReason": "cases.enums.ConcernReason",
        "Gender": "cases.enums.Gender",
        "ProtectedIdentity": "cases.enums.ProtectedIdentity",
        "FeedbackAnswer": "cases.enums.FeedbackAnswer",
        "SeriousTalkResult": "cases.enums.SeriousTalkResult",
        "HandlerPart": "cases.enums.HandlerPart",
        "Level": "organisation.enums.Level",
        "Experience": "organisation.enums.Experience",
        "WarningKind": "workload.enums.WarningKind",
        "Role": "organisation.enums.Role",
    },
}


def logging_to(formatter: str, level: str) -> dict[str, Any]:
    """Everything to the standard error, by way of the filter that keeps persons out."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "no_personal_data": {"()": "core.logs.NoPersonalData"},
            "no_routine": {
                "()": "core.logs.NoRoutine",
                "tasks": ["core.tasks.heartbeat", "core.tasks.seal_trail"],
            },
        },
        "formatters": {
            "readable": {
                "()": "core.logs.ReadableFormatter",
                "format": "{levelname} {name}: {message}",
                "style": "{",
            },
            "json": {
                "()": "core.logs.LinesFormatter",
                "format": "{asctime}{levelname}{name}{message}",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "style": "{",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": formatter,
                "filters": ["no_personal_data", "no_routine"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Without their own handlers: Django's would mail errors with the whole request.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # At DEBUG it writes every statement with its values.
            "django.db.backends": {"level": "INFO"},
            "celery": {"level": level},
        },
    }


LOGGING = logging_to("readable", env.str("LOG_LEVEL", "INFO"))

# Documents written from tables in the code, by `manage.py generate_docs`: file -> module.
GENERATED_DOCS = {
    "architecture.md": "config.rooms",
    "rules.md": "cases.law.rulebook",
    "states.md": "cases.law.diagrams",
    "access.md": "organisation.policy",
    "indicators.md": "unitstats.catalogue",
}
