"""Which official postgres image can do a job between these two servers?

Its programs read servers of their own version and older ones, never newer ones.
"""

import re

OLDEST, NEWEST = 12, 18
_MAJOR = re.compile(r"\s*(\d+)")


def job_image(source: str, target: str) -> int:
    """The newer server's major version; the newest that is known where neither says one."""
    found = [int(match[1]) for text in (source, target) if (match := _MAJOR.match(text))]
    return min(max([OLDEST, *found]), NEWEST) if found else NEWEST
