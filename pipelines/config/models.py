"""The keys of a config, their types and defaults."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.config.inputs import Articles
from pipelines.config.section import Section
from pipelines.config.subjects import Actor, Target
from pipelines.config.types import (
    CROSSING,
    GroupBy,
    LanguageCode,
    Memory,
    NotBlank,
    Options,
    RunName,
    Strings,
    TimeUnit,
    did_you_mean,
    distinct_languages,
    distinct_names,
    known_language,
    listed,
)

GROUPINGS = ("language", "outlet", "story", *get_args(TimeUnit))
"""What articles can be grouped by without a column of their own."""


RETIRED = ("replicates", "seed")
"""Keys of `compare` that configs may still have: intervals are exact now, and depend on no random draws."""


class TranslationModel(Section):
    """The engine and model for one language."""

    engine: str | None = None
    """ctranslate2, marian, bergamot, llm or my_module:MyTranslator; by default translation.engine."""
    model: str | None = None
    """Hub id, id@revision or local folder, for bergamot also a zip archive; by default the built-in table's
    for marian."""
    options: Options = {}
    """Constructor arguments of the engine, over translation.options."""
    fallback: TranslationModel | None = None
    """Another engine and model, used for sentences that this one gets wrong."""

    @model_validator(mode="before")
    @classmethod
    def _model_alone(cls, value: object) -> object:
        return {"model": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(core))]}


class Translation(Section):
    """How articles are translated to the pivot language."""

    engine: str | None = None
    """For all languages but those that name their own: ctranslate2, marian, bergamot, llm or
    my_module:MyTranslator; by default ctranslate2 if it is installed, else marian."""
    model: str | None = None
    """Of that engine, for all languages that do not name their own; for engines whose model knows many."""
    models: Annotated[dict[LanguageCode, TranslationModel], BeforeValidator(distinct_languages)] = {}
    """Per language, instead of the built-in table's."""
    options: Options = {}
    """Constructor arguments of the engine, for example {beam_size: 4}."""
    memory: Memory = True
    """Remember translations between runs: true in the user's cache, false, or a file's path."""
    check: bool = True
    """Check each translation, try again if it looks wrong, and flag what stays so."""
    glossary: Annotated[dict[LanguageCode, dict[NotBlank, Strings]], BeforeValidator(distinct_languages)] = {}
    """Per language, source words and the pivot words wanted for them: one, or a list of
    which the translation must have one."""

    @model_validator(mode="after")
    def _glossary_is_checked(self) -> Translation:
        if self.glossary and not self.check:
            message = "the glossary is part of the checks. Set translation.check: true, or leave it out"
            raise PydanticCustomError("unchecked_glossary", message, {"below": ("glossary",)})
        return self


class Find(Section):
    """How passages are found and cut."""

    resolve: bool = True
    """Also find what an actor says or does under a pronoun, an epithet or in a running quotation."""
    near: bool = True
    """Also judge passages that neither name nor refer back to a target but are close to it in meaning, by a
    sentence encoder; only if the pivot is English."""
    ignore_diacritics: bool = False
    """Find Yeşil written as Yesil, and the other way round."""
    context: int = Field(0, ge=0)
    """Sentences before and after an actor's own that the judge reads with it, until somebody else speaks."""
    # 600: about 150 tokens, which with a hypothesis fit in the 256 that the NLI engines read
    context_characters: int = Field(600, ge=0)
    """Most characters of a passage with its context; four are about one token of English."""


class Stories(Section):
    """Which articles report the same event, in any language; only if the pivot is English."""

    join: bool = True
    """Find stories; one that the input gives is kept either way."""
    days: int = Field(3, ge=0)  # a story that was in no outlet for three days is news again
    """Days before an article's own of which it can join a story."""


class Stance(Section):
    """How a passage is judged."""

    engine: str | None = None
    """polystance, nli, nli_onnx, llm or my_module:MyJudge; by default polystance, or nli with a model."""
    model: str | None = None
    """Hub id, id@revision or local folder; by default the engine's own, if it has one."""
    options: Options = {}
    """Constructor arguments of the engine, for example {hypotheses: ...}."""
    calibration: str | None = None
    """A file written by `polystance evaluate stance --fit`; by default the one that comes with the model."""
    memory: Memory = True
    """Remember the model's answers between runs: true in the user's cache, false, or a file's path."""
    minimum_probability: float = Field(0.5, ge=0, le=1)  # likelier than the other two labels together
    """If the label has a smaller probability, it is `unclear`."""
    minimum_agreement: float = Field(0.5, ge=0, le=1)  # half of the wordings
    """If a smaller share of the hypothesis wordings agrees, the label is `unclear`."""
    controls: int = Field(200, ge=0)  # the 95 % interval of a share is then at most 7 points either way
    """Judgements tried again as controls of the judge, at most; 0 for none."""
    narration: bool = False
    """Also ask what the author says of actors and targets in sentences that quote nobody."""

    @property
    def judge(self) -> str:
        """The engine, by its default if the config names none."""
        return self.engine or ("nli" if self.model else "polystance")


