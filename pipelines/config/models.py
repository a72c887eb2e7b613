"""The keys of a config, their types and defaults."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.config.types import (
    CROSSING,
    FIELDS,
    ISO_DAY,
    Aliases,
    AliasKey,
    DateOrder,
    GroupBy,
    LanguageCode,
    Memory,
    NotBlank,
    Options,
    Pronoun,
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


class Section(BaseModel):
    """A section of the config; an unknown key is refused."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        defer_build=True,  # RunConfig's validator holds all others; each of its own would double the time
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, value: object) -> object:
        if isinstance(value, dict):
            for key in value:
                if key not in cls.model_fields:
                    cure = did_you_mean(str(key), cls.model_fields)
                    raise PydanticCustomError(
                        "unknown_key", "unknown key. {cure}", {"cure": cure, "below": (str(key),)}
                    )
        return value


class Filter(Section):
    """Which articles to keep: those that have all that is given here."""

    since: Annotated[str | None, Field(pattern=ISO_DAY)] = None
    """The first day: 2024-10-01, 2024-10 or 2024."""
    until: Annotated[str | None, Field(pattern=ISO_DAY)] = None
    """The last day, month or year."""
    outlets: Annotated[list[NotBlank], BeforeValidator(listed)] = []
    """Outlets to keep, as the articles name them."""
    languages: Annotated[list[LanguageCode], BeforeValidator(listed)] = []
    """Languages to keep."""
    words: Annotated[list[NotBlank], BeforeValidator(listed)] = []
    """Words of which the title or the text has one at least, in any case."""


class Articles(Section):
    """The places of the articles, and how to read them."""

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str | list) else value

    path: Strings
    """Files, globs or folders, relative to this file; with `reader: hub` a data set id of the hub."""
    reader: str | None = None
    """lines (JSONL), csv, parquet, json, excel, sqlite, text, html, documents, files (of several kinds), hub,
    or my_module:MyReader; by default the path's ending."""
    columns: dict[str, str | list[str]] = {}
    """Which column holds which field, if the names differ: a name, a path (source.title), or a list of
    columns to
    join; under any other name a further column to group by."""

    @field_validator("columns")
    @classmethod
    def _no_misspelt_field(cls, columns: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        for name in columns:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            if near and name not in FIELDS:
                message = (
                    "no such field. Did you mean '{near}'? A further column needs a name less like a field's"
                )
                raise PydanticCustomError("unknown_field", message, {"near": near[0], "below": (name,)})
        return columns

    encoding: str | None = None
    """Of text files, such as cp1251; by default found in each file."""
    dates: DateOrder | None = None
    """day_first or month_first: how to read 03/04/2024; by default such dates count as unknown."""
    repair: bool = False
    """Repair texts that were decoded in a wrong encoding before they came here (VladÃ\xadmir)."""
    filter: Filter | None = None
    """Keep only some of the articles."""
    language: LanguageCode | None = None
    """The language of all articles that do not name their own; identified from the text if absent."""
    max_characters: int = Field(200_000, ge=1)  # some 30,000 words: no news article is as long
    """Characters of an article's text; a longer article is rejected."""
    options: Options = {}
    """Constructor arguments of the reader."""


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


class Actor(Section):
    """A person, organisation or country whose stance is judged."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    name: NotBlank
    aliases: Annotated[
        dict[AliasKey, Aliases],
        BeforeValidator(distinct_languages),
        BeforeValidator(lambda value: {"all": value} if isinstance(value, str | list) else value),
    ] = {}
    """Names per language, `all` for every language; by default the name alone."""
    epithets: Annotated[
        dict[AliasKey, Aliases],
        BeforeValidator(distinct_languages),
        BeforeValidator(lambda value: {"all": value} if isinstance(value, str | list) else value),
    ] = {}
    """What else the actor is called, per language (the Russian leader): counts only after a name."""
    pronouns: Annotated[list[Pronoun], BeforeValidator(listed)] = []
    """Pronouns that may refer to the actor: he, she, they, it; by default he and she."""
    needs_full_name: bool = False
    """Count a name that is a part of a longer one (Yoon) only after the longer one (Yoon Suk Yeol)."""

    def aliases_in(self, language: str) -> list[str]:
        """The actor's aliases in a language, without repeats."""
        return _named(self.aliases, language) or [self.name]

    def epithets_in(self, language: str) -> list[str]:
        """The actor's epithets in a language, without repeats."""
        return _named(self.epithets, language)


def _named(names: dict[str, list[str]], language: str) -> list[str]:
    return list(dict.fromkeys([*names.get("all", []), *names.get(language, [])]))


class Target(Section):
    """Something that an actor may support or oppose."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    name: NotBlank
    text: str = ""
    """As hypotheses name it, in the pivot language; by default the name."""
    kind: Literal["general", "policy", "event", "person", "organisation"] = "general"
    """Chooses the wordings of the hypotheses, and the words that may refer back to the target."""
    aliases: Annotated[
        dict[AliasKey, Aliases],
        BeforeValidator(distinct_languages),
        BeforeValidator(lambda value: {"all": value} if isinstance(value, str | list) else value),
    ] = {}
    """What texts call the target, per language, `all` for every language; looked for in source and pivot."""
    terms: Annotated[
        dict[AliasKey, Aliases],
        BeforeValidator(distinct_languages),
        BeforeValidator(lambda value: {"all": value} if isinstance(value, str | list) else value),
    ] = {}
    """Single words that show that a text speaks of the target, per language or one list for all. Without
    aliases and terms, the words of the target's text count."""

    @property
    def wording(self) -> str:
        """The target as hypotheses name it."""
        return self.text.strip() or self.name

    def aliases_in(self, language: str) -> list[str]:
        """The target's aliases in a language, without repeats."""
        return _named(self.aliases, language)

    def terms_in(self, language: str) -> list[str]:
        """The target's terms in a language, without repeats."""
        return _named(self.terms, language)


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
    story if any article has one."""
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
