"""Recall at 10 on labelled queries, by kind, beside a plain ILIKE and plain trigram similarity in the same run."""

import random
import sys
from collections import defaultdict
from collections.abc import Callable

from django.db import connection

from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.search.labelled import EACH, Query, labelled
from tests.crm.search.population import firms, people, settle

SEED = 20_261_122
#: What the search must find of what should be found.
FLOORS = {
    "typos": 0.95, "two typos": 0.9, "accents": 0.99, "initials": 0.99, "phone fragments": 0.99,
    "email fragments": 0.95, "name order": 0.95, "prefixes": 0.95, "company names": 0.95, "common names": 0.95,
    "apostrophes": 0.99,
}  # fmt: skip
TEXT = {"contact": "full_name || ' ' || email || ' ' || phone_e164", "company": "name"}
TABLE = {"contact": "contacts_contact", "company": "companies_company"}


def test_recall(acme: str, cast: Cast) -> None:
    rng = random.Random(SEED)
    population, companies = people(rng, 6000), firms(rng, 400)
    settle(population, companies, cast.alice.member_id)
    queries = labelled(SEED, population, companies)
    assert len(queries) == len(FLOORS) * EACH >= 150
    ours = recalls(queries, lambda query: searched(cast, query))
    ilike, trigram = recalls(queries, by_ilike), recalls(queries, by_trigram)
    lines = [f"{kind:18} {ours[kind]:6.2f} {ilike[kind]:6.2f} {trigram[kind]:8.2f}" for kind in FLOORS]
    sys.stdout.write(
        "\n".join([f"\n{'recall at 10':18} {'ours':>6} {'ILIKE':>6} {'trigram':>8}", *lines, ""])
    )
    assert {kind: found for kind, found in ours.items() if found < FLOORS[kind]} == {}
    assert all(ours[kind] >= max(ilike[kind], trigram[kind]) - 0.05 for kind in FLOORS)


def recalls(queries: list[Query], search: Callable[[Query], list[int]]) -> dict[str, float]:
    """Kind -> mean share of the wanted records among the first ten."""
    shares = defaultdict(list)
    for query in queries:
        found = query.wanted.intersection(search(query))
        shares[query.kind].append(len(found) / min(10, len(query.wanted)))
    return {kind: sum(each) / len(each) for kind, each in shares.items()}


def searched(cast: Cast, query: Query) -> list[int]:
    args = {"q": query.text, "kinds": [query.of], "limit": 10}
    answer = call("search.search_records", cast.alice.context(), args)
    return [hit["id"] for group in answer["groups"] for hit in group["hits"]]


def by_ilike(query: Query) -> list[int]:
    return _ids(
        f"SELECT id FROM {TABLE[query.of]} WHERE {TEXT[query.of]} ILIKE %s ORDER BY id LIMIT 10",
        f"%{query.text}%",
    )


def by_trigram(query: Query) -> list[int]:
    text = TEXT[query.of]
    return _ids(
        f"SELECT id FROM {TABLE[query.of]} ORDER BY word_similarity(%s, {text}) DESC, id LIMIT 10", query.text
    )


def _ids(sql: str, text: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [text])
        return [pk for (pk,) in cursor.fetchall()]
