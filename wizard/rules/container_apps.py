"""Services of one image become one app; several of them need a Procfile."""

import shlex
from collections.abc import Iterator

from wizard.model.containers import AppGroup
from wizard.model.inventory import Inventory, Process
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.build_stages import stage_item
from wizard.rules.left_out import may_run_nothing
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "I1": "services of one image are one app: one release, a service for each line of its Procfile",
    "I2": "an image that exists is deployed; its digest is noted at the deploy",
    "I3": "its Dockerfile builds it, from the repository",
    "I6": "the image that runs today is what the new side's begins with",
    "I9": "its Dockerfile builds it, and that is not here: what it makes is not seen",
    "I10": "arguments of a build: Aptible's own build passes none",
    "I11": "what waits for a job of another app is deployed behind it",
    "I4": "the image's name is a variable that has no value here",
}


def app_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per app, and one per command that only the image knows."""
    for app in facts.inventory.apps:
        yield _app(facts, app)
        yield from _arguments(facts, app)
        staged = stage_item(app, planned=facts.planned)
        if staged is not None:
            yield staged
        yield from _order(facts, app)
        yield from _commands(facts, app)


def _app(facts: MappingFacts, app: AppGroup) -> MappedItem:
    processes = [p for p in facts.inventory.processes if p.app == app.name]
    lasting = [p for p in processes if not p.job]
    identity = f"image/{app.name}"
    image = app.image if app.known else facts.answers.get(identity, "")
    rule = "I3" if app.build else "I2" if image else "I4"
    rule = "I6" if facts.planned and rule == "I2" else rule
    rule = "I9" if app.absent else rule
    said = [RULES[rule] + (f" ({app.absent})" if app.absent else "")]
    if len(lasting) > 1:
        said.append(f"{RULES['I1']} ({', '.join(p.name for p in lasting)})")
    procfile = procfile_of(lasting)
    target = "an app built from its Dockerfile" if app.build else "an app deployed from its image"
    target += ", once that is checked out: look again then" if app.absent else ""
    if facts.planned:
        target = "an app that a git push deploys, with Dockerfile and Procfile in the root"
        target += "" if app.build else ": FROM this image"
        target += " (moveday files writes them)"
    else:
        target += _with_files(facts, app)
    if procfile and not facts.planned:
        target += "; /.aptible/Procfile in the image names its services (moveday files writes it)"
    question = None
    if rule == "I4":
        question = Question(
            id=identity,
            text=f"Which image does {app.name} run?",
            why=RULES["I4"],
            kind="text",
            flag=f"--answers FILE ({identity})",
        )
    return MappedItem(
        group="apps",
        name=app.name,
        app=app.name,
        today=f"{app.image or 'built'}{f' from {app.build}' if app.build else ''}",
        becomes="open" if question else "app",
        target=target,
        because=rule,
        reason="; ".join(said),
        today_cents=None,
        question=question,
        by_hand=_by_hand(facts, app, image, procfile),
    )


def _with_files(facts: MappingFacts, app: AppGroup) -> str:
    """What an image that exists does not hold yet."""
    own = set(app.processes)
    found = facts.inventory
    copied = any(v.holds == "file" and own & set(v.processes) for v in found.volumes)
    made = any(f.app == app.name and f.kind != "variables" for f in found.mounted_files)
    if app.build or not (copied or made):
        return ""
    return ", in one of your own that has the mounted files too (moveday files writes it)"


def _by_hand(facts: MappingFacts, app: AppGroup, image: str, procfile: str) -> tuple[str, ...]:
    """aptible-cli 0.26: an image is deployed with --docker-image, code by a push."""
    environment = facts.plan.target.environment
    name = facts.plan.target.app if facts.planned else app.name
    made = facts.by_hand("create-app", app=name, environment=environment)
    if app.build or facts.planned:
        deploy = facts.by_hand("push", app=name, environment=environment)
    else:
        deploy = (
            f"aptible deploy --app {shlex.quote(app.name)} --environment"
            f" {shlex.quote(environment)} --docker-image {shlex.quote(image) if image else 'IMAGE'}"
        )
    return (made, deploy, *((procfile,) if procfile else ()))


def procfile_of(processes: list[Process]) -> str:
    """The Procfile of an app; "" when its image's own command is all it runs."""
    if len(processes) == 1 and not processes[0].command:
        return ""
    lines = [f"{p.name}: {p.command or 'COMMAND-OF-THE-IMAGE'}" for p in processes]
    return "\n".join(lines)


