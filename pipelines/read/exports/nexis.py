"""Exports of Nexis: LexisNexis Academic (`1 of 20 DOCUMENTS`) and Nexis Uni (`End of Document`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.read.exports.layout import Line, date_in, is_date_line, lines_of, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COUNT = regex.compile(
    r"(?im)^[ \t]*+(?P<before>(?:dokument|documento?|document)[ \t]+)?\d+[ \t]+(?:of|von|de|di|sur|van|из)"
    r"[ \t]+\d+(?P<after>[ \t]+(?:documents?|dokumente?n?|documentos?|documenti))?[ \t]*$"
)
"""A line above each article of LexisNexis Academic; one of the two words must be there."""
END = regex.compile(
    r"(?im)^[ \t]*+(?:end of document|ende des dokuments|fin du document|fin del documento|fim do documento"
    r"|einde van document|fine del documento)[ \t]*$"
)
"""The line below each article of Nexis Uni."""
LOADED = regex.compile(r"(?im)^[ \t]*+load-date:")
BODY = regex.compile(r"(?i)body:?|volltext|texte|cuerpo|corpo|texto")
"""The line above the text."""
ABOVE = (  # noqa: SIM905  (a table)
    "byline section length dateline highlight headline source body series column distribution type"
    " rubrik länge autor quelle überschrift longueur auteur rubrique sección longitud seção seccion"
).split()
"""Labels above the text."""
BELOW = (  # noqa: SIM905  (a table)
    "load-date language graphic publication-type subject organization company ticker industry person"
    " geographic country state city url notes document-type journal-code correction correction-date"
    " publication-date update sprache classification journal-type load_date subjects people acc-no pub-type"
    " date-chargement langue type-publication graphique sujet fecha-carga idioma tipo-publicación gráfico"
    " data-carregamento tipo-publicação lingua data-caricamento tipo-pubblicazione taal laaddatum"
).split()
"""Labels below the text."""
SECTIONS = ("section", "rubrik", "rubrique", "sección", "seccion", "seção")
LABEL = regex.compile(r"([\p{L}][\p{L}_ /-]{2,24}):(?:\s|$)")
ALONE_BELOW = {"classification", "graphic", "notes", "correction", "grafik", "load-date"}
RIGHTS = regex.compile(r"(?i)copyright\b|©|all rights reserved|alle rechte vorbehalten|tous droits")
EDITION = regex.compile(r"(?i)\b(?:edition|ausgabe|édition|edición|edição|edizione|final|print|online)\b")
LEAST_LINES = 4
"""Of an article: title, outlet, date, text. A part with fewer is what is left below the last article."""
PLACE_IN_PAPER = regex.compile(r"(?i)\s*;\s*(?:pg\.|page|version|column|s\.|p\.)[^;]*")


def articles_announced(text: str) -> int:
    """The number of articles that the text says it holds; 0 if it is no export of Nexis."""
    return max(len(_counts(text)), len(END.findall(text)), len(LOADED.findall(text)))


def articles(text: str) -> list[Mapping[str, str | None]]:
    """The articles, in order."""
    counts = _counts(text)
    if counts:
        ends = [match.start() for match in counts[1:]] + [len(text)]
        parts = [text[match.end() : end] for match, end in zip(counts, ends, strict=True)]
    else:
        parts = END.split(text)
    return [article for part in parts if (article := _article(lines_of(part), title_above=not counts))]


def _counts(text: str) -> list[regex.Match[str]]:
    return [match for match in COUNT.finditer(text) if match["before"] or match["after"]]


def _article(lines: Sequence[Line], title_above: bool) -> Mapping[str, str | None] | None:
    """The article of one part; None if it has too few lines for one, as below the last article.

    Args:
        lines: of the part.
        title_above: whether the title is above outlet and date, as in Nexis Uni, and not below them.
    """
    first_label = next((i for i, line in enumerate(lines) if _label(line.text, ABOVE)), len(lines))
    start = next((i for i, line in enumerate(lines) if BODY.fullmatch(line.text)), len(lines))
    dated = [i for i, line in enumerate(lines[: min(first_label, start)]) if is_date_line(line.text)]
    if not dated:
        return {"text": None, "title": lines[0].text} if len(lines) >= LEAST_LINES else None
    date = dated[-1 if title_above else 0]
    outlet, above = _outlet_and_lines_above(lines[:date])
    below = lines[date + 1 : min(first_label, start)]
    fields, begin = _labelled(lines, first_label)
    title = fields.get("headline") or (
        _last_block(above) if title_above else _title_below(lines[date], below)
    )
    if start < len(lines):
        begin = start + 1
    elif first_label == len(lines):
        begin = date + 1 + (0 if title_above else _lines_of_first_block(below))
    section = next((fields[name] for name in SECTIONS if name in fields), "")
    return {
        "text": paragraphs(_until_below(lines[begin:])),
        "title": title,
        "outlet": outlet,
        "published": date_in(lines[date].text),
        "section": PLACE_IN_PAPER.sub("", section).strip() or None,
    }


def _label(text: str, labels: Sequence[str]) -> str | None:
    match = LABEL.match(text)
    return match[1].casefold() if match and match[1].casefold() in labels else None


def _labelled(lines: Sequence[Line], start: int) -> tuple[dict[str, str], int]:
    """The values of the labels above the text, and the number of the line at which the text begins."""
    fields: dict[str, str] = {}
    label, block, number = None, 0, start
    for number in range(start, len(lines)):
        line = lines[number]
        new = _label(line.text, ABOVE)
        if new:
            label, block = new, line.block
            fields[label] = line.text.partition(":")[2].strip()
            if label == "body":
                return fields, number if fields[label] else number + 1
        elif line.block == block and label:
            fields[label] += f" {line.text}"
        else:
            return fields, number
    return fields, number + 1


def _outlet_and_lines_above(lines: Sequence[Line]) -> tuple[str | None, Sequence[Line]]:
    number = next((i for i in reversed(range(len(lines))) if not RIGHTS.search(lines[i].text)), None)
    return (None, ()) if number is None else (lines[number].text, lines[:number])


def _title_below(date: Line, lines: Sequence[Line]) -> str | None:
    """The title between date and labels, as LexisNexis Academic has it; an edition may be above it."""
    lines = [line for line in lines if not RIGHTS.search(line.text)]
    blocks = list(dict.fromkeys(line.block for line in lines))
    if len(blocks) > 1 and blocks[0] == date.block:
        blocks.pop(0)
    titles = [" ".join(line.text for line in lines if line.block == block) for block in blocks]
    while len(titles) > 1 and EDITION.search(titles[0]):
        titles.pop(0)
    return titles[0] if titles else None


def _last_block(lines: Sequence[Line]) -> str | None:
    return " ".join(line.text for line in lines if line.block == lines[-1].block) or None if lines else None


def _lines_of_first_block(lines: Sequence[Line]) -> int:
    return sum(line.block == lines[0].block for line in lines) if lines else 0


def _until_below(lines: Sequence[Line]) -> Iterator[Line]:
    for number, line in enumerate(lines):
        is_rights = RIGHTS.match(line.text) and len(lines) - number < 8
        if _label(line.text, BELOW) or line.text.casefold() in ALONE_BELOW or is_rights:
            return
        yield line._replace(text=line.text.removeprefix("BODY:").strip())
