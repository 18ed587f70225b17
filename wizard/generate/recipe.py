"""A Dockerfile in parts: stages with named sections, each line with its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wizard.model.files import Confidence, Evidence, GeneratedFile, Line

APP = "/app"
CONFIGURATION = "if [ -f .aptible.env ]; then set -a && . ./.aptible.env && set +a; fi"
"""Takes Aptible's configuration into one RUN; on a laptop, where the file is missing, nothing."""


@dataclass
class Packages:
    """Debian packages with the evidence for each; `first` is run before they are fetched."""

    wanted: dict[str, list[Evidence]] = field(default_factory=dict)
    first: Line | None = None

    def add(self, names: Iterable[str], *evidence: Evidence) -> None:
        """Want these packages because of `evidence`."""
        for name in names:
            self.wanted.setdefault(name, []).extend(evidence)

    def lines(self) -> list[Line]:
        """One RUN behind `first`, [] when nothing is wanted."""
        if not self.wanted:
            return []
        names = " \\\n        ".join(sorted(self.wanted))
        text = (
            "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n"
            f"        {names} \\\n    && rm -rf /var/lib/apt/lists/*"
        )
        places = dict.fromkeys(e for found in self.wanted.values() for e in found)
        line = Line(text=text, rule="F04", evidence=tuple(places))
        return [line] if self.first is None else [self.first, line]


@dataclass
class Stage:
    """One stage that is thrown away. Sections are written in this order."""

    name: str
    base: Line
    packages: Packages = field(default_factory=Packages)
    environment: list[Line] = field(default_factory=list)
    tools: list[Line] = field(default_factory=list)
    manifests: list[Line] = field(default_factory=list)
    install: list[Line] = field(default_factory=list)
    source: list[Line] = field(default_factory=list)
    build: list[Line] = field(default_factory=list)
    prune: list[Line] = field(default_factory=list)


@dataclass
class Recipe:
    """Everything of a Dockerfile, and the `files` it copies that are written beside it.

    `image_entrypoint`: the final base image has an ENTRYPOINT. `ubuntu`: it is no Debian.
    """

    stages: list[Stage]
    base: Line
    uid: int
    packages: Packages = field(default_factory=Packages)
    environment: dict[str, tuple[str, Line]] = field(default_factory=dict)
    tools: list[Line] = field(default_factory=list)
    user: list[Line] = field(default_factory=list)
    copies: list[Line] = field(default_factory=list)
    files: list[GeneratedFile] = field(default_factory=list)
    image_entrypoint: bool = False
    ubuntu: bool = False
    web: str = ""
    web_evidence: tuple[Evidence, ...] = ()

    def env(
        self,
        name: str,
        value: str,
        rule: str,
        *evidence: Evidence,
        confidence: Confidence = "certain",
    ) -> None:
        """Set an environment variable in the image; the platform's configuration goes before it."""
        line = Line(text=f"{name}={value}", rule=rule, evidence=evidence, confidence=confidence)
        self.environment.setdefault(name, (value, line))


def run(commands: Iterable[str], rule: str, *evidence: Evidence, configured: bool = False) -> Line:
    """One RUN of several commands; `configured` ones see Aptible's configuration."""
    parts = [*([CONFIGURATION] if configured else []), *commands]
    text = "RUN " + " \\\n    && ".join(parts)
    return Line(text=text, rule=rule, evidence=evidence)


def copy(sources: Iterable[str], target: str, rule: str, *evidence: Evidence) -> Line:
    """One COPY from the context. A single file keeps its place, a folder its name."""
    words = [*sources, target]
    if any(" " in word for word in words):
        quoted = ", ".join(f'"{word}"' for word in words)
        return Line(text=f"COPY [{quoted}]", rule=rule, evidence=evidence)
    return Line(text=f"COPY {' '.join(words)}", rule=rule, evidence=evidence)


def env_lines(pairs: Mapping[str, tuple[str, Line]]) -> list[Line]:
    """ENV lines, one variable each, so that each has its own reason."""
    return [
        line.model_copy(update={"text": f"ENV {name}={value}"})
        for name, (value, line) in pairs.items()
    ]
