"""Are two schemas the same, object by object? Harmless differences between versions say why."""

import re
from collections.abc import Mapping

from providers.databases.postgres.catalog import AZURE_ONLY
from providers.databases.postgres.schema_objects import PlacedExtension, SchemaObject
from wizard.model.database import Check
from wizard.safety.clean import clean

Objects = dict[tuple[str, str], SchemaObject]

_WHOLE = 300
_QUALIFIER = re.compile(r"(?<![\w.\"])(?P<name>\w+|\"(?:[^\"]|\"\")+\")\.(?=[\w\"])")
_BRACKETS = re.compile(r"[()]")


def compare_schemas(
    source: Objects, target: Objects, *, source_major: int, target_major: int
) -> list[Check]:
    """One Check per object of either side. Index and constraint have a kind of their own."""
    schemas = frozenset(name for kind, name in (*source, *target) if kind == "schema")
    known = None if source_major == target_major else schemas | {"pg_catalog"}
    return [
        _compare(key, source.get(key), target.get(key), known)
        for key in sorted(source.keys() | target.keys())
        # The schema `public` is there or not by the platform's choice when nothing lies in it.
        if key != ("schema", "public")
    ]


def compare_extensions(
    source: Mapping[str, PlacedExtension], target: Mapping[str, PlacedExtension]
) -> list[Check]:
    """Every extension of the source must be there; another version or schema is explained."""
    return [_compare_extension(name, source[name], target.get(name)) for name in sorted(source)]


def _compare_extension(name: str, wanted: PlacedExtension, there: PlacedExtension | None) -> Check:
    if there is None:
        of_azure = name.startswith(AZURE_ONLY)
        return Check(
            kind="extension",
            subject=name,
            result="explained" if of_azure else "different",
            source=wanted.version,
            detail="Azure's own: no other server has it" if of_azure else "missing in the target",
        )
    why = []
    if there.version != wanted.version:
        why.append("the target comes with another version")
    if there.schema != wanted.schema:
        why.append(
            f"it lies in the schema {there.schema}, not {wanted.schema}:"
            " queries that name the schema do not find it"
        )
    return Check(
        kind="extension",
        subject=name,
        result="explained" if why else "same",
        source=wanted.version,
        target=there.version,
        detail=clean("; ".join(why), _WHOLE),
    )


def compare_locales(source: tuple[str, str], target: tuple[str, str]) -> Check:
    """The database's own collation orders every text without one: another is explained, and said.

    No row differs by it, and indexes were built anew in the target.
    """
    same = source == target
    why = "users may see lists in another order; indexes were built anew, so they are right"
    return Check(
        kind="schema",
        subject="database locale",
        result="same" if same else "explained",
        source=clean(" ".join(source), _WHOLE),
        target=clean(" ".join(target), _WHOLE),
        detail="" if same else why,
    )


def _compare(
    key: tuple[str, str],
    source: SchemaObject | None,
    target: SchemaObject | None,
    schemas: frozenset[str] | None,
) -> Check:
    """`schemas` are the names of all, between different versions; None within one version."""
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
        why = "" if schemas is None else _why_harmless(left, right, schemas)
        result = "explained" if why else "different"
        detail = why or "the definitions differ"
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


def _why_harmless(left: str, right: str, schemas: frozenset[str]) -> str:
    """Why definitions of two versions' servers mean the same; "" when they may not."""
    left, right = _loosely(left, schemas), _loosely(right, schemas)
    if left == right:
        return "the two versions write the same definition differently"
    if _BRACKETS.sub("", left) == _BRACKETS.sub("", right):
        return "the two versions set other brackets: read both if they matter"
    return ""


def _loosely(definition: str, schemas: frozenset[str]) -> str:
    """Without spaces, and without a table's name before a column's; a schema's name stays.

    Newer servers leave out the table where there is only one. What a trigger calls is a function
    since version 12, a procedure before.
    """

    def shortened(found: re.Match[str]) -> str:
        return found[0] if found["name"] in schemas else ""

    newer = definition.replace(" EXECUTE PROCEDURE ", " EXECUTE FUNCTION ")
    return re.sub(r"\s+", "", _QUALIFIER.sub(shortened, newer))