def _arguments(facts: MappingFacts, app: AppGroup) -> Iterator[MappedItem]:
    if not app.args:
        return
    count = f"{len(app.args)} argument{'s' if len(app.args) > 1 else ''}"
    pushed = "set -a; . ./.aptible.env; set +a in the RUN that needs them: the configuration"
    yield MappedItem(
        group="apps",
        name=f"build of {app.name}",
        app=app.name,
        today=f"takes {count}: {', '.join(app.args)}",
        becomes="given by a person",
        target=f"{pushed} has to hold them before the push"
        if facts.planned
        else "docker build --build-arg NAME, where you build it; in a build by git push:"
        f" {pushed} has to hold them",
        because="I10",
        reason=RULES["I10"],
    )


def deployed_behind(inventory: Inventory, app: AppGroup) -> tuple[tuple[str, str, str], ...]:
    """(own service, job, the job's app) for every job of another app that the app's own wait for:
    each is a hook of its app, and hooks run when that is deployed."""
    jobs = {p.name: p.app for p in inventory.processes if p.job and p.app != app.name}
    return tuple(
        (process.name, name, jobs[name])
        for process in inventory.processes
        if process.app == app.name
        for name in process.after
        if name in jobs
    )


def _order(facts: MappingFacts, app: AppGroup) -> Iterator[MappedItem]:
    before = deployed_behind(facts.inventory, app)
    if before and not facts.planned:
        yield MappedItem(
            group="apps",
            name=f"order of {app.name}",
            app=app.name,
            today=", ".join(f"{own} waits for {job}" for own, job, _ in before),
            becomes="told",
            target=f"deploy {', '.join(dict.fromkeys(of for _, _, of in before))} first, then"
            f" {app.name}",
            because="I11",
            reason=RULES["I11"],
        )


def _commands(facts: MappingFacts, app: AppGroup) -> Iterator[MappedItem]:
    processes = [p for p in facts.inventory.processes if p.app == app.name]
    lasting = [p for p in processes if not p.job]
    # An entry point of a hook takes the image's command away: the service's has to be named too.
    listed = len(lasting) > 1 or any(p.job and p.entrypoint for p in processes)
    for process in lasting:
        identity = f"command/{process.name}"
        own = not process.command
        if facts.answers.get(identity) or not (process.waits or (own and listed)):
            continue
        if own and app.commanded:
            continue
        waits = f"its command waits for {', '.join(process.waits)}, which has no value here"
        yield MappedItem(
            group="apps",
            name=f"command of {process.name}",
            app=app.name,
            today="the image's own" if own else waits,
            becomes="open",
            target="a line of the Procfile",
            because="I1",
            reason="a Procfile names every service's command, and this one is known to the image"
            if own
            else waits,
            question=_asked(facts, process, identity, "" if own else waits),
        )


def _asked(facts: MappingFacts, process: Process, identity: str, waits: str) -> Question:
    own = "" if waits else " It is the image's own."
    text = f"Which command does {process.name} run?{own}"
    why = waits or "docker image inspect shows Entrypoint and Cmd; the Procfile needs them"
    if may_run_nothing(facts.inventory, process):
        text = f"Does {process.name} run at all? “none”, or the command that it runs."
        why = (
            "it has no command and no port, and nobody names it: it may only hold what others of"
            f" its image share; {why}"
        )
    return Question(
        id=identity, text=text, why=why, kind="text", flag=f"--answers FILE ({identity})"
    )
