"""Every setting of the deployment, read from the environment through ``config.env``."""

import gc
from pathlib import Path
from typing import Any

from config import env
from config.messages import compiled
from config.static_version import is_collected, is_versioned, static_version

# Nearly all that a start allocates stays to the end: by default the collector would walk through it time and again,
# for a quarter of the start's CPU.
gc.set_threshold(20_000, 20, 20)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("VAR_DIR") or BASE_DIR / "var")

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY") or ("development-only-" + "0" * 40 if DEBUG else "")
if not SECRET_KEY:
    from config.secret import stored_secret_key

    SECRET_KEY = stored_secret_key(VAR)
# Former keys: what they signed (log-ins, links in emails) is still good, and nothing is signed with them.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

# Every process writes its numbers here; prometheus_client looks for the variable when it is imported.
METRICS_DIR = Path(env.provide("PROMETHEUS_MULTIPROC_DIR", str(VAR / "metrics")))
METRICS_DIR.mkdir(parents=True, exist_ok=True)
# Who may read /metrics: addresses or networks, and whoever sends the token.
METRICS_ALLOWED = env.words("METRICS_ALLOWED", "127.0.0.1,::1")
METRICS_TOKEN = env.text("METRICS_TOKEN")

SITE_URL = env.text("SITE_URL", f"http://localhost:{env.integer('PORT', 8000)}")
# The tenant comes from the host ("acme.example.com") or from the credential; the middleware decides.
TENANT_HOST_SUFFIX = env.text("TENANT_HOST_SUFFIX", "localhost")
# Further hosts of the deployment itself, besides SITE_URL's, the suffix, localhost and plain addresses.
BARE_HOSTS = env.words("BARE_HOSTS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "*" if DEBUG else "localhost,127.0.0.1,[::1],.localhost")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "crm.web.faults.csrf_failure"
SECURE_COOKIES = env.flag("SECURE_COOKIES", SITE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# Said over https alone, and for the host that was asked, not for others below it.
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 60 * 60 * 24 * 30 if SECURE_COOKIES else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TRUST_PROXY") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SHARED_APPS = [
    "accounts",  # before django_tenants: its `migrate` is the one that counts
    "django_tenants",
    "realtime.changes",
    "workflows",
    "accounts.billing",
    "crm.automations.listening",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "ninja",  # the files of its documentation page
    "unfold",
    "django.contrib.admin",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "realtime.live",
    "crm.web",
    "config",
]
TENANT_APPS = [
    "realtime.functions",
    "workflows.runs",
    "accounts.roles",
    "crm.fields",
    "crm.segments",
    "crm.search",
    "crm.companies",
    "crm.contacts",
    "crm.deals",
    "crm.tasks",
    "crm.notifications",
    "crm.activities",
    "crm.forms",
    "crm.sequences",
    "crm.automations",
    "crm.intake",
    "crm.files",
    "crm.mail",
    "crm.audit",
    "crm.bin",
    "crm.privacy",
    "crm.feed",
    "crm.presence",
    "crm.onboarding",
    "crm.reports",
]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS

TENANT_MODEL = "accounts.Tenant"
TENANT_DOMAIN_MODEL = "accounts.Domain"
TENANT_TEMPLATE_SCHEMA = "template_tenant"
TENANT_LIMIT_SET_CALLS = True
# What the areas put into a new tenant, called in it in this order.
TENANT_DEFAULTS = [
    "crm.contacts.defaults.create_contact_stages",
    "crm.contacts.defaults.create_lead_sources",
    "crm.deals.defaults.create_pipeline",
    "crm.deals.defaults.create_lost_reasons",
    "crm.reports.days.begin_days",
]
# What the areas do when a member joins or is shut out: functions of the member's id, called in the tenant.
MEMBER_JOINED = ["crm.onboarding.beginning.begin"]
MEMBER_LEFT = ["crm.onboarding.beginning.end"]
# What the areas do when a tenant gets another time zone: functions of its name, called in the tenant.
TIME_ZONE_CHANGED = ["crm.reports.days.move_days", "crm.automations.clock.follow_zone"]
PGTRIGGER_SCHEMA = "public"
PUBLIC_SCHEMA_NAME = "public"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "accounts.backend",
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        **(env.database("DATABASE_URL") or {"NAME": "crm"}),
    }
}
ORIGINAL_BACKEND = "realtime.reads.backend"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 0,
    "max_size": env.integer("DATABASE_POOL_SIZE", 16),
    # A backend keeps ~3 MB of catalog cache for each tenant that it has touched; a young pool gives it back.
    "max_lifetime": 600,
    "timeout": 30,
}
# In web processes; a transaction pooler has to be told by itself.
if (_statement_seconds := env.integer("DATABASE_STATEMENT_SECONDS", 0)) and not env.text(
    "DATABASE_DIRECT_URL", ""
):
    # Said to the driver, options hide those of libpq's own variable: both are meant.
    _options = f"{env.text('PGOPTIONS')} -c statement_timeout={_statement_seconds}s".strip()
    DATABASES["default"]["OPTIONS"]["options"] = _options
