"""Translation by a language model behind an OpenAI-compatible address."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import PositiveFloat, PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.chat.address import checked_address
from pipelines.chat.engine import ServerEngine
from pipelines.chat.limits import Limits
from pipelines.chat.markup import without_markup
from pipelines.chat.options import Constraint, Prices, constrained, expected, named_model, prices_of
from pipelines.chat.reply import AnswerError, MalformedError, Reply, json_object, shown
from pipelines.chat.server import ChatServer
from pipelines.config.yaml_text import packaged_yaml
from pipelines.engines.base import ModelIdentity, Translation
from pipelines.hashing import fingerprint
from pipelines.text.languages import language_name
from pipelines.translate.cutting import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.engines.base import Usage

FILE = "llm.yaml"
LONGEST = 1_200
"""Characters of a piece of a sentence: a long paragraph. Longer text is translated in pieces; not tuned."""
TOKENS_OF_A_CHARACTER = 2
"""Tokens of an answer for each character of the text, at most: a few scripts have one for a character, and
the translation may be longer. An answer that reaches this repeats itself."""
LEAST_TOKENS = 100  # for short texts, and for the answer's braces and key
SCHEMA = {
    "type": "object",
    "properties": {"translation": {"type": "string"}},
    "required": ["translation"],
    "additionalProperties": False,
}


class LlmTranslator(ServerEngine):
    """Translates sentence by sentence, many at once.

    Args:
        model: its name at the server.
        base_url: address of the server, up to and with `/v1`.
        language: code of the language to translate from.
        pivot: code of the language to translate to.
        offline: allow a server on this machine alone.
        key_variable: name of the environment variable that holds the key; None for a server without keys.
        revision: of the model, by any name: another one is asked anew.
        constrain: schema, json, or none, for an answer of plain text.
        request: further fields of each request, such as {reasoning_effort: low}; null removes a field.
        concurrency: requests at once; changes speed only, as do all that follow.
        requests_per_minute: at most.
        timeout: seconds for a whole answer.
        attempts: requests for one answer at most.
        patience: seconds without an answer after which a rate limit ends the run.
        prices: of a million tokens: {prompt: 0.15, completion: 0.6}.
        place: location of the engine in the config, for errors.

    Raises:
        ConfigError: the address, the variable or the model is missing or wrong.
        ModelError: the engine's packages are not installed.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        base_url: str,
        language: str = "",
        pivot: str = "en",
        offline: bool = False,
        key_variable: str | None = None,
        revision: str | None = None,
        constrain: Constraint = "schema",
        request: dict[str, Any] = {},  # noqa: B006  (never changed)
        concurrency: PositiveInt = 8,
        requests_per_minute: PositiveFloat | None = None,
        timeout: PositiveFloat = 120,
        attempts: PositiveInt = 5,
        patience: PositiveFloat = 600,
        prices: Prices = {},  # noqa: B006  (never changed)
        place: str = "translation",
    ) -> None:
        self.name, self.revision, self.constrain = named_model(model, place), revision, constrain
        self.names = {"language": language_name(language), "pivot": language_name(pivot)}
        address = checked_address(base_url, key_variable, place, offline=offline)
        limits = Limits(concurrency, requests_per_minute, timeout, attempts, patience, prices_of(prices))
        self.server = ChatServer(address, self.name, limits, request, place)

    def identity(self) -> ModelIdentity:
        """The model's name and the server's address; the server is not asked."""
        settings = {
            "base_url": self.server.address.url,
            "texts": fingerprint(texts(), self.names, LONGEST, TOKENS_OF_A_CHARACTER, LEAST_TOKENS),
            "constrain": self.constrain,
            "request": dict(self.server.request),
        }
        return ModelIdentity("llm", self.name, revision=self.revision, settings=settings)

    def expected_usage(self, questions: int, characters: int) -> Usage:
        """An estimate of what sentences cost that have this many characters together."""
        overhead = sum(map(len, texts().values()))
        return expected(questions, characters + questions * overhead, characters, self.server.limits.prices)

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate each sentence, in order; `cut` marks those that were too long."""
        translations: dict[str, Translation] = {}
        self.translate_gradually(list(dict.fromkeys(sentences)), language, translations.update)
        return [translations[sentence] for sentence in sentences]

    def translate_gradually(
        self,
        sentences: Sequence[str],
        language: str,  # noqa: ARG002  (the constructor's)
        keep: Callable[[dict[str, Translation]], None],
    ) -> None:
        """Translate distinct sentences, and call `keep` with those that are done, by sentence.

        Raises:
            AnswerError: a sentence has no translation; all others have been kept.
        """
        if sentences:
            self.load()
            failures = self.server.each(sentences, self._translation, keep)
            for error in failures.values():
                raise error

    def _translation(self, sentence: str) -> Translation:
        pieces = cut(sentence, lambda piece: len(piece) <= LONGEST)
        text = " ".join(self._piece(piece) for piece in pieces)
        return Translation(text.strip(), ("cut",) if len(pieces) > 1 else ())

    def _piece(self, piece: str) -> str:
        if not any(character.isalnum() for character in piece):
            return piece.strip()  # to blanks and signs models invent a text
        wording = {name: text.format(**self.names) for name, text in texts().items()}
        quoted = without_markup(json.dumps({"text": piece}, ensure_ascii=False))
        body = {
            "messages": [
                {"role": "system", "content": wording["system"]},
                {"role": "user", "content": f"{quoted}\n\n{wording['question']}"},
            ],
            "temperature": 0,
            "seed": 1,
            "max_tokens": LEAST_TOKENS + math.ceil(TOKENS_OF_A_CHARACTER * len(piece)),
            **constrained(self.constrain, "translation", SCHEMA),
        }
        return self.server.answer(body, self._read)

    def _read(self, reply: Reply) -> str:
        if reply.is_refusal:
            raise AnswerError(f"the model refused: {shown(reply.text)!r}")
        if reply.is_cut:
            raise AnswerError(f"the translation does not end: {shown(reply.text)!r}")
        if self.constrain == "none" and "{" not in reply.text:
            text: object = reply.text
        else:
            text = json_object(reply.text).get("translation")
        if not isinstance(text, str) or not text.strip():
            raise MalformedError(f"no translation in {shown(reply.text)!r}")
        return " ".join(text.split())


@cache
def texts() -> dict[str, str]:
    """The wordings, from `llm.yaml`."""
    wordings: dict[str, str] = packaged_yaml(__package__, FILE)
    return wordings
