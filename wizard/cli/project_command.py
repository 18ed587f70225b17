"""Looks at a project of services in containers, and maps it: no moveday.yaml.

It is read from plain files, or through the account of a platform that runs it.
"""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from wizard.cli.choose import choose_one
from wizard.cli.credentials import gather_credentials
from wizard.cli.environment import take_credentials
from wizard.cli.finish import finish
from wizard.cli.launchers import Launchers
from wizard.cli.map_words import mapping_words
from wizard.cli.project_words import project_words
from wizard.cli.talk import show
from wizard.engine.answers_file import as_typed, read_answers
from wizard.engine.opening import Gather
from wizard.engine.plan_yaml import FILE_NAME
from wizard.engine.project_look import LastLook, last_answers, last_look, remember_look
from wizard.errors import UsageError
from wizard.exits import Exit
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.ports.look import Looked
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import NO_ACCOUNT, check_answers, map_project
from wizard.safety.clean import clean
from wizard.safety.secrecy import is_secret, learn_secrets
from wizard.steps.mapping import open_words

F = TypeVar("F")
_USUAL, _BY_CLUSTER = "compose", "medstack"
_A_WORD = "word"
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class FilesAsked:
    """What the command line says about the project."""

    source: str
    files: tuple[Path, ...]
    profiles: tuple[str, ...]
    cluster: str = ""

    @property
    def anything(self) -> bool:
        """Whether it asks for a look at a project."""
        return bool(self.source or self.files or self.profiles or self.cluster)

    def looked_before(self, folder: Path) -> bool:
        """Whether a project was looked at here, and no plan was made since."""
        return not (folder / FILE_NAME).exists() and last_look(folder) is not None

    def left_in(self, folder: Path) -> bool:
        """Whether files are all there is: no plan, but an earlier look, or a Compose file."""
        if (folder / FILE_NAME).exists():
            return False
        return self.looked_before(folder) or any(
            (folder / f"{stem}.{end}").is_file()
            for stem in ("compose", "docker-compose")
            for end in ("yaml", "yml")
        )


def files_options(function: F) -> F:
    """--source, --file and --profile: a project of plain files."""
    for decorate in (
        click.option("--profile", "profiles", multiple=True, help="Carry this profile over too."),
        click.option(
            "--file",
            "files",
            multiple=True,
            type=click.Path(path_type=Path, dir_okay=False),
            help="A Compose file (several are merged, the later one wins), or what docker"
            " printed of a running stack: service inspect or ls, secret or config ls or inspect;"
            " or env, df, mount, ls /run/secrets from a container's shell.",
        ),
        click.option(
            "--source",
            default="",
            metavar="NAME",
            help="compose: read files, no account; medstack: a cluster of its account, and files.",
        ),
    ):
        own: Any = decorate
        function = own(function)
    return function


def cluster_option(function: F) -> F:
    """--cluster: one of several that the source's account holds."""
    decorate: Any = click.option(
        "--cluster", default="", metavar="NAME", help="Which cluster, by name or id (medstack)."
    )
    decorated: F = decorate(function)
    return decorated


def look_at_project(
    launchers: Launchers, folder: Path, asked: FilesAsked, *, as_json: bool
) -> NoReturn:
    """Read the project, print what it holds, remember where it was read."""

    async def work() -> Inventory:
        look = chosen_look(folder, asked)
        found = await look_again(launchers, folder, look, take_credentials())
        remember_look(folder, _in_full(look, found))
        return found.inventory

    finish(work(), as_json=as_json, words=project_words)


