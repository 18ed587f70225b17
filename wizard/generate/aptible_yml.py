"""Writes .aptible.yml: the release line becomes before_deploy."""

from collections.abc import Sequence

import yaml

from wizard.formats.app_json import read_app_json
from wizard.formats.aptible_yml import ALIAS, BEFORE, read_aptible_yml
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.procfile import hook_command
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

PATH = ".aptible.yml"


def write_aptible_yml(book: Notebook, lines: Sequence[ProcessLine]) -> GeneratedFile | None:
    """The hooks as they should be; None when there is nothing to say."""
    release = next((line for line in lines if line.action == "hook"), None)
    before = book.view.read(PATH)
    present = book.parsed(PATH, read_aptible_yml)
    if before is not None and present is None:
        return None
    if present is not None and present.alias_line:
        book.note(
            "before-release",
            f"{ALIAS} is the deprecated name of {BEFORE}; it still works",
            f"rename it to {BEFORE} when you touch the file",
            Evidence(path=PATH, line=present.alias_line, fact=ALIAS),
        )
    _first_deploy(book)
    kept = [Line(text=row, rule="F27") for row in (before or "").splitlines()]
    if release is not None and (present is None or not present.before_deploy):
        item = yaml.safe_dump(
            [hook_command(book, release.command)], width=100_000, allow_unicode=True
        ).strip()
        kept += [
            Line(text=f"{BEFORE}:", rule="F24", evidence=(release.evidence,)),
            Line(text=f"  {item}", rule="F24", evidence=(release.evidence,)),
        ]
    elif release is not None and present is not None:
        there = {" ".join(command.command.split()) for command in present.before_deploy}
        if not any(" ".join(release.command.split()) in command for command in there):
            book.warn(
                "release-not-in-hook",
                f"the release line is not among the commands of {BEFORE}",
                "decide which of them is right; nothing was changed",
                release.evidence,
                Evidence(path=PATH, line=present.before_deploy[0].line, fact=BEFORE),
            )
    if not kept:
        return None
    return GeneratedFile(path=PATH, lines=tuple(kept), before=before, newline=newline_of(before))


def _first_deploy(book: Notebook) -> None:
    app = book.parsed("app.json", read_app_json)
    if app is not None and app.postdeploy:
        book.note(
            "postdeploy",
            f"app.json's postdeploy ran once, when the app was made: {app.postdeploy[:120]}",
            "your data moves over, so it is not run again; keep it for new environments",
            Evidence(path="app.json", line=app.postdeploy_line, fact="postdeploy"),
        )
