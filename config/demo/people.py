"""Companies and contacts."""

import itertools
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from config.demo.chance import Chance, write
from config.demo.words import CITIES, FIRST, LAST, PLACES, SOURCES, TAGS, TIME_FRAMES, TITLES, TRADES
from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage, EmailAddress, PhoneNumber
from crm.fields.models import CustomField, CustomFieldOption
from crm.segments.models import ContactTag, Tag

LANGUAGES = ("English", "German", "French", "Spanish", "Norwegian")
#: Contacts of a hundred that nobody owns yet: they wait to be claimed.
UNOWNED = 2


def seed_companies(chance: Chance, count: int) -> list[Company]:
    """Companies, each of some age."""
    taken = set(Company.objects.values_list("domain", flat=True))
    free = (name for name in map(firm_name, itertools.count()) if _domain(name) not in taken)
    return write(Company, (_company(chance, name) for name in itertools.islice(free, count)))


def _company(chance: Chance, name: str) -> Company:
    owner = chance.owner()
    return Company(
        name=name,
        domain=_domain(name),
        city=chance.one(CITIES),
        industry=next(word for word in name.split() if word in TRADES),
        owner_id=owner.member_id,
        team_id=owner.team_id,
        created_at=chance.now - timedelta(days=chance.dice.randrange(400)),
    )


def _domain(name: str) -> str:
    return f"{re.sub('[^a-z0-9]', '', name.lower())}.example"


def firm_name(number: int) -> str:
    """Another name for each number: of a place ("Hazel Dental"), of two partners, of these a second, a third."""
    places = len(PLACES) * len(TRADES)
    if number < places:
        place, trade = divmod(
            number * 77 % places, len(TRADES)
        )  # 77 and 170 share no factor: each pair comes once
        return f"{PLACES[place]} {TRADES[trade]}"
    again, pair = divmod(number - places, len(LAST) * (len(LAST) - 1))
    step, one = divmod(pair, len(LAST))
    other = (one + 1 + (step + 22) % (len(LAST) - 1)) % len(LAST)  # never oneself
    name = f"{LAST[one]} & {LAST[other]} {TRADES[(step + one) % len(TRADES)]}"
    return f"{name} {again + 1}" if again else name


def seed_contacts(chance: Chance, count: int, companies: list[Company]) -> list[Contact]:
    """Contacts with tags, custom fields, and second addresses and numbers for some."""
    stages = list(ContactStage.objects.order_by("position", "id"))
    tags = _tags()
    _fields()
    people = write(Contact, (_contact(chance, stages, companies, list(tags)) for _ in range(count)))
    write(ContactTag, (ContactTag(contact=each, tag=tags[name]) for each in people for name in each.tags))
    write(EmailAddress, (_second_email(each) for each in people[::6]))
    write(PhoneNumber, (_second_phone(chance, each) for each in people[::5]))
    return people


def _contact(
    chance: Chance, stages: list[ContactStage], companies: list[Company], tags: list[str]
) -> Contact:
    dice, first, last = chance.dice, chance.one(FIRST), chance.one(LAST)
    company = chance.one(companies) if companies and dice.random() < 0.6 else None
    created = chance.day()
    area, line = (
        chance.one((206, 312, 415, 617, 718)),
        dice.randrange(100, 200),
    )  # 555-0100 to 0199 are nobody's
    return Contact(
        first_name=first,
        last_name=last,
        full_name=f"{first} {last}",
        email=_address(first, last, company, dice.randrange(10_000)),
        phone=f"+1 {area} 555 {line:04d}",
        phone_e164=f"+1{area}555{line:04d}",
        job_title=chance.one(TITLES),
        stage=chance.one(stages, (5, 4, 3, 2, 1)[: len(stages)] if len(stages) == 5 else None),
        source=chance.one(list(SOURCES), list(SOURCES.values())),
        company=company,
        company_name=company.name if company else "",
        price=Decimal(dice.randrange(80, 950) * 1000) if dice.random() < 0.5 else None,
        time_frame=chance.one(TIME_FRAMES),
        tags=sorted(dice.sample(tags, dice.choice((0, 0, 0, 1, 1, 2)))) if tags else [],
        custom_values={"language": slugify(chance.one(LANGUAGES, (6, 3, 2, 2, 1)))}
        if dice.random() < 0.7
        else {},
        created_at=created,
        last_activity_at=created,
        **_owned(chance),
    )


def _address(first: str, last: str, company: Company | None, number: int) -> str:
    """A firm's people have their names, everybody else a name with a number."""
    at = f"@{company.domain}" if company else f"{number}@mail.example"
    return f"{first}.{last}{at}".lower()


def _owned(chance: Chance) -> dict[str, Any]:
    if chance.dice.randrange(100) < UNOWNED:
        return {"owner_id": None, "team_id": None}
    owner = chance.owner()
    return {"owner_id": owner.member_id, "team_id": owner.team_id}


def _tags() -> dict[str, Tag]:
    """The tags by name, made if they are not there."""
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=TAGS)}
    new = [Tag(name=name, color=color) for name, color in TAGS.items() if name not in known]
    return known | {tag.name: tag for tag in Tag.objects.bulk_create(new)}


def _fields() -> None:
    """One custom field of contacts."""
    field, is_new = CustomField.objects.get_or_create(
        object="contact", key="language", defaults={"label": "Language", "type": CustomField.Type.CHOICE}
    )
    if is_new:
        CustomFieldOption.objects.bulk_create(
            CustomFieldOption(field=field, key=slugify(label), label=label, position=position)
            for position, label in enumerate(LANGUAGES)
        )


def _second_email(contact: Contact) -> EmailAddress:
    return EmailAddress(
        contact=contact,
        address=f"{contact.pk}.home@mail.example",
        label="home",
        created_at=contact.created_at,
    )


def _second_phone(chance: Chance, contact: Contact) -> PhoneNumber:
    line = f"{chance.dice.randrange(100, 200):04d}"
    return PhoneNumber(
        contact=contact,
        raw=f"+1 212 555 {line}",
        e164=f"+1212555{line}",
        last_digits=f"555{line}",
        kind=chance.one(("work", "home", "mobile")),
        is_bad=chance.dice.random() < 0.1,
        created_at=contact.created_at,
    )
