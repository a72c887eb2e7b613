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


def base_language(code: str) -> str:
    """The code without its script: `zh` for `zh-Hant`."""
    return code.split("-", 1)[0]
