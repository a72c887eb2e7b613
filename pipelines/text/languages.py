"""Language codes: one spelling for each language, whatever the input uses."""

from __future__ import annotations

from functools import cache


@cache
def normalise_language(code: str) -> str | None:
    """The code as the project writes it; None if there is no such language.

    Two letters if ISO 639-1 has them, a script only if it is not the usual one, no region:
    `por` and `pt-BR` give `pt`, `zh-Hant-TW` gives `zh-Hant`, `iw` gives `he`, `xx` gives None.
    """
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = langcodes.standardize_tag(code.strip(), macro=True)
        language = langcodes.Language.get(tag)
    except LanguageTagError:
        return None
    if language.language is None or not langcodes.tag_is_valid(tag):
        return None
    usual_script = langcodes.Language.get(language.language).maximize().script
    if language.script is None or language.script == usual_script:
        return str(language.language)
    return f"{language.language}-{language.script}"


NO_LANGUAGE = frozenset({
    "", "und", "unk", "unknown", "none", "null", "nan", "n/a", "na", "mul", "mis", "zxx", "?", "-",
    "not available", "other", "auto", "undefined", "undetermined", "unspecified", "not specified", "multi",
    "multiple", "multilingual",
})  # fmt: skip
"""What columns hold if the language is not known; `unk` is a language of Brazil without newspapers."""
MEANT = {
    "jp": "ja", "ua": "uk", "cn": "zh", "cz": "cs", "gr": "el", "dk": "da",
    "中文": "zh", "汉语": "zh", "漢語": "zh", "简体中文": "zh", "簡體中文": "zh",
    "繁体中文": "zh-Hant", "繁體中文": "zh-Hant",
    "portugues": "pt", "espanol": "es", "francais": "fr", "turkce": "tr", "cestina": "cs", "slovencina": "sk",
}  # fmt: skip
"""Codes of countries that are none of languages, and names that langcodes does not know."""


def names_no_language(label: str) -> bool:
    """Whether a column's value says that the language is not known."""
    return label.strip().casefold() in NO_LANGUAGE


@cache
def language_of_label(label: str) -> str | None:
    """The code of a language that a column names by code or in any language: `eng`, `English`,
    `português`."""
    import langcodes

    label = label.strip()
    if label.casefold() in MEANT:
        return MEANT[label.casefold()]
    code = normalise_language(label.partition(".")[0])  # of a locale, such as en_US.UTF-8
    if code is None and label and len(label) > 2:  # two letters are a code, not a name
        try:
            code = normalise_language(str(langcodes.find(label[:60])))
        except LookupError:
            return None
    return code


@cache
def language_name(code: str) -> str:
    """The English name of a language: `Portuguese`, `Chinese (Traditional)`."""
    import langcodes

    return str(langcodes.Language.get(code or "und").display_name())


def base_language(code: str) -> str:
    """The code without its script: `zh` for `zh-Hant`."""
    return code.split("-", 1)[0]
