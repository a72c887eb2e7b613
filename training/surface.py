"""The look of news: datelines, surrounding passages, typography and traces of translation."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from training.entities import lines
from training.frames import Passage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

AGENCIES = ("Reuters", "AP", "AFP", "TASS", "Xinhua", "dpa", "Yonhap", "Interfax", "UPI", "EFE")
HOLDERS = ("person", "country", "org", "group")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def dress(text: str, rng: Random) -> str:
    """Give the passage the look of news; all but small words, and at times its last ones, stay in order."""
    chance = rng.random()
    if chance < 0.07:
        text = f"{_dateline(rng)}{text}"
    elif chance < 0.12:
        text = _without_articles(text, rng)
    elif chance < 0.15 and len(text.split()) > 25:
        text = text.rsplit(" ", rng.randint(1, 3))[0]
    elif chance < 0.17:
        text = text.upper() if len(text.split()) < 14 else text
    return _quotation_marks(text, rng)


def _dateline(rng: Random) -> str:
    place = rng.choice(lines("places.txt"))
    place = place.upper() if rng.random() < 0.8 else place
    day = f", {rng.choice(MONTHS)} {rng.randint(1, 28)}" if rng.random() < 0.5 else ""
    agency = f" ({rng.choice(AGENCIES)})" if rng.random() < 0.6 else ""
    return f"{place}{day}{agency} {rng.choice(['-', '—', '–', '--'])} "


def _without_articles(text: str, rng: Random) -> str:
    """Drop most articles and some quotation marks, as translations from languages without articles do."""
    words = [w for w in text.split(" ") if w.lower() not in ("the", "a", "an") or rng.random() < 0.25]
    return re.sub(r"[\"“”]", "", " ".join(words)) if rng.random() < 0.6 else " ".join(words)


def _quotation_marks(text: str, rng: Random) -> str:
    chance = rng.random()
    if chance < 0.25:
        text = re.sub(r'"(?=\w)', "“", text).replace('"', "”").replace("'", "’")
    elif chance < 0.31:
        text = text.replace('"', "")
    elif chance < 0.34:
        text = text.replace('"', "'")
    elif chance < 0.37:
        text = re.sub(r'"(?=\w)', "«", text).replace('"', "»")
    return text


def join(passages: Sequence[Passage], rng: Random) -> Passage:
    """Join passages; an entity of one alone has no stance toward those of another.

    Slots are numbered by their passage: A of the first is 0A.
    """
    entities = {f"{n}{slot}": entity for n, p in enumerate(passages) for slot, entity in p.entities.items()}
    pairs = {
        (f"{n}{a}", f"{n}{b}"): stance for n, p in enumerate(passages) for (a, b), stance in p.pairs.items()
    }
    names = Counter(entity.name for entity in entities.values())
    alone = [slot for slot, entity in entities.items() if names[entity.name] == 1]
    crossing = [(a, b) for a in alone for b in alone if a[0] != b[0] and entities[a].kind in HOLDERS]
    rng.shuffle(crossing)
    return Passage(" ".join(p.text for p in passages), entities, pairs | dict.fromkeys(crossing[:3], 0))
