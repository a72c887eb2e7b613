"""Articles that carry the same text are found, whatever was changed around it; others are not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.copies import EDITS, made_up, score
from pipelines.read.copies import SIMILARITY, _keys, find_copies
from pipelines.read.shingles import folded, shingles
from pipelines.read.spool import Spool
from pipelines.records import Article

SAMPLES = Path(__file__).parents[2] / "configs/articles"
LANGUAGES = ("en", "ko", "pt", "ru", "uk")
BANNER = (
    "We and our partners store cookies on your device to measure how you use this site. You can change your choice "
    "at any time in the settings. By going on you agree to our terms of use and to our privacy policy.\n"
)
FOOTER = (
    "\nSign up for our newsletter and get the news of the day at seven every morning. All rights reserved."
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
HASHES = [13296962996716093513, 8186264922048276688]
KEYS = [3111928817, 2430077144, 1033808314]
EXAMPLES = settings(deadline=None, max_examples=60)


def samples(language: str) -> list[Article]:
    """The sample articles of a language, which are all on one event."""
    lines = (SAMPLES / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Article(r["id"], language, r["text"], r["title"], r["outlet"], r["published"])
        for r in map(json.loads, lines)
    ]


def reprint(article: Article, text: str, **changes: str) -> Article:
    """Another outlet's copy of an article, a day later."""
    usual: dict[str, Any] = {"id": f"{article.id}-copy", "outlet": "other", "published": "2024-11-30"}
    return replace(article, text=text, **usual | changes)


def without_last_paragraph(text: str) -> str:
    return text.rpartition("\n\n")[0]


REPRINTS: dict[str, Callable[[str], str]] = {
    "the same": str,
    "other space": lambda text: "\r\n  ".join(text.split("\n\n")),
    "one line": lambda text: " ".join(text.split()),
    "dateline": lambda text: f"КАЗАНЬ / KAZAN, 24 Oct (Agency) — {text}\n\nBy A. Writer, editing by B. Editor",
    "capitals": str.upper,
    "full width": lambda text: text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
    "invisible marks": lambda text: text.replace(" ", " \u200f\u00ad"),
    "shorter": without_last_paragraph,
    "a paragraph more": lambda text: f"{text}\n\n{text[::-1][: len(text) // 4]}",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edit", REPRINTS)
def test_a_reprint_is_found_in_every_script(language: str, edit: str) -> None:
    originals = samples(language)
    reprints = [reprint(article, REPRINTS[edit](article.text)) for article in originals]
    assert find_copies(originals + reprints) == {f"{article.id}-copy": article.id for article in originals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_articles_on_one_event_are_no_copies(language: str) -> None:
    assert find_copies(samples(language)) == {}


def test_the_same_text_in_two_languages_is_no_copy() -> None:
    article = samples("en")[0]
    assert find_copies([article, reprint(article, article.text, language="pt")]) == {}


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_made_up_copies_are_found_and_nothing_else(language: str) -> None:
    made = list(made_up(1000, [language]))
    found = score(made, find_copies(m.article for m in made if m.article))
    assert found.precision >= 0.99
    assert found.recall >= 0.98
    assert found.by_edit.keys() == EDITS.keys()
    assert min(share for edit, share in found.by_edit.items() if edit != "all") >= 0.99


def test_the_first_is_the_earliest_then_the_least_id_and_undated_ones_come_last() -> None:
    text = samples("en")[0].text
    dates = {"z": "2024-10-24", "b": "2024-10-25", "a": "2024-10-25", "0": None}
    articles = [Article(id_, "en", text, published=date) for id_, date in dates.items()]
    assert find_copies(articles) == {"a": "z", "b": "z", "0": "z"}
    assert find_copies(articles[1:]) == {"b": "a", "0": "a"}


def test_copies_of_copies_are_in_one_group() -> None:
    first, second = samples("en")[:2]
    between = reprint(first, without_last_paragraph(first.text), id="b")
    last = reprint(first, f"{between.text}\n\n{second.text.partition(chr(10))[0]}", id="c")
    assert find_copies([last, first, between]) == {"b": first.id, "c": first.id}


def test_short_texts_are_copies_only_if_they_are_equal() -> None:
    texts = {"1": "Putin said on Monday that he supports the deployment of North Korean troops.", "2": "Putin said on Monday that he opposes the deployment of North Korean troops.", "3": "PUTIN said on Monday, that he supports the deployment of North Korean troops"}  # fmt: skip
    assert find_copies(Article(id_, "en", text) for id_, text in texts.items()) == {"3": "1"}


def test_texts_without_letters_are_copies_only_if_they_are_equal() -> None:
    assert find_copies(Article(str(n), "en", text) for n, text in enumerate(["!!!", "???", "—", "???"])) == {
        "3": "1"
    }


@pytest.mark.parametrize("separator", ["\n", " "])
def test_what_an_outlet_puts_around_every_article_makes_no_copies(separator: str) -> None:
    frame = (BANNER * 2).replace("\n", separator), FOOTER.replace("\n", separator)
    sentences = [s for article in samples("en") for s in article.text.replace("\n\n", " ").split(". ")][:12]
    articles = [
        Article(str(n), "en", f"{frame[0]}{sentence}. {frame[1]}", outlet="daily")
        for n, sentence in enumerate(sentences)
    ]
    assert find_copies(articles) == {}
    by_host = [
        replace(article, outlet=None, url=f"https://daily.example/{article.id}") for article in articles
    ]
    assert find_copies(by_host) == {}


def test_a_copy_is_found_under_the_banners_of_two_outlets() -> None:
    originals = samples("en")
    daily = [replace(a, text=BANNER * 4 + a.text, outlet="daily") for a in originals]
    other = [reprint(a, f"{a.text}{FOOTER * 8}") for a in originals]
    assert find_copies(daily + other) == {f"{a.id}-copy": a.id for a in originals}


def test_an_article_that_an_outlet_prints_again_and_again_is_no_boilerplate() -> None:
    text = samples("en")[0].text
    articles = [Article(str(n), "en", f"Update {n}: {text}", outlet="daily") for n in range(6)]
    assert find_copies(articles) == {str(n): "0" for n in range(1, 6)}


ORIGINALS = [article for language in LANGUAGES for article in samples(language)[:3]]
POOL = [
    *ORIGINALS,
    *(
        reprint(
            article,
            edit(article.text),
            id=f"{article.id}-{name}",
            outlet=name,
            published=f"2024-10-{10 + place}",
        )
        for article in ORIGINALS
        for place, (name, edit) in enumerate(REPRINTS.items())
    ),
]
GROUPS = find_copies(POOL)


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(len(POOL))))
def test_any_order_of_the_articles_gives_the_same_groups(order: Sequence[int]) -> None:
    assert len(GROUPS) == len(ORIGINALS) * len(REPRINTS)
    assert find_copies(POOL[place] for place in order) == GROUPS


