"""The standby driver, with the tests' workflows: looks once a second."""

import os

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.workflows import example

    call_command("driver", seconds=1, verbosity=int(bool(example)))
