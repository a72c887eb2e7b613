"""A part of judging that a config may ask for: what authors say of actors and targets in their own voice."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.blocks import blocks, guarded
from pipelines.config import Target
from pipelines.config.yaml_text import packaged_yaml
from pipelines.engines.base import Pair, Parallel
from pipelines.find.finders import finders_of
from pipelines.find.grammar import grammar_of
from pipelines.find.quotations import quotations
from pipelines.find.voices import LONGEST_READ
from pipelines.judge import PAIRS_AT_A_TIME, about_prefix, stance_label, with_wording
from pipelines.records import Narration, Rejection
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pipelines.config import Actor, Find
    from pipelines.engines.base import Scores, StanceJudge
    from pipelines.find.finders import Finders
    from pipelines.find.grammar import Grammar
    from pipelines.records import Sentence, Subject, TranslatedArticle

AUTHOR = "the author"
LEAD = "The author writes: "
"""Before the sentence: makes the author one who speaks in it. Of five leads the one with most right answers
on 28 made-up sentences (part `choose` of benchmarks/data/narration.jsonl)."""
ATTITUDES = "attitudes.yaml"
"""Chosen on the part `develop` of the same file."""


class Question(NamedTuple):
    """A narrated sentence, and the actor or target in it that the author is asked about."""

    article_id: str
    sentence: Sentence
    about: str
    subject: Subject
    pair: Pair


def narrate(
    articles: Iterable[TranslatedArticle],
    actors: Sequence[Actor],
    targets: Sequence[Target],
    stance_judge: StanceJudge,
    minima: tuple[float, float],
    pivot: str,
    settings: Find,
    taken: Collection[tuple[str, int]] = (),
) -> Iterator[Narration | Rejection]:
    """The author's attitude in each narrated sentence that names an actor or a target, in the order of both.

    A sentence is narrated if it has no quotation marks, and in the pivot no verb of speaking or of opinion
    and no "according to": what is left is in the author's voice, or in that of somebody who is not said to
    speak.

    Args:
        articles: in any language.
        actors: whom the author may favour.
        targets: what the author may favour.
        stance_judge: asked with the author as the holder.
        minima: probability and agreement below which the label is `unclear`.
        pivot: language code of the translations; of one without a grammar nothing is narrated, since what is
            reported looks like what is not.
        settings: how names are compared.
        taken: article and start of the sentences that are an actor's: what they say of a target is the
            actor's stance, so the author is not asked about it there.
    """
    finders: dict[str, Finders] = {}

    def questions() -> Iterator[Question]:
        for article in articles:
            language = article.article.language or pivot
            if language not in finders:
                finders[language] = finders_of(actors, targets, language, pivot, settings)
            yield from _questions(article, actors, targets, finders[language], taken)

    if grammar_of(pivot) is None:
        return
    size = stance_judge.pairs_at_a_time if isinstance(stance_judge, Parallel) else PAIRS_AT_A_TIME
    for block in blocks(questions(), lambda _: 1, size):
        answers = guarded([question.pair for question in block], stance_judge.judge)
        for question, scores in zip(block, answers, strict=True):
            yield _narration(question, scores, minima)


def _narration(
    question: Question, scores: Scores | Exception, minima: tuple[float, float]
) -> Narration | Rejection:
    if isinstance(scores, Exception):
        reason = f"narration of {question.about}: {type(scores).__name__}: {scores}"
        return Rejection(question.article_id, "narrate", reason)
    sentence = question.sentence
    return Narration(
        question.article_id, question.about, question.subject, sentence.start, sentence.end, sentence.source,
        sentence.pivot, *scores[:3], stance_label(scores, *minima), sentence.flags,
    )  # fmt: skip


def _questions(
    article: TranslatedArticle,
    actors: Sequence[Actor],
    targets: Sequence[Target],
    finders: Finders,
    taken: Collection[tuple[str, int]],
) -> Iterator[Question]:
    introduced: set[str] = set()
    in_voice = narrated(article.sentences, finders.pivot_language)
    for sentence, is_narrated in zip(article.sentences, in_voice, strict=True):
        mentions = finders.pivot.mentions(sentence.pivot)
        introduced |= {mention.actor for mention in mentions if mention.full}
        if not is_narrated:
            continue
        names = {m.actor for m in mentions}
        for actor in actors:
            if actor.name in names and (actor.name in introduced or not actor.needs_full_name):
                yield question_of(article.article.id, sentence, _as_target(actor), "actor")
        if (article.article.id, sentence.start) in taken:
            continue
        named = finders.targets.named(sentence)
        for target in targets:
            if named.get(target.name):
                yield question_of(article.article.id, sentence, target, "target")


def question_of(article_id: str, sentence: Sentence, target: Target, subject: Subject) -> Question:
    """What the judge is asked of a sentence, with the author as the holder."""
    text = with_wording(sentence.pivot, target)
    premise = about_prefix(text, target.wording) + LEAD + text
    pair = Pair(premise, AUTHOR, target.wording, target.kind)
    return Question(article_id, sentence, target.name, subject, pair)


def _as_target(actor: Actor) -> Target:
    return Target(name=actor.name, aliases=actor.aliases)


def narrated(sentences: Sequence[Sentence], pivot: str) -> list[bool]:
    """Whether each sentence of an article is in nobody's voice but the author's.

    Args:
        sentences: of one article, in order.
        pivot: language code of the translations; one with a grammar.
    """
    grammar, attitudes = grammar_of(pivot), _attitudes(pivot)
    assert grammar is not None, "see narrate"
    pivots = [sentence.pivot[:LONGEST_READ] for sentence in sentences]
    sources = [sentence.source[:LONGEST_READ] for sentence in sentences]
    marks = quotations(pivots, dashes=grammar.dialogue_dashes, speech=grammar.speech)
    return [
        not in_pivot and not in_source and not _is_reported(text, grammar, attitudes)
        for text, in_pivot, in_source in zip(pivots, marks, quotations(sources), strict=True)
    ]


def _is_reported(text: str, grammar: Grammar, attitudes: regex.Pattern[str] | None) -> bool:
    # A name such as United States is no verb; a headline in capitals has only such words.
    verbs = (match[0] for match in grammar.speech.finditer(text))
    if any(not verb[0].isupper() for verb in verbs) or grammar.according.search(text):
        return True
    return attitudes is not None and attitudes.search(text) is not None


@cache
def _attitudes(language: str) -> regex.Pattern[str] | None:
    """Words by which somebody holds an opinion; None if those of the language are not known."""
    known = packaged_yaml(__package__, ATTITUDES).get(base_language(language))
    if known is None:
        return None
    verbs, phrases, not_after = ("|".join(known[key]) for key in ("verbs", "phrases", "not_after"))
    pattern = rf"(?<!\w)(?:(?<!(?<!\w)(?:{not_after})\s)(?:{verbs})|{phrases})(?!\w)"
    return regex.compile(pattern, regex.IGNORECASE)