# For sessions that must stay the same (the relay, migrations), where DATABASE_URL leads to a transaction pooler.
DATABASE_DIRECT = env.database("DATABASE_DIRECT_URL")
# A cursor on the server lives in the session that opened it, and the pooler gives another one each transaction.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = bool(DATABASE_DIRECT)
# The statements that every request repeats are prepared once a connection: a transaction pooler knows none.
DATABASE_PREPARES = env.flag("DATABASE_PREPARES", not DATABASE_DIRECT)
if DATABASE_PREPARES:
    # psycopg prepares nothing by itself: only the cursors that ask for it do.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1_000_000_000
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SILENCED_SYSTEM_CHECKS = [
    "templates.W003",  # our i18n tags stand in the place of Django's on purpose: the same words, looked up faster
    "security.W005",  # what is served below this host, and how, is not ours to say
    "security.W008",  # http is led to https by whatever stands in front and speaks https
    "security.W021",  # as W005, and for good
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 sets a 5 s socket timeout by default, which ends idle subscriptions.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "live"},
    }
}
CACHES = {
    # Log-in rate limits and nothing else: in PostgreSQL, so that people log in while Redis is down.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Jobs hold no result and no data: the due index does, so redelivery may be quick.
CELERY_TASK_IGNORE_RESULT = True
# A tick that nobody took within two seconds is worth nothing: the next one does its work.
CELERY_BEAT_SCHEDULE = {"tick": {"task": "workflows.tick", "schedule": 1.0, "options": {"expires": 2}}}
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Whoever publishes finds out soon that the broker is away; workers go on asking (BROKER_CONNECTION_RETRY).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_max": 0.1,
}
# A broker that refuses commands (its memory is full) is one to connect to anew, not a reason to end.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.authentication.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

MIDDLEWARE = [
    "config.metrics.count_requests",
    "accounts.middleware.request_id",
    "accounts.middleware.any_host",
    # The API needs none of what follows.
    "api.middleware.short_path",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.web.policy.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.locale",
    "accounts.middleware.tenant",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

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
                "crm.web.context.shell",
            ],
            "builtins": ["crm.web.templatetags.addresses", "crm.web.templatetags.remember"],
        },
    }
]

