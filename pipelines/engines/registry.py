"""Engines by name, and their construction with checked options."""

from __future__ import annotations

import importlib
import inspect
from typing import Any, get_type_hints

from pydantic import ConfigDict, Field, create_model

from pipelines.config import did_you_mean, validated
from pipelines.engines import base
from pipelines.errors import ConfigError

LONGEST_CAUSE = 80  # characters of what a private module says, so that an error stays one line
ENGINES: dict[str, dict[str, str]] = {
    "reader": {
        "lines": "pipelines.read.lines:LinesReader",
        "csv": "pipelines.read.delimited:DelimitedReader",
        "parquet": "pipelines.read.tables:ParquetReader",
        "hub": "pipelines.read.tables:HubReader",
        "text": "pipelines.read.folders:TextFolderReader",
        "html": "pipelines.read.folders:HtmlFolderReader",
        "json": "pipelines.read.json_files:JsonReader",
        "excel": "pipelines.read.sheets:ExcelReader",
        "sqlite": "pipelines.read.sheets:SqliteReader",
        "documents": "pipelines.read.documents:DocumentReader",
        "files": "pipelines.read.mixed:FilesReader",
    },
    "translator": {
        "ctranslate2": "pipelines.translate.ctranslate2:CTranslate2Translator",
        "marian": "pipelines.translate.marian:MarianTranslator",
        "bergamot": "pipelines.translate.bergamot:BergamotTranslator",
        "llm": "pipelines.translate.llm:LlmTranslator",
    },
    "stance": {
        "nli": "pipelines.judge.nli:NliJudge",
        "nli_onnx": "pipelines.judge.nli_onnx:OnnxNliJudge",
        "polystance": "pipelines.judge.polystance:PolystanceJudge",
        "llm": "pipelines.judge.llm:LlmJudge",
    },
    "executor": {
        "local": "pipelines.job.executors:LocalExecutor",
        "ray": "pipelines.job.ray_executor:RayExecutor",
    },
}
PROTOCOLS = {
    "reader": base.Reader,
    "translator": base.Translator,
    "stance": base.StanceJudge,
    "executor": base.Executor,
}


def engine_class(kind: str, name: str, place: str) -> type:
    """The class of an engine; importing its module loads no heavy library.

    Args:
        kind: reader, translator, stance or executor.
        name: a registered name, or `module:Class` of a private engine.
        place: of the name in the config, for errors.

    Raises:
        ConfigError: no such engine, or the class does not fit its Protocol.
    """
    known = ENGINES[kind]
    if name not in known and ":" not in name:
        raise ConfigError(
            place, f"unknown {kind} engine '{name}'", did_you_mean(name, [*known, "my_module:MyEngine"])
        )
    module, _, attribute = known.get(name, name).partition(":")
    try:
        engine = getattr(importlib.import_module(module), attribute)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a private module may do anything when it is imported, even exit
        cure = "Check the name, and that the module is on PYTHONPATH"
        said = " ".join(str(error).split())[:LONGEST_CAUSE] or type(error).__name__
        raise ConfigError(place, f"cannot import '{name[:LONGEST_CAUSE]}' ({said})", cure) from error
    if not isinstance(engine, type):
        raise ConfigError(place, f"'{name[:LONGEST_CAUSE]}' is not a class", "Give it as my_module:MyEngine")
    methods = [member for member in dir(PROTOCOLS[kind]) if not member.startswith("_")]
    missing = [method for method in methods if not callable(getattr(engine, method, None))]
    if missing:
        cure = f"Give it the methods of pipelines.engines.base.{PROTOCOLS[kind].__name__}"
        raise ConfigError(place, f"'{name}' has no {', '.join(missing)}", cure)
    return engine


def build(kind: str, name: str, options: dict[str, Any], place: str, **provided: object) -> Any:
    """Build the engine of a name, its options checked against its constructor.

    Args:
        kind: reader, translator, stance or executor.
        name: a registered name, or `module:Class`.
        options: the user's constructor arguments.
        place: of the options in the config, for errors.
        provided: arguments of the run; the constructor gets those, and the place, that it has as parameters.

    Raises:
        ConfigError: unknown engine, unknown option, or an option of the wrong type.
        ModelError: from the constructor, if the engine's model or package is unavailable.
    """
    engine = engine_class(kind, name, place)
    provided["place"] = place
    hints = get_type_hints(engine.__init__, include_extras=True)  # type: ignore[misc]
    parameters = [p for p in inspect.signature(engine).parameters.values() if p.kind is not p.VAR_KEYWORD]
    fields: dict[str, Any] = {
        p.name: (hints.get(p.name, Any), Field(... if p.default is p.empty else p.default))
        for p in parameters
        if p.name not in provided
    }
    if provided.get("model") is not None and "model" not in {p.name for p in parameters}:
        raise ConfigError(f"{place}: model", f"'{name}' has one built-in model", "Leave the key out")
    if provided.get("calibration") is not None and "calibration" not in {p.name for p in parameters}:
        raise ConfigError(f"{place}: calibration", f"'{name}' takes no calibration", "Leave the key out")
    for option in options:
        if option not in fields:
            cure = did_you_mean(option, fields)
            raise ConfigError(f"{place}: options.{option}", f"'{name}' has no such option", cure)
    form = create_model(engine.__name__, __config__=ConfigDict(arbitrary_types_allowed=True), **fields)
    values = validated(form, options, place, under="options")
    arguments = {option: getattr(values, option) for option in options}
    arguments |= {name: value for name, value in provided.items() if name in {p.name for p in parameters}}
    return engine(**arguments)
