"""Compose texts as facts and as a mapping, for tests."""

from pathlib import Path

from wizard.joins.looks import look_at_files
from wizard.model.inventory import Inventory
from wizard.model.mapping import MappedItem, Mapping
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import map_project


def facts(folder: Path, text: str) -> Inventory:
    """What is read from a project of one file."""
    (folder / "compose.yml").write_text(text)
    return look_at_files("compose", folder, (), ()).inventory


def led(folder: Path, text: str) -> dict[str, str]:
    """Variable → what it leads to, and which part of that it is."""
    return {
        r.variable: r.to if r.part == "address" else f"{r.part} of {r.to}"
        for r in facts(folder, text).references
    }


def mapped(folder: Path, text: str, answers: dict[str, str] | None = None) -> Mapping:
    """The mapping of a project of one file."""
    (folder / "compose.yml").write_text(text)
    look = look_at_files("compose", folder, (), ())
    rates = completed(None, "no account")
    return map_project(look.inventory, look.values, look.by_hand, rates, answers or {})


def hosts(mapping: Mapping) -> dict[str, MappedItem]:
    """The rows about names of services."""
    return {item.name: item for item in mapping.items if item.group == "hosts"}
