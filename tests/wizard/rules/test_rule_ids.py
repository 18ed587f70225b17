"""A rule's id is what people are told as "because": it means one thing in the whole mapping."""

import importlib
import pkgutil

import wizard.rules


def test_no_id_says_two_things() -> None:
    said: dict[str, dict[str, str]] = {}
    for module in pkgutil.iter_modules(wizard.rules.__path__):
        found = getattr(importlib.import_module(f"wizard.rules.{module.name}"), "RULES", {})
        for identity, words in dict(found).items():
            said.setdefault(identity, {}).setdefault(str(words), module.name)
    assert len(said) > 100
    assert {name: texts for name, texts in said.items() if len(texts) > 1} == {}
