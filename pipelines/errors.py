"""Errors that a user can act on: each message names the place, the cause and the cure in one line."""


class PolystanceError(Exception):
    """An error that the user can fix; the command line shows its message without a traceback."""

    def __init__(self, place: str, cause: str, cure: str) -> None:
        self.place, self.cause, self.cure = place, cause, cure
        super().__init__(f"{place}: {cause}. {cure}" if cure else f"{place}: {cause}")

    def __reduce__(self) -> tuple[type["PolystanceError"], tuple[str, str, str]]:
        return type(self), (self.place, self.cause, self.cure)


class ConfigError(PolystanceError):
    """The configuration asks for something that does not exist or has the wrong form."""


class InputError(PolystanceError):
    """The articles, or another file given by the user, cannot be used."""


class ModelError(PolystanceError):
    """A model cannot be found, downloaded, verified or read."""


class ServerError(PolystanceError):
    """A server that a run depends on fails: the run is stopped midway, and the same command resumes it."""
