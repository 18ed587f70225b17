"""What proves that the copy is the same? The verdict, table by table and item by item."""

from collections import Counter

from wizard.model.database import Check, Verdict

_PER_TABLE = ("rows", "checksum")


def proof(verdict: Verdict | None) -> dict[str, object]:
    """The verdict as a document: per table rows and checksum, everything else item by item."""
    if verdict is None:
        return {"verdict": "not verified", "passed": False, "seconds": None, "items": 0}
    tables: dict[str, dict[str, Check]] = {}
    for check in verdict.checks:
        if check.kind in _PER_TABLE:
            tables.setdefault(check.subject, {})[check.kind] = check
    others = [check for check in verdict.checks if check.kind not in _PER_TABLE]
    counts = Counter(check.result for check in verdict.checks)
    return {
        "verdict": "passed" if verdict.passed else "not passed",
        "passed": verdict.passed,
        "seconds": verdict.seconds,
        "items": len(verdict.checks),
        "results": dict(sorted(counts.items())),
        "tables": [_table(name, checks) for name, checks in sorted(tables.items())],
        "others": [
            {"kind": kind, "same": sum(c.result == "same" for c in found), "items": len(found)}
            for kind in sorted({c.kind for c in others})
            if (found := [c for c in others if c.kind == kind])
        ],
        "explained": [_item(check) for check in verdict.checks if check.result == "explained"],
        "failures": [_item(check) for check in verdict.failures],
    }


def _table(name: str, checks: dict[str, Check]) -> dict[str, object]:
    rows, checksum = checks.get("rows"), checks.get("checksum")
    return {
        "table": name,
        "rows_source": rows.source if rows else "",
        "rows_target": rows.target if rows else "",
        "rows": rows.result if rows else "not compared",
        "checksum": checksum.result if checksum else "not compared",
    }


def _item(check: Check) -> dict[str, object]:
    return {
        "kind": check.kind,
        "subject": check.subject,
        "result": check.result,
        "source": check.source,
        "target": check.target,
        "detail": check.detail,
    }
