"""Composer's version constraints, asked one thing: does a minor release of PHP satisfy them?"""

import re

_ALTERNATIVE = re.compile(r"\s*\|\|?\s*")
_HYPHEN = re.compile(r"\s*v?(\d[\w.]*)\s+-\s+v?(\d[\w.]*)\s*")
_PART = re.compile(
    r"(\^|~|>=|<=|>|<|!=|<>|==|=)?\s*v?(\d{1,4}|\*|x)(?:\.(\d{1,6}|\*|x))?(?:\.(\d{1,6}|\*|x))?"
    r"(?:\.(?:\d{1,6}|\*|x))?(?:-[\w.]+)?(?:@\w+)?",
    re.IGNORECASE,
)
_ANY_PATCH = 9_999
Version = tuple[int, int, int]


def allows(constraint: str, major: int, minor: int) -> bool | None:
    """Whether any patch release of major.minor fits; None when the constraint cannot be read."""
    verdicts = [_all_of(part, major, minor) for part in _ALTERNATIVE.split(constraint.strip())]
    if None in verdicts:
        return None
    return any(verdicts)


def _all_of(text: str, major: int, minor: int) -> bool | None:
    low: Version = (major, minor, 0)
    high: Version = (major, minor, _ANY_PATCH)
    span = _HYPHEN.fullmatch(text)
    if span:
        text = f">={span.group(1)} <={span.group(2)}"
    rest = text.replace(",", " ").strip()
    if not rest:
        return None
    while rest:
        match = _PART.match(rest)
        if match is None or (rest[match.end() :] and not rest[match.end()].isspace()):
            return None
        bounds = _bounds(match)
        if bounds is not None:
            low, high = max(low, bounds[0]), min(high, bounds[1])
        rest = rest[match.end() :].strip()
    return low <= high


def _bounds(match: re.Match[str]) -> tuple[Version, Version] | None:
    """The lowest and the highest release that one part lets through; None: it says nothing here."""
    sign = match.group(1) or "="
    numbers = [int(g) for g in match.groups()[1:] if g and g.isdigit()]
    wild = any(g in ("*", "x", "X") for g in match.groups()[1:] if g)
    if not numbers or sign in ("!=", "<>"):
        return None
    first: Version = (*numbers, 0, 0, 0)[:3]  # type: ignore[assignment]
    end: Version = (9_999, 0, 0)
    if sign == "^":
        at = next((n for n, value in enumerate(numbers) if value), len(numbers) - 1)
        return first, _before(numbers, at)
    if sign == "~":
        return first, _before(numbers, max(0, len(numbers) - 2))
    if sign in (">", ">="):
        above: Version = (first[0], first[1], first[2] + (sign == ">"))
        return above, end
    if sign == "<":
        return (0, 0, 0), _just_under(first)
    if sign == "<=":
        # `<=8.2` means 8.2.0 to Composer: the minor's first release still fits.
        return (0, 0, 0), first
    if wild or len(numbers) < 3:
        return first, _before(numbers, len(numbers) - 1) if wild else first
    return first, first


def _before(numbers: list[int], at: int) -> Version:
    raised = [*numbers[:at], numbers[at] + 1]
    upper: Version = (*raised, 0, 0, 0)[:3]  # type: ignore[assignment]
    return _just_under(upper)


def _just_under(version: Version) -> Version:
    major, minor, patch = version
    if patch:
        return (major, minor, patch - 1)
    if minor:
        return (major, minor - 1, _ANY_PATCH)
    return (major - 1, _ANY_PATCH, _ANY_PATCH)
