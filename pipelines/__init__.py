"""The six stages of polystance, in order.

1. `read`: files or a hub dataset become `Article` records; languages are identified where absent.
2. `translate`: each article becomes sentences, in the source language and in the pivot language.
3. `find`: each sentence that names an actor becomes a `Passage`.
4. `judge`: each passage becomes a `Judgement` of the actor's stance toward each target.
5. `compare`: judgements become rows that set languages and outlets side by side.
6. `report`: rows become files.

`run` calls them in this order and is the only module that knows them all.
"""

__version__ = "0.1.0"
