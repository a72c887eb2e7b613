"""Stories: which articles are joined, and that what is settled stays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.records import Article, Outline, Sentence, TranslatedArticle
from pipelines.stories import outlines
from pipelines.stories.clusters import join
from pipelines.stories.days import UNDATED, Window, day_of
from pipelines.stories.pairs import Described, cosines, evidence
from pipelines.stories.terms import KINDS, NAMES, terms
from pipelines.text.embed import Encoder
from tests.stories.outlines import outline


def stories_of(window: Window, day: str, *articles: Outline) -> list[str]:
    return window.join(day, sorted(articles, key=lambda of: (of.published or "", of.article_id)))


def test_names_and_numbers_are_terms_and_other_words_are_none() -> None:
    one = terms(["Putin met Xi in Kazan.", "He signed 1,200 pages."])
    assert one == terms(["Somebody read Xi 1200 lines in Kazan."])
    assert len(one) == 3
    assert sum(code % KINDS == NAMES for code in one) == 2


def test_the_first_word_of_a_sentence_is_a_name_if_another_sentence_has_it_so() -> None:
    assert not terms(["Putin spoke."])
    assert len(terms(["Putin spoke.", "He is Putin."])) == 1


def test_an_accent_or_a_possessive_makes_no_other_name() -> None:
    assert terms(["In Erdoğan's words."]) == terms(["In Erdogan words."])


def test_two_events_of_one_day_are_two_stories() -> None:
    described = Described.of([outline("a", 1), outline("b", 2), outline("c", 1), outline("d", 2)])
    a, b, c, d = join(described, [None] * 4)
    assert a == c != b == d


def test_a_story_of_the_input_wins_and_draws_others() -> None:
    made = stories_of(
        Window(3), "2024-10-24", outline("a", 1, story="given"), outline("b", 1), outline("c", 2)
    )
    assert made[:2] == ["given", "given"]
    assert made[2].startswith("2024-10-24-")


def test_two_stories_of_the_input_stay_apart_though_they_are_alike() -> None:
    two = (outline("a", 1, story="x"), outline("b", 1, story="y"))
    assert stories_of(Window(3), "2024-10-24", *two) == ["x", "y"]


def test_a_story_continues_within_the_window_and_not_after_it() -> None:
    window = Window(3)
    first = stories_of(window, "2024-10-01", outline("a", 1, "2024-10-01"))
    assert stories_of(window, "2024-10-04", outline("b", 1, "2024-10-04")) == first
    assert stories_of(window, "2024-10-08", outline("c", 1, "2024-10-08")) != first


def test_an_article_without_a_day_may_join_any_story() -> None:
    window = Window(0)
    first = stories_of(window, "2020-01-01", outline("a", 1, "2020-01-01"))
    stories_of(window, "2024-01-01", outline("b", 2, "2024-01-01"))
    assert stories_of(window, UNDATED, outline("c", 1, None)) == first


def test_a_month_is_no_day() -> None:
    assert [day_of("2024-10-24T10:00:00Z"), day_of("2024-10"), day_of(None)] == [
        "2024-10-24",
        UNDATED,
        UNDATED,
    ]


DAYS = ("2024-10-01", "2024-10-02", "2024-10-03")
ARTICLES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(DAYS)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(articles=ARTICLES, more=ARTICLES)
def test_later_days_move_no_earlier_article(
    articles: list[tuple[int, str]], more: list[tuple[int, str]]
) -> None:
    def joined(rows: list[tuple[int, str]]) -> dict[str, str]:
        made = [outline(f"{n:02d}", event, day) for n, (event, day) in enumerate(rows)]
        window, stories = Window(3), dict[str, str]()
        for day in DAYS:
            own = [of for of in made if of.published == day]
            stories |= dict(zip((of.article_id for of in own), window.join(day, own), strict=True))
        return stories

    later = [(event, DAYS[-1]) for event, _ in more]
    before = [(event, day) for event, day in articles if day != DAYS[-1]]
    with_later = joined(before + later)
    assert joined(before).items() <= with_later.items()
    assert len(with_later) == len(before + later)


def test_a_cosine_is_the_same_among_any_other_articles() -> None:
    of = Described.of([outline(name, event) for name, event in (("a", 1), ("b", 1), ("c", 2), ("d", 3))])
    whole = cosines(of.embeddings, of.embeddings)
    assert whole[0, 1] == cosines(of.embeddings[:1], of.embeddings[1:2])[0, 0]
    assert np.allclose(np.diag(whole), 1, atol=0.01)


def test_an_outline_knows_the_story_of_the_input_and_the_actors() -> None:
    article = Article("a", "en", "Talks failed.", story="talks", published="2024-10-24")
    translated = TranslatedArticle(article, (Sentence(0, 13, "Talks failed.", "Talks failed."),))
    with_actor, without = (
        next(outlines([translated], actors, Encoder())) for actors in ({"a": ["Putin"]}, {})
    )
    assert (with_actor.story, with_actor.published) == ("talks", "2024-10-24")
    assert len(with_actor.terms) == len(without.terms) + 1
    assert len(with_actor.embedding) == 384 * 2


def test_a_number_in_words_is_that_in_digits() -> None:
    assert terms(["He met six men and twenty-one dogs."]) == terms(["He met 6 men and 21 dogs."])


def test_articles_without_numbers_have_nothing_that_speaks_against_one_event() -> None:
    names = [terms([f"In Paris and Lyon, Anna met {other}."]) for other in ("Marc", "Paul", "Zoe")]
    numbers = [
        terms([f"In Paris and Lyon, Anna met {other}."]) for other in ("7 of 300", "8 of 400", "9 of 50")
    ]
    embeddings = np.zeros((3, 384), np.int16)
    embeddings[:, :3] = np.eye(3) * 2048
    first, second = np.array([0]), np.array([1])
    without, other = (
        evidence(
            Described(
                embeddings, [np.array([*of]) for of in each], [np.array([*of.values()]) for of in each]
            ),
            first,
            second,
        )[0]
        for each in (names, numbers)
    )
    assert without[-1] == 0
    assert other[-1] < 0
