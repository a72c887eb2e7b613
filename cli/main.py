"""The commands joined, and the one place that turns an error into an exit code.

Commands import the pipelines only when they run, so that `--help` is fast.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Annotated, Any

import typer

import pipelines
from cli import audit, check, code, diff, evaluate, init, models, report, run, status
from cli.stopping import stoppable, stopped
from pipelines.atomic import FULL
from pipelines.errors import PolystanceError, ServerError

DONE, STOPPED, UNUSABLE = 0, 1, 2  # exit codes; docs/guide.md lists them, with 3 of cli/run.py
LONGEST_LINE = 300  # characters of an error; its end is the cure
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR}
"""Numbers of errors that the same command meets again, until a person has changed a path or its rights."""
ARROW_POOL = "ARROW_DEFAULT_MEMORY_POOL"
"""Where Arrow takes its memory. By itself it has a pool of its own, which keeps what is freed: 40 MB to begin
with, more with every article. Read when it is imported, by workers too."""
INTERRUPTED = 130  # the exit code that typer gives for Ctrl-C: 128 and the number of SIGINT

app = typer.Typer(
    name="polystance",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("report")(report.report)
app.command("diff")(diff.diff)
app.command("status")(status.status)
app.command("init")(init.init)
app.command("audit")(audit.audit)
app.add_typer(code.app, name="code")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(models.app, name="models")


def _show_version(requested: bool) -> None:
    if requested:
        typer.echo(f"polystance {pipelines.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Compare how news in different languages covers the same actors and their stances."""


def main() -> None:
    """Run the command line and exit.

    The exit code is 0 if done, 1 if stopped midway and resumable, 2 after a usage, config or input
    error, 3 if articles were rejected under --strict.
    """
    os.environ.setdefault(ARROW_POOL, "system")
    with stoppable():
        code = _exit_code()
    sys.exit(code)


def _exit_code() -> int:
    try:
        ended = app(standalone_mode=False)
    except ServerError as error:
        return _failed(stopped(f"by {error}".rstrip(".")), STOPPED)
    except PolystanceError as error:
        return _failed(str(error), UNUSABLE)
    except (KeyboardInterrupt, typer.Abort):
        ended = INTERRUPTED
    except typer.Exit as exit_:
        return exit_.exit_code
    except Exception as error:
        if hasattr(error, "show"):  # a usage error, whose class typer does not export
            return _misused(error)
        if isinstance(error, OSError) and error.errno in CLOSED and error.filename:
            cure = "Check who may read and write there"
            return _failed(f"{error.filename}: cannot be used ({error.strerror}). {cure}", UNUSABLE)
        if "--verbose" in sys.argv:
            traceback.print_exc()
        return _failed(stopped(_cause(error)), STOPPED)
    if ended == INTERRUPTED:
        return _failed(stopped(), STOPPED)
    return ended if isinstance(ended, int) else DONE


def _misused(error: Any) -> int:
    """The exit code of a usage error, once its line is shown; without arguments, the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return UNUSABLE
    names, context = ["--help"], getattr(error, "ctx", None)
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    message = " ".join(error.format_message().split()).rstrip(".")
    stop = "" if message.endswith("?") else "."
    return _failed(f"{message}{stop} See polystance {' '.join(names)}", UNUSABLE)


def _cause(error: Exception) -> str:
    full = _full_disk(error)
    if full is None:
        message = " ".join(str(error).split()) or "no message"
        return f"by {type(error).__name__}: {message.rstrip('.')}. --verbose shows more"
    # Libraries that hold a file open try to write it once more when they end, and complain.
    sys.unraisablehook = lambda _: None
    place = f"{full.filename}: " if full.filename else ""
    return f"by a full disk ({place}{os.strerror(full.errno or 0)}). Free some space"


def _full_disk(error: BaseException | None) -> OSError | None:
    """The error, or the one behind it, that a full disk caused."""
    while error is not None and not (isinstance(error, OSError) and error.errno in FULL):
        error = error.__cause__ or error.__context__
    return error


def _failed(message: str, code: int) -> int:
    """The exit code, once the message is shown."""
    lines = f"polystance: {message}".split("\n")
    # The command that resumes is whole whatever its length, so that it can be copied.
    longest = LONGEST_LINE if code == UNUSABLE else len(message) + len("polystance: ")
    typer.echo("\n".join(_one_line(line, longest) for line in lines), err=True)
    return code


def _one_line(text: str, longest: int) -> str:
    """A line without control characters; of a longer one, its beginning and its end."""
    text = "".join(character if character.isprintable() else " " for character in text)
    if len(text) <= longest:
        return text
    half = longest // 2 - 3
    return f"{text[:half]} ... {text[-half:]}"[:longest]


if __name__ == "__main__":
    main()
