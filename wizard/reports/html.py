"""The report as one HTML page: no script, nothing remote, and no element that came from outside."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from wizard.forecast.durations import duration, size
from wizard.safety.clean import clean

_WIDTH = 1000
"""The width of a timeline's bar, in the drawing's own units."""


def render(document: Mapping[str, object]) -> str:
    """The whole page for a report's document; UTF-8."""
    template = _template()
    return template.render({**document, "timelines": timelines(document)})


def timelines(document: Mapping[str, object]) -> list[dict[str, object]]:
    """Every run with its tasks, each with the place of its bar: `x` and `width` of `_WIDTH`."""
    runs = document["runs"]
    assert isinstance(runs, Sequence)
    return [_timeline(run) for run in runs]


def _timeline(run: Mapping[str, object]) -> dict[str, object]:
    tasks = run["tasks"]
    assert isinstance(tasks, Sequence)
    ends = [float(task["began"]) + float(task["seconds"]) for task in tasks]
    whole = max([*ends, _number(run["seconds"]), 0.001])
    bars = []
    for task, end in zip(tasks, ends, strict=True):
        # A clock that was set back must not draw outside.
        begin = min(max(float(task["began"]), 0.0), whole)
        width = max((min(end, whole) - begin) / whole * _WIDTH, 2.0)
        x = min(begin / whole * _WIDTH, _WIDTH - width)
        bars.append({**task, "x": f"{x:.1f}", "width": f"{width:.1f}"})
    return {**run, "bars": bars, "whole": whole}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("wizard.reports", "templates"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["duration"] = _duration
    environment.filters["size"] = _size
    environment.filters["words"] = _words
    # `frame-ancestors` would be ignored in a meta element; the rest is everything there is.
    style = environment.get_template("report.css").render()
    environment.globals["policy"] = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}';"
        " base-uri 'none'; form-action 'none'"
    )
    return environment.get_template("report.html.j2")


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _finalize(value: object) -> object:
    """What an expression gives, cleaned; autoescape comes after it. Macros are ours already."""
    if hasattr(value, "__html__"):
        return value
    return "unknown" if value is None else clean(str(value))


def _words(values: Sequence[object]) -> str:
    """Joined by commas, as plain text: jinja's own `join` would give markup that nobody cleans."""
    return ", ".join(str(value) for value in values)


def _duration(value: float | None) -> str:
    return "not measured" if value is None else duration(value)


def _size(value: float | None) -> str:
    return "not measured" if value is None else size(value)
