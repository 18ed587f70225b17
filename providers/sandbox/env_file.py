"""How do clients learn of a sandbox? From a file of `NAME=value` lines, for eyes of the user only."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write the file in one step, mode 0600; `set -a; . FILE` in a shell reads it too.

    Values have no line breaks; one that a shell would read differently is quoted.
    """
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in values.items()]
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(lines)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_env_file(path: Path) -> dict[str, str]:
    """What `write_env_file` wrote."""
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator:
            values[name] = "".join(shlex.split(value))
    return values
