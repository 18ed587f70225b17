"""Aptfile: system packages of the apt buildpack, .deb addresses and extra repositories."""

from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen


class Aptfile(Frozen):
    """Each with its line. Several names may stand on one line."""

    names: tuple[tuple[str, int], ...] = ()
    archives: tuple[tuple[str, int], ...] = ()
    repositories: tuple[tuple[str, int], ...] = ()


def read_aptfile(text: str, path: str = "Aptfile") -> Aptfile:
    """Read the file. Raises FormatError for binary files."""
    refuse_binary(text, path)
    names: list[tuple[str, int]] = []
    archives: list[tuple[str, int]] = []
    repositories: list[tuple[str, int]] = []
    for number, line in numbered(text):
        bare = line.partition("#")[0].strip()
        if bare.startswith(":repo:"):
            repositories.append((bare.removeprefix(":repo:").strip(), number))
            continue
        for word in bare.split():
            (archives if "://" in word else names).append((word, number))
    return Aptfile(names=tuple(names), archives=tuple(archives), repositories=tuple(repositories))
