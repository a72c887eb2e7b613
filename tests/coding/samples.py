"""Judged passages and codes of a made-up run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.coding.corrected import CorrectedTables, corrected_tables
from pipelines.coding.estimator import CODES
from pipelines.config import Compare


def corpus(languages: dict[str, int], seed: int = 0, **columns: Any) -> pd.DataFrame:
    """Judged passages, two in each article, and `truth`, what people would say; the machine misses stances."""
    rng = np.random.default_rng(seed)
    frames = []
    for number, (language, passages) in enumerate(languages.items()):
        truth = rng.choice([0, 1, 2], passages, p=[0.2, 0.4, 0.4])
        seen = rng.random(passages) < (0.8, 0.6, 0.6)[number]
        articles = [f"{language}-{index // 2}" for index in range(passages)]
        frame = pd.DataFrame({
            "article_id": articles, "language": language, "outlet": [f"{language} outlet {n % 3}" for n in range(passages)],
            "published": "2024-10-24", "story": "", "actor": "Yoon", "target": "deployment",
            "start": np.arange(passages) % 2 * 50, "label": np.array(CODES)[np.where(seen, truth, 2)],
            "supports": 0.3, "opposes": 0.3, "neutral": 0.4, "truth": np.array(CODES)[truth],
        })  # fmt: skip
        frame["outlet"] = frame.groupby("article_id")["outlet"].transform("first")
        frames.append(frame)
    return pd.concat(frames, ignore_index=True).assign(**columns)


def articles_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The articles of judged passages."""
    columns = ["article_id", "language", "outlet", "published", "story"]
    articles = rows.drop_duplicates("article_id")
    return articles[[*columns, *rows.columns.intersection(["copy_of"])]].rename(columns={"article_id": "id"})


def tables_of(rows: pd.DataFrame, codes: pd.DataFrame, settings: Compare | None = None) -> CorrectedTables:
    """The corrected tables of all actors and targets."""
    pairs = sorted(set(zip(rows["actor"], rows["target"], strict=True)))
    return corrected_tables(articles_of(rows), rows, codes, settings or Compare(), pairs)


def drawn(rows: pd.DataFrame, size: int, seed: int = 0, coder: str = "1") -> pd.DataFrame:
    """True codes of plainly drawn passages, the same number in each language."""
    each = size // rows["language"].nunique()
    sample = rows.groupby("language").sample(each, random_state=seed)
    sizes = rows["language"].value_counts()
    return pd.DataFrame({
        "item": [f"item-{index}" for index in sample.index], "coder": coder, "code": sample["truth"],
        **{key: sample[key] for key in ("article_id", "actor", "target", "start", "language")},
        "stratum": sample["language"], "probability": each / sample["language"].map(sizes),
        "source_only": False, "part": "correction",
    })  # fmt: skip
