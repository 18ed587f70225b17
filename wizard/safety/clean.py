"""Text from outside made safe to show: no control, escape, bidi or invisible characters."""

import re
import unicodedata

# Whole terminal sequences first (OSC, DCS and friends with their payload, then CSI), so that no
# payload is left standing when the single control characters go.
_SEQUENCES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]).*?(?:\x1b\\|\x07|\x9c|\Z)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str, limit: int = 8_000, *, lines: bool = False) -> str:
    """Return `text` without anything a terminal or a reader could be misled by.

    Cut at `limit` characters (an ellipsis marks the cut). Newlines and tabs become spaces unless
    `lines` is true. Cleaning twice changes nothing.
    """
    keep = "\n" if lines else ""
    cut = text[: limit * 4]
    without = _SEQUENCES.sub("", cut)
    shown = []
    for char in without:
        if char in keep:
            shown.append(char)
        elif char in "\n\t\r":
            shown.append(" ")
        elif unicodedata.category(char) not in _BAD_CATEGORIES:
            shown.append(char)
    result = "".join(shown)
    if len(result) > limit or len(cut) < len(text):
        return result[: limit - 1] + "…"
    return result
