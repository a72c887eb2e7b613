"""The configuration of a run: YAML to typed, checked models."""

from pipelines.config.inputs import Articles, Filter
from pipelines.config.load import json_schema, load_config
from pipelines.config.models import (
    Compare,
    Execution,
    Find,
    RunConfig,
    Stance,
    Translation,
    TranslationModel,
)
from pipelines.config.refusals import validated
from pipelines.config.subjects import Actor, Target
from pipelines.config.types import FIELDS, ArticleField, DateOrder, did_you_mean

__all__ = [
    "FIELDS",
    "Actor",
    "ArticleField",
    "Articles",
    "Compare",
    "DateOrder",
    "Execution",
    "Filter",
    "Find",
    "RunConfig",
    "Stance",
    "Target",
    "Translation",
    "TranslationModel",
    "did_you_mean",
    "json_schema",
    "load_config",
    "validated",
]
