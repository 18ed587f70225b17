"""Joins what looks at files and images: checkouts, projects of containers, registries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.joins.sides import open_source_door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.engine.opening import Gather
    from wizard.engine.project_look import LastLook
    from wizard.ports.container_engine import FileJudges
    from wizard.ports.look import Choose, Looked
    from wizard.ports.registry import Registry
    from wizard.ports.repo import Repo


async def look_at_project(
    asked: LastLook,
    folder: Path,
    environ: Mapping[str, str],
    gather: Gather,
    choose: Choose,
) -> Looked:
    """What a source of files holds, or one cluster of a source with an account, with files."""
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from wizard.clock import SYSTEM_CLOCK
    from wizard.errors import UsageError
    from wizard.ports.look import Looked

    files = tuple(Path(name) for name in asked.files)
    look = getattr(load_source(asked.source), "look_at_account", None)
    if look is None:
        if asked.cluster:
            raise UsageError("--cluster says which of an account", f"{asked.source} has none")
        return look_at_files(asked.source, folder, files, asked.profiles)
    tools = open_source_door(asked.source, folder, environ, SYSTEM_CLOCK)
    await gather(tools.doors, tools.vault)
    given = (files, folder, asked.profiles, asked.cluster, environ, tools.vault, SYSTEM_CLOCK)
    inventory, values, cluster = await look(*given, choose=choose)
    by_hand = load_target("aptible").by_hand
    return Looked(inventory, values, lambda action, **words: by_hand(action, words), cluster)


def look_at_files(
    source: str, folder: Path, files: tuple[Path, ...], profiles: tuple[str, ...]
) -> Looked:
    """What a source of plain files holds; needs no account. UsageError when it is none."""
    from providers.sources import load as load_source
    from providers.targets import load as load_target
    from wizard.clock import SYSTEM_CLOCK
    from wizard.errors import UsageError
    from wizard.ports.look import Looked

    look = getattr(load_source(source), "look", None)
    if look is None:
        raise UsageError(
            f"{source} is no source of files",
            "it is read through its account",
            "moveday sign-in, then moveday inventory, without --source",
        )
    inventory, values = look(folder, files, profiles, SYSTEM_CLOCK)
    by_hand = load_target("aptible").by_hand
    return Looked(inventory, values, lambda action, **words: by_hand(action, words))


def open_checkout(folder: Path) -> Repo:
    """The repository that holds `folder`, or the bare folder."""
    from providers.repo import open_repo

    return open_repo(folder)


def open_judges(environ: Mapping[str, str]) -> FileJudges:
    """The programs of this machine that can judge an app's files."""
    from providers.docker import open_judges as look

    return look(environ)


def open_registry() -> Registry:
    """Asks the registry that an image's name leads to."""
    from providers.registry import RegistryClient

    return RegistryClient()
