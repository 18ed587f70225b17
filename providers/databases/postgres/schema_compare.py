"""Are two schemas the same, object by object? Harmless differences between versions say why."""

import re

from providers.databases.postgres.schema_objects import SchemaObject
from wizard.model.database import Check
from wizard.safety.clean import clean

Objects = dict[tuple[str, str], SchemaObject]

_WHOLE = 300


def compare_schemas(
    source: Objects, target: Objects, *, source_major: int, target_major: int
) -> list[Check]:
    """One Check per object of either side. Index and constraint have a kind of their own."""
    return [
        _compare(key, source.get(key), target.get(key), same_major=source_major == target_major)
        for key in sorted(source.keys() | target.keys())
        # The schema `public` is there or not by the platform's choice when nothing lies in it.
        if key != ("schema", "public")
    ]


def compare_extensions(source: dict[str, str], target: dict[str, str]) -> list[Check]:
    """Every extension of the source must be there; another version is explained."""
    checks = []
    for name, version in sorted(source.items()):
        there = target.get(name)
        if there is None:
            checks.append(
                Check(
                    kind="extension",
                    subject=name,
                    result="different",
                    source=version,
                    detail="missing in the target",
                )
            )
        else:
            checks.append(
                Check(
                    kind="extension",
                    subject=name,
                    result="same" if there == version else "explained",
                    source=version,
                    target=there,
                    detail="" if there == version else "the target comes with another version",
                )
            )
    return checks


def _compare(
    key: tuple[str, str],
    source: SchemaObject | None,
    target: SchemaObject | None,
    *,
    same_major: bool,
) -> Check:
    kind, name = key
    check_kind = kind if kind in ("index", "constraint") else "schema"
    subject = name if check_kind != "schema" else f"{kind} {name}"
    left = "" if source is None else source.definition
    right = "" if target is None else target.definition
    detail = ""
    result = "same"
    if source is None or target is None:
        result = "different"
        detail = "missing in the target" if target is None else "not in the source"
    elif left != right:
        explained = not same_major and _loosely(left) == _loosely(right)
        result = "explained" if explained else "different"
        detail = (
            "the two versions write the same definition differently"
            if explained
            else "the definitions differ"
        )
    if check_kind == "index" and "valid=false" in right and "valid=false" not in left:
        detail = "the index is not valid in the target"
    return Check(
        kind=check_kind,  # type: ignore[arg-type]
        subject=clean(subject, _WHOLE),
        result=result,  # type: ignore[arg-type]
        source="" if result == "same" else clean(left, _WHOLE),
        target="" if result == "same" else clean(right, _WHOLE),
        detail=detail,
    )


def _loosely(definition: str) -> str:
    """Without what servers of different versions write differently: qualifiers, brackets, spaces.

    Only ever used between different major versions.
    """
    without_names = re.sub(r"(?<![\w.])(?:\w+|\"[^\"]+\")\.(?=[\w\"])", "", definition)
    return re.sub(r"[\s()]+", "", without_names)
