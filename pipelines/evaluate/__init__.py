"""Evaluation of the judge and of the translator on gold data."""

from pipelines.evaluate.stance import evaluate_stance
from pipelines.evaluate.translation import evaluate_translation

__all__ = ["evaluate_stance", "evaluate_translation"]
