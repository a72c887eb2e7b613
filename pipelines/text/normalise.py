"""One form for text that people write in several, so that a name is found in each."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ONE_FORM = {
    **dict.fromkeys("’‘‛ʼʹ`´＇׳", "'"),
    **dict.fromkeys("“”„‟«»「」『』〝〞＂״", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－־", "-"),
    "ё": "е",
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("یىۍې", "ي"),
    "ک": "ك",
    "ة": "ه",
    "ئ": "ي",
    "ؤ": "و",
    "ş": "ș",
    "ţ": "ț",
    "\u093c": "",
}
# A pattern, and not str.translate, which takes three times as long on letters beyond ASCII.
_OTHER_FORMS = re.compile(f"[{re.escape(''.join(_ONE_FORM))}]")
# The last are Arabic signs that most texts leave out: a stretch and the short vowels.
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
    "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
)
_INVISIBLE_SIGNS = re.compile(f"[{_INVISIBLE}]")
_DROPPED = regex.compile(rf"\s\s|^\s|\s$|\u0307|[{_INVISIBLE}]")
_CLUSTER = regex.compile(r"\s+|\X")
_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]\p{M}*)\p{M}")


CLUSTERS, LONGEST_KNOWN = 50_000, 8  # grapheme clusters of all texts, and their length: some megabytes
REMEMBERED = 32  # texts, the last ones: names, then targets, are looked for in the same; changes time only


@lru_cache(REMEMBERED)
def normalise(text: str) -> str:
    """Text in NFKC, case folded, with one kind each of apostrophe, quotation mark, dash and space.

    Letters that writers of one language exchange have one form too: ё and е, the Arabic alefs and yehs, the
    Romanian cedilla and comma below, Hindi letters with and without their dot.
    """
    return _normalised(text)


def _normalised(text: str) -> str:
    if text.isascii():
        return " ".join(text.casefold().replace("`", "'").split())
    visible = unicodedata.normalize("NFKC", _INVISIBLE_SIGNS.sub("", text))
    folded = unicodedata.normalize("NFKC", visible.casefold())
    # Case folding turns the Turkish capital İ into these two characters.
    folded = unicodedata.normalize("NFC", folded.replace("i\u0307", "i"))
    return " ".join(_OTHER_FORMS.sub(lambda sign: _ONE_FORM[sign[0]], folded).split())


def without_diacritics(text: str) -> str:
    """Text without the marks on its letters: Yesil for Yeşil, but й stays a letter of its own."""
    decomposed = unicodedata.normalize("NFD", text.replace("й", "\0").replace("Й", "\1"))
    stripped = unicodedata.normalize("NFC", _MARKS.sub("", decomposed))
    return stripped.replace("\0", "й").replace("\1", "Й").translate(_LETTERS)


_LETTERS = str.maketrans("ıłŁøØđĐ", "ilLoOdD")


def aligned(text: str, fold: Callable[[str], str] = str) -> tuple[str, Sequence[int]]:
    """Normalise a text and find the place in it that each normalised character comes from.

    Args:
        text: as written.
        fold: applied to each piece of normalised text.

    Returns:
        The normalised text of n characters, and n + 1 places in the text, the last being its end; all
        characters from one grapheme cluster have the place of its beginning.
    """
    # In ASCII only white space changes its length.
    if (text.isascii() or _keeps_places(text)) and len(folded := fold(normalise(text))) == len(text):
        return folded, range(len(text) + 1)
    clusters = _CLUSTER.findall(text)
    # A text has few different ones: each is folded once.
    forms = {cluster: fold(_form(cluster)) if cluster.strip() else " " for cluster in set(clusters)}
    pieces = [forms[cluster] for cluster in clusters]
    starts = accumulate(map(len, clusters), initial=0)
    offsets = [start for start, piece in zip(starts, pieces, strict=False) for _ in piece]
    return "".join(pieces), [*offsets, len(text)]


def _form(cluster: str) -> str:
    return _known_form(cluster) if len(cluster) <= LONGEST_KNOWN else _normalised(cluster)


@lru_cache(CLUSTERS)
def _known_form(cluster: str) -> str:
    return _normalised(cluster)


def _keeps_places(text: str) -> bool:
    """Whether normalising maps each character to one, in its place."""
    folded = text.casefold()
    one_form = len(folded) == len(text) and unicodedata.is_normalized("NFKC", folded)
    return one_form and unicodedata.is_normalized("NFKC", text) and not _DROPPED.search(text)