class Compare(Section):
    """What is compared, and how."""

    by: Annotated[list[GroupBy], Field(min_length=1), BeforeValidator(listed)] = ["language", "outlet"]
    """One set of rows for each: language, outlet, story, day, week, month, quarter, year, a further column of
    articles.columns, or two of these crossed (language x month)."""
    reference: dict[GroupBy, str] = {}
    """The group that others are compared with; without one, each period with the one before, and any other
    group with all the rest."""
    cluster: Annotated[list[Literal["story", "outlet"]], BeforeValidator(listed)] | None = None
    """Articles that are not independent: those of one story, one outlet, or both; [] for none. By default
    story if any article shares one; a story is that of the input, or else the one that was found."""
    duplicates: Literal["fold", "keep"] = "fold"
    """Articles of one language that carry the same text: fold counts the text once, but in the outlets' own
    rows once for each; keep counts every article."""
    pool: Literal["articles", "languages"] = "articles"
    """How the rows of all articles weigh them: each article alike, or each language alike."""
    minimum_articles: int = Field(5, ge=1)  # with fewer, an interval can cover most of [-1, 1]
    """A smaller group keeps its row with its counts and empty estimates."""

    @model_validator(mode="before")
    @classmethod
    def _without_retired_keys(cls, value: object) -> object:
        return (
            {key: v for key, v in value.items() if key not in RETIRED} if isinstance(value, dict) else value
        )

    @field_validator("reference")
    @classmethod
    def _known_reference_language(cls, reference: dict[str, str]) -> dict[str, str]:
        if "language" not in reference:
            return reference
        return reference | {"language": known_language(reference["language"])}


class Execution(Section):
    """How the work is divided and what runs it; nothing here changes a result."""

    shard_size: int = Field(64, ge=1)
    """Articles in one shard: the most work that is lost if the process is killed."""
    executor: str = "local"
    """local: this machine; ray: a cluster, or this machine; or my_module:MyExecutor."""
    workers: int | None = Field(None, ge=1)
    """Processes, each with its own models, which survive an error in native code; by default, with local the
    run's own alone, with ray as many as the cluster has processors for."""
    threads: int | None = Field(None, ge=1)
    """Threads of each worker; by default, with local its share of the processors, with ray one."""
    gpus: float = Field(0.0, ge=0)
    """GPUs of each worker, with ray; 0.5 has two workers share one."""
    address: str | None = None
    """Of a Ray cluster's head, such as 10.0.0.1:6379; by default that in RAY_ADDRESS, else this machine."""


class RunConfig(Section):
    """One run of polystance."""

    name: RunName
    """Also the folder under outputs/."""
    articles: Articles
    pivot: LanguageCode = "en"
    """The language that articles are translated to and judged in."""
    translation: Translation = Translation()
    actors: Annotated[
        list[Actor], Field(min_length=1), BeforeValidator(listed), AfterValidator(distinct_names)
    ]
    find: Find = Find()
    targets: Annotated[
        list[Target], Field(min_length=1), BeforeValidator(listed), AfterValidator(distinct_names)
    ]
    stories: Stories = Stories()
    stance: Stance = Stance()
    compare: Compare = Compare()
    execution: Execution = Execution()

    @model_validator(mode="after")
    def _known_groupings(self) -> RunConfig:
        known = dict.fromkeys([*GROUPINGS, *self.articles.columns])
        names = {("by", str(place)): name for place, name in enumerate(self.compare.by)}
        names |= {("reference", name): name for name in self.compare.reference}
        for place, name in names.items():
            for part in name.split(CROSSING):
                if part not in known:
                    raise PydanticCustomError(
                        "unknown_grouping",
                        "nothing to group by is called '{name}'. {cure}",
                        {"name": part, "cure": did_you_mean(part, known), "below": ("compare", *place)},
                    )
        return self
