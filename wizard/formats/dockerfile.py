"""Dockerfile: its instructions with their lines, for checking and adapting what is there."""

import json
import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

_WORDS = frozenset(
    {"FROM", "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT"}
    | {"VOLUME", "USER", "WORKDIR", "ARG", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL"}
)
_HEREDOC = re.compile(r"(?:^|\s)\d*<<-?([\"']?)([A-Za-z_]\w*)\1")
_ARGUMENT = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))")


class Instruction(Frozen):
    """`word` in capitals; `rest` with continued lines joined; `line` to `last` as they stand."""

    word: str
    rest: str
    line: int
    last: int
    stage: int

    def listed(self) -> tuple[str, ...] | None:
        """The words of a JSON form, None for the shell form."""
        try:
            found = json.loads(self.rest) if self.rest.startswith("[") else None
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            return None
        return tuple(found)

    def sources(self) -> tuple[str, ...]:
        """What a COPY or ADD takes from the build context; () when it takes from a stage."""
        words = self.listed() or tuple(self.rest.split())
        if any(word.startswith("--from=") for word in words):
            return ()
        return tuple(word for word in words if not word.startswith("--"))[:-1]


class Dockerfile(Frozen):
    """The instructions in order; `stages` is their number, instructions before FROM have -1."""

    instructions: tuple[Instruction, ...]

    @property
    def final(self) -> tuple[Instruction, ...]:
        """The instructions of the stage that becomes the image."""
        stage = self.instructions[-1].stage
        return tuple(i for i in self.instructions if i.stage == stage)

    def base(self) -> str:
        """The image the last stage begins with, through the names of other stages.

        Arguments stand for their defaults: the target passes none.
        """
        name = ""
        for instruction in reversed(self.instructions):
            if instruction.word == "FROM":
                image, alias = from_parts(instruction.rest)
                if not name or alias.lower() == name.lower():
                    name = self.with_defaults(image)
        return name

    def with_defaults(self, image: str) -> str:
        """The name of an image with the defaults of the arguments before the first FROM in it."""
        given = {}
        for instruction in self.instructions:
            if instruction.word == "ARG" and instruction.stage < 0:
                name, _, value = instruction.rest.partition("=")
                given[name.strip()] = value.strip().strip("\"'")
        for _ in range(4):
            image = _ARGUMENT.sub(lambda m: given.get(m[1] or m[3], "") or m[2] or "", image)
        return image


def from_parts(rest: str) -> tuple[str, str]:
    """Image and stage name of a FROM."""
    words = [word for word in rest.split() if not word.startswith("--")]
    alias = words[2] if len(words) == 3 and words[1].upper() == "AS" else ""
    return (words[0] if words else ""), alias


def read_dockerfile(text: str, path: str = "Dockerfile") -> Dockerfile:
    """Read the instructions. Raises FormatError."""
    refuse_binary(text, path)
    found: list[Instruction] = []
    parts: list[str] = []
    start, last, stage, ends = 0, 0, -1, [""][:0]
    for number, line in numbered(text):
        if ends:
            if line.strip() == ends[0]:
                ends.pop(0)
                found[-1] = found[-1].model_copy(update={"last": number})
            continue
        bare = line.strip()
        # Comments and empty lines do not end a continued instruction: the builder drops them.
        if bare.startswith("#") or not bare:
            continue
        start, last = start or number, number
        parts.append(bare.removesuffix("\\").rstrip())
        if bare.endswith("\\"):
            continue
        found.append(_instruction(parts, start, number, stage, path))
        stage = found[-1].stage
        if found[-1].word in ("RUN", "COPY", "ADD"):
            ends = [mark for _, mark in _HEREDOC.findall(found[-1].rest)]
        parts, start = [], 0
    if any(parts):
        # The builder takes what stands there when the file ends in a continued line.
        found.append(_instruction(parts, start, last, stage, path))
        stage = found[-1].stage
    if stage < 0:
        raise FormatError(path, 0, "there is no FROM")
    return Dockerfile(instructions=tuple(found))


def _instruction(parts: list[str], start: int, last: int, stage: int, path: str) -> Instruction:
    word, *more = " ".join(part for part in parts if part).split(None, 1)
    rest = more[0] if more else ""
    if word.upper() not in _WORDS:
        raise FormatError(path, start, f"“{word}” is no Dockerfile instruction")
    begins = word.upper() == "FROM"
    return Instruction(
        word=word.upper(), rest=rest.strip(), line=start, last=last, stage=stage + begins
    )
