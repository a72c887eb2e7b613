"""The address of a server and the key for it, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from pipelines.chat.reply import shown
from pipelines.errors import ConfigError

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NO_BLANKS = re.compile(r"[^\s\x00-\x20\x7f]+")
EXAMPLE = "Give one such as http://127.0.0.1:8080/v1"


class Address(NamedTuple):
    """Where a model is asked; the key shows itself in no message."""

    url: str
    """Without a slash at its end."""
    is_loopback: bool
    key: SecretStr | None

    def cleaned(self, said: bytes | str) -> str:
        """The beginning of what the server said, in one line, without the key, which some servers repeat."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return shown(text.replace(self.key.get_secret_value(), "***") if self.key else text)


def checked_address(base_url: str, key_variable: str | None, place: str, *, offline: bool) -> Address:
    """The address and key that options name.

    Args:
        base_url: up to and with `/v1`.
        key_variable: name of the environment variable that holds the key; None for a server without keys.
        place: of the engine in the config, for errors, which never show a value that may be a key.
        offline: allow this machine alone.

    Raises:
        ConfigError: no such address, a key in the config, a variable that is not set, or another machine's
            address offline.
    """
    where = f"{place}: options.base_url"
    parts = _parts(base_url, where)
    if parts.username or parts.password or parts.query or parts.fragment:
        cause = "an address with a user, a key or a query in it"
        raise ConfigError(where, cause, "Name the variable of the key as options.key_variable")
    loopback = is_loopback(parts.hostname or "")
    if offline and not loopback:
        cause = f"'{parts.hostname}' is another machine, and --offline is set"
        raise ConfigError(where, cause, "Ask a server on this machine, such as http://127.0.0.1:8080/v1")
    return Address(base_url.rstrip("/"), loopback, _key(key_variable, f"{place}: options.key_variable"))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name alone, which nothing has to look up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _parts(base_url: str, where: str) -> SplitResult:
    import httpx2

    try:
        parts = urlsplit(base_url)
        _ = parts.port  # raises if it is no number
        httpx2.URL(base_url)
        (parts.hostname or "").encode("idna")  # as the system looks it up
    except (ValueError, httpx2.InvalidURL):
        raise ConfigError(where, "not the address of a server", EXAMPLE) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not NO_BLANKS.fullmatch(base_url):
        raise ConfigError(where, "not the address of a server", EXAMPLE)
    if parts.path.rstrip("/").endswith("/chat/completions"):
        raise ConfigError(where, "an address of one question", "Leave /chat/completions out: it is added")
    return parts


def _key(variable: str | None, where: str) -> SecretStr | None:
    if variable is None:
        return None
    if not VARIABLE.fullmatch(variable):
        cause = "not the name of an environment variable (keys themselves have no place in a config)"
        raise ConfigError(where, cause, "Put the key into a variable, and give its name: OPENAI_API_KEY")
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ConfigError(where, f"the environment has no {variable}", f"Set it: export {variable}=...")
    if not key.isascii() or not key.isprintable():
        raise ConfigError(where, f"{variable} holds no key", "Set it again, on one line")
    return SecretStr(key)
