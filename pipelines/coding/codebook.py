"""The guide for coders, made from the config: actors, targets, codes with examples, and the rules."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jinja2

from pipelines.coding.answers import codes

if TYPE_CHECKING:
    from pipelines.config import RunConfig


@cache
def templates() -> jinja2.Environment:
    """The templates of this package; text is escaped on the page and nowhere else."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines", "coding"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def codebook(config: RunConfig) -> str:
    """The guide as Markdown, with examples about the run's first actor and target.

    The examples are written for the guide and are no passages of the run, so that none of the machine's
    labels is shown.
    """
    template = templates().get_template("codebook.md.j2")
    return template.render(config=config, codes=codes(), actor=config.actors[0], target=config.targets[0])