@EXAMPLES
@given(TEXT, st.integers(1, 13))
@example("ab" * 300, 12)
@example("\U0001f600\u0301ß\u1e9eŉ١", 3)
def test_equal_runs_of_letters_have_equal_hashes_and_others_do_not(text: str, size: int) -> None:
    letters = folded(text).replace("\n", "")
    runs = [letters[start : start + size] for start in range(len(letters) - size + 1)]
    hashes = shingles(letters, size).tolist()
    assert len(hashes) == len(runs)
    assert len(set(hashes)) == len(set(runs)) == len(set(zip(runs, hashes, strict=True)))


def test_the_groups_are_the_components_of_the_pairs_that_are_similar() -> None:
    chance, base = random.Random(1), samples("en")[0].text.split(". ")
    texts = [". ".join(chance.sample(base, chance.randint(5, len(base)))) for _ in range(60)]
    copies = find_copies(Article(f"{n:02}", "en", text) for n, text in enumerate(texts))
    sets = [set(shingles(folded(text).replace("\n", ""), 12).tolist()) for text in texts]
    group = list(range(len(texts)))
    for one, other in combinations(range(len(texts)), 2):
        if len(sets[one] & sets[other]) >= SIMILARITY * len(sets[one] | sets[other]):
            group = [group[one] if of == group[other] else of for of in group]
    expected = {f"{n:02}": f"{min(m for m in range(60) if group[m] == group[n]):02}" for n in range(60)}
    assert {n: of for n, of in expected.items() if n != of} == copies


def test_hashes_and_signatures_are_the_same_on_every_machine() -> None:
    """If this fails after an update of rensa, groups may change: say so in the change log."""
    hashes = shingles(folded("Путин said: 普京, １２ Çok!" * 40).replace("\n", ""), 12)
    assert hashes[:2].tolist() == HASHES
    assert _keys([hashes, hashes[::-1]])[:, :3].tolist() == [KEYS, KEYS]


def test_texts_come_back_from_the_spool_in_any_order(tmp_path: Path) -> None:
    texts = ["", "普京", "a\nb", "x" * 100_000, "\U0001f600"]
    with Spool(tmp_path) as spool:
        for text in texts:
            spool.append(text)
        assert [spool[n] for n in (4, 0, 3, 1, 2)] == [texts[n] for n in (4, 0, 3, 1, 2)]
        spool.append("more")
        assert (spool[5], len(spool)) == ("more", 6)
    assert list(tmp_path.iterdir()) == []


def test_nothing_gives_nothing() -> None:
    assert find_copies([]) == {}
    assert len(shingles("", 12)) == 0
    assert np.array_equal(shingles("a" * 12, 12), shingles("a" * 13, 12)[:1])
