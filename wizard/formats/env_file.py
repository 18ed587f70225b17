"""A file of NAME=value lines, as `docker run --env-file` and most tools write it."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def read_env_file(text: str, path: str) -> dict[str, str]:
    """Name → value. Quotes around a whole value are taken off; `export` before a name too.

    Raises FormatError with the line; it never holds a value.
    """
    refuse_binary(text, path)
    found: dict[str, str] = {}
    for number, line in numbered(text):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, sign, value = bare.removeprefix("export ").partition("=")
        if not sign or not _NAME.match(name.strip()):
            raise FormatError(path, number, "no line reads NAME=value")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name.strip()] = value
    return found
