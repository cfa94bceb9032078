"""The catalogue of every text that pages show, in Chinese and English: `messages.yaml` beside this module."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from xinqiao.web.languages import LANGUAGES, Language

CATALOGUE = Path(__file__).parent / "messages.yaml"


class UnknownMessage(LookupError):
    """A page asks for a text that the catalogue lacks."""


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """Every message by key and language; nested keys are joined by dots.

    Raises:
        ValueError: A message lacks a language or has one too many.
    """
    found: dict[str, Mapping[Language, str]] = {}
    _gather("", yaml.safe_load(CATALOGUE.read_text(encoding="utf-8")), found)
    return found


def has_message(key: str) -> bool:
    """Whether the catalogue has a message."""
    return key in catalogue()


def message(language: Language, key: str, /, **values: object) -> str:
    """A message in a language, with `{names}` filled in.

    Raises:
        UnknownMessage: The catalogue has no such key.
    """
    try:
        text = catalogue()[key][language]
    except KeyError:
        raise UnknownMessage(key) from None
    return text.format_map(values) if values else text


def _gather(prefix: str, node: object, found: dict[str, Mapping[Language, str]]) -> None:
    if not isinstance(node, dict):
        raise ValueError(f"messages.yaml: {prefix} is neither a group nor a message")
    if not node.keys() & set(LANGUAGES):
        for name, child in node.items():
            _gather(f"{prefix}.{name}" if prefix else str(name), child, found)
        return
    if set(node) != set(LANGUAGES) or not all(isinstance(text, str) and text for text in node.values()):
        raise ValueError(f"messages.yaml: {prefix} must have exactly {', '.join(LANGUAGES)}, as texts")
    found[prefix] = {language: node[language] for language in LANGUAGES}
