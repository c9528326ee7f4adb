"""The words for what one contact is to another, and the word that says the same from the other end."""

INVERSES = {
    "spouse": "spouse",
    "partner": "partner",
    "parent": "child",
    "sibling": "sibling",
    "friend": "friend",
    "colleague": "colleague",
    "referrer": "referral",
    "manager": "report",
    "assistant": "employer",
    "other": "other",
}
#: Both directions.
INVERSE = {**{there: here for here, there in INVERSES.items()}, **INVERSES}


def stored(contact_id: int, other_id: int, kind: str) -> tuple[int, int, str]:
    """The one way in which a relationship is kept, whichever end it was told from.

    ``kind`` is what ``other`` is to ``contact``. Words that are their own inverse go from the smaller id.
    """
    if INVERSE[kind] == kind:
        return min(contact_id, other_id), max(contact_id, other_id), kind
    return (contact_id, other_id, kind) if kind in INVERSES else (other_id, contact_id, INVERSE[kind])
