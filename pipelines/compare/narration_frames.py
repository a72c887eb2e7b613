"""The data frames of stored narrated sentences: without their texts to compare, with them to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.stages import NARRATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from pipelines.job.store import Shard, Store

COMPARED = ["article_id", "about", "subject", "supports", "opposes", "label"]
OF_ARTICLE = ["language", "outlet", "published", "title", "url"]
OF_SENTENCE = ["about", "subject", "label", "favourable", "unfavourable", "neutral"]
PLACE = ["start", "source", "pivot", "flags"]
CALLED = {"supports": "favourable", "opposes": "unfavourable"}


def narration_frame(store: Store, shards: Sequence[Shard]) -> pd.DataFrame:
    """One row for each narrated sentence and whom or what it names: COMPARED.

    Args:
        store: of the run.
        shards: in the order of the rows.
    """
    return store.table(NARRATE, _made(store, shards), COMPARED).to_pandas()  # type: ignore[no-any-return]


def narration_evidence(
    store: Store, shards: Sequence[Shard], articles: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """The same with texts and what is known of the articles, a shard at a time; the first may be empty.

    Args:
        store: of the run.
        shards: in the order of the rows.
        articles: one row each: id and OF_ARTICLE.
    """
    import pandas as pd

    columns = ["article_id", *OF_ARTICLE, *OF_SENTENCE, *PLACE]
    yield pd.DataFrame(columns=columns)
    of_article = articles.set_index("id")[OF_ARTICLE]
    for shard in _made(store, shards):
        rows = store.table(NARRATE, [shard]).to_pandas().rename(columns=CALLED)
        rows = rows.join(of_article, on="article_id", how="inner")
        yield rows.assign(flags=rows["flags"].map(" ".join), label=rows["label"].replace(CALLED))[columns]


def _made(store: Store, shards: Sequence[Shard]) -> list[Shard]:
    return [shard for shard in shards if store.part(NARRATE, shard.number) is not None]
