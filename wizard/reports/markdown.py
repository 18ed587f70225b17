"""The report as Markdown: everything that is not the template's own words is escaped."""

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from wizard.forecast.durations import duration, size
from wizard.safety.clean import clean

_SPECIAL = re.compile(r"([\\`*_\[\]<>|&~$])")
_AT_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)](?:\s|$)))")
_LINKED = re.compile(r"(?i)(?<=\w):(?=//)|(?<=www)\.")


def escape(text: str) -> str:
    """Outside text as one line that Markdown shows as it is: no link, tag, table cell or code."""
    plain = _SPECIAL.sub(r"\\\1", clean(text, limit=2_000))
    plain = _LINKED.sub(lambda match: "\\" + match.group(), plain)
    return _AT_START.sub(_neutral_start, plain)


def render(document: Mapping[str, object], template: str = "report.md.j2") -> str:
    """The Markdown of a document, drawn with one of this package's templates."""
    text = _template(template).render(document)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    # The autoescape of jinja2 is for HTML. `finalize` does the same here: whatever an expression
    # gives goes through `escape`, nothing is exempt.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("wizard.reports", "templates"),
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["duration"] = _duration
    environment.filters["size"] = _size
    return environment.get_template(name)


def _finalize(value: object) -> str:
    return "unknown" if value is None else escape(str(value))


def _duration(value: float | None) -> str:
    return "not measured" if value is None else duration(value)


def _size(value: float | None) -> str:
    return "not measured" if value is None else size(value)


def _neutral_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}&#{ord(mark[0])};{mark[1:]}"
