"""The English of documents, docstrings, comments and messages: words that are never right there.

Only phrases that plain English hardly needs are listed, so that a hit is an error and not a matter of taste.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "training").glob("*.[mp][dy]")]
    + [path for folder in ("cli", "pipelines", "benchmarks") for path in (ROOT / folder).rglob("*.[mp][dy]")]
)

REPLACEMENTS = {
    r"\bto\s+be\s+had\b": "available",
    r"\b(?:goes|go|went)\s+on\s+(?:where|from|when)\b": "resumes",
    r"\btold\s+(?:by|from|apart)\b": "identified by, detected from",
    r"\btells?\s+(?:whether|which|apart)\b": "says whether, shows, distinguishes",
    r"\bso\s+many\s+of\b": "n, that many",
    r"\bstands?\s+in\s+(?:the|a|an|its)\b": "is in, occurs in",
    r"\bmend(?:s|ed|ing)?\b": "fix, update",
    r"\|\s*raised\s+where\s*\|": "raised if",
    r"(?m)^ *(?:found|told|asked|wanted)\b(?:: [^=\n]+)? = ": "a noun that says what the variable holds",
}
"""What to write instead of each pattern; case is ignored, and phrases may run over a line break."""


def test_the_texts_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in TEXTS}
    assert {"README.md", "docs/guide.md", "cli/run.py", "pipelines/run.py", "training/train.py"} <= names


@pytest.mark.parametrize(("pattern", "replacement"), REPLACEMENTS.items())
def test_documents_and_docstrings_use_plain_english(pattern: str, replacement: str) -> None:
    phrase = re.compile(pattern, re.IGNORECASE)
    hits = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()!r}"
        for path in TEXTS
        for text in [path.read_text(encoding="utf-8")]
        for match in phrase.finditer(text)
    ]
    assert not hits, f"write {replacement}: {hits}"


@pytest.mark.parametrize(
    "text", ["The same command goes on from here", "no model is to be had", "told by its ending", "found = 1"]
)
def test_a_house_word_is_noticed(text: str) -> None:
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in REPLACEMENTS)
