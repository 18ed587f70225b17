"""All files of an app proposed from one look at its repository. Pure: the view is given."""

import re
from collections.abc import Mapping
from datetime import date

from wizard.generate.app_folder import Below, app_folder
from wizard.generate.aptible_yml import write_aptible_yml
from wizard.generate.baked import fill_at_start
from wizard.generate.checks import check_code, check_legacy_webpack
from wizard.generate.clean_stop import end_cleanly, warn_of_deaf
from wizard.generate.configuration_mount import mount_chosen, mount_configuration
from wizard.generate.crontab import add_supercronic, cron_process, write_crontab
from wizard.generate.detect import Detection, detect
from wizard.generate.dockerfile import write_dockerfile
from wizard.generate.dockerignore import write_dockerignore
from wizard.generate.existing import adapt, own_entrypoint, web_of
from wizard.generate.from_root import from_root, no_such_folder
from wizard.generate.given import add_given, check_buildpacks
from wizard.generate.known import Known
from wizard.generate.language_names import kind_of_app, language_name
from wizard.generate.left_behind import left_behind
from wizard.generate.missing_code import code_missing
from wizard.generate.moved_archive import ask_where_apt_fails
from wizard.generate.notebook import Notebook
from wizard.generate.older_debian import for_older_debian
from wizard.generate.own_dockerfile import own_dockerfile
from wizard.generate.processes import ProcessLine, programs, read_processes
from wizard.generate.procfile import final_command, write_procfile
from wizard.generate.recipe import Recipe
from wizard.generate.recipes import RECIPES, recipe_of
from wizard.generate.ruby_own import look_at_own_ruby
from wizard.generate.scan import Scan
from wizard.generate.version_files import version_evidence
from wizard.model.files import Evidence, GeneratedFile, Line, Proposal
from wizard.model.repo_view import RepoView

DOCKERFILE = "Dockerfile"


def propose(
    view: RepoView, known: Known, today: date, answers: Mapping[str, str] | None = None
) -> Proposal:
    """The files as they should be, findings, and a named question for all that is not decided."""
    book = Notebook(view=view, known=known, answers=answers or {}, today=today)
    folder = app_folder(view, book.answers)
    if folder is None:
        return _proposed(book)
    below = Below(view, folder.path)
    if not below.own:
        return no_such_folder(folder, Notebook(view, known, {}, today))
    inside = Notebook(view=below, known=known, answers=book.answers, today=today)
    return from_root(_proposed(inside), book, below, folder)


def _proposed(book: Notebook) -> Proposal:
    view, known = book.view, book.known
    scan = Scan(view)
    lines = read_processes(book)
    own = own_dockerfile(book)
    gone = left_behind(book, scan)
    files: list[GeneratedFile | None] = []
    beside: list[GeneratedFile] = []
    if own:
        detection = _look_only(book, lines)
        file, lines = _kept(book, own, lines, gone)
        warn_of_deaf(book, scan, book.text(own), lines)
        if detection.main == "ruby":
            look_at_own_ruby(book, own, lines)
        files.append(file)
    else:
        detection = detect(book, {line.name: line.command for line in lines if line.kept})
        recipe = None
        if not code_missing(book, detection):
            check_buildpacks(book, detection)
            recipe, lines = _recipe(book, scan, lines, detection)
        if recipe is not None:
            lines = _finished(book, recipe, lines, detection, scan)
            _leave_behind(recipe, gone)
            if mount_chosen(book):
                mount_configuration(recipe)
            files.append(write_dockerfile(recipe, known.port, view.read(DOCKERFILE)))
            beside = recipe.files
    if files and files[0] is not None:
        files.append(write_dockerignore(book, files[0].text, gone))
    files += [
        *beside,
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


def _kept(
    book: Notebook, own: str, lines: tuple[ProcessLine, ...], gone: tuple[str, ...]
) -> tuple[GeneratedFile | None, tuple[ProcessLine, ...]]:
    """The app's own Dockerfile, adapted, and the process types with it."""
    if not any(line.kept for line in lines) and (started := web_of(book, own)) is not None:
        lines = (*lines, started)
    book.entrypoint = own_entrypoint(book, own)
    cron = cron_process(book.known)
    if cron is not None:
        lines = (*lines, cron) if cron.name not in {line.name for line in lines} else lines
        book.warn(
            "supercronic",
            "the Dockerfile is your own: install supercronic in it for the cron service",
            "see https://github.com/aptible/supercronic",
        )
    web = next((x.command for x in lines if x.name == "web" and x.kept), "")
    return adapt(book, own, lines, web, gone), lines


def _look_only(book: Notebook, lines: tuple[ProcessLine, ...]) -> Detection:
    """Which languages there are, without asking: the Dockerfile that is there decides."""
    aside = Notebook(book.view, book.known, {}, book.today)
    return detect(aside, {line.name: line.command for line in lines if line.kept})


def _recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    if detection.main in RECIPES:
        made, lines = recipe_of(detection.main)(book, scan, lines, detection)
        if made is None and not book.questions:
            book.ask(
                "no-manifest",
                f"this should be {kind_of_app(detection.main)}, but what such an app is built from "
                "is not in the root",
                "run moveday files on the app's own folder, or add the missing file",
                found=detection.evidence,
            )
        return made, lines
    if detection.main:
        evidence = next(
            (m.evidence for m in detection.matches if m.language == detection.main),
            detection.evidence,
        )
        book.ask(
            f"language:{detection.main}",
            f"this is {kind_of_app(detection.main)}: moveday writes Dockerfiles for "
            f"{', '.join(map(language_name, RECIPES))} so far",
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
    runs = [line for line in lines if line.kept and "supercronic" in programs([line])]
    if runs:
        add_supercronic(recipe, runs[0].evidence)
    lines = end_cleanly(book, scan, recipe, lines)
    for_older_debian(recipe)
    ask_where_apt_fails(book, recipe)
    web = next((line for line in lines if line.name == "web" and line.kept), None)
    if web is None and not any(line.kept for line in lines):
        return lines
    if web is None:
        book.note("no-web", "no process answers the web: the app gets no endpoint")
        return lines
    if recipe.web or book.placeholders:
        recipe.web = fill_at_start(book, recipe, recipe.web or web.command)
        lines = tuple(
            line.model_copy(update={"command": recipe.web}) if line is web else line
            for line in lines
        )
    recipe.web = final_command(book, recipe.web or web.command)
    recipe.web_evidence = recipe.web_evidence or (web.evidence,)
    return lines


def _leave_behind(recipe: Recipe, gone: tuple[str, ...]) -> None:
    """Where a stage drops the configuration, it drops what else must not reach the image."""
    places = tuple(Evidence(path=path, fact="is in the repository") for path in gone)
    if any(".next/standalone" in line.text for line in recipe.copies):
        # Next.js copies environment files beside its server.
        gone = (*gone, *(f".next/standalone/{path}" for path in gone if path.startswith(".env")))
    for stage in recipe.stages if gone else ():
        for section in (stage.build, stage.prune):
            section[:] = [_with(line, gone, places) for line in section]


def _with(line: Line, gone: tuple[str, ...], places: tuple[Evidence, ...]) -> Line:
    if not re.search(r"^(RUN|    &&) .*\brm -rf [^&|;]*\.aptible\.env", line.text, re.M):
        return line
    text = re.sub(r"(\brm -rf [^&|;]*\.aptible\.env)", rf"\1 {' '.join(gone)}", line.text)
    return line.model_copy(update={"text": text, "evidence": (*line.evidence, *places)})


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
