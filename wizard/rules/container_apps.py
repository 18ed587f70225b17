"""Services of one image become one app; several of them need a Procfile."""

import shlex
from collections.abc import Iterator

from wizard.model.containers import AppGroup
from wizard.model.inventory import Process
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.left_out import may_run_nothing
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "I1": "services of one image are one app: one release, a service for each line of its Procfile",
    "I2": "an image that exists is deployed; its digest is noted at the deploy",
    "I3": "its Dockerfile builds it, from the repository",
    "I6": "the image that runs today is what the new side's begins with",
    "I4": "the image's name is a variable that has no value here",
}


def app_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per app, and one per command that only the image knows."""
    for app in facts.inventory.apps:
        yield _app(facts, app)
        yield from _commands(facts, app)


def _app(facts: MappingFacts, app: AppGroup) -> MappedItem:
    processes = [p for p in facts.inventory.processes if p.app == app.name]
    lasting = [p for p in processes if not p.job]
    identity = f"image/{app.name}"
    image = app.image if app.known else facts.answers.get(identity, "")
    rule = "I3" if app.build else "I2" if image else "I4"
    rule = "I6" if facts.planned and rule == "I2" else rule
    said = [RULES[rule]]
    if len(lasting) > 1:
        said.append(f"{RULES['I1']} ({', '.join(p.name for p in lasting)})")
    procfile = procfile_of(lasting)
    target = "an app built from its Dockerfile" if app.build else "an app deployed from its image"
    if facts.planned:
        target = "an app that a git push deploys, with Dockerfile and Procfile in the root"
        target += "" if app.build else ": FROM this image"
        target += " (moveday files writes them)"
    elif procfile:
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


def _commands(facts: MappingFacts, app: AppGroup) -> Iterator[MappedItem]:
    processes = [p for p in facts.inventory.processes if p.app == app.name and not p.job]
    for process in processes if len(processes) > 1 else ():
        identity = f"command/{process.name}"
        if process.command or facts.answers.get(identity):
            continue
        yield MappedItem(
            group="apps",
            name=f"command of {process.name}",
            app=app.name,
            today="the image's own",
            becomes="open",
            target="a line of the Procfile",
            because="I1",
            reason="a Procfile names every service's command, and this one is known to the image",
            question=_asked(facts, process, identity),
        )


def _asked(facts: MappingFacts, process: Process, identity: str) -> Question:
    text = f"Which command does {process.name} run? It is the image's own."
    why = "docker image inspect shows Entrypoint and Cmd; the Procfile needs them"
    if may_run_nothing(facts.inventory, process):
        text = f"Does {process.name} run at all? “none”, or the command that it runs."
        why = (
            "it has no command and no port, and nobody names it: it may only hold what others of"
            f" its image share; {why}"
        )
    return Question(
        id=identity, text=text, why=why, kind="text", flag=f"--answers FILE ({identity})"
    )
