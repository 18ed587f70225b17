"""Where was it seen? The place of a fact in the project's files, as evidence of a line."""

import re

from wizard.model.files import Evidence


def evidence(where: str, fact: str) -> Evidence:
    """`where` is FILE:LINE, or several of them with commas between; the first one counts."""
    first = where.split(", ", maxsplit=1)[0]
    found = re.fullmatch(r"(.+):(\d+)", first)
    path, line = (found[1], int(found[2])) if found else (first, 0)
    return Evidence(path=path, line=line, fact=" ".join(fact.split())[:120])
