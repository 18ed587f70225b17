"""Which releases of Node does a range such as "^18.12 || >=20 <23" allow?"""

import re

from wizard.model.frozen import Frozen

Version = tuple[int, int, int]
_END: Version = (1_000_000, 0, 0)
_PART = re.compile(
    r"(?P<op>>=|<=|>|<|=|\^|~>?)?\s*v?(?P<major>\d{1,6}|[xX*])"
    r"(?:\.(?P<minor>\d{1,6}|[xX*]))?(?:\.(?P<patch>\d{1,6}|[xX*]))?(?:[-+][\w.+-]+)?"
)
_HYPHEN = re.compile(r"^\s*v?([\d.xX*]+)\s+-\s+v?([\d.xX*]+)\s*$")


class NodeRange(Frozen):
    """Half-open spans of versions that are allowed."""

    spans: tuple[tuple[Version, Version], ...]

    def allows_major(self, major: int) -> bool:
        """Whether some release of this major is allowed."""
        return any(low < (major + 1, 0, 0) and high > (major, 0, 0) for low, high in self.spans)

    def tag(self, major: int) -> str:
        """As much of the version as the range fixes: "18", "18.12" or "18.12.1"."""
        inside = [s for s in self.spans if s[0] < (major + 1, 0, 0) and s[1] > (major, 0, 0)]
        if len(inside) != 1 or inside[0][0][0] != major:
            return str(major)
        low, high = inside[0]
        if high == (low[0], low[1], low[2] + 1):
            return f"{low[0]}.{low[1]}.{low[2]}"
        return f"{low[0]}.{low[1]}" if high == (low[0], low[1] + 1, 0) else str(major)


def read_node_range(text: str) -> NodeRange | None:
    """The range, None when the text is none (lts/*, node, a URL)."""
    spans = []
    for alternative in text.split("||"):
        span = _hyphen(alternative) or _comparators(alternative)
        if span is None:
            return None
        if span[0] < span[1]:
            spans.append(span)
    return NodeRange(spans=tuple(spans)) if spans else None


def _hyphen(text: str) -> tuple[Version, Version] | None:
    match = _HYPHEN.match(text)
    if match is None:
        return None
    low, high = (_PART.fullmatch(part) for part in match.groups())
    return None if low is None or high is None else (_span(low)[0], _span(high)[1])


def _comparators(text: str) -> tuple[Version, Version] | None:
    low, high = (0, 0, 0), _END
    rest = re.sub(r"(>=|<=|>|<|=|\^|~>?)\s+", r"\1", text).replace(",", " ").split()
    if not rest:
        return (low, high) if not text.strip() else None
    for word in rest:
        match = _PART.fullmatch(word)
        if match is None:
            return None
        start, end = _span(match)
        low, high = max(low, start), min(high, end)
    return low, high


def _span(match: re.Match[str]) -> tuple[Version, Version]:
    raw = [match["major"], match["minor"], match["patch"]]
    numbers = [int(part) for part in raw if part is not None and part.isdigit()]
    if raw[0] in ("x", "X", "*"):
        return (0, 0, 0), _END
    known = (
        len(numbers)
        if all(p is None or p.isdigit() for p in raw)
        else raw.index(next(p for p in raw if p is not None and not p.isdigit()))
    )
    a, b, c = [*numbers[:known], 0, 0, 0][:3]
    whole: tuple[Version, Version] = (
        (a, b, c),
        {1: (a + 1, 0, 0), 2: (a, b + 1, 0)}.get(known, (a, b, c + 1)),
    )
    match match["op"] or "":
        case "^":
            return whole[0], (a + 1, 0, 0) if a else (a, b + 1, 0)
        case "~" | "~>":
            return whole[0], (a, b + 1, 0) if known > 1 else (a + 1, 0, 0)
        case ">=":
            return whole[0], _END
        case ">":
            return whole[1], _END
        case "<":
            return (0, 0, 0), whole[0]
        case "<=":
            return (0, 0, 0), whole[1]
        case _:
            return whole
