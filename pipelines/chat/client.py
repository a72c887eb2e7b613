"""Connections to a server: each response is bounded in time and size, whatever the server sends.

The client is `httpx2`, which huggingface_hub brings along; `openai` would add 2.4 MB to use one POST of it.
"""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING, NamedTuple

from pipelines.chat.faults import PassingError
from pipelines.chat.reply import AnswerError, shown
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from pipelines.chat.address import Address
    from pipelines.chat.limits import Limits

LONGEST_REPLY = 4_000_000
"""Bytes of a reply at most: one with 20 log-probabilities for each of 1,000 tokens has about 2 million."""
DISTRUST = "CERTIFICATE_VERIFY_FAILED"  # in the message of OpenSSL


class Response(NamedTuple):
    """What a server sent."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """Sends requests to one server, from any thread.

    Args:
        address: of the server.
        limits: how hard to ask.
        place: of the address in the config, for errors.

    Raises:
        ModelError: the proxy or the certificates that the environment names cannot be used.
    """

    def __init__(self, address: Address, limits: Limits, place: str) -> None:
        self.address, self.timeout, self.place = address, limits.timeout, place
        self._client = _opened(address, limits, place)
        self.close = weakref.finalize(self, self._client.close)

    def sent(self, method: str, path: str, content: bytes | None = None) -> Response:
        """The response to a request, of any status; redirections are not followed.

        Raises:
            AnswerError: it is too long.
            ModelError: the server's certificate is not trusted.
            PassingError: there is none, or not all of it, in time.
        """
        import httpx2

        deadline = time.monotonic() + self.timeout
        received = bytearray()
        try:
            with self._client.stream(method, f"{self.address.url}{path}", content=content) as response:
                for chunk in response.iter_bytes():
                    received += chunk
                    if len(received) > LONGEST_REPLY:
                        raise AnswerError(f"an answer of over {LONGEST_REPLY} bytes")
                    if time.monotonic() > deadline:
                        raise PassingError(f"no whole answer within {self.timeout:g} seconds")
            return Response(response.status_code, response.headers, bytes(received))
        except httpx2.TimeoutException as error:
            raise PassingError(f"no answer within {self.timeout:g} seconds") from error
        except httpx2.HTTPError as error:  # also a connection that is refused or cut
            said = f"{type(error).__name__}: {self.address.cleaned(str(error))}"
            if DISTRUST in str(error):
                cause = f"the server's certificate is not trusted ({said})"
                cure = "Put its authority's certificate into a file, and name that in SSL_CERT_FILE"
                raise ModelError(self.place, cause, cure) from error
            raise PassingError(said) from error


def _opened(address: Address, limits: Limits, place: str) -> httpx2.Client:
    import httpx2

    headers = {"Content-Type": "application/json"}
    if address.key:
        headers["Authorization"] = f"Bearer {address.key.get_secret_value()}"
    try:
        return httpx2.Client(
            headers=headers,
            timeout=limits.timeout,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=limits.concurrency),
            verify=httpx2.create_ssl_context() if address.url.startswith("https:") else True,
            trust_env=not address.is_loopback,  # no proxy between this machine and itself
        )
    except (OSError, ImportError, ValueError, httpx2.InvalidURL) as error:
        cause = f"a proxy or certificates that the environment names cannot be used ({shown(str(error))})"
        cure = "Correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or SSL_CERT_FILE; SOCKS needs: pip install socksio"
        raise ModelError(place, cause, cure) from error
