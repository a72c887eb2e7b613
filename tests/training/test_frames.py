"""Frames are read, filled and labelled as they are written."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from pipelines.judge.polystance import CONTRADICTION, ENTAILMENT, NEUTRAL
from training.entities import KINDS, Entity, draw, held_out, hide, is_literal, split
from training.examples import FIRST, PLAIN, Corpus, Source
from training.frames import FRAMES, cast, fill, fill_text, parse_frame, read_frames, slots_in
from training.grammar import inflect, templates, write_frame
from training.surface import join

BLOCK = """
A=person X=policy
{A} told voters that {A.he} would fight {X}. {A.poss} aides agreed.
| {X} has an enemy in {A}.
A>X - ; X>A 0
"""
DOE = Entity("person", "Jane Doe", "President Jane Doe", "Doe", "Doe", "female", "the president")
REFORM = Entity("policy", "the pension reform", "the pension reform", "the reform", "the reform")
FARMERS = Entity("group", "farmers", "angry farmers", "farmers", "farmers", "many")


def test_a_frame_has_slots_wordings_and_labelled_pairs() -> None:
    frame = parse_frame(BLOCK)
    assert frame.slots == {"A": ("person",), "X": ("policy",)}
    assert frame.texts[1] == "{X} has an enemy in {A}."
    assert frame.pairs == {("A", "X"): -1, ("X", "A"): 0}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("X=policy", "X=polcy", "unknown kind"),
        ("{A.he}", "{A.hee}", "unknown slot or form"),
        ("{A.poss}", "{B.poss}", "unknown slot or form"),
        ("A>X -", "A>X ?", "malformed label"),
        ("A>X -", "A>B -", "malformed label"),
        ("| {X}", "A>X -\n| {X}", "without a slot"),
    ],
)
def test_a_malformed_frame_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_frame(BLOCK.replace(old, new))


LITERAL = """
A=person X="the ban on plastic" Y="the tax on cans"
{A} told shops to throw their bags away.
A>X + ; A>Y 0
"""


def test_a_slot_in_quotation_marks_is_filled_by_its_own_words_and_need_not_occur() -> None:
    frame = parse_frame(LITERAL)
    assert frame.slots == {"A": ("person",), "X": ("the ban on plastic",), "Y": ("the tax on cans",)}
    for unseen in (False, True):
        passage = fill(frame, random.Random(0), unseen=unseen)
        assert passage.entities["X"].name == "the ban on plastic"
        assert "ban" not in passage.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('X="the ban on plastic"', "X=the ban on plastic", "unknown kind"),
        ('"the ban on plastic"', '"ban"', "unknown kind"),
        ('plastic"', "plastic", "quotation"),
        ("A>Y 0", "A>Z 0", "malformed label"),
    ],
)
def test_a_malformed_literal_slot_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_frame(LITERAL.replace(old, new))


@pytest.mark.parametrize("path", sorted(FRAMES.glob("context/*.txt")), ids=lambda path: path.stem)
def test_labels_of_frames_about_targets_name_slots_that_occur_or_are_literal(path: Path) -> None:
    frames = read_frames(path)
    assert frames
    for frame in frames:
        literal = {slot for slot, kinds in frame.slots.items() if is_literal(kinds[0])}
        for text in frame.texts:
            assert {slot for pair in frame.pairs for slot in pair} <= literal | slots_in(text)


def test_a_passage_that_does_not_name_its_target_may_begin_with_a_hint_of_it() -> None:
    frame, source = parse_frame(LITERAL), Source(PLAIN)
    rng = random.Random(0)
    texts = [source._with_hidden(frame, ("A", "X"), cast(frame, rng), (), rng).text for _ in range(60)]
    hinted = [text for text in texts if text.startswith("[On the ban on plastic:] ")]
    assert 20 < len(hinted) < 50
    assert not any("[" in text for text in texts if text not in hinted)


def test_a_hint_of_the_frame_stays_as_it_is_under_every_look_of_news() -> None:
    frame = parse_frame('A=person X=policy\n[On {X}:] [{A} said:] "It is a good law."\nA>X +')
    source = Source(replace(PLAIN, masked=False))
    for seed in range(60):
        rng = random.Random(seed)
        entities = cast(frame, rng)
        passage = source._with_hidden(frame, ("A", "X"), entities, ("A", "X"), rng)
        example = source._ask(passage, ("A", "X"), rng)
        assert example.premise.startswith(f"[On {entities['X'].name}:] [")


def test_an_entity_is_called_by_its_long_name_first_and_by_a_pronoun_of_its_gender() -> None:
    text = fill_text(parse_frame(BLOCK).texts[0], {"A": DOE, "X": REFORM})
    assert (
        text == "President Jane Doe told voters that she would fight the pension reform. Doe's aides agreed."
    )


def test_verbs_and_sentence_starts_agree_with_who_fills_the_slot() -> None:
    text = "{A} {A.has} won. {X} {X.is} dead; {A} cheer{A.s}."
    assert fill_text(text, {"A": FARMERS, "X": REFORM}) == (
        "Angry farmers have won. The pension reform is dead; farmers cheer."
    )
    assert "Doe cheers" in fill_text(text, {"A": DOE, "X": REFORM})


def test_no_sentence_starts_after_an_abbreviation_or_within_a_quoted_question() -> None:
    text = '{X} is the U.S. answer, due at 9 a.m. in March. {X} "works?" {X.short} won.'
    assert fill_text(text, {"X": REFORM}) == (
        'The pension reform is the U.S. answer, due at 9 a.m. in March. The reform "works?" the reform won.'
    )


def test_a_hidden_entity_keeps_its_name_for_the_question_only() -> None:
    hidden = hide(DOE)
    assert hidden.name == "Jane Doe"
    assert fill_text("{A} left.", {"A": hidden}) == "The president left."


def test_all_frame_files_are_well_formed() -> None:
    frames = [frame for path in FRAMES.rglob("*.txt") for frame in read_frames(path)]
    assert len(frames) > 17_000


def test_all_templates_can_be_written_and_filled() -> None:
    rng = random.Random(0)
    every = [
        templates(unseen=unseen, newswire=newswire) for unseen in (False, True) for newswire in (False, True)
    ]
    for template in chain.from_iterable(every):
        passage = fill(write_frame(template, rng), rng)
        assert "{" not in passage.text
        assert "[" not in passage.text
        assert {slot for pair in passage.pairs for slot in pair} <= set(passage.entities)


@pytest.mark.parametrize(
    ("verb", "form", "inflected"),
    [
        ("praise", "past", "praised"),
        ("slam", "ing", "slamming"),
        ("take", "pp", "taken"),
        ("deny", "pres", "denies"),
        ("be", "past", "was"),
        ("back", "ing", "backing"),
        ("see", "ing", "seeing"),
        ("pass", "ing", "passing"),
        ("boycott", "ing", "boycotting"),
    ],
)
def test_verbs_are_inflected(verb: str, form: str, inflected: str) -> None:
    assert inflect(verb, form, many=False) == inflected


def test_a_criticism_of_support_opposes_both() -> None:
    template = next(line for line in templates(unseen=False) if "{A} criticized {C} for [V ing C B]." in line)
    frame = write_frame(template.replace("A B V C", "A B V=verb+ C"), random.Random(1))
    assert frame.pairs == {("A", "C"): -1, ("C", "B"): 1, ("A", "B"): -1}


def test_who_stands_in_one_passage_has_no_stance_on_those_of_another() -> None:
    rng = random.Random(0)
    frame = parse_frame(BLOCK)
    joined = join([fill(frame, rng), fill(frame, rng)], rng)
    assert joined.pairs["0A", "0X"] == joined.pairs["1A", "1X"] == -1
    crossing = [stance for (a, b), stance in joined.pairs.items() if a[0] != b[0]]
    assert crossing
    assert set(crossing) == {0}


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_training_never_sees_are_drawn_only_on_request(kind: str) -> None:
    rng = random.Random(0)
    for unseen in (False, True):
        drawn = [draw(kind, rng, unseen=unseen) for _ in range(20)]
        assert all(held_out(e.later if kind == "person" else e.name) == unseen for e in drawn)


@pytest.fixture(scope="module")
def source() -> Source:
    return Source()


def test_the_same_seed_draws_the_same_examples(source: Source) -> None:
    first, second = random.Random("7"), random.Random("7")
    assert [source.draw(first) for _ in range(30)] == [source.draw(second) for _ in range(30)]


def test_the_beginning_of_training_holds_stances_only(source: Source) -> None:
    rng = random.Random(0)
    short = Source(FIRST)
    examples = [short.draw(rng) for _ in range(50)]
    assert NEUTRAL not in {example.label for example in examples}
    assert max(len(example.premise) for example in examples) <= FIRST.characters


@pytest.mark.parametrize("name", ["first", "newswire", "context"])
def test_constructions_kept_out_of_training_are_others_than_those_in_it(source: Source, name: str) -> None:
    seen: Corpus = getattr(source, name)
    unseen: Corpus = getattr(Source(PLAIN, "constructions"), name)
    texts = [
        {frame.texts for pairs in corpus.by_stance.values() for frame, _ in pairs}
        for corpus in (seen, unseen)
    ]
    assert texts[1]
    assert not texts[0] & texts[1]
    assert unseen.templates
    assert not set(seen.templates) & set(unseen.templates)


def test_neighbours_are_kept_out_of_training_together() -> None:
    texts = [str(number) for number in range(4000)]
    for unseen in (False, True):
        groups = Counter(place // 10 for place in split(texts, unseen=unseen, together=10))
        assert set(groups.values()) == {10}


@pytest.mark.parametrize(
    ("name", "newswire", "context"), [("first", 0.0, 0.0), ("newswire", 1.0, 0.0), ("context", 0.0, 1.0)]
)
def test_a_collection_of_which_all_is_to_be_drawn_is_the_only_one_drawn(
    name: str, newswire: float, context: float
) -> None:
    rng = random.Random(0)
    source = Source(replace(PLAIN, newswire=newswire, context=context, grammar=0.0))
    corpus: Corpus = getattr(source, name)
    texts = {frame.texts for pairs in corpus.by_stance.values() for frame, _ in pairs}
    assert {source.frame(1, rng)[0].texts for _ in range(40)} <= texts


def test_a_question_about_opposition_turns_the_label_round() -> None:
    rng = random.Random(0)
    passage = fill(parse_frame("A=person B=person\n{A} slapped {B}.\nA>B -"), rng)
    upright = Source(PLAIN)._ask(passage, ("A", "B"), rng)
    turned = Source(replace(PLAIN, mirrored=1.0))._ask(passage, ("A", "B"), rng)
    assert upright[1:] == ("X supports Y.", CONTRADICTION)
    assert turned[1:] == ("X opposes Y.", ENTAILMENT)
