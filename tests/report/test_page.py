"""What the page says, and the passages as it is given them."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare.tables import COLUMNS, Tables
from pipelines.errors import InputError
from pipelines.job.texts import neighbours
from pipelines.records import NOT_IN_TEXT, Sentence
from pipelines.report import plots
from pipelines.report.findings import findings, is_validated, validation
from pipelines.report.labels import date_in_words, enumeration, load_labels
from pipelines.report.links import evidence_link
from pipelines.report.overview import matrix
from pipelines.report.passages import BLOCK, blocks, index, packed, passages_of, safe_link
from tests.report.pages import tables_of, write_page

LABELS = load_labels()


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return tables_of(articles=30)


def with_difference(significant: object, validated: object, p_value: float | None = 0.001) -> Tables:
    """Tables of one comparison of two languages."""
    named = {"actor": "Putin", "target": "aid", "group_by": "language"}
    one = {
        "group": "pt", "reference": "en", "articles": 40, "reference_articles": 50, "difference": -0.5, "low": -0.7, "high": -0.3,
        "p_value": p_value, "q_value": p_value, "significant": significant, "validated": validated, "fragile": "", "note": "only 3 clusters",
    }  # fmt: skip
    empty = {name: pd.DataFrame(columns=COLUMNS[name]) for name in Tables._fields}
    return Tables(**empty | {"differences": pd.DataFrame([named | one], columns=COLUMNS["differences"])})


def test_a_significant_gap_that_nobody_has_validated_is_not_called_a_difference() -> None:
    (finding,) = findings(with_difference(True, False), LABELS)
    assert (
        "the machine's numbers for Portuguese and English are −0.50 apart (−0.70 to −0.30, n = 40 and 50"
        in finding.text
    )
    assert "until people have coded" in finding.text
    assert "differ" not in finding.text.split("Whether")[0]


def test_a_significant_and_validated_difference_is_one() -> None:
    (finding,) = findings(with_difference(True, True), LABELS)
    assert finding.text.startswith(
        "Putin toward aid: Portuguese is −0.50 from English (−0.70 to −0.30, n = 40 and 50"
    )
    assert finding.link == "#passages?actor=Putin&target=aid&language=pt"


@pytest.mark.parametrize("validated", [True, False])
def test_a_comparison_that_is_not_significant_is_no_difference(validated: bool) -> None:
    (finding,) = findings(with_difference(False, validated, 0.3), LABELS)
    assert finding.text.startswith(
        "Between languages no comparison of stance is significant (1 tested, n = 90 articles)"
    )


def test_comparisons_without_a_test_say_why() -> None:
    (finding,) = findings(with_difference(None, False, None), LABELS)
    assert finding.text.startswith(
        "Between languages no difference in stance can be tested: only 3 clusters."
    )


@pytest.mark.parametrize(
    ("values", "state"),
    [([True], "validated"), ([False], "unvalidated"), (["True", "False"], "partly"), ([None], "unvalidated")],
)
def test_the_page_says_whose_numbers_they_are(values: list[Any], state: str) -> None:
    one = with_difference(False, False)
    rows = pd.concat([one.differences] * len(values)).assign(validated=values)
    assert validation(one._replace(differences=rows)) == state


@pytest.mark.parametrize("value", [None, float("nan"), "", "no", False, 0])
def test_only_a_clear_yes_is_a_validation(value: object) -> None:
    assert not is_validated(value)


def test_a_page_of_unvalidated_numbers_says_so_before_any_number(tmp_path: Path, tables: Tables) -> None:
    text = write_page(tmp_path, tables).read_text(encoding="utf-8")
    assert 0 < text.index("These numbers are the machine") < text.index('id="findings"')
    assert "These numbers are the machine" in (tmp_path / "report.md").read_text("utf-8")[:500]


def test_a_side_is_named_only_if_the_whole_interval_is_on_it(tables: Tables) -> None:
    for low, high, side in ((-0.9, -0.1, "opposes"), (0.1, 0.9, "supports"), (-0.1, 0.9, "No clear side")):
        rows = tables.stance[tables.stance["group_by"] == "all"].head(1)
        net = (low + high) / 2
        texts = [
            f.text
            for f in findings(
                tables._replace(stance=rows.assign(low=low, high=high, net=net, fragile="")), LABELS
            )
        ]
        assert side in texts[0]


def test_there_are_three_to_six_findings(tables: Tables) -> None:
    assert 3 <= len(findings(tables, LABELS)) <= 6


def test_the_index_counts_the_passages_of_each_cell_as_the_table_does(tables: Tables) -> None:
    of = index(passages_of(tables.evidence))
    article = pd.Series(of["article"]).cumsum()
    groups = [of["group"]["outlet"][place] for place in article]
    for row in tables.stance[tables.stance["group_by"] == "outlet"].itertuples():
        outlet, actor = of["names"]["outlet"].index(row.group), of["actors"].index(row.actor)
        cell = zip(groups, of["actor"], of["label"][0], strict=True)
        judged = sum(g == outlet and a == actor and label != "-" for g, a, label in cell)
        held = sum(
            g == outlet and a == actor and label == "-"
            for g, a, label in zip(groups, of["actor"], of["label"][0], strict=True)
        )
        assert (judged, held) == (row.passages, row.held_back)


def test_the_blocks_hold_every_passage_once_and_in_order(tables: Tables) -> None:
    passages = passages_of(
        pd.concat([tables.evidence] * 5, ignore_index=True).assign(passage=range(5 * len(tables.evidence)))
    )
    found = [record for block in blocks(passages) for record in unpacked(block)]
    assert len(found) == len(passages) > BLOCK
    assert [record[6] for record in found] == passages.rows["source"].tolist()


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_what_is_packed_is_unpacked_and_holds_no_character_of_html(value: Any) -> None:
    text = packed(value)
    assert unpacked(text) == json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    assert not set(text) & set("<>&\"'\\")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        (" HTTP://example.org", "HTTP://example.org"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https:", ""),
        ("http://[", ""),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_only_addresses_of_the_web_are_links(url: object, link: str) -> None:
    assert safe_link(url) == link


def test_the_sentences_around_a_passage_are_its_neighbours_in_the_text() -> None:
    of = [
        Sentence(NOT_IN_TEXT, NOT_IN_TEXT, "T", "t"),
        *(Sentence(10 * n, 10 * n + 9, f"S{n}", f"s{n}") for n in range(3)),
    ]
    assert neighbours(of, 10, 19) == (("S0", "s0"), ("S2", "s2"))
    assert neighbours(of, 0, 9) == (("", ""), ("S1", "s1"))  # a headline is not the sentence before
    assert neighbours(of, 20, 29) == (("S1", "s1"), ("", ""))
    assert neighbours(of, NOT_IN_TEXT, NOT_IN_TEXT) == (("", ""), ("", ""))


def test_plots_are_the_same_each_time_and_take_their_colours_from_the_page(tables: Tables) -> None:
    rows = tables.stance[tables.stance["actor"] == "Putin"].assign(machine=0.5)
    first, second = plots.forest(rows, LABELS), plots.forest(rows, LABELS)
    assert first == second
    assert "var(--text)" in first
    assert "#0000" not in first
    assert "<script" not in plots.forest(rows.assign(group="<script>x</script>"), LABELS)


def test_a_plot_has_room_for_thirty_groups_of_five_thousand(tables: Tables) -> None:
    rows = pd.DataFrame(
        {"group_by": "outlet", "group": [str(n) for n in range(5000)], "articles": range(5000)}
    )
    assert plots.first_groups(rows)["articles"].tolist() == list(range(4970, 5000))


def test_a_cell_without_an_estimate_says_that_it_has_too_few_articles(tables: Tables) -> None:
    cell = matrix(tables.stance.assign(net=None, low=None, high=None), LABELS)["rows"][0]["cells"][0]
    assert (cell.net, cell.interval, cell.classes) == ("–", "too few articles", "few")


def test_an_address_of_a_view_is_escaped() -> None:
    row = {"actor": 'a"&b', "target": "t", "group_by": "outlet", "group": "#x"}
    assert evidence_link(row) == "#passages?actor=a%22%26b&target=t&outlet=%23x"


def test_a_translation_replaces_texts_and_an_unknown_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "de.yaml"
    file.write_text("findings: Befunde\nscript: {more: Mehr}\n", encoding="utf-8")
    labels = load_labels(file)
    assert (labels["findings"], labels["script"]["more"], labels["overview"]) == (
        "Befunde",
        "Mehr",
        "Overview",
    )
    file.write_text("finding: x\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown keys finding"):
        load_labels(file)


def test_names_and_days_are_written_as_in_a_sentence() -> None:
    assert [enumeration(LABELS, names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
    assert date_in_words(LABELS, "2024-10-04") == "4 October 2024"


def test_the_methods_name_settings_models_and_what_is_not_known(tmp_path: Path, tables: Tables) -> None:
    write_page(tmp_path, tables)
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    for part in (
        "small: its licence is not stated",
        "Putin (Putin, Putin-the-",
        "the deployment of troops",
        "accuracy of the judge",
        "Cite as",
        "fewer than 3 articles",
    ):
        assert part in report
    assert "| actor" not in report  # no second set of wide tables
