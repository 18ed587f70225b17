"""What a Dockerfile tells of the image that it makes: entry point, command and user."""

from dataclasses import dataclass

from wizard.formats.dockerfile import Dockerfile, from_parts

Words = tuple[str, ...]
_DEEPEST = 50


@dataclass(frozen=True)
class ToldImage:
    """None where only the image that it begins with knows. `user` "" is nobody's name."""

    entrypoint: Words | None = None
    command: Words | None = None
    user: str | None = None


def stage_of(found: Dockerfile, target: str) -> int:
    """The number of the stage that becomes the image: the named one, else the last."""
    for instruction in found.instructions:
        if instruction.word == "FROM" and target:
            _, alias = from_parts(instruction.rest)
            if alias.lower() == target.lower():
                return instruction.stage
    return found.instructions[-1].stage


def told_image(found: Dockerfile, target: str = "") -> ToldImage:
    """What a stage tells, with what it has from the stages that it begins with."""
    told = ToldImage()
    for stage in reversed(_line_of_stages(found, stage_of(found, target))):
        told = _with_own(found, stage, told)
    return told


def _line_of_stages(found: Dockerfile, stage: int) -> list[int]:
    """The stage, the one that it begins with, and so on, as far as they are in this file."""
    starts = {i.stage: from_parts(i.rest) for i in found.instructions if i.word == "FROM"}
    line = [stage]
    while len(line) <= _DEEPEST:
        image = starts[line[-1]][0].lower()
        before = [s for s, (_, alias) in starts.items() if s < line[-1] and alias.lower() == image]
        if not before or not image:
            return line
        line.append(max(before))
    return line


def _with_own(found: Dockerfile, stage: int, base: ToldImage) -> ToldImage:
    entry: Words | None = None
    command: Words | None = None
    user = base.user
    for instruction in found.instructions:
        if instruction.stage != stage:
            continue
        if instruction.word == "COPY" and "/.aptible/" in instruction.rest:
            # What stands behind our own lines was put there by them.
            break
        if instruction.word in ("ENTRYPOINT", "CMD"):
            listed = instruction.listed()
            words = ("/bin/sh", "-c", instruction.rest) if listed is None else listed
            entry = words if instruction.word == "ENTRYPOINT" else entry
            command = words if instruction.word == "CMD" else command
        elif instruction.word == "USER":
            user = instruction.rest.strip()
    if entry is not None and command is None:
        # Docker drops a command that was meant for another entry point.
        command = ()
    return ToldImage(
        entrypoint=base.entrypoint if entry is None else entry,
        command=base.command if command is None else command,
        user=user,
    )
