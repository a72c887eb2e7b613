"""Stage 5: judgements become rows that set languages and outlets side by side."""

from pipelines.compare.tables import compare

__all__ = ["compare"]
