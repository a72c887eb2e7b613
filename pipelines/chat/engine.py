"""What the engines share that ask a language model at a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.chat.server import ChatServer
    from pipelines.engines.base import Usage


class ServerEngine:
    """An engine whose model stays at a server.

    Attributes:
        server: that answers; set by the engine.
    """

    server: ChatServer

    @property
    def on_usage(self) -> Callable[[Usage], None]:
        """Called with what was spent since the last call."""
        return self.server.on_usage

    @on_usage.setter
    def on_usage(self, note: Callable[[Usage], None]) -> None:
        self.server.on_usage = note

    def fetch(self) -> None:
        """Do nothing: the model stays at the server."""

    def load(self) -> None:
        """Check that the server answers and has the model; a second call does nothing.

        Raises:
            ModelError: the server does not know the key or the model.
            ServerError: the server does not answer.
        """
        self.server.load()
