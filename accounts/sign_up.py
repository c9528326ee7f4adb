"""Signing up: a user, their tenant, their place in it and the trial's run, all or nothing."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts import tenancy
from accounts.billing.changing import begin_trial
from accounts.joining import welcome
from accounts.languages import current_language
from accounts.models import User
from accounts.provisioning import NewTenant, create_tenant


class EmailTaken(Exception):
    """A user with this address exists."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs up."""

    name: str
    email: str
    password: str
    #: "" where it is not known.
    time_zone: str = ""


def sign_up(person: Person | User, *, firm: str, slug: str, **fields: Any) -> NewTenant:
    """Create a tenant owned by a new user, or by one who exists.

    ``fields`` are further columns of the tenant. Raises EmailTaken, SlugTaken, ValidationError (the slug's form).
    """
    with tenancy.public_context(), transaction.atomic():
        owner = person if isinstance(person, User) else create_user(person)
        made = create_tenant(slug, firm, owner, **fields)
        with tenancy.tenant_context(made.tenant.schema_name):
            begin_trial(made.tenant)
            welcome(made.owner.pk)
        return made


def create_user(person: Person) -> User:
    """Create a user, in the language of the page; EmailTaken if the address is known, also if somebody was faster."""
    if email_is_known(person.email):
        raise EmailTaken
    try:
        with transaction.atomic():
            known = {"time_zone": person.time_zone} if person.time_zone else {}
            return User.objects.create_user(
                person.email, person.password, name=person.name, locale=current_language(), **known
            )
    except IntegrityError as error:
        raise EmailTaken from error


def email_is_known(email: str) -> bool:
    """Whether a user has the address, whatever its capitals."""
    with tenancy.public_context():
        return User.objects.filter(email=email.strip().lower()).exists()
