"""The former place of `pipelines.text.identify`, from which scripts outside the project import it."""

from pipelines.text.identify import identify_language

__all__ = ["identify_language"]
