"""What is drawn: known probabilities, later sheets that add to earlier ones, nothing that shows a label."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.coding import Wish, draw_sheet, load_design
from pipelines.coding.allocation import allocate
from pipelines.coding.design import FILE, FOLDER, Design, Item, key_of
from pipelines.coding.drawing import drawn_further
from pipelines.coding.identifiers import LETTERS, as_item, item_name
from pipelines.coding.population import keys, load_population
from pipelines.errors import InputError
from tests.coding.conftest import FORMULA, SCRIPT

SIZES = st.dictionaries(st.text(max_size=2), st.integers(1, 300), min_size=1, max_size=8)


@given(SIZES, st.data())
def test_an_allocation_is_whole_within_its_bounds_and_near_to_proportional(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    least = {name: data.draw(st.integers(0, size)) for name, size in sizes.items()}
    total = data.draw(st.integers(sum(least.values()), sum(sizes.values())))
    numbers = allocate(sizes, least, total)
    assert sum(numbers.values()) == total
    assert all(least[name] <= numbers[name] <= size for name, size in sizes.items())
    free = [name for name in sizes if numbers[name] > least[name]]
    shares = [(numbers[name] - 1) / sizes[name] for name in free]
    assert max(shares, default=0) <= min((numbers[name] + 1) / sizes[name] for name in sizes)


def test_an_allocation_by_hand() -> None:
    assert allocate({"a": 100, "b": 50, "c": 10}, {"a": 0, "b": 0, "c": 10}, 40) == {
        "a": 20,
        "b": 10,
        "c": 10,
    }


@given(st.text(), st.integers(0, 9), st.sampled_from(LETTERS), st.integers(0, 9))
def test_one_wrong_letter_or_two_swapped_ones_are_no_item(text: str, at: int, letter: str, to: int) -> None:
    item = item_name(1, text)
    assert as_item(f" {item.upper()[:4]} {item[4:]}\t") == item
    wrong = item[:at] + letter + item[at + 1 :]
    assert as_item(wrong) == (item if wrong == item else None)
    swapped = list(item)
    swapped[at], swapped[to] = swapped[to], swapped[at]
    assert as_item("".join(swapped)) == (item if "".join(swapped) == item else None)


def strata_of(run_dir: Path) -> dict[str, tuple[int, int]]:
    """Size and drawn units of each stratum."""
    return {stratum.name: (stratum.size, stratum.drawn) for stratum in load_design(run_dir).strata}


def test_strata_are_languages_and_labels_in_proportion_with_ten_at_least(run_dir: Path) -> None:
    draw_sheet(run_dir, Wish(size=90))
    assert strata_of(run_dir) == {
        "en | neutral": (90, 13), "en | opposes": (45, 10), "en | supports": (45, 10),
        "he | neutral": (180, 25),
        "pt | neutral": (90, 12), "pt | opposes": (45, 10), "pt | supports": (45, 10),
    }  # fmt: skip
    design = load_design(run_dir)
    assert {item.probability for item in design.items if item.stratum == "he | neutral"} == {25 / 180}
    assert sum(1 / item.probability for item in design.items) == pytest.approx(540)


def test_a_design_names_the_passage_of_every_item(sheet_run: Path) -> None:
    population = load_population(sheet_run)
    row_of = dict(zip(keys(population.rows), population.rows.to_dict("records"), strict=True))
    design = load_design(sheet_run)
    for item in design.items:
        row = row_of[key_of(item)]
        assert item.stratum == f"{row['language']} | {row['label']}"
        assert item.language == row["language"]
    assert design.fingerprint == population.manifest["fingerprint"]


def test_the_same_seed_gives_the_same_sheet_and_another_gives_another(
    sheet_run: Path, run_dir: Path, judged: Path
) -> None:
    draw_sheet(run_dir, Wish(size=90, overlap=20, seed=1))
    for name in ("sheet.csv", "sheet_1.csv", "sheet.html", "sheet.xlsx", FILE):
        same = (run_dir / FOLDER / name).read_bytes() == (sheet_run / FOLDER / name).read_bytes()
        assert same or name == "sheet.xlsx", name
    other = drawn_further(begun(judged, 2), load_population(judged), Wish(size=90))
    assert {item.item for item in other.items} & {item.item for item in load_design(run_dir).items} == set()


def begun(run_dir: Path, seed: int) -> Design:
    """A design without items."""
    population = load_population(run_dir)
    return Design(
        run="", fingerprint="", population=population.digest, labels=population.label_digest, seed=seed,
        unit="passage", strata_by=("language", "label"), calibration=0.0, strata=(), items=(),
    )  # fmt: skip


def test_over_many_seeds_each_row_is_drawn_as_often_as_its_probability_says(judged: Path) -> None:
    population, seeds, times = load_population(judged), 60, Counter[tuple[object, ...]]()
    empty = begun(judged, 0)
    for seed in range(seeds):
        design = drawn_further(empty.model_copy(update={"seed": seed}), population, Wish(size=80))
        design = drawn_further(design, population, Wish(size=60))
        probability = {item.stratum: item.probability for item in design.items}
        times.update(key_of(item) for item in design.items)
    expected = {key: probability[stratum] for key, stratum in strata_by_key(population.rows).items()}
    for stratum, share in probability.items():
        counts = [times[key] for key, of in strata_by_key(population.rows).items() if of == stratum]
        assert sum(counts) == pytest.approx(share * len(counts) * seeds)
    # Binomial: 5 standard deviations of 60 draws are exceeded by one of 540 rows with a chance of 1 in 3,000.
    for key, share in expected.items():
        assert abs(times[key] / seeds - share) < 5 * (share * (1 - share) / seeds) ** 0.5


def strata_by_key(rows: pd.DataFrame) -> dict[tuple[object, ...], str]:
    """The stratum of each row."""
    return dict(
        zip(keys(rows), rows["language"].astype(str) + " | " + rows["label"].astype(str), strict=True)
    )


def test_a_second_sheet_has_only_new_items_and_the_design_is_that_of_one_large_sheet(
    run_dir: Path, judged: Path
) -> None:
    first = draw_sheet(run_dir, Wish(size=90))
    before = (first / "sheet.csv").read_bytes()
    second = draw_sheet(run_dir, Wish(size=110))
    assert second != first
    assert (first / "sheet.csv").read_bytes() == before
    items = [pd.read_csv(folder / "sheet.csv")["item"].tolist() for folder in (first, second)]
    assert set(items[0]) & set(items[1]) == set()
    both = load_design(run_dir)
    assert [item.item for item in both.items] == items[0] + items[1]
    at_once = drawn_further(begun(judged, 1), load_population(judged), Wish(size=200))
    assert probabilities(both.items) == probabilities(at_once.items)


def probabilities(items: tuple[Item, ...]) -> dict[str, float]:
    """The probability of each item."""
    return {item.item: item.probability for item in items}


def test_a_wish_for_cells_divides_the_strata_and_keeps_probabilities_exact(run_dir: Path) -> None:
    draw_sheet(run_dir, Wish(size=90))
    draw_sheet(run_dir, Wish(size=160, per=("actor", "language"), least=30))
    design = load_design(run_dir)
    assert len(design.items) == 250
    cells = Counter((item.actor, item.language) for item in design.items)
    assert set(cells) == {(actor, language) for actor in ("Putin", "Yoon") for language in ("en", "he", "pt")}
    assert min(cells.values()) >= 30
    drawn = Counter(item.stratum for item in design.items)
    for stratum in design.strata:
        assert drawn[stratum.name] == stratum.drawn
        shares = {item.probability for item in design.items if item.stratum == stratum.name}
        assert shares == {stratum.drawn / stratum.size}


def test_whole_articles_are_drawn_with_all_their_passages(run_dir: Path) -> None:
    draw_sheet(run_dir, Wish(size=30, unit="article"))
    design = load_design(run_dir)
    assert Counter(Counter(item.article_id for item in design.items).values()) == {4: 30}
    assert {item.probability for item in design.items} == {10 / 45}
    order = [item.article_id for item in design.items]
    assert order == [article for article in dict.fromkeys(order) for _ in range(4)]
    assert len({(item.article_id, item.coders) for item in design.items}) == 30
    assert sum(len(item.coders) == 2 for item in design.items) == 52  # of 50, rounded up to whole articles


def test_if_all_passages_are_drawn_no_sheet_is_left(run_dir: Path) -> None:
    draw_sheet(run_dir, Wish(size=1000))
    assert {item.probability for item in load_design(run_dir).items} == {1.0}
    with pytest.raises(InputError, match="all 540 units are drawn"):
        draw_sheet(run_dir, Wish())


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish(size=69), r"--size: 69 are too few for 7 strata\. Give --size 70 or more"),
        (
            Wish(size=80, per=("actor",), least=50),
            r"80 are too few for 9 strata in 2 cells\. Give --size 100 or",
        ),
        (
            Wish(per=("weather",), least=5),
            r"--per: cannot be by 'weather'\. Known for --unit passage: language",
        ),
        (
            Wish(unit="article", per=("actor",), least=5),
            r"by 'actor'\. Known for --unit article: language, outlet",
        ),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_one_that_can(
    run_dir: Path, wish: Wish, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        draw_sheet(run_dir, wish)
    assert not (run_dir / FOLDER).exists()


def test_a_later_sheet_with_another_seed_or_unit_is_refused(drawn: Path) -> None:
    with pytest.raises(InputError, match="--seed: the first sheet was drawn with 1"):
        draw_sheet(drawn, Wish(seed=2))
    with pytest.raises(InputError, match=r"--unit: .* Give --unit passage"):
        draw_sheet(drawn, Wish(unit="article"))


def test_sheets_without_their_design_are_never_overwritten(drawn: Path) -> None:
    (drawn / FOLDER / FILE).unlink()
    with pytest.raises(
        InputError, match=r"design\.json: no such file, and sheet\S+ may hold codes\. Restore"
    ):
        draw_sheet(drawn, Wish())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"seed": 1', '"seed": 3', "its items are not those that its seed draws"),
        ('"unit": "passage"', '"unit": "word"', "damaged"),
        ('"labels": "', '"labels": "x', "the machine's labels have changed"),
        ('"population": "', '"population": "x', r"passages have changed since .* \(0 items are gone\)"),
    ],
)
def test_a_design_that_does_not_fit_the_run_is_refused(drawn: Path, old: str, new: str, message: str) -> None:
    path = drawn / FOLDER / FILE
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new).replace(f"{old.replace(': ', ':')}", new), encoding="utf-8")
    assert path.read_text("utf-8") != text
    with pytest.raises(InputError, match=message):
        draw_sheet(drawn, Wish())


def test_coders_share_the_overlap_and_divide_the_rest(sheet_run: Path) -> None:
    table = pd.read_csv(sheet_run / FOLDER / "sheet.csv", dtype=str)
    assert table["coders"].value_counts().to_dict() == {"1": 35, "2": 35, "1 and 2": 20}
    for coder in ("1", "2"):
        own = pd.read_csv(sheet_run / FOLDER / f"sheet_{coder}.csv", dtype=str)
        assert own["item"].tolist() == table.loc[table["coders"].str.contains(coder), "item"].tolist()


def test_a_quarter_of_the_translated_items_is_shown_without_translation(sheet_run: Path) -> None:
    design = load_design(sheet_run)
    foreign = [item for item in design.items if item.language != "en"]
    hidden = {item.item for item in foreign if item.source_only}
    assert len(hidden) == round(len(foreign) / 4)
    table = pd.read_csv(sheet_run / FOLDER / "sheet.csv", dtype=str, keep_default_na=False)
    without = table[(table["language"] != "en") & (table["pivot"] == "")]
    assert set(without["item"]) == hidden
    assert {item.source_only for item in design.items if item.language == "en"} == {False}


def test_sheets_mark_the_passage_and_never_show_a_label(sheet_run: Path) -> None:
    table = pd.read_csv(sheet_run / FOLDER / "sheet.csv", dtype=str, keep_default_na=False)
    design = load_design(sheet_run)
    sources = dict(
        zip(keys(load_population(sheet_run).rows), load_population(sheet_run).rows["source"], strict=True)
    )
    for item, text in zip(design.items, table["source"], strict=True):
        assert f">>> {sources[key_of(item)]} <<<" in text
    assert list(table) == [
        *("item", "article_id", "language", "outlet", "published", "headline", "actor", "target", "source"),
        *("pivot", "coders", "code_1", "code_2", "note"),
    ]  # fmt: skip
    texts = table.drop(columns=["source", "pivot"]).to_numpy().ravel().tolist()
    assert not [text for text in texts if text in ("supports", "opposes", "neutral", "unclear")]
    data = (sheet_run / FOLDER / "sheet.html").read_text("utf-8").split('id="data">')[1].split('"codes"')[0]
    assert not [word for word in ("stratum", "label", "probab") if word in data]


def test_nothing_in_a_workbook_is_a_formula_and_codes_come_from_a_list(sheet_run: Path) -> None:
    book = openpyxl.load_workbook(sheet_run / FOLDER / "sheet.xlsx")
    sheet = book["sheet"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert any(SCRIPT in str(cell.value) and FORMULA in str(cell.value) for cell in sheet["I"])
    assert sheet.freeze_panes == "B2"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    shown = '"supports,opposes,neutral,unclear,not about it"'
    assert lists == {"L2:L91": shown, "M2:M91": shown}
    guide = "\n".join(str(cell.value or "") for cell in book["guide"]["A"])
    assert guide == (sheet_run / FOLDER / "codebook.md").read_text("utf-8").rstrip("\n")


def test_the_guide_names_every_actor_target_and_code(sheet_run: Path) -> None:
    guide = (sheet_run / FOLDER / "codebook.md").read_text("utf-8")
    for words in ("**Putin**: Putin, פוטין", "**Yoon**", "**deployment**: the deployment of troops",
                  "**supports** (`s`)", "**opposes** (`o`)", "**neutral** (`n`)", "**unclear** (`u`)",
                  "**not about it** (`x`)", "Putin condemned the deployment of troops.",
                  "**Quotation.**", "**Irony.**", "**Nested holders.**"):  # fmt: skip
        assert words in guide
