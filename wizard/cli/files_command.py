"""`moveday files`: the app's files as a diff with evidence; in any checkout, without a plan."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from wizard.cli.environment import take_credentials
from wizard.cli.files_folder import folder_below
from wizard.cli.files_hunks import read_numbers
from wizard.cli.files_of_plan import (
    ask_registry,
    commit_here,
    facts_here,
    keep_answers,
    plan_here,
    remember_look,
    together,
)
from wizard.cli.files_of_project import project_files, registry_login, wanted_for_project
from wizard.cli.files_report import FilesReport
from wizard.cli.files_words import files_words, restored_words
from wizard.cli.files_write import Wish, tell_unused, written
from wizard.cli.finish import finish
from wizard.cli.launchers import Launchers
from wizard.cli.options import folder_option, json_option
from wizard.cli.project_command import FilesAsked, files_options
from wizard.cli.prompt import ask_yes_no
from wizard.cli.talk import show
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.answers_file import as_typed, read_answers
from wizard.engine.checkout_files import FilesRestored, undo_files
from wizard.engine.folder import STATE_FOLDER
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.errors import BlockedError
from wizard.exits import Exit
from wizard.generate.app_folder import ANSWER
from wizard.model.file_checks import FilesChecked
from wizard.ports.repo import Repo
from wizard.safety.consent import Level, grant
from wizard.steps.files_proposal import propose_files
from wizard.steps.images_check import check_images


async def _work(
    launchers: Launchers,
    folder: Path,
    repo: Repo,
    wish: Wish,
    asked: FilesAsked,
    environ: dict[str, str],
) -> FilesReport:
    plan = plan_here(folder)
    inventory, told = facts_here(folder, plan)
    today = SYSTEM_CLOCK.now().date()
    images_checked: FilesChecked | None = None
    if plan is not None and inventory is not None and inventory.apps and wish.check:
        registry = launchers.registry()
        images_checked, told = await ask_registry(folder, inventory, plan, registry, wish)
    proposal = await propose_files(repo, plan, inventory, today, wish.answers, told)
    if plan is None and not proposal.main and not proposal.files and asked.left_in(folder):
        return await _of_project(launchers, folder, repo, wish, asked, environ)
    tell_unused(wish, proposal.answered)
    if plan is not None and inventory is not None and inventory.apps:
        keep_answers(folder, plan, wish.answers, proposal)
    commit, reason = await commit_here(repo, plan, inventory)
    report = FilesReport(
        proposal=proposal,
        diffs={file.path: file.diff() for file in proposal.changes},
        commit=commit,
        commit_reason=reason,
        planned=plan is not None,
        explained=wish.explain,
    )
    if plan is not None and commit is not None:
        remember_look(folder, commit)
    if wish.judges is not None:
        from wizard.cli.files_try import try_out, write_down

        checked = await try_out(folder, repo, proposal, wish.judges, wish.env_file)
        checked = together(images_checked, checked)
        if plan is not None:
            write_down(folder, checked)
        return report.model_copy(update={"check": checked})
    return await written(folder, report, wish)


async def _of_project(
    launchers: Launchers,
    folder: Path,
    repo: Repo,
    wish: Wish,
    asked: FilesAsked,
    environ: dict[str, str],
) -> FilesReport:
    """The files of a project whose images exist, or that it builds: Compose, Swarm."""
    today = SYSTEM_CLOCK.now().date()
    view = await repo.working_tree()
    proposal, found, of_the_map = await project_files(
        launchers, folder, asked, view, today, wish.answers, environ
    )
    tell_unused(wish, proposal.answered, of_the_map)
    report = FilesReport(
        proposal=proposal,
        diffs={file.path: file.diff() for file in proposal.changes},
        explained=wish.explain,
    )
    if wish.check:
        checked = await check_images(
            found, wish.answers, launchers.registry(), wish.login, lambda text: show(f"  {text}")
        )
        return report.model_copy(update={"check": checked})
    return await written(folder, report, wish)


async def _undo(folder: Path, force: bool, yes: bool) -> FilesRestored:
    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise BlockedError(
                "restoring files needs a yes", "nobody is at a terminal", "add --yes"
            )
        if not await ask_yes_no("bring back the files as they were before the last write?"):
            raise BlockedError("not confirmed", "nothing was restored")
    if not (folder / STATE_FOLDER).is_dir():
        raise BlockedError("nothing to undo", "moveday wrote nothing in this folder")
    with ExitStack() as stack:
        stack.enter_context(Lock.take(folder / STATE_FOLDER, "moveday files", SYSTEM_CLOCK))
        journal = stack.enter_context(Journal.open(folder / STATE_FOLDER, SYSTEM_CLOCK))
        by = "--yes" if yes else "person at the terminal"
        consent = grant(Level.WRITE_FILES, "the app's files", by, SYSTEM_CLOCK.now())
        journal.append("consent", key=consent.subject, level=consent.level.name, by=consent.by)
        return undo_files(folder, consent, journal, force=force)


@click.command()
@folder_option
@json_option
@click.option("--explain", is_flag=True, help="Every line with its rule and evidence.")
@click.option(
    "--check",
    is_flag=True,
    help="Try them out in a copy: lint; with docker also build and boot. For images that exist: ask"
    " their registries.",
)
@click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --check: NAME=value lines, the configuration to boot with.",
)
@click.option("--write", is_flag=True, help="Write the files, with a backup.")
@click.option(
    "--hunks",
    multiple=True,
    metavar="FILE:1,3",
    help="With --write: only these changes of a file, by their numbers; several times.",
)
@click.option("--undo", is_flag=True, help="Bring back the files as they were before.")
@click.option("--yes", is_flag=True, help="Go ahead with --write or --undo.")
@click.option("--force", is_flag=True, help="Undo even what was changed since.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A YAML file: question, colon, answer.",
)
@click.option(
    "--path",
    "inside",
    metavar="FOLDER",
    help="The app's folder in a repository that holds several; the files lie in the root.",
)
@files_options
@click.pass_context
def files(
    context: click.Context,
    folder: Path,
    as_json: bool,
    explain: bool,
    check: bool,
    env_file: Path | None,
    write: bool,
    hunks: tuple[str, ...],
    undo: bool,
    yes: bool,
    force: bool,
    answers: Path | None,
    inside: str | None,
    source: str,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
) -> None:
    """Propose the app's files as a diff: Dockerfile, Procfile and the like. Needs no account.

    With --source compose, or where such files were looked at last: what the images of a Compose
    project or Swarm stack have to get, below aptible/.

    Leaves with code 4 while a question is open, with 5 when a check failed.
    """
    if write and undo:
        raise click.UsageError("--write and --undo exclude each other")
    if hunks and not write:
        raise click.UsageError("--hunks goes with --write")
    if yes and not (write or undo):
        raise click.UsageError("--yes goes with --write or --undo")
    if check and (write or undo):
        raise click.UsageError("--check changes nothing: it goes without --write and --undo")
    if env_file and not check:
        raise click.UsageError("--env-file goes with --check")
    asked = FilesAsked(source, files, profiles)
    if asked.anything and inside is not None:
        raise click.UsageError("--path goes with a checkout, not with --source and --file")
    numbers = read_numbers(hunks)
    home = folder.resolve()
    if undo:
        finish(_undo(home, force, yes), as_json=as_json, words=restored_words)

    async def work() -> FilesReport:
        given = as_typed(read_answers(answers)) if answers else {}
        if inside is not None:
            given[ANSWER] = folder_below(home, inside)
        environ = take_credentials()
        login = registry_login(environ) if check else None
        judges = context.obj.judges(os.environ) if check else None
        wish = Wish(explain, write, yes, given, numbers, judges, env_file, check, login)
        launchers, repo = context.obj, context.obj.repo(home)
        if inside is None and wanted_for_project(home, asked):
            return await _of_project(launchers, home, repo, wish, asked, environ)
        return await _work(launchers, home, repo, wish, asked, environ)

    finish(
        work(),
        as_json=as_json,
        words=files_words,
        code=_code,
    )


def _code(report: FilesReport) -> Exit:
    if report.check is not None and report.check.having("failed"):
        return Exit.CHECK_FAILED
    return Exit.BLOCKED if report.proposal.questions else Exit.DONE
