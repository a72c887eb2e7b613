"""How news looks: datelines, sentences around the passage, typographic and translators' habits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from training.entities import lines
from training.frames import Passage

if TYPE_CHECKING:
    from random import Random

AGENCIES = ("Reuters", "AP", "AFP", "TASS", "Xinhua", "dpa", "Yonhap", "Interfax", "UPI", "EFE")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


def dress(text: str, rng: Random) -> str:
    """The passage in one of the looks that news has; its words and their order stay, but for small ones."""
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
    """As translated from a language that has none: most articles and some quotation marks are lost."""
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


def join(first: Passage, second: Passage, rng: Random) -> Passage:
    """One passage after the other; whoever stands in one has no stance toward those of the other."""
    entities = {f"{n}{slot}": e for n, p in enumerate((first, second)) for slot, e in p.entities.items()}
    pairs = {
        (f"{n}{holder}", f"{n}{target}"): stance
        for n, passage in enumerate((first, second))
        for (holder, target), stance in passage.pairs.items()
    }
    crossing = [(a, b) for a in entities for b in entities if a[0] != b[0]]
    holders = ("person", "country", "org", "group")
    crossing = [pair for pair in crossing if entities[pair[0]].kind in holders]
    rng.shuffle(crossing)
    return Passage(f"{first.text} {second.text}", entities, pairs | dict.fromkeys(crossing[:2], 0))
