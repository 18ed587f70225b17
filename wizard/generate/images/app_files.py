"""The files of one app: Procfile, hooks, start-up script, and the lines that put them in.

They lie in .aptible/ beside a Dockerfile of ours, or below the folder that their image is built in.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from wizard.generate.images.asked import Words, ask_read, user_name
from wizard.generate.images.launch import Launch, Launches, line_of
from wizard.generate.images.layout import IN_IMAGE, START, Layout
from wizard.generate.images.mounted_files import files_to_make, prepared_for, start_script
from wizard.generate.images.own_settings import settings_of
from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup, MountedFile
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of
from wizard.model.inventory import Inventory, Process
from wizard.rules.container_files import DROP, question_id

_MIGRATES = re.compile(
    r"migrat|upgrade|collectstatic|db[:_-](?:push|deploy|setup)|prepare|schema|alembic|flyway|liquibase"
)


@dataclass(frozen=True)
class InImage:
    """What the image gets. `lines` go to the end of the Dockerfile; `root_lines` need root."""

    files: tuple[GeneratedFile, ...]
    lines: tuple[Line, ...]

    @property
    def anything(self) -> bool:
        """Whether the image has to be another one at all."""
        return bool(self.lines)


class AppFiles:
    """Puts the files of one app together. `folder` is where they lie, "" or with / at its end.

    `source` is that folder as the Dockerfile's COPY lines have to name it.
    """

    def __init__(
        self,
        book: Notebook,
        found: Inventory,
        app: AppGroup,
        launches: Launches,
        folder: str,
        source: str,
        layout: Layout = IN_IMAGE,
        copied: tuple[Line, ...] = (),
    ) -> None:
        """`copied`: lines for what is mounted of the project."""
        self._book, self._found, self._app, self._copied = book, found, app, copied
        self._launches, self._folder, self._source = launches, folder, source
        self._layout = layout
        own = [p for p in found.processes if p.app == app.name]
        self._lasting = [p for p in own if not p.job]
        self._hooks = [p for p in own if p.job and self._is_hook(p)]
        self._set = settings_of(book, app, found)
        variables = frozenset(v.name for v in found.variables if v.app == app.name)
        self._mounted = files_to_make(book, app, found.mounted_files, variables)

    def made(self) -> InImage:
        """The files and the lines; with open questions, what could be decided."""
        files: list[GeneratedFile] = []
        hooks = [self._launches.launch(p) for p in self._hooks]
        wraps = any(launch.own or launch.process.name in self._set for launch in hooks)
        starts = self._procfile_launches(wraps=wraps)
        own = any(launch.own or launch.process.name in self._set for launch in (*starts, *hooks))
        theirs = any(not launch.own for launch in (*starts, *hooks))
        entry = self._launches.entrypoint if theirs else ()
        wraps = bool(self._mounted) or own
        # An entry point stays the image's own as long as nothing else is run before or instead.
        behind = bool(entry) and not wraps
        shell = not behind and not self._mounted
        if starts:
            lines = tuple(self._line(launch, behind, shell) for launch in starts)
            files.append(self._file(self._layout.procfile, lines))
        if hooks:
            files.append(self._file(self._layout.hooks, self._hook_lines(hooks, behind)))
        if self._mounted:
            files.append(self._file(START, start_script(self._mounted)))
            self._say_what_it_needs()
        for launch in (*starts, *hooks):
            if launch.script:
                text = tuple(
                    Line(text=row, rule="F88" if row else "", evidence=(launch.place,))
                    for row in launch.script.strip("\n").split("\n")
                )
                files.append(self._file(f".aptible/{launch.name}.sh", text))
        return InImage(tuple(files), tuple(self._dockerfile_lines(files, wraps, starts, hooks)))

    def _say_what_it_needs(self) -> None:
        names = ", ".join(dict.fromkeys(file.holder for file in self._mounted))
        answers = ", ".join(f"“{question_id(f)}: {DROP}”" for f in self._mounted if f.source)
        without = f"; where the app can do without, answer {answers}" if answers else ""
        self._book.note(
            f"mounted:{self._app.name}",
            f"{self._app.name} starts by a script that makes its files from {names}",
            "they belong in the configuration before the first deploy: one that is missing stops it"
            f" and is named; the image needs /bin/sh, mkdir and chmod for it{without}",
            *(evidence(f.where, f"{f.kind} {f.name} at {f.target}") for f in self._mounted[:4]),
        )

    def _procfile_launches(self, *, wraps: bool) -> list[Launch]:
        """None for an app of one service whose command is the image's: that is its service cmd.

        With a plan every service has its line: it is looked for by its name. So has it when an
        entry point of ours stands in the image (`wraps`), for that takes away the image's command.
        """
        plain = len(self._lasting) == 1 and not self._lasting[0].command
        plain = plain and not self._layout.in_root and not wraps
        if not self._lasting or (plain and not self._mounted):
            return []
        return [self._launches.launch(process) for process in self._lasting]

    def _line(self, launch: Launch, behind: bool, shell: bool) -> Line:
        text = f"{launch.name}: {'exec ' if shell else ''}{self._words(launch, behind)}"
        rule = "F82" if behind else "F86" if launch.own else "F81"
        return Line(text=text, rule=rule, evidence=(launch.place,))

    def _words(self, launch: Launch, behind: bool) -> str:
        """The line for a Procfile or a hook; a word that stands for it while it is open."""
        words = launch.words
        if words is not None and behind:
            words = words[len(self._launches.entrypoint or ()) :]
        own = self._set.get(launch.process.name, "")
        return f"{own} {line_of(words) if words else 'COMMAND'}".strip()

    def _hook_lines(self, hooks: Sequence[Launch], behind: bool) -> tuple[Line, ...]:
        lines = [Line(text="before_deploy:", rule="F87", evidence=(hooks[0].place,))]
        for launch in hooks:
            command = self._words(launch, behind)
            item = yaml.safe_dump([command], width=100_000, allow_unicode=True).strip()
            lines.append(Line(text=f"  {item}", rule="F87", evidence=(launch.place,)))
        return tuple(lines)

    def _is_hook(self, process: Process) -> bool:
        chosen = self._book.chosen(f"job/{process.name}", "hook", "by-hand")
        migrates = bool(_MIGRATES.search(f"{process.name} {process.command}".lower()))
        if chosen == "hook" or (migrates and chosen != "by-hand"):
            return True
        self._book.note(
            f"job:{process.name}",
            f"{process.name} runs once and ends: it is in no file",
            "run it when it is needed (aptible ssh --app APP COMMAND), or answer “job/"
            f"{process.name}: hook” to run it before every release",
            evidence(process.where, f"{process.name} runs {process.command or 'its image'}"),
        )
        return False

    def _dockerfile_lines(
        self,
        files: Sequence[GeneratedFile],
        wraps: bool,
        starts: Sequence[Launch],
        hooks: Sequence[Launch],
    ) -> list[Line]:
        seen = tuple(launch.place for launch in (*starts, *hooks))
        lines = [*self._copied, *self._settings()]
        for file in files:
            inner = file.path.removeprefix(self._folder)
            if not self._layout.copied(inner):
                continue
            first = tuple(e for line in file.lines for e in line.evidence)[:1]
            lines.append(
                Line(
                    text=f"COPY {self._source}{inner} /{inner}",
                    rule="F85",
                    evidence=first or seen[:1],
                )
            )
        entry: Words = ("/bin/sh", f"/{START}") if self._mounted else ()
        if files and wraps:
            whole = (e for e in (*starts, *hooks) if e.own or e.process.name in self._set)
            own = tuple(launch.place for launch in whole)
            mounted = tuple(evidence(f.where, f"{f.kind} {f.name}") for f in self._mounted)
            rule = "F83" if self._mounted else "F86"
            text = f"ENTRYPOINT {json.dumps(list(entry))}"
            lines.append(Line(text=text, rule=rule, evidence=(*mounted, *own)[:4]))
        return lines

    def _settings(self) -> list[Line]:
        """User, folder and signal as the project starts its containers."""
        user, place = self._wish("user")
        lines = self._prepared(user, place)
        if user and not lines:
            lines = [Line(text=f"USER {user}", rule="F84", evidence=(place,) if place else ())]
        for kind, word in (("working_dir", "WORKDIR"), ("stop_signal", "STOPSIGNAL")):
            value, where = self._wish(kind)
            if value and where:
                lines.append(Line(text=f"{word} {value}", rule="F84", evidence=(where,)))
        return lines

    def _prepared(self, user: str, place: Evidence | None) -> list[Line]:
        """What root has to do in the image, so that another user may write the files."""
        if not self._mounted:
            return []
        told = user or self._launches.user
        whose: str | None = user_name(told) if told else None
        if whose is None:
            whose = ask_read(
                self._book,
                f"user/{self._app.name}",
                f"As which user does {self._app.image or self._app.name} run? A name, a number, or"
                " “root”.",
                "docker image inspect --format '{{.Config.User}}' shows it (nothing: root): the"
                " files that a platform mounted are written by that user now",
                user_name,
                evidence(self._app.where, "the image's user"),
            )
        if not whose:
            return []
        answer = Evidence(path="answers", fact=f"user/{self._app.name}: {whose}")
        evidences = (place or answer,)
        return [
            Line(text="USER root", rule="F83", evidence=evidences),
            Line(
                text=prepared_for(self._mounted, whose),
                rule="F83",
                evidence=tuple(evidence(f.where, f"{f.kind} {f.name}") for f in self._mounted)[:4],
            ),
            Line(text=f"USER {whose}", rule="F84", evidence=evidences),
        ]

    def _wish(self, kind: str) -> tuple[str, Evidence | None]:
        """What the app's services all ask for; "" when nothing, or when they differ."""
        names = {p.name for p in (*self._lasting, *self._hooks)}
        asked = [w for w in self._found.wishes if w.kind == kind and w.process in names and w.value]
        values = {w.value for w in asked}
        if len(values) > 1 or (asked and len({w.process for w in asked}) < len(names)):
            self._book.warn(
                f"{kind}:{self._app.name}",
                f"services of {self._app.name} differ in {kind}, and an image has one",
                "an app of its own for the one that differs, or the same for all",
                *(evidence(w.where, f"{w.process}: {kind} {w.value}") for w in asked[:4]),
            )
            return "", None
        if not asked or not re.fullmatch(r"[\w./:@+-]{1,200}", asked[0].value):
            return "", None
        return asked[0].value, evidence(asked[0].where, f"{kind}: {asked[0].value}")

    def _file(self, inner: str, lines: tuple[Line, ...]) -> GeneratedFile:
        path = f"{self._folder}{inner}"
        before = self._book.view.read(path)
        return GeneratedFile(path=path, lines=lines, before=before, newline=newline_of(before))

    @property
    def mounted(self) -> tuple[MountedFile, ...]:
        """The files that the start-up script makes."""
        return self._mounted