FORM_RENDERER = "crm.web.forms.rendering.Renderer"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [compiled(BASE_DIR / "locale", VAR / "locale")]
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_VERSION = static_version(BASE_DIR / "crm" / "web" / "static")
STATIC_URL = f"/static/{STATIC_VERSION}/"
STATIC_ROOT = VAR / "static" / STATIC_VERSION
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
# Attached files: under VAR on this machine, or in a bucket that speaks S3 (docs/operations.md).
FILES_MAX_BYTES = env.integer("FILES_MAX_MB", 25) * 1_000_000
FILES_BUCKET = env.text("FILES_BUCKET")
ATTACHMENTS: dict[str, object] = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": FILES_BUCKET,
            "endpoint_url": env.text("FILES_ENDPOINT") or None,
            "region_name": env.text("FILES_REGION") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
    if FILES_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.text("FILES_DIR") or VAR / "files", "file_permissions_mode": 0o600},
    }
)
STORAGES = {
    "attachments": ATTACHMENTS,
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.assets.VersionedStorage"},
}
# Where nobody has run `manage.py prepare`, files are served from where they lie, uncompressed.
WHITENOISE_USE_FINDERS = DEBUG or not is_collected(STATIC_ROOT)
if not DEBUG:
    WHITENOISE_IMMUTABLE_FILE_TEST = is_versioned

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"  # where emails lie until a mail server is named
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 20)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "CRM <no-reply@localhost>")

# Tables whose changes no live query can depend on; everything else is in the change log.
CHANGE_LOG_EXEMPT = {
    "contenttypes.ContentType": "Written by migrations alone, and cached for the life of the process.",
    "admin.LogEntry": "The operators' own history; no function reads it.",
    "functions.IdempotencyRecord": "Bookkeeping of the call path; no function reads it.",
    "runs.Place": "The engine's own counting; the run's row tells that it is under way.",
    "runs.Slot": "The engine's own turns; no function reads it.",
    "runs.Attempt": "Written beside the step's own row, which is in the log.",
    "listening.Watermark": "How far the log was looked through; its own row in it would be a change.",
    "automations.ScanPosition": "How far the tenant's changes were looked through.",
    "accounts.TenantLogo": "A picture; the tenant's own row, which names it, is in the log.",
    "workflows.Heartbeat": "Says that drivers are alive; watched from outside.",
    "search.SearchKey": "Made from records whose own changes are in the log; searches name those as read.",
    "search.SearchAbout": "Made from contacts whose own changes are in the log; searches name those as read.",
    "search.SearchText": "Made from activities whose own changes are in the log; searches name those as read.",
    "workflows.StuckRun": "For whoever runs the deployment; the run's own row tells its tenant.",
    "workflows.Due": "Claimed and re-armed all the time; the run's own row tells what became of it.",
}
# How long changes can be read back: for hubs that were cut off, and for feeds that resume. At most 14.
CHANGE_LOG_DAYS = env.integer("CHANGE_LOG_DAYS", 7)
# The history of an automation, record by record, is kept for so long.
AUTOMATION_HISTORY_DAYS = env.integer("AUTOMATION_HISTORY_DAYS", 400)

# Requests a window that an API key, and all keys of a tenant together, may make.
API_RATE_WINDOW_SECONDS = env.integer("API_RATE_WINDOW_SECONDS", 60)
API_REQUESTS_PER_KEY = env.integer("API_REQUESTS_PER_KEY", 600)
API_REQUESTS_PER_TENANT = env.integer("API_REQUESTS_PER_TENANT", 3000)
# API keys that do not work, a window and network address.
API_WRONG_KEYS_PER_ADDRESS = env.integer("API_WRONG_KEYS_PER_ADDRESS", 30)
# Web forms that a network address may send, a window.
FORM_REQUESTS_PER_ADDRESS = env.integer("FORM_REQUESTS_PER_ADDRESS", 20)

# The call path (realtime.functions): who the actor is and what they may do is the product's business.
FUNCTIONS_POLICY = "accounts.roles.policy.RolePolicy"
# Who a socket speaks for (realtime.live): a function of the ASGI scope and an optional API key.
LIVE_IDENTITY = "api.sockets.resolve_socket"
# The functions behind what a socket follows beside queries: pages of changes, and who may look at a record.
LIVE_CHANGES = "feed.list_changes"
LIVE_PRESENCE = "presence.get_viewer"
# A process's threads that re-run queries, its threads for calls over sockets, and a member's open sockets.
LIVE_READERS = env.integer("LIVE_READERS", 4)
LIVE_CALLERS = env.integer("LIVE_CALLERS", 4)
LIVE_SOCKETS_PER_MEMBER = env.integer("LIVE_SOCKETS_PER_MEMBER", 50)
# Results are checked against their declared types where that costs nobody anything: tests and development.
VALIDATE_RESULTS = env.flag("VALIDATE_RESULTS", DEBUG)
# SQL that no compiler wrote, in a tracked function, without declare_reads(): an error, or a read of all tables.
STRICT_READS = env.flag("STRICT_READS", DEBUG)

