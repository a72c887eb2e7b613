"""A table in LaTeX: booktabs, as wide as a page and as long as needed, and what its preamble needs."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import jinja2
import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.report.narrow import LEFT_TO_RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.report.narrow import Narrow

SCRIPTS = "scripts.yaml"
LINE, DIGIT, SEPARATION = 345, 4.3, 6
"""In pt: the text width of `article` at 10 pt on A4; a digit of its \\footnotesize (0.53 em of 8 pt); the
space between two columns of the template."""
WIDE, EXCESS = frozenset("%+-<>"), 0.7
"""Signs of numbers that are wider than a digit, and by how many digits (Computer Modern)."""
SHORTEST, LONGEST = 8, 40
"""Characters that a column of text gets at least and asks for at most; longer text wraps. Not tuned."""
ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    # The font encoding OT1 prints other signs for the first three; " is a command in babel's German.
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"{\char34}",
    "\ue000": r"\-", "\ue001": r"\allowbreak{}",
}  # fmt: skip
"""What LaTeX prints each character by. The two of the private use area, which no cell of a narrow table has,
are places where a line may break with a hyphen and without."""
LONG = regex.compile(r"\S{13,}")
"""What may not fit in one line of a column."""
BREAKS = (
    (regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}]{8}(?=[\p{Latin}\p{Cyrillic}\p{Greek}]{3})"), "\ue000"),
    (regex.compile(r"[0-9]{8}(?=[0-9])|[!-/:-@\[-_{-~]"), "\ue001"),
)
"""After what a long word may break, and how; half of the narrowest column is 8 letters. Other scripts do not
hyphenate, or babel breaks their lines."""
TYPESET = ("cp1252", "cp1250", "cp1254", "cp1257")
"""Encodings whose characters pdflatex sets with the font encoding T1: those of Western, Central and Northern
European languages and of Turkish (tried on each)."""
LUALATEX = [r"\usepackage[bidi=basic,english]{babel}", r"\babelprovide[import]{english}"]


def latex(form: Narrow) -> str:
    """The table as a longtable to \\input, with its caption and the label tab:NAME.

    Column widths are parts of \\linewidth that sum to one, so the table is as wide as the text of the page.
    The first lines are comments: the packages that it needs, also the engine and fonts if pdflatex cannot set
    its characters, and what the table leaves out.
    """
    texts = [text for block in form.blocks for row in (block.heading, *block.rows) for text in row]
    return _template().render(
        caption=escaped(form.caption),
        label=f"tab:{form.name}",
        preamble=list(preamble("".join([*texts, *form.notes]))),
        omissions=form.omissions(),
        columns=_columns(form),
        heads=[escaped(head) for head in form.heads],
        blocks=[
            {
                "heading": escaped(" on ".join(block.heading)),
                "rows": [_cells(row, form.numeric) for row in block.rows],
            }
            for block in form.blocks
        ],
        notes=[escaped(note) for note in form.notes],
    )


@cache
def _template() -> jinja2.Template:
    """The template of a table, compiled once."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines", "report"),
        autoescape=False,  # noqa: S701  (not HTML; every text goes through `escaped`)
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    return environment.get_template("table.tex.j2")


def escaped(text: str) -> str:
    """Text as LaTeX prints it, which may break within long words."""
    composed = unicodedata.normalize("NFC", text)
    broken = LONG.sub(lambda match: _with_breaks(match.group()), composed)
    result = "".join(ESCAPED.get(character, character) for character in broken)
    return f"{{{result[0]}}}{result[1:]}" if result.startswith(("[", "*")) else result


def preamble(text: str) -> Iterator[str]:
    """What a document needs to print the text in a table, as lines of its preamble with a heading."""
    packages = r"\usepackage{array,booktabs,longtable}"
    foreign = {c for c in unicodedata.normalize("NFC", text) if not _in_pdflatex(c)} - {LEFT_TO_RIGHT}
    if not foreign:
        yield from ("Needs in the preamble:", r"\usepackage[T1]{fontenc}", packages)
        return
    scripts = {name: {c for c in foreign if pattern.match(c)} for name, (pattern, _) in _scripts().items()}
    needed = [name for name, characters in scripts.items() if characters]
    others = sorted(foreign.difference(*scripts.values()))
    yield f"Compile with lualatex: pdflatex cannot print {', '.join(needed) or 'some characters'}."
    if others:
        yield f"Needs a main font that has these characters: {' '.join(others)}"
    yield "Needs in the preamble:"
    yield from (packages, *LUALATEX)
    for locale, font in dict.fromkeys(_scripts()[name][1] for name in needed):
        yield rf"\babelprovide[import,onchar=ids fonts]{{{locale}}}"
        yield rf"\babelfont[{locale}]{{rm}}{{{font}}}"


def _columns(form: Narrow) -> list[str]:
    """The column types: numbers flush right in the width that they need, text in what they leave."""
    rows = [form.heads, *(row for block in form.blocks for row in block.rows)]
    needs = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    wishes = [min(max(need, SHORTEST), LONGEST) for need in needs]
    numbers = [need * DIGIT + SEPARATION for need in needs]
    of_numbers = sum(width for width, number in zip(numbers, form.numeric, strict=True) if number)
    of_text = sum(wish for wish, number in zip(wishes, form.numeric, strict=True) if not number)
    rest = max(LINE - of_numbers, SHORTEST * DIGIT)
    widths = [
        width if number else rest * wish / of_text
        for width, wish, number in zip(numbers, wishes, form.numeric, strict=True)
    ]
    sides = [r"\raggedleft" if number else r"\raggedright" for number in form.numeric]
    return [
        rf">{{{side}\arraybackslash}}p{{\dimexpr{width / sum(widths):.4f}\linewidth-2\tabcolsep\relax}}"
        for width, side in zip(widths, sides, strict=True)
    ]


def _width(text: str) -> float:
    """The width of a number in digits."""
    return len(text) + EXCESS * sum(character in WIDE for character in text)


def _cells(row: Sequence[str], numeric: Sequence[bool]) -> list[str]:
    return [
        escaped(cell).replace("-", "$-$") if number else escaped(cell)
        for cell, number in zip(row, numeric, strict=True)
    ]


def _with_breaks(word: str) -> str:
    for pattern, mark in BREAKS:
        word = pattern.sub(rf"\g<0>{mark}", word)
    return word


def _in_pdflatex(character: str) -> bool:
    if character.isascii():
        return True
    return any(character.encode(encoding, "ignore") for encoding in TYPESET)


@cache
def _scripts() -> dict[str, tuple[regex.Pattern[str], tuple[str, str]]]:
    """For each script its characters, and the locale of babel with a font for it."""
    content = packaged_yaml(__package__, SCRIPTS)
    return {
        name: (regex.compile(rf"\p{{scx={name}}}"), (script["locale"], script["font"]))
        for name, script in content.items()
    }
