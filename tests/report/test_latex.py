"""Tables in LaTeX: their structure, and that a real LaTeX prints them within the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.report.latex import escaped, latex, preamble
from pipelines.report.narrow import narrow

HOSTILE = [
    "A&B_% $x$ #1",
    '[1] ~^`"<>|{}\\',
    "* star",
    "\\input{/etc/passwd}",
    "Überregionale «Ąžuolas» İstanbul",
]
LONG = [
    "Schweizerische Depeschenagentur" * 5,
    "https://www.example.org/a/very_long-name.html?x=1&y=2",
    "x" * 200,
    "1" * 90,
    "!" * 90,
]
SCRIPTS = ["Коммерсантъ", "조선일보", "الجزيرة بوتين", "人民日报", "הארץ"]
ROWS = 40  # beyond one page with the headings


def table(names: list[str], **values: Any) -> pd.DataFrame:
    """Rows of the widest values, each with one of the names wherever a name can be."""
    row = {"group_by": "outlet", "articles": 12345, "net": -0.5, "low": -0.75, "high": 0.125, "supports": 1.0, "opposes": 0.001,
           "neutral": 0.999, "unclear": 0.5, "note": "fewer than 5 articles", "deff": 1.5}  # fmt: skip
    return pd.DataFrame([row | {"actor": name, "target": name, "group": name} | values for name in names])


def documented(tex: str) -> str:
    """A document with the preamble that the table's comments ask for."""
    needed = [line[2:] for line in tex.splitlines() if re.match(r"% \\(usepackage|babel)", line)]
    return "\n".join(
        [r"\documentclass[a4paper]{article}", *needed, r"\begin{document}", tex, r"\end{document}", ""]
    )


@pytest.mark.parametrize(
    ("engine", "names"), [("pdflatex", HOSTILE), ("pdflatex", LONG), ("pdflatex", ["Putin"] * ROWS), ("lualatex", SCRIPTS)]
)  # fmt: skip
def test_latex_prints_the_table_within_the_page(tmp_path: Path, engine: str, names: list[str]) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"no {engine} on this machine")
    (tmp_path / "t.tex").write_text(documented(latex(narrow("stance", table(names)))), encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=100)
    log = (tmp_path / "t.log").read_text(encoding="utf-8", errors="replace")
    if engine == "lualatex" and "cannot be found" in log:
        pytest.skip("no Noto fonts on this machine")
    assert not re.findall(r"^!.*\n.*|^Overfull .*|^Missing character.*", log, re.MULTILINE)
    assert (tmp_path / "t.pdf").is_file()


@pytest.mark.parametrize("names", [HOSTILE, LONG, SCRIPTS, []])
def test_every_row_has_a_cell_for_every_column_whose_widths_sum_to_the_line(names: list[str]) -> None:
    tex = latex(narrow("stance", table(names) if names else table(["x"]).head(0)))
    widths = [float(part) for part in re.findall(r"\\dimexpr([\d.]+)\\linewidth", tex)]
    assert sum(widths) == pytest.approx(1, abs=0.001)
    rows = [
        line
        for line in tex.splitlines()
        if line.endswith(r" \\") and "multicolumn" not in line and "label" not in line
    ]
    assert len(rows) == 2 + len(names)
    for row in rows:
        assert len(re.findall(r"(?<!\\)&", row)) == len(widths) - 1
        assert not row.startswith(("[", "*"))
    assert all(
        tex.count(f"\\{rule}") == n
        for rule, n in {"toprule": 2, "midrule": 2, "bottomrule": 2, "caption": 1}.items()
    )
    assert r"\label{tab:stance}" in tex


def test_the_columns_that_a_page_has_no_room_for_are_named() -> None:
    assert (
        "% columns left out: deff; all are in tables/stance.csv"
        in latex(narrow("stance", table(["x"]))).splitlines()
    )


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("50 % of A & B_c", r"50 \% of A \& B\_c"),
        ("{x} $1 #2", r"\{x\} \$1 \#2"),
        ("\\input{y}", r"\textbackslash{}input\{y\}"),
        ("[a", "{[}a"),
        ("Depeschenagentur", r"Depesche\-nagentur"),
    ],
)
def test_latex_escapes_its_own_marks(text: str, printed: str) -> None:
    assert escaped(text) == printed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ąžuolas ’24", r"\usepackage[T1]{fontenc}"),
        ("Путин", r"\babelfont[russian]{rm}{Noto Serif}"),
        ("푸틴", r"\babelfont[korean]{rm}{Noto Serif CJK KR}"),
        ("الجزيرة", "Compile with lualatex: pdflatex cannot print Arabic."),
        ("☃", "Needs a main font that has these characters: ☃"),
    ],
)
def test_the_first_lines_name_what_the_text_needs(text: str, line: str) -> None:
    assert line in list(preamble(text))