# So long does work that a killed worker had taken wait for another one.
WORKFLOWS_LEASE_SECONDS = env.integer("WORKFLOWS_LEASE_SECONDS", 10)
# So many rows of due work may a tenant have leased at once, times its weight: lower it for few workers that do
# slow actions.
WORKFLOWS_LEASED_PER_TENANT = env.integer("WORKFLOWS_LEASED_PER_TENANT", 200)
# Who gets more of the workers' time: a function that answers the weights above 1 by schema.
WORKFLOWS_WEIGHTS = "accounts.billing.weights.weights"
# Who acts in a workflow's steps: a function of schema and request_id that makes the context.
WORKFLOWS_CONTEXT = "accounts.actor.system_context"
# Who is told that a run failed or is blocked: a function of schema, run id, workflow, status and what went wrong.
WORKFLOWS_TROUBLE = "crm.notifications.trouble.tell_managers"
# Who is told that a run was forked, in the transaction that does it: a function of the run's id and the new one's.
WORKFLOWS_FORKED = "crm.automations.forking.follow_fork"
# Whose runs rest: a function of schema and for_sure that says whether a tenant is held.
WORKFLOWS_HELD = "accounts.billing.holding.is_held"
# So many runs of a tenant that fall due together share a transaction; fewer have their own.
WORKFLOWS_SHARE_FROM = env.integer("WORKFLOWS_SHARE_FROM", 4)

# Keys that mailbox passwords are encrypted with, the newest first; without one, SECRET_KEY and its former ones.
CREDENTIALS_KEYS = env.words("CREDENTIALS_KEYS")
# A firm that signs up has a trial of this many days (0: it is active at once, without a subscription) and seats; then
# everything works for the days of grace, and then it is locked until somebody pays.
TRIAL_DAYS = env.integer("TRIAL_DAYS", 14)
TRIAL_SEATS = env.integer("TRIAL_SEATS", 10)
GRACE_DAYS = env.integer("GRACE_DAYS", 7)
# Whether a firm has begun to work with what it tries: a query that answers facts, each true or not.
TRIAL_FACTS = "onboarding.get_use"
# What providers sign their events with (several, separated by commas, while one is being replaced); a provider
# without a secret is not there.
PAYMENT_SECRETS = {
    "stripe": env.words("PAYMENT_STRIPE_SECRET"),
    "standard": env.words("PAYMENT_STANDARD_SECRET"),
}
# Seconds that an event's signature may be old.
PAYMENT_TOLERANCE_SECONDS = env.integer("PAYMENT_TOLERANCE_SECONDS", 300)
# The provider's page that takes the money, with {plan}, {seats}, {tenant} and {email}; and the one on which whoever
# pays already changes that.
PAYMENT_CHECKOUT_URL = env.text("PAYMENT_CHECKOUT_URL")
PAYMENT_PORTAL_URL = env.text("PAYMENT_PORTAL_URL")

# How often a mailbox is looked into.
MAILBOX_SECONDS = env.integer("MAILBOX_SECONDS", 60)
# Whether members' mailboxes may lie in the deployment's own network.
MAILBOXES_AT_PRIVATE_ADDRESSES = env.flag("MAILBOXES_AT_PRIVATE_ADDRESSES")

# Whether automations may call addresses of the deployment's own network.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.flag("WEBHOOKS_TO_PRIVATE_ADDRESSES")

LOGGING_CONFIG = "config.logging.configure"
# Django configures nothing, and loses what fails, where this is empty.
LOGGING = {"version": 1}
