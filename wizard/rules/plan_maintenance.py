"""How users are kept out, as people write it: zero, variable NAME=on, image NAME:TAG."""

import re

from wizard.rules.bad_answer import BadAnswer

_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:=(\S{1,200}))?")
_IMAGE = re.compile(r"[\w./:@-]{1,300}")


def read_maintenance(text: str) -> dict[str, str]:
    """The section of the plan. Raises BadAnswer when it is none of the three ways."""
    word, _, rest = text.strip().partition(" ")
    word, rest = word.lower().rstrip(":"), rest.strip()
    if word in ("", "zero"):
        return {"by": "zero"}
    found = _VARIABLE.fullmatch(rest) if word == "variable" else None
    if found is not None:
        return {"by": "variable", "variable": found[1], **({"on": found[2]} if found[2] else {})}
    if word == "image" and _IMAGE.fullmatch(rest):
        return {"by": "image", "image": rest}
    raise BadAnswer("zero, variable NAME (or NAME=on), or image NAME:TAG")
