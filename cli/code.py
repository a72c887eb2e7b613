"""polystance code: passages of a run coded by people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import Verbose, set_up
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(no_args_is_help=True, help="Draw passages for people to code, and use their codes.")
RunDir = Annotated[
    str,
    typer.Argument(metavar="RUN_DIR", help="The folder or address of a finished run.", show_default=False),
]
Sheets = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="SHEET", help="Coded files; by default all in RUN_DIR/coding.", show_default=False
    ),
]


@app.command("sheet")
def sheet(
    place: RunDir,
    size: Annotated[int, typer.Option(metavar="N", min=1, help="Passages to draw.")] = 200,
    coders: Annotated[int, typer.Option(metavar="N", min=1, max=9, help="People who code.")] = 2,
    overlap: Annotated[int, typer.Option(metavar="N", min=0, help="Passages that all of them code.")] = 50,
    per: Annotated[
        str | None,
        typer.Option(metavar="NAME,...=N", help="N or more of each group, such as actor,language=30."),
    ] = None,
    unit: Annotated[
        Literal["passage", "article"], typer.Option(help="Draw passages, or whole articles.")
    ] = "passage",
    source_only: Annotated[
        float,
        typer.Option(metavar="SHARE", min=0, max=1, help="Translated passages shown without translation."),
    ] = 0.25,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of every random choice; 1, or that of the first sheet.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Draw passages at random and write the sheets to code them in; a second call draws other passages."""
    set_up(offline=True, verbose=verbose)
    from pipelines.coding import Wish, draw_sheet, load_design
    from pipelines.job.staging import opened

    names, least = _cells(per)
    wish = Wish(size, coders, overlap, names, least, unit, seed, source_only)
    with opened(place) as run_dir:
        folder = draw_sheet(run_dir, wish)
        design = load_design(run_dir)
        drawn = [item for item in design.items if item.draw == design.draws]
        strata = len({item.stratum for item in drawn})
        typer.echo(f"{len(drawn)} passages of {strata} strata; {len(design.items)} in all sheets", err=True)
        for name in ("sheet.html", "sheet.xlsx", "sheet.csv"):
            typer.echo(folder / name)


@app.command("read")
def read(place: RunDir, sheets: Sheets = None, verbose: Verbose = False) -> None:
    """Read the coded sheets, print how much is coded, and write the tables that follow from it."""
    set_up(offline=True, verbose=verbose)
    from pipelines.coding import read_codes
    from pipelines.job.staging import opened

    with opened(place) as run_dir:
        codes = read_codes(run_dir, sheets or ())
        _print_counts(run_dir, codes)
        _write_results(run_dir, codes)


@app.command("plan")
def plan(place: RunDir, verbose: Verbose = False) -> None:
    """Print what 50, 100, 200 or 400 codes would be worth for this run."""
    set_up(offline=True, verbose=verbose)
    from pipelines.coding import codes_so_far
    from pipelines.coding import plan as expected
    from pipelines.job.staging import opened
    from pipelines.report.tables import write_table

    with opened(place) as run_dir:
        table = expected(run_dir, codes_so_far(run_dir))
        write_table("plan", table, run_dir / "tables")
    _print_table("plan", table)


@app.command("export")
def export(
    place: RunDir,
    sheets: Sheets = None,
    share: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", min=0.05, max=0.95, help="Articles for calibration; 0.5, or the first export's."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; by default coding/gold.jsonl.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Write codes as gold for `polystance evaluate stance`, of articles that then correct no table."""
    set_up(offline=True, verbose=verbose)
    from pipelines.coding import export_gold, read_codes
    from pipelines.job.staging import opened

    with opened(place) as run_dir:
        path, rows = export_gold(run_dir, sheets or (), share, output)
        codes = read_codes(run_dir, sheets or ())
        kept = codes.loc[codes["part"] == "correction", "item"].nunique()
        typer.echo(f"{rows} rows of gold; {kept} items remain for correction", err=True)
        _write_results(run_dir, codes)
    typer.echo(path)


def _cells(per: str | None) -> tuple[tuple[str, ...], int]:
    """The columns and the number of `--per`."""
    if per is None:
        return (), 0
    names, _, least = per.partition("=")
    if not least.strip().isdecimal():
        raise ConfigError(f"--per {per}", "no number", "Give columns and a number, such as actor,language=30")
    return tuple(name.strip() for name in names.split(",")), int(least)


def _print_counts(run_dir: Path, codes: pd.DataFrame) -> None:
    """Print the codes of each coder, and the items of each language with and without a code."""
    from pipelines.coding import load_design
    from pipelines.coding.reading import missing_codes

    design = load_design(run_dir)
    for coder, of_coder in codes.groupby("coder", sort=False):
        counts = of_coder["code"].value_counts()
        each = ", ".join(f"{number} {code}" for code, number in counts.items())
        typer.echo(f"coder {coder}: {len(of_coder)} codes ({each})")
    missing = missing_codes(design, codes)
    for language, number in codes.groupby("language")["item"].nunique().items():
        typer.echo(f"{language}: {number} items coded, {missing.pop(str(language), 0)} without a code")
    for language, number in missing.items():
        typer.echo(f"{language}: 0 items coded, {number} without a code")


def _write_results(run_dir: Path, codes: pd.DataFrame) -> None:
    """Write the tables that codes correct, and print them."""
    from pipelines.coding import write_results

    for name, table in write_results(run_dir, codes)._asdict().items():
        _print_table(name, table)
    typer.echo(f"polystance report {run_dir} puts them into the report", err=True)


def _print_table(name: str, table: pd.DataFrame) -> None:
    """Print a table under its caption."""
    from cli.show import narrow_table, wide_console
    from pipelines.report.glossary import glossary

    console = wide_console()
    console.print(glossary()[name].caption, highlight=False)
    console.print(narrow_table(name, table, console.width))
