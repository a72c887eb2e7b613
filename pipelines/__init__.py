"""The seven stages of polystance, in order.

1. `read`: rows of files or of a data set become `Article` records, each with its language.
2. `translate`: each article becomes sentences, in the source language and in the pivot language.
3. `find`: each sentence in which an actor is named, speaks or acts becomes a `Passage`.
4. `stories`: each article joins those that report the same event, in any language.
5. `judge`: each passage becomes a `Judgement` of the actor's stance toward each target.
6. `compare`: judgements become tables that set languages and outlets side by side.
7. `report`: tables become files.

`pipelines.run` calls them in this order; `pipelines.shard_stages` and `pipelines.result_stages` say what
each does.
"""

__version__ = "0.1.0"
