"""Do the app's files work? Linted, built, booted and stopped on this machine, in a copy."""

import hashlib
import secrets
import shlex
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from wizard.engine.build_context import BuildContext, build_context
from wizard.errors import MovedayError, OutsideError
from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.errors import FormatError
from wizard.formats.procfile import read_procfile
from wizard.model.container import ImageFacts
from wizard.model.file_checks import CheckName, FileCheck, FilesChecked
from wizard.model.files import Proposal
from wizard.model.repo_view import RepoView
from wizard.ports.container_engine import ContainerEngine, FileJudges
from wizard.rules.image_findings import lint_lines, serious
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR
from wizard.steps.files_bench import Bench, Say, check
from wizard.steps.files_boot import WEB, Service, boot_checks, second_image_boots
from wizard.steps.files_image import build_check, image_checks

DOCKERFILE = "Dockerfile"
_RELEASE = "release"


@dataclass(frozen=True)
class ToCheck:
    """What is tried out: a checkout with the proposal written over it.

    `values` is the configuration a person gave, {} for none.
    """

    folder: Path
    view: RepoView
    proposal: Proposal
    values: Mapping[str, SecretStr] = field(default_factory=dict)


async def check_files(subject: ToCheck, judges: FileJudges, say: Say) -> FilesChecked:
    """Make every check that can be made here; nothing in the person's folder changes.

    A judge that is missing leaves "not checked". Raises MachineError when the copy cannot be made.
    """
    began = time.monotonic()
    text = _text(subject, DOCKERFILE)
    digest = hashlib.sha256(text.encode()).hexdigest() if text else ""
    if not text:
        missing = _unchecked("build", "there is no Dockerfile, and none is proposed yet")
        return FilesChecked(checks=(missing,))
    checks = [await timed(_hadolint(judges, text))]
    engine, version, reason = judges.engine, "", judges.no_engine
    if engine is not None:
        try:
            version = await engine.version()
        except MovedayError as error:
            engine, reason = None, f"{error.title}: {error.detail}" if error.detail else error.title
    if engine is None:
        checks += [_unchecked(name, reason) for name in ("build-check", "build")]
    else:
        with build_context(
            subject.folder, subject.view, subject.proposal.changes, subject.values
        ) as context:
            checks += await _with_engine(subject, engine, context, say)
    return FilesChecked(
        checks=tuple(_shown(made) for made in checks),
        engine=clean(version),
        engine_reason=clean(REDACTOR.redact(reason)),
        digest=digest,
        seconds=round(time.monotonic() - began, 1),
    )


async def _with_engine(
    subject: ToCheck, engine: ContainerEngine, context: BuildContext, say: Say
) -> list[FileCheck]:
    name = f"moveday-{secrets.token_hex(5)}"
    bench = Bench(engine, context, name, _base(subject), subject.values, say)
    try:
        checks = [await timed(_engine_lint(engine, context))]
        first = f"{bench.id}:plain"
        ignored = context.hide_ignore()
        say("building as Aptible does: no .dockerignore, an .aptible.env of invented values")
        checks.append(await timed(build_check(bench, first, "build")))
        context.restore_ignore()
        second = ""
        if ignored and checks[-1].verdict != "not checked":
            second = f"{bench.id}:ignoring"
            say("building once more, with .dockerignore")
            checks.append(await timed(build_check(bench, second, "build-ignoring")))
            second = second if checks[-1].verdict == "ok" else ""
        if checks[1].verdict != "ok":
            return [*checks, _unchecked("boots", "there is no image to start")]
        facts = await engine.image(first)
        say("looking into the image: user, port, layers, libraries")
        checks += await image_checks(bench, first, facts)
        for service in services(_text(subject, "Procfile"), facts):
            if service.name == _RELEASE:
                why = "not run: a release command changes databases"
                checks.append(_unchecked("boots", why, service.name))
                continue
            try:
                checks += await boot_checks(bench, first, facts, service)
                if second and service.name == WEB and _answered(checks):
                    checks.append(await second_image_boots(bench, second, facts, service))
            except OutsideError as error:
                why = f"the engine gave up: {error.title}: {error.detail}".strip(": ")
                checks.append(_unchecked("boots", why, service.name))
        return checks
    finally:
        for left in await bench.clear():
            say(f"! not removed: {left}; docker lists it under the label moveday=check")


async def timed(work: Awaitable[FileCheck]) -> FileCheck:
    """The check with how long it took."""
    began = time.monotonic()
    made = await work
    return made.model_copy(update={"seconds": round(time.monotonic() - began, 1)})


async def _hadolint(judges: FileJudges, text: str) -> FileCheck:
    if judges.linter is None:
        return _unchecked("lint", judges.no_linter)
    try:
        found = serious(await judges.linter.lint(text))
    except MovedayError as error:
        return _unchecked("lint", f"{error.title}: {error.detail}".strip(": "))
    what = f"hadolint has {len(found)} warnings" if found else "hadolint has nothing to say"
    return check("lint", "failed" if found else "ok", what, lint_lines(found))


async def _engine_lint(engine: ContainerEngine, context: BuildContext) -> FileCheck:
    try:
        found = await engine.lint(context.path)
    except OutsideError as error:
        return _unchecked("build-check", f"docker build --check: {error.detail or error.title}")
    what = f"docker build --check has {len(found)} warnings" if found else "nothing to say"
    return check("build-check", "failed" if found else "ok", what, lint_lines(found))


def services(procfile: str, facts: ImageFacts) -> tuple[Service, ...]:
    """What Aptible would run of this image, the web process first.

    Without a Procfile there is one service that runs the image's own command.
    """
    try:
        entries = read_procfile(procfile).entries if procfile.strip() else ()
    except FormatError:
        entries = ()
    if not entries:
        return (Service(WEB if facts.ports else "cmd", ()),)
    found = [Service(e.name, words_of(e.command, facts.entrypoint)) for e in entries]
    return tuple(sorted(found, key=lambda service: service.name != WEB))


def words_of(command: str, entrypoint: tuple[str, ...]) -> tuple[str, ...]:
    """The words a container gets for a Procfile's line.

    Aptible runs it by /bin/sh, unless the image has an ENTRYPOINT: then they are its arguments.
    """
    if not entrypoint:
        return ("/bin/sh", "-c", command)
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return tuple(command.split())


def _answered(checks: Sequence[FileCheck]) -> bool:
    return any(made.name == "answers" and made.verdict == "ok" for made in checks)


def _base(subject: ToCheck) -> str:
    try:
        return read_dockerfile(_text(subject, DOCKERFILE)).base()
    except FormatError:
        return ""


def _text(subject: ToCheck, path: str) -> str:
    proposed = subject.proposal.file(path)
    return proposed.text if proposed else subject.view.read(path) or ""


def _unchecked(name: CheckName, why: str, process: str = "") -> FileCheck:
    return check(name, "not checked", why, process=process)


def _shown(made: FileCheck) -> FileCheck:
    """Safe to show: logs are outside text, and may hold what was given."""
    return made.model_copy(
        update={
            "what": clean(REDACTOR.redact(made.what), 400),
            "process": clean(made.process, 80),
            "evidence": tuple(clean(REDACTOR.redact(line), 300) for line in made.evidence[:20]),
        }
    )
