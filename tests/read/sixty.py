"""A folder of sixty files in all forms, with 200 articles among them, and the table of what is in it."""

from __future__ import annotations

import gzip
import json
import random
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tests.read import export_forms as exports
from tests.read import file_forms as forms
from tests.read.export_forms import News

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ARTICLES, FILES, SEED = 200, 60, 11
WHO = "the minister of defence|the leader of the opposition|a spokeswoman for the embassy|the mayor of Exampleton|the union"
SAID = "said that|denied that|repeated on Monday that|told reporters that|wrote in a letter that"
WHAT = (
    "the troops would leave before winter|talks with the neighbours had begun|the budget was not enough for the plan"
    "|the port would stay closed|nobody had asked for the vote|the bridge had been built without a permit"
)
WHY = "because the harvest had failed|after months of protest|in spite of a ruling by the court|as the allies had asked"
OUTLETS = (
    "The Daily Example (London)|Example Tribune|The Exampleton Post|Example News Service|Evening Example"
)
SECTIONS = "World News|Politics|Foreign Desk|National|Business"
WHOLE = "text title outlet published"


class Expected(NamedTuple):
    """An article of the table, the file that it is in, and the fields that this file has."""

    file: str
    news: News
    fields: tuple[str, ...]


def news() -> Iterator[News]:
    """Articles without end, each with a text of its own."""
    random_ = random.Random(SEED)

    def one(words: str) -> str:
        return random_.choice(words.split("|"))

    for number in range(1, 10_000):
        sentences = [f"{one(WHO).capitalize()} {one(SAID)} {one(WHAT)} {one(WHY)}." for _ in range(6)]
        sentences[0] = f"{sentences[0][:-1]}, in case {number} of the year."
        paragraphs = tuple(" ".join(sentences[start : start + 2]) for start in (0, 2, 4))
        day = date(2023, 1, 1) + timedelta(days=random_.randrange(700))
        title = f"{one(WHO).capitalize()} speaks on case {number}"
        yield News(title, one(OUTLETS), day.isoformat(), one(SECTIONS), paragraphs)


def write(folder: Path) -> list[Expected]:
    """Write the files, and return the table, in no order."""
    stream = news()
    table: list[Expected] = []

    def file(name: str, content: bytes | str, articles: list[News], fields: str = WHOLE) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        table.extend(Expected(name, article, tuple(fields.split())) for article in articles)

    def take(count: int) -> list[News]:
        return list(islice(stream, count))

    _write_exports(file, take)
    _write_tables(file, take, folder, table)
    _write_pages(file, take)
    for number in range(2):
        one = take(1)
        file(f"plain/{number}.txt", "\n\n".join(one[0].paragraphs), one, "text")
        one = take(1)
        file(
            f"word/{number}.docx",
            forms.as_docx("\n".join(one[0].paragraphs), one[0].title),
            one,
            "text title",
        )
        one = take(1)
        file(f"plain/wide-{number}.txt", "\n\n".join(one[0].paragraphs).encode("utf-16"), one, "text")
    one = take(1)
    file("word/2.rtf", forms.as_rtf("\n".join(one[0].paragraphs)), one, "text")
    for number, columns in enumerate((1, 2, 1)):
        one = [
            take(1)[0]._replace(
                paragraphs=tuple(part for of in take(14 if columns == 2 else 6) for part in of.paragraphs)
            )
        ]
        head = "Example Reports 2024" if number < 2 else None
        file(f"pdf/{number}.pdf", forms.as_pdf("\n".join(one[0].paragraphs), head, columns), one, "text")
    return table


def _write_exports(file: Callable[..., None], take: Callable[[int], list[News]]) -> None:
    whole = f"{WHOLE} section"
    wrap: dict[str, Callable[[str], bytes]] = {
        "txt": str.encode, "docx": forms.as_docx, "rtf": forms.as_rtf, "html": forms.as_html, "pdf": forms.as_pdf,
    }  # fmt: skip
    for database, endings in {
        exports.nexis_academic: "txt txt rtf html", exports.nexis_uni: "docx docx rtf pdf html",
        exports.factiva_coded: "txt rtf", exports.factiva_full: "rtf docx html txt",
        exports.europresse: "txt docx rtf", exports.proquest: "txt docx html rtf",
    }.items():  # fmt: skip
        for number, ending in enumerate(endings.split()):
            articles = take(5)
            file(
                f"exports/{database.__name__}-{number}.{ending}",
                wrap[ending](database(articles)),
                articles,
                whole,
            )
    for number in range(2):
        articles = take(5)
        file(f"exports/europresse-page-{number}.html", exports.europresse_html(articles), articles, whole)


def _write_tables(
    file: Callable[..., None], take: Callable[[int], list[News]], folder: Path, table: list[Expected]
) -> None:
    file("json/array.json", json.dumps(forms.records(articles := take(5))), articles)
    file(
        "json/wrapped.json",
        json.dumps({"status": "ok", "articles": forms.records(articles := take(5))}),
        articles,
    )
    file("json/lines.json", "\n".join(map(json.dumps, forms.records(articles := take(3)))), articles)
    file("json/more.jsonl", "\n".join(map(json.dumps, forms.records(articles := take(3)))), articles)
    lines = "\n".join(map(json.dumps, forms.records(articles := take(3))))
    file("json/packed.jsonl.gz", gzip.compress(lines.encode()), articles)
    for number in range(3):
        file(f"json/one-{number}.json", json.dumps(forms.records(articles := take(1))[0]), articles)
    file("tables/plain.xlsx", forms.as_xlsx(articles := take(5)), articles)
    file("tables/below.xlsx", forms.as_xlsx(articles := take(4), above=3), articles)
    above = "Export of an archive\nSearched for, troops\n\n"
    file("tables/below.csv", forms.as_csv(articles := take(4), above), articles)
    file("tables/sep.csv", forms.as_csv(articles := take(3), "sep=;\n", ";"), articles)
    articles = take(5)
    forms.write_sqlite(folder / "tables" / "news.sqlite", articles)
    table.extend(Expected("tables/news.sqlite", article, tuple(WHOLE.split())) for article in articles)


def _write_pages(file: Callable[..., None], take: Callable[[int], list[News]]) -> None:
    for number in range(5):
        file(f"web/{number}.html", forms.as_page((one := take(1))[0]), one)
    file("web/pages.warc.gz", forms.as_warc(articles := take(4)), articles)
    for name, form in (("rss.xml", forms.as_rss), ("atom.xml", forms.as_atom)):
        articles = take(4)
        outlet = articles[0].outlet
        articles = [article._replace(outlet=outlet) for article in articles]
        file(f"feeds/{name}", form(articles), articles)
    file("agency/nitf.xml", forms.as_nitf((one := take(1))[0]), one, f"{WHOLE} section")
    file("agency/newsml.xml", forms.as_newsml((one := take(1))[0]), one)
    file("agency/corpus.xml", forms.as_tei(articles := take(3)), articles)
    file("agency/two.tei", forms.as_tei(articles := take(2)), articles)
    articles = take(3)
    members = {
        "a/one.html": forms.as_page(articles[0]).encode(),
        "a/two.jsonl": json.dumps(forms.records(articles[1:2])[0]).encode(),
        "three.csv": forms.as_csv(articles[2:]),
    }
    file("zipped.zip", forms.as_zip(members), articles)
