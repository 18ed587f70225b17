"""How do clients learn of a sandbox? From a file of `NAME=value` lines that only the user reads."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write the file in one step, mode 0600.

    The value is everything behind the first `=`, without quotes, so that shells and simple readers
    agree. Raises ValueError for a value with a line break.
    """
    for name, value in values.items():
        if len((value + "x").splitlines()) != 1:
            raise ValueError(f"{name} has a line break")
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_env_file(path: Path) -> dict[str, str]:
    """What `write_env_file` wrote."""
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, separator, value in pairs if separator}
