"""One spelling for text that people write in several, so that a name is found in all of them."""

from __future__ import annotations

import unicodedata

_ONE_FORM = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼʹ`´＇", "'"),
        **dict.fromkeys("“”„‟«»「」『』〝〞＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)


def normalise(text: str) -> str:
    """Text in NFKC, case folded, with one apostrophe, quotation mark, dash and space for each kind."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace("i\u0307", "i")  # what case folding makes of the Turkish capital
    return " ".join(folded.translate(_ONE_FORM).split())
