"""What came of trying the proposed files out, in words."""

from wizard.model.file_checks import FilesChecked

_MARKS = {"ok": "✓", "failed": "✗", "not checked": "·"}
_NAMES = {
    "lint": "hadolint",
    "build-check": "build rules",
    "build": "build, as Aptible does",
    "build-ignoring": "build, with .dockerignore",
    "boots-ignoring": "boots, built with .dockerignore",
}


def checked_words(checked: FilesChecked) -> list[str]:
    """One row per check; below it what it rests on, unless all is well."""
    engine = f"docker {checked.engine}" if checked.engine else "no container engine"
    lines = ["", f"tried out ({engine}, {checked.seconds:.0f} s)"]
    if not checked.engine and checked.engine_reason:
        lines.append(f"  {checked.engine_reason}")
    for made in checked.checks:
        name = _NAMES.get(made.name, made.name)
        whose = f"{made.process} {name}" if made.process else name
        unknown = "not checked: " if made.verdict == "not checked" else ""
        lines.append(f"{_MARKS[made.verdict]} {whose}: {unknown}{made.what}")
        if made.verdict != "ok":
            lines += [f"    {row}" for row in made.evidence]
    return [*lines, _total(checked)]


def _total(checked: FilesChecked) -> str:
    counts = {word: len(checked.having(word)) for word in ("ok", "failed", "not checked")}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)
