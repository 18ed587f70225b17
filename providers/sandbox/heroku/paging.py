"""Which part of a list is sent: the `Range` grammar, 206 and `Next-Range`.

Platform API reference, "Ranges": `Range: <field> [start]..[end]; max=N, order=asc|desc`, an
exclusive start written with a leading `]`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.heroku.replies import Json, Refusal, reply

GRAMMAR = re.compile(r"^\s*(\w+)\s+(\]?)([^.;]*)\.\.([^;]*?)\s*(?:;(.*))?$")
DEFAULT_SIZE = 200
LARGEST_SIZE = 1000


@dataclass
class Wanted:
    """One parsed `Range` header."""

    field: str
    start: str = ""
    exclusive: bool = False
    end: str = ""
    size: int = DEFAULT_SIZE
    descending: bool = False


def parse(header: str, sortable: Sequence[str], size: int) -> Wanted:
    """Read a `Range` header; anything outside the grammar is a 416."""
    if not header.strip():
        return Wanted(sortable[0], size=size)
    match = GRAMMAR.match(header)
    refusal = Refusal(
        416, "requested_range_not_satisfiable", f"The requested range is not valid: {header}"
    )
    if match is None or match[1] not in sortable or (match[4].strip() and not match[3].strip()):
        raise refusal
    wanted = Wanted(match[1], match[3].strip(), bool(match[2]), match[4].strip(), size)
    for setting in re.split(r"[,;]", match[5] or ""):
        name, _, value = setting.strip().partition("=")
        if name == "max":
            if not value.isdigit() or not 0 < int(value) <= LARGEST_SIZE:
                raise refusal
            wanted.size = min(int(value), size)
        elif name == "order":
            wanted.descending = value == "desc"
    return wanted


class Pager:
    """Sends lists page by page. `size` is the page size when nothing else is asked for.

    With a size below the platform's 200 a larger `max` is cut to it, so that a short list already
    comes in several pages.
    """

    def __init__(self) -> None:
        self.size = DEFAULT_SIZE

    def list(
        self, request: Request, items: Sequence[Json], sortable: Sequence[str] = ("id",)
    ) -> Response:
        """The asked-for part of `items`: 206 with `Next-Range` when there is more, else 200."""
        whole = self.size == DEFAULT_SIZE
        wanted = parse(
            request.headers.get("Range", ""), sortable, LARGEST_SIZE if whole else self.size
        )
        if whole and "max=" not in request.headers.get("Range", ""):
            wanted.size = DEFAULT_SIZE
        ordered = sorted(
            items, key=lambda item: _key(item[wanted.field]), reverse=wanted.descending
        )
        chosen = [item for item in ordered if _inside(item[wanted.field], wanted)]
        page, rest = chosen[: wanted.size], chosen[wanted.size :]
        headers = {"Accept-Ranges": ", ".join(sortable)}
        if page:
            first, last = page[0][wanted.field], page[-1][wanted.field]
            headers["Content-Range"] = f"{wanted.field} {first}..{last}"
            if rest:
                order = ", order=desc" if wanted.descending else ""
                headers["Next-Range"] = f"{wanted.field} ]{last}..; max={wanted.size}{order}"
        return reply(page, 206 if rest else 200, headers)


def _key(value: object) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))


def _inside(value: object, wanted: Wanted) -> bool:
    def coerced(text: str) -> tuple[int, str]:
        return (int(text), "") if isinstance(value, int) and text.isdigit() else (0, text)

    here = _key(value)
    low, high = wanted.start, wanted.end
    if wanted.descending:
        low, high = high, low
    if low and here < coerced(low):
        return False
    if high and here > coerced(high):
        return False
    edge = wanted.start
    return not (wanted.exclusive and edge and here == coerced(edge))
