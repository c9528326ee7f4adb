"""A population to search: 6,000 people and 400 companies of many languages, the same for the same seed.

Names are put together at random from lists of common ones, so that each has many neighbours that share a first name,
a last name, initials, a domain or the beginning of a number.
"""

import random
import unicodedata
from dataclasses import dataclass

from django.db import connection

#: First names and last names that belong together.
NAMES = [
    ("James John Robert Michael William David Richard Joseph Thomas Charles Mary Patricia Jennifer Linda "
     "Elizabeth Barbara Susan Jessica Sarah Karen Margaret Dorothy Kenneth Fitzgerald Katherine Catherine "
     "Kathryn",
     "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin "
     "Thompson White Harris Clark Lewis Robinson Walker Hall Young King Wright Hill Scott Green Adams Baker "
     "Nelson Carter Mitchell "
     "Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Murphy Cook Rogers Morgan Cooper "
     "Kennedy Fitzpatrick O'Brien O'Connor MacDonald McAllister Lovelace Hopper Featherstonehaugh"),
    ("Jürgen Björn Günther Käthe Hans-Peter Anneliese Friedrich Wolfgang Sigrid Uwe Dörte Matthias Jörg Ingeborg",
     "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
     "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler Herrmann "
     "König Walter Weiß Größmann Müller-Lüdenscheidt Strauß"),
    ("François Élodie Amélie Benoît Chloé Zoé Gaël Hélène Jérôme Mélanie Noémie René Solène Théo Océane Jean-Baptiste",
     "Lefèvre Béranger Dubois Moreau Lambert Gauthier Dufrêne Château Desprès Beaumont Rousseau Fournier Girard Bonnet "
     "Lemaître Guérin Delâtre Bourgeois Perrault"),
    ("José María Íñigo Begoña Ángel Lucía Andrés Sofía Raúl Inés Jesús Óscar Concepción Núria",
     "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz Moreno Muñoz "
     "Álvarez Ibáñez Núñez Ordóñez Zuñiga"),
    ("Łukasz Małgorzata Paweł Wojciech Agnieszka Grażyna Stanisław Bożena Michał Zbigniew Elżbieta",
     "Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski "
     "Brzęczyszczykiewicz Łukasiewicz Święcicki"),
    ("Jiří Tomáš Lukáš Ondřej Markéta Zdeněk Věra Kateřina Štěpán", "Novák Dvořák Černý Procházka Kučera Veselý Horák "
     "Němec Pokorný Růžička Kříž Škvorecký"),
    ("Søren Åsa Øyvind Björn Håkon Ægir Märta Jørgen Sigríður Þóra", "Jørgensen Ångström Ødegård Sørensen Bjørnson "
     "Lindqvist Åkesson Gudmundsdóttir Holmström Kjærsgaard Nygård"),
    ("Ömer Ayşe İbrahim Gülşen Çağla Şükrü Emre Uğur", "Yılmaz Öztürk Çelik Şahin Aydın Güneş Koç Erdoğan Doğan Işık"),
    ("Nguyễn Trần Phạm Lê Hoàng", "Văn-An Thị-Hoa Đức-Minh Quốc-Bảo Thanh-Tùng"),
    ("Иван Мария Сергей Ольга Дмитрий Алёна Пётр", "Иванов Петров Сидоров Кузнецов Соловьёв Воробьёв Чайковский"),
    ("Γιώργος Ελένη Νίκος Μαρία Δημήτρης", "Παπαδόπουλος Οικονόμου Γεωργίου Καραγιάννης Νικολάου"),
]  # fmt: skip
FIRMS = (
    "Harbour Hill Birch Grove Elm Copper Granite Silver North Atlas Zephyr Meridian Cobalt Juniper Falcon Orchid "
    "Summit Crescent Lantern Quartz Bärenfels Château Édition Ångström Weiß"
)
TRADES = (
    "Realty Partners Holdings Analytics Foods Energy Dental Legal Consulting Logistics Bäckerei Architects"
    " Studio Labs"
)
MAILS = ("mail.example", "post.example", "web.example", "office.example")
AREAS = (212, 312, 415, 617, 718, 206, 303, 503)


@dataclass(frozen=True, slots=True)
class Someone:
    """A contact of the population."""

    id: int
    name: str
    email: str
    phone: str


def plain(text: str) -> str:
    """In small letters without accents, as somebody in a hurry types it."""
    found = text.lower().translate(str.maketrans("øłđıðþ", "oldidt")).replace("ß", "ss").replace("æ", "ae")
    return "".join(each for each in unicodedata.normalize("NFKD", found) if not unicodedata.combining(each))


def people(rng: random.Random, count: int) -> list[Someone]:
    """So many people; a sixth of them have a second first name."""
    found = []
    for number in range(1, count + 1):
        given, family = rng.choices(NAMES, [9, 5, 4, 4, 3, 2, 3, 2, 1, 2, 1])[0]
        names = [rng.choice(given.split()), rng.choice(family.split())]
        if rng.random() < 1 / 6:
            names.insert(1, rng.choice(given.split()))
        local = f"{plain(names[0])}{rng.choice('._')}{plain(names[-1])}"
        local += str(rng.randrange(1000)) if rng.random() < 0.7 else ""
        domain = (
            rng.choice(MAILS)
            if rng.random() < 0.4
            else f"{plain(rng.choice(FIRMS.split()))}{rng.randrange(90)}.example"
        )
        phone = f"+1{rng.choice(AREAS)}{rng.randrange(200, 1000)}{rng.randrange(10_000):04}"
        found.append(Someone(number, " ".join(names), f"{local}@{domain}".replace("'", ""), phone))
    return found


def firms(rng: random.Random, count: int) -> dict[int, str]:
    """So many companies by id, each of another name."""
    names = [
        f"{one} {two} {trade}"
        for one in FIRMS.split()
        for two in ("&", "Bay", "Point")
        for trade in TRADES.split()
    ]
    return dict(enumerate((name.replace(" & ", " ") for name in rng.sample(names, count)), 1))


def settle(found: list[Someone], companies: dict[int, str], owner_id: int) -> None:
    """Write them into the current tenant, by plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contact (id, full_name, email, phone, phone_e164, owner_id, stage_id, first_name,"
            " last_name, job_title, source, company_name, background, version, created_at, updated_at,"
            " last_activity_at, custom) SELECT id, name, email, phone, phone, %s,"
            " (SELECT min(id) FROM contacts_contactstage), '', '', '', '', '', '', 1, now(), now(), now(), '{}'"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])"
            " AS one (id, name, email, phone)",
            [owner_id, *([getattr(one, name) for one in found] for name in ("id", "name", "email", "phone"))],
        )
        cursor.execute(
            "INSERT INTO companies_company (id, name, owner_id, domain, phone, city, industry, notes, version,"
            " created_at, updated_at, custom) SELECT id, name, %s, '', '', '', '', '', 1, now(), now(), '{}'"
            " FROM unnest(%s::bigint[], %s::text[]) AS one (id, name)",
            [owner_id, [*companies], [*companies.values()]],
        )
