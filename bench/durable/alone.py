"""Settings of a process with the engine and the bench's own workflows, without the product: as DBOS's process is."""

from config.settings import *  # noqa: F403 - the settings, but for some

INSTALLED_APPS = [
    "accounts",
    "django_tenants",
    "realtime.changes",
    "workflows",
    "accounts.billing",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "realtime.functions",
    "workflows.runs",
    "accounts.roles",
]
SHARED_APPS, TENANT_APPS = INSTALLED_APPS[:7], INSTALLED_APPS[7:]
WORKFLOWS_TROUBLE = WORKFLOWS_FORKED = ""
