"""Signing up with few and with many tenants present: cloning must not grow with their number."""

import secrets
import statistics
import time
from typing import Any

from bench.sizes import size
from bench.stage import set_environment

FEW, MANY, RUNS = size((10, 300, 15), (1, 2, 1))


def main() -> None:
    """Print the time of one creation at both sizes and their ratio, and of a migration with nothing to do."""
    set_environment("bench_signup")
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import Tenant, User
    from accounts.provisioning import delete_tenant

    call_command("migrate", verbosity=0, interactive=False)
    owner, _ = User.objects.get_or_create(email="owner@bench.test", defaults={"name": "Owner"})
    for tenant in Tenant.objects.order_by("id")[FEW:]:  # of an earlier run
        delete_tenant(tenant)
    few = measure(FEW, owner)
    many = measure(MANY, owner)
    print(f"sign-up, {FEW} tenants present    {few * 1000:7.0f} ms")
    print(f"sign-up, {MANY} tenants present   {many * 1000:7.0f} ms   ratio {many / few:.2f}")
    started = time.perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    print(f"migrate, {MANY} tenants, nothing to do {(time.perf_counter() - started) * 1000:5.0f} ms")


def measure(present: int, owner: object) -> float:
    """Seconds of the median creation with so many tenants present, each on a young connection.

    A backend that has made a hundred tenants is several times slower at it than a young one (its caches hold
    every relation); the pool renews connections every few minutes.
    """
    from django.db import connection

    from accounts.models import Tenant
    from accounts.provisioning import create_tenant, delete_tenant

    for number in range(Tenant.objects.count(), present):
        create_tenant(new_slug(), "Bench", owner)  # type: ignore[arg-type]  # the owner is there
        if number % 10 == 0:
            renew(connection)
    renew(connection)
    seconds, made = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        made.append(create_tenant(new_slug(), "Timed", owner).tenant)  # type: ignore[arg-type]  # the owner is there
        seconds.append(time.perf_counter() - started)
    for tenant in made:
        delete_tenant(tenant)
    return statistics.median(seconds)


def new_slug() -> str:
    """One that no earlier run has used."""
    return f"bench-{secrets.token_hex(6)}"


def renew(connection: Any) -> None:
    """Leave the backend behind."""
    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    main()
