"""What starts each service: entry point and command of the project and of the image, in words.

Docker: an entry point of the project takes the place of the image's ENTRYPOINT and CMD; a command
takes the place of its CMD. Aptible: with an ENTRYPOINT in the image, the words of a Procfile's line
are its arguments; without one, /bin/sh runs the line.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from wizard.formats.dockerfile_image import ToldImage
from wizard.generate.images.asked import Words, ask_read, command_line, list_of_words
from wizard.generate.images.names import plain_names
from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import Evidence
from wizard.model.inventory import Process

Secret = Callable[[str], bool]
"""Whether a text holds something that must stand in no file."""
_MASKED = "•••"
_SHELL_FLAGS = re.compile(r"-[a-z]*c")


@dataclass(frozen=True)
class Launch:
    """One service. `own`: the image's entry point is not run; `words` None while it is open.

    `arguments` are the words behind the image's entry point. `script` is a text of several lines
    that a shell runs, "" for none: it becomes a file.
    """

    process: Process
    name: str
    own: bool
    words: Words | None
    arguments: Words
    script: str
    place: Evidence


class Launches:
    """The services of one app, and what their image brings, as far as it has to be known."""

    def __init__(
        self,
        book: Notebook,
        app: AppGroup,
        processes: tuple[Process, ...],
        secret: Secret,
        image: ToldImage,
    ) -> None:
        """`image`: what is known of it without asking."""
        self._book, self._app, self._secret = book, app, secret
        self._entry, self._command, self.user = image.entrypoint, image.command, image.user
        self._asked = False
        self._names = plain_names(process.name for process in processes)

    @property
    def entrypoint(self) -> Words | None:
        """The image's own, asked for when it is not known; None while that is open."""
        if self._entry is None and not self._asked:
            self._asked = True
            image = self._app.image or self._app.name
            self._entry = ask_read(
                self._book,
                f"entrypoint/{self._app.name}",
                f"What is the ENTRYPOINT of {image}? A JSON list, or “none”.",
                "docker image inspect --format '{{json .Config.Entrypoint}}' shows it: with one,"
                " the lines of a Procfile are its arguments, without one a shell runs them",
                list_of_words,
                evidence(self._app.where, f"image {image}"),
            )
        return self._entry

    def launch(self, process: Process) -> Launch:
        """How this service is started."""
        place = evidence(process.where, f"{process.name} runs {process.command or 'its image'}")
        own = bool(process.entrypoint)
        arguments = self._arguments(process)
        entry: Words | None = None
        if arguments is not None:
            entry = self._own_entry(process) if own else self.entrypoint
        whole = None if arguments is None or entry is None else (*entry, *arguments)
        script = ""
        if whole is not None and not all(word.isprintable() for word in whole):
            whole, script = self._as_script(process, whole)
        return Launch(
            process=process,
            name=self._names[process.name],
            own=own,
            words=whole,
            arguments=arguments or (),
            script=script,
            place=place,
        )

    def _own_entry(self, process: Process) -> Words:
        # A command that was answered is a whole one.
        return () if self._answered(process) else _split(process.entrypoint) or ()

    def _answered(self, process: Process) -> bool:
        return f"command/{process.name}" in self._book.answers

    def _arguments(self, process: Process) -> Words | None:
        identity = f"command/{process.name}"
        self._say_blanks(process)
        behind = process.command.removeprefix(process.entrypoint).strip()
        words = _split(behind)
        why = ""
        if _MASKED in process.command or self._secret(process.command):
            why = "its command holds a password or key, and no file may: name a variable instead"
        elif process.waits:
            why = f"its command waits for {', '.join(process.waits)}, which has no value here"
        elif words is None:
            why = "a quote in its command is never closed"
        elif not words and not process.entrypoint and self._command is None:
            why = "it is the image's own (.Config.Cmd), and a Procfile has to name it"
        if not why and not self._answered(process):
            return words or (() if process.entrypoint else self._command or ())
        if not why:
            why = "somebody answered"
        return ask_read(
            self._book,
            identity,
            f"Which command does {process.name} run?"
            + ("" if process.entrypoint else " Without the image's ENTRYPOINT."),
            why,
            lambda text: None if self._secret(text) else command_line(text),
            evidence(process.where, "the command"),
        )

    def _say_blanks(self, process: Process) -> None:
        for name in process.blanks:
            self._book.note(
                f"blank:{process.name}:{name}",
                f"the command of {process.name} has nothing in the place of {name}",
                "it has no value here, and the project can do without one: what runs may have been"
                f" started with one; answer “command/{process.name}” where it was",
                evidence(process.where, "the command"),
            )

    def _as_script(self, process: Process, words: Words) -> tuple[Words | None, str]:
        """A script for `sh -c` of several lines: a Procfile's line cannot hold it, a file can."""
        name = self._names[process.name]
        for at, word in enumerate(words[:-1]):
            if not _SHELL_FLAGS.fullmatch(word) or not at:
                continue
            script, flags = words[at + 1], word.replace("c", "")
            rest = words[at + 3 :]
            start = (*words[:at], *((flags,) if flags != "-" else ()))
            found = (*start, f"/.aptible/{name}.sh", *rest)
            if all(each.isprintable() for each in found):
                return found, script
        ask_read(
            self._book,
            f"command/{process.name}",
            f"Which command does {process.name} run, in one line?",
            "its command has signs that no line can hold, and is no script for a shell",
            lambda _: None,
            evidence(process.where, "the command"),
        )
        return None, ""


def line_of(words: Words) -> str:
    """The words for a shell or for an entry point: no sign in them means anything."""
    return shlex.join(words)


def _split(command: str) -> Words | None:
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return None
