"""All files of an app proposed from one look at its repository. Pure: the view is given."""

import re
from collections.abc import Mapping
from datetime import date

from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.heroku_yml import read_heroku_yml
from wizard.generate.aptible_yml import write_aptible_yml
from wizard.generate.checks import check_code, check_legacy_webpack
from wizard.generate.crontab import add_supercronic, cron_process, write_crontab
from wizard.generate.detect import Detection, detect
from wizard.generate.dockerfile import write_dockerfile
from wizard.generate.dockerignore import write_dockerignore
from wizard.generate.existing import adapt, looks_like_development
from wizard.generate.given import add_given, check_buildpacks
from wizard.generate.known import Known
from wizard.generate.notebook import Notebook
from wizard.generate.older_debian import for_older_debian
from wizard.generate.processes import ProcessLine, read_processes
from wizard.generate.procfile import final_command, write_procfile
from wizard.generate.recipe import Recipe
from wizard.generate.recipes import RECIPES
from wizard.generate.scan import Scan
from wizard.generate.version_files import version_evidence
from wizard.model.files import Evidence, GeneratedFile, Proposal
from wizard.model.repo_view import RepoView

DOCKERFILE = "Dockerfile"


def propose(
    view: RepoView, known: Known, today: date, answers: Mapping[str, str] | None = None
) -> Proposal:
    """The files as they should be, findings, and a named question for all that is not decided."""
    book = Notebook(view=view, known=known, answers=answers or {}, today=today)
    scan = Scan(view)
    lines = read_processes(book)
    own = _own_dockerfile(book)
    files: list[GeneratedFile | None] = []
    if own:
        detection = _look_only(book, lines)
        cron = cron_process(known)
        lines = (*lines, cron) if cron and "cron" not in {x.name for x in lines} else lines
        web = next((x.command for x in lines if x.name == "web" and x.kept), "")
        files.append(adapt(book, own, lines, web))
        if cron:
            book.warn(
                "supercronic",
                "the Dockerfile is your own: install supercronic in it for the cron service",
                "see https://github.com/aptible/supercronic",
            )
    else:
        detection = detect(book, {line.name: line.command for line in lines if line.kept})
        check_buildpacks(book, detection)
        recipe, lines = _recipe(book, scan, lines, detection)
        if recipe is not None:
            lines = _finished(book, recipe, lines, detection, scan)
            files.append(write_dockerfile(recipe, known.port, view.read(DOCKERFILE)))
    if files and files[0] is not None:
        files.append(write_dockerignore(book, files[0].text))
    files += [
        write_procfile(book, lines),
        write_aptible_yml(book, lines),
        write_crontab(known, view.read("crontab")),
    ]
    check_code(book, scan)
    _refuse_links(book, files)
    return Proposal(
        main=detection.main,
        helpers=detection.helpers,
        matches=detection.matches,
        files=tuple(file for file in files if file is not None),
        questions=tuple(book.questions),
        findings=tuple(book.findings),
        answered=book.answered,
    )


def _own_dockerfile(book: Notebook) -> str:
    """The Dockerfile to respect: heroku.yml's, or the one in the root; "" to write a new one."""
    manifest = book.parsed("heroku.yml", read_heroku_yml)
    named = manifest.dockerfiles.get("web", "") if manifest else ""
    path = named if named and book.has(named) else DOCKERFILE
    if not book.has(path):
        return ""
    found = book.parsed(path, read_dockerfile)
    signs = looks_like_development(book, found) if found else ()
    deployed = path == named or book.known.stack == "container"
    wish = book.answers.get("dockerfile", "")
    if (signs and not deployed) or wish:
        answer = book.ask(
            "dockerfile",
            f"{path} seems to be for development: keep it, or write a new one for production?",
            "a buildpack built the app so far, so this file may never have run there",
            choices=("keep", "replace"),
            found=signs,
        )
        return "" if answer == "replace" else path
    book.note(
        "dockerfile-kept",
        f"{path} is kept and only adapted",
        "to get a new one instead, answer `dockerfile: replace` (--answers FILE)",
        Evidence(path=path, fact="is there"),
    )
    return path


def _look_only(book: Notebook, lines: tuple[ProcessLine, ...]) -> Detection:
    """Which languages there are, without asking: the Dockerfile that is there decides."""
    aside = Notebook(book.view, book.known, {}, book.today)
    return detect(aside, {line.name: line.command for line in lines if line.kept})


def _recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    if detection.main in RECIPES:
        return RECIPES[detection.main](book, scan, lines, detection)
    if detection.main:
        evidence = next(
            (m.evidence for m in detection.matches if m.language == detection.main),
            detection.evidence,
        )
        book.ask(
            f"language:{detection.main}",
            f"this is a {detection.main} app: moveday writes Dockerfiles for "
            f"{', '.join(RECIPES)} so far",
            "write a Dockerfile; moveday then checks and adapts it",
            found=(*evidence, *version_evidence(book, detection.main)),
        )
    return None, lines


def _finished(
    book: Notebook,
    recipe: Recipe,
    lines: tuple[ProcessLine, ...],
    detection: Detection,
    scan: Scan,
) -> tuple[ProcessLine, ...]:
    """Everything that all languages share; the lines as the Procfile will have them."""
    if detection.main == "node":
        major = re.match(r"FROM node:(\d+)", recipe.base.text)
        check_legacy_webpack(book, int(major.group(1)) if major else 0)
    add_given(book, recipe, detection, lines, scan)
    cron = cron_process(book.known)
    if cron is not None and cron.name not in {line.name for line in lines}:
        lines = (*lines, cron)
        add_supercronic(recipe)
    for_older_debian(recipe)
    web = next((line for line in lines if line.name == "web" and line.kept), None)
    if web is None and not any(line.kept for line in lines):
        return lines
    if web is None:
        book.note("no-web", "no process answers the web: the app gets no endpoint")
        return lines
    if recipe.web:
        lines = tuple(
            line.model_copy(update={"command": recipe.web}) if line is web else line
            for line in lines
        )
    recipe.web = final_command(book, recipe.web or web.command)
    recipe.web_evidence = recipe.web_evidence or (web.evidence,)
    return lines


def _refuse_links(book: Notebook, files: list[GeneratedFile | None]) -> None:
    for file in files:
        entry = book.view.entry(file.path) if file else None
        if entry is not None and entry.kind != "file":
            book.ask(
                f"link:{entry.path}",
                f"{entry.path} is a {entry.kind}, not a file: it is not written through",
                "replace it by a regular file",
                found=(Evidence(path=entry.path, fact=f"is a {entry.kind}"),),
            )
