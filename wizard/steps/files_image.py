"""Checks of one image: does it build, who runs in it, what lies in its layers, what is missing?"""

import shlex
import time
from typing import Literal

from wizard.errors import MovedayError
from wizard.model.container import ImageFacts
from wizard.model.file_checks import CheckName, FileCheck
from wizard.rules.boot_needs import last_lines, named
from wizard.rules.docker_steps import failed_step
from wizard.rules.image_findings import (
    LIBRARIES_SCRIPT,
    build_step,
    endpoint_port,
    failure_lines,
    missing_libraries,
    why_not_built,
)
from wizard.steps.files_bench import Bench, check

BUILD_LIMIT = 30 * 60.0
"""Seconds: Aptible ends a build after 30 minutes [its deploy page]."""
_SCRIPT_LIMIT = 180.0
_ROOT = frozenset({"", "0", "root"})
_KINDS = {
    "value": "a value of the configuration",
    "aptible-env": ".aptible.env",
    "git": "a git folder (history, and credentials of the remote)",
    "key": "a private key",
}


async def build_check(
    bench: Bench, image: str, name: Literal["build", "build-ignoring"]
) -> FileCheck:
    """Build the context as it lies there now."""
    said: set[str] = set()

    def follow(line: str) -> None:
        step = build_step(line)
        if step and step not in said:
            said.add(step)
            bench.say(f"  {step}")

    bench.images.append(image)
    try:
        built = await bench.engine.build(bench.context.path, image, follow, BUILD_LIMIT)
    except TimeoutError:
        return check(name, "failed", "not built within the 30 minutes that Aptible gives a build")
    except MovedayError as error:
        return check(name, "not checked", error.title, (error.detail,))
    if built.code == 0:
        way = "with" if name == "build-ignoring" else "without"
        return check(name, "ok", f"builds {way} .dockerignore")
    evidence = failure_lines(built.log)
    why = why_not_built(built.log)
    if why == "outside":
        what = "the build could not download what it needs: a network or a registry did not answer"
        return check(name, "not checked", what, evidence)
    if why == "unreadable":
        what = f"docker cannot read {bench.context.home}: set TMPDIR to a folder that it can read"
        return check(name, "not checked", what, evidence)
    step = failed_step(built.log)
    return check(name, "failed", f"does not build: {step}" if step else "no build", evidence)


async def image_checks(bench: Bench, image: str, facts: ImageFacts) -> list[FileCheck]:
    """Everything that can be told without starting a process of the app's."""
    found = []
    for work in (_user, _port, _layers, _libraries):
        began = time.monotonic()
        try:
            made = await work(bench, image, facts)
        except (MovedayError, TimeoutError) as error:
            name: CheckName = work.__name__.strip("_")  # type: ignore[assignment]
            made = check(name, "not checked", str(error) or "no answer in time")
        found.append(made.model_copy(update={"seconds": round(time.monotonic() - began, 1)}))
    return found


async def _user(bench: Bench, image: str, facts: ImageFacts) -> FileCheck:
    user = facts.user.partition(":")[0]
    if user in _ROOT or (user.isdigit() and int(user) == 0):
        return check("user", "failed", "runs as root: no USER, or USER root")
    if user.isdigit():
        return check("user", "ok", f"runs as uid {user}")
    asked = await bench.engine.run(image, f"id -u -- {shlex.quote(user)}", 60)
    uid = asked.output.strip().splitlines()[-1] if asked.output.strip() else ""
    if asked.code or not uid.isdigit():
        return check("user", "not checked", f"no uid can be told for the user {user}")
    if int(uid) == 0:
        return check("user", "failed", f"runs as root: {user} has uid 0")
    return check("user", "ok", f"runs as {user}, uid {uid}")


async def _port(bench: Bench, image: str, facts: ImageFacts) -> FileCheck:
    port, wrong = endpoint_port(facts, bench.values)
    if wrong:
        return check("port", "failed", wrong)
    amd64 = facts.architecture in ("amd64", "")
    also = () if amd64 else (f"built for {facts.architecture} here; Aptible runs amd64",)
    return check("port", "ok", f"an endpoint goes to {port}", also)


async def _layers(bench: Bench, image: str, facts: ImageFacts) -> FileCheck:
    seen = await bench.engine.search(image, bench.base, bench.context.marker)
    lines = tuple(f"{find.path}: {_KINDS[find.kind]}" for find in seen.finds)
    if lines:
        kinds = named(dict.fromkeys(_KINDS[find.kind] for find in seen.finds))
        return check("layers", "failed", f"in the image's layers: {kinds}", lines)
    if seen.unread:
        return check("layers", "not checked", "not every layer could be read", seen.unread)
    return check("layers", "ok", "no .aptible.env, planted value, git folder or key in a layer")


async def _libraries(bench: Bench, image: str, facts: ImageFacts) -> FileCheck:
    ran = await bench.engine.run(image, LIBRARIES_SCRIPT, _SCRIPT_LIMIT)
    missing = missing_libraries(ran.output)
    if missing is None:
        what = "the image lacks what is needed to look (sh, find, grep, ldd)"
        return check("libraries", "not checked", what, last_lines(ran.output, 2))
    if missing:
        return check("libraries", "failed", f"missing: {named(missing, 3)}", missing)
    return check("libraries", "ok", "every shared library that the app's files want is there")
