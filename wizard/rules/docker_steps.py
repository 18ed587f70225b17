"""Which line of the Dockerfile was the builder at? Read from its log, in both builders' styles."""

import re

_CLASSIC = re.compile(r"^.*?\bStep (\d+)/(\d+) ?: (?P<text>.+?)\s*$", re.MULTILINE)
"""Docker's classic builder: "Step 4/9 : RUN npm ci"."""
_BUILDKIT_MARK = re.compile(r"^\s*(?P<line>\d+) \| >>> (?P<text>.+?)\s*$", re.MULTILINE)
"""BuildKit shows the file around the failure: "  12 | >>> RUN npm ci"."""
_BUILDKIT_STEP = re.compile(
    r"^\s*(?:>|#\d+) \[(?:\S+ +)?\d+/\d+\] (?P<text>[A-Z]+ .+?)\s*$", re.MULTILINE
)


def failed_step(log: str) -> str:
    """The last instruction the log tells of, with its line number if known; "" when it tells none.

    A log that ends after the image was built names none: then no instruction failed.
    """
    if re.search(r"successfully (built|tagged)|exporting layers", log, re.IGNORECASE):
        return ""
    marked = list(_BUILDKIT_MARK.finditer(log))
    if marked:
        return f"line {marked[-1]['line']} of the Dockerfile, {marked[-1]['text']}"
    for pattern in (_CLASSIC, _BUILDKIT_STEP):
        steps = list(pattern.finditer(log))
        if steps:
            return steps[-1]["text"]
    return ""
