"""Before a deploy: replay the journals of live runs against this code, and say which ones could not go on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.checks import check_journals


class Command(BaseCommand):
    help = "Check that every live run can go on with this code; changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=None, help="runs a tenant, at most")

    def handle(self, *_args: Any, limit: int | None, **_options: Any) -> None:
        problems = check_journals(limit)
        if problems:
            raise CommandError("\n".join([f"{len(problems)} runs could not go on:", *problems[:50]]))
        self.stdout.write("Every live run can go on with this code.")