def map_project_here(
    launchers: Launchers, folder: Path, asked: FilesAsked, answers: Path | None, *, as_json: bool
) -> NoReturn:
    """Map the project; code 4 while a question is open or something stands in the way."""
    named = str(answers.resolve()) if answers else ""

    async def work() -> Mapping:
        look = chosen_look(folder, asked)
        found = await look_again(launchers, folder, look, take_credentials())
        look = _in_full(look, found)
        rates = completed(None, NO_ACCOUNT)
        whole = map_project(found.inventory, found.values, found.by_hand, rates, {})
        given = as_typed(read_answers(answers)) if answers else _given_before(folder, look, whole)
        check_answers(whole, given)
        mapping = map_project(found.inventory, found.values, found.by_hand, rates, given)
        if named:
            remember_look(folder, look.model_copy(update={"answers": named}))
        if mapping.questions:
            show(open_words(mapping.questions))
        for blocker in mapping.blockers:
            show(f"in the way: {blocker.name}: {blocker.reason}")
        return mapping

    finish(
        work(),
        as_json=as_json,
        words=mapping_words,
        code=lambda found: Exit.BLOCKED if found.questions or found.blockers else Exit.DONE,
    )


def _in_full(look: LastLook, found: Looked) -> LastLook:
    return look.model_copy(update={"cluster": look.cluster or found.cluster, "answers": ""})


def _given_before(folder: Path, look: LastLook, whole: Mapping) -> dict[str, str]:
    """The answers that were named last, as far as they are still asked for."""
    named = last_answers(folder, look)
    if named is None:
        return {}
    name = clean(named.name, 80)
    if not named.is_file():
        show(f"without {name}, the answers named last: it is gone (--answers FILE names another)")
        return {}
    show(f"with the answers of {name}, named last")
    given, asked = as_typed(read_answers(named)), {q.question.id for q in whole.questions}
    for unused in sorted(given.keys() - asked):
        show(f"{clean(unused, 100)}: nothing like that is open, the answer was not used")
    return {identity: answer for identity, answer in given.items() if identity in asked}


def chosen_look(folder: Path, asked: FilesAsked) -> LastLook:
    """What the command line names, else what was looked at last, else the usual files."""
    if asked.anything:
        # A path on the command line is meant from where the person stands.
        files = tuple(str(path.resolve()) for path in asked.files)
        return LastLook(
            source=asked.source or (_BY_CLUSTER if asked.cluster else _USUAL),
            files=files,
            profiles=asked.profiles,
            cluster=asked.cluster,
        )
    return last_look(folder) or LastLook(source=_USUAL)


async def look_again(
    launchers: Launchers, folder: Path, look: LastLook, environ: dict[str, str]
) -> Looked:
    """Look there; the redactor learns every secret that was found. Raises UsageError."""
    files = tuple(Path(name) for name in look.files)
    missing = next((path for path in files if not path.is_file()), None)
    if missing is not None:
        raise UsageError(f"there is no file {missing.name}", str(missing), "name it with --file")
    gather = _gather(look.source)
    found = await launchers.look(look, folder, environ, gather, choose_one)
    told = _names(found.inventory)
    shown = "\n".join((*told, *(v.name for v in found.inventory.variables)))
    public = _words(told)
    for values in found.values.values():
        plain = {name: value.get_secret_value() for name, value in values.items()}
        # What only looks like a secret, and is the tag of an image, is none.
        kept = {n: v for n, v in plain.items() if is_secret(n, _A_WORD) or v not in shown}
        learn_secrets(kept, public)
    return found


def _gather(source: str) -> Gather:
    return partial(gather_credentials, command=f"moveday sign-in --source {source}")


def _names(found: Inventory) -> list[str]:
    """Everything beside variables that the result has to call by its name."""
    told = [found.app, *(a.name for a in found.apps), *(a.image for a in found.apps)]
    told += [p.name for p in found.processes] + [d.name for d in found.databases]
    told += [d.plan for d in found.databases] + [d.hostname for d in found.domains]
    told += [a.account for a in found.cloud.accounts] + [r.region for r in found.cloud.regions]
    told += [v.name for v in found.volumes] + [v.target for v in found.volumes]
    told += [f.target for f in found.mounted_files] + [w.process for w in found.wishes]
    return told


def _words(names: list[str]) -> frozenset[str]:
    """The names and each word of them, in small letters."""
    small = [name.lower() for name in names]
    return frozenset(small) | {word for name in small for word in _BETWEEN_WORDS.split(name)}
