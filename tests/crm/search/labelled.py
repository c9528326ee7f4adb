"""Queries with the records that they mean, by kind: made from the population by a seed, the way people mistype."""

import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.crm.search.population import Someone, plain


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, and what should be found."""

    kind: str
    text: str
    wanted: frozenset[int]
    of: str = "contact"


Maker = Callable[[random.Random, list[Someone]], Iterator[Query]]
EACH = 25


def words_of(name: str) -> list[str]:
    """The words of a name as they are searched."""
    return plain(name).replace("'", "").replace("-", " ").split()


def mistyped(rng: random.Random, word: str) -> str:
    """One letter missing, doubled, wrong, or two neighbours swapped; hardly ever the first one."""
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice(string.ascii_lowercase.replace(word[at], "")) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def of_unique_names(rng: random.Random, found: list[Someone]) -> list[Someone]:
    """People in the Latin alphabet who share their name with nobody, in random order."""
    names = Counter(plain(one.name) for one in found)
    unique = [one for one in found if names[plain(one.name)] == 1 and plain(one.name).isascii()]
    return rng.sample(unique, len(unique))


def typos(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """One mistake in a whole name."""
    for one in of_unique_names(rng, found):
        words = words_of(one.name)
        at = rng.randrange(len(words))
        if len(words) == 2 and len(words[at]) > 3:
            words[at] = mistyped(rng, words[at])
            yield Query("typos", " ".join(words), frozenset([one.id]))


def two_typos(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """A mistake in the first name and one in the last name."""
    for one in of_unique_names(rng, found):
        words = words_of(one.name)
        if len(words) == 2 and min(map(len, words)) > 4:
            yield Query("two typos", " ".join(mistyped(rng, word) for word in words), frozenset([one.id]))


def accents(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """A name with accents typed without them."""
    for one in of_unique_names(rng, found):
        if not one.name.isascii():
            yield Query("accents", plain(one.name), frozenset([one.id]))


def initials(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """Three letters for three names: whoever has them."""
    by_letters: dict[str, set[int]] = {}
    for one in found:
        letters = "".join(word[0] for word in words_of(one.name))
        by_letters.setdefault(letters, set()).add(one.id)
    rare = [
        letters
        for letters, ids in by_letters.items()
        if len(letters) == 3 and len(ids) <= 10 and letters.isascii()
    ]
    for letters in rng.sample(sorted(rare), len(rare)):
        text = rng.choice([letters, letters.upper(), ". ".join(letters.upper()) + "."])
        yield Query("initials", text, frozenset(by_letters[letters]))


def phones(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """Five to ten digits from anywhere in a number, written as people write them."""
    for one in rng.sample(found, len(found)):
        digits = one.phone[1:]
        size = rng.randrange(5, 11)
        at = rng.randrange(len(digits) - size + 1)
        part = digits[at : at + size]
        if part.startswith("0"):
            continue
        cut = rng.randrange(2, size - 1)
        text = rng.choice([part, f"{part[:cut]} {part[cut:]}", f"{part[:cut]}-{part[cut:]}"])
        yield Query("phone fragments", text, frozenset(each.id for each in found if part in each.phone))


def emails(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """The beginning, the middle or the surroundings of the @ of an address that has few likes."""
    for one in rng.sample(found, len(found)):
        local, at, domain = one.email.partition("@")
        if not local.isascii():
            continue
        middle = rng.randrange(1, max(2, len(local) - 7))
        text = rng.choice([local, local[middle : middle + 8], f"{local[-6:]}{at}{domain[:3]}", one.email])
        likes = frozenset(each.id for each in found if text in each.email)
        if len(likes) <= 10:
            yield Query("email fragments", text, likes)


def orders(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """The last name first, with or without a comma; of three names the outer two."""
    for one in of_unique_names(rng, found):
        words = one.name.split()
        wanted = [
            each.id for each in found if {*words_of(words[0]), *words_of(words[-1])} <= {*words_of(each.name)}
        ]
        if len(wanted) <= 10:
            text = rng.choice([f"{words[-1]} {words[0]}", f"{words[-1]}, {words[0]}"])
            yield Query("name order", text, frozenset(wanted))


def prefixes(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """A name as far as somebody got: the first name whole or begun, three letters or more of the last name."""
    for one in of_unique_names(rng, found):
        words = words_of(one.name)
        begun = [words[0][: rng.choice([3, 4, 20])], words[-1][: rng.randrange(3, 6)]]
        wanted = [
            each.id
            for each in found
            if all(f" {part}" in " " + " ".join(words_of(each.name)) for part in begun)
        ]
        if len(wanted) <= 10:
            yield Query("prefixes", " ".join(begun), frozenset(wanted))


def common(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """A first name that many have, with as much of the last one as tells ten of them: whole first, or begun first."""
    firsts = Counter(words_of(one.name)[0] for one in found if plain(one.name).isascii())
    often = {name for name, _ in firsts.most_common(12)}
    spoken = {one.id: f" {' '.join(words_of(one.name))}" for one in found}
    for one in of_unique_names(rng, found):
        first, last = words_of(one.name)[0], words_of(one.name)[-1]
        if first not in often or first == last:
            continue
        named = {pk: name for pk, name in spoken.items() if f" {first}" in name}
        for size in range(1, len(last)):
            wanted = [pk for pk, name in named.items() if f" {last[:size]}" in name]
            if len(wanted) <= 10:
                text = rng.choice([f"{first} {last[:size]}", f"{last[:size]} {first}"])
                yield Query("common names", text, frozenset(wanted))
                break


def apostrophes(rng: random.Random, found: list[Someone]) -> Iterator[Query]:
    """A name with an apostrophe, written with another one or with none."""
    for one in of_unique_names(rng, found):
        if "'" in one.name:
            text = one.name.replace("'", rng.choice(["", "’", "`", "'"]))
            yield Query("apostrophes", text, frozenset([one.id]))


def companies(rng: random.Random, firms: dict[int, str]) -> Iterator[Query]:
    """A company's name begun, without accents, in another order, or with a mistake."""
    for pk in rng.sample(sorted(firms), len(firms)):
        words = plain(firms[pk]).split()
        swapped = [words[-1], *words[:-1]]
        wrong = [mistyped(rng, words[0]), *words[1:]]
        text = " ".join(rng.choice([words, swapped, wrong, [*words[:-1], words[-1][:4]]]))
        parts = text.split()
        wanted = {
            pk,
            *(each for each, name in firms.items() if all(f" {part}" in f" {plain(name)}" for part in parts)),
        }
        yield Query("company names", text, frozenset(wanted), "company")


MAKERS: list[Maker] = [
    typos,
    two_typos,
    accents,
    initials,
    phones,
    emails,
    orders,
    prefixes,
    common,
    apostrophes,
]


def labelled(seed: int, found: list[Someone], firms: dict[int, str]) -> list[Query]:
    """The labelled queries, ``EACH`` of every kind."""
    makers = [maker(random.Random(seed), found) for maker in MAKERS] + [companies(random.Random(seed), firms)]
    return [query for maker in makers for query, _ in zip(maker, range(EACH), strict=False)]
