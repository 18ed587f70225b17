"""What moveday does not carry over: people, logs, scaling, releases; what to do about each."""

import shlex
from collections.abc import Iterator

from wizard.model.inventory import Inventory
from wizard.model.mapping import Becomes, Group, MappedItem
from wizard.model.plan import Plan
from wizard.model.platform_facts import Drain
from wizard.rules import leftover_words as words

RULES = {
    "L1": "accounts of people are not moved: who may do what is decided anew",
    "L2": "log drains are made anew: their addresses hold secrets that nobody can read back",
    "L3": "an autoscaler of the old platform scales dynos only, and would thaw a frozen app",
    "L4": "a switch of the old platform",
    "L5": "releases by the old platform: pipelines, automatic deploys, webhooks",
    "L6": "what built the app becomes lines of the Dockerfile",
    "L7": "alerts are set up anew",
    "L8": "another app's use of this app's add-on",
}


def leftovers(inventory: Inventory, plan: Plan) -> tuple[MappedItem, ...]:
    """One item per thing, in the inventory's order."""
    return (
        *_people(inventory),
        *_logs(inventory, plan),
        *_scaling(inventory, plan),
        *_releases(inventory, plan),
        *_platform(inventory),
    )


def _left(
    group: Group,
    name: str,
    today: str,
    target: str,
    because: str,
    reason: str = "",
    by_hand: tuple[str, ...] = (),
    becomes: Becomes = "not carried over",
) -> MappedItem:
    return MappedItem(
        group=group,
        name=name,
        today=today,
        becomes=becomes,
        target=target,
        because=because,
        reason=reason or RULES[because],
        by_hand=by_hand,
    )


def _people(inventory: Inventory) -> Iterator[MappedItem]:
    for person in inventory.collaborators:
        yield _left("people", person.email, person.role or "has access", words.PEOPLE_HINT, "L1")


def _logs(inventory: Inventory, plan: Plan) -> Iterator[MappedItem]:
    for number, drain in enumerate(inventory.drains, 1):
        name = drain.host if _only_host(drain, inventory) else f"{drain.host} ({number})"
        made = f"made by {drain.addon}" if drain.addon else "made by a person"
        yield _left(
            "logs",
            name,
            f"{drain.scheme} drain, {made}",
            "a log drain of the new environment",
            "L2",
            by_hand=(_drain_command(drain, plan),),
        )


def _only_host(drain: Drain, inventory: Inventory) -> bool:
    return sum(other.host == drain.host for other in inventory.drains) == 1


def _drain_command(drain: Drain, plan: Plan) -> str:
    """aptible-cli 0.26: log_drain:create:*; ports and tokens are not known, so they stay words."""
    environment = shlex.quote(plan.target.environment)
    handle = shlex.quote(f"{plan.target.app}-logs")
    host = shlex.quote(drain.host)
    if "syslog" in drain.scheme:
        kind = "papertrail" if "papertrail" in drain.host else "syslog"
        return (
            f"aptible log_drain:create:{kind} {handle} --host {host} --port PORT"
            f" --environment {environment}"
        )
    return f'aptible log_drain:create:https {handle} --url "$URL" --environment {environment}'


def _scaling(inventory: Inventory, plan: Plan) -> Iterator[MappedItem]:
    for scaler in inventory.autoscalers:
        state = "on" if scaler.active else "off"
        command = (
            f"aptible services:autoscaling_policy:set {shlex.quote(scaler.process)}"
            f" --app {shlex.quote(plan.target.app)}"
            f" --environment {shlex.quote(plan.target.environment)}"
            f" --autoscaling-type horizontal --min-containers {scaler.minimum}"
            f" --max-containers {scaler.maximum} --min-cpu-threshold 0.2 --max-cpu-threshold 0.9"
        )
        yield _left(
            "scaling",
            f"autoscaling of {scaler.process}",
            f"{scaler.minimum} to {scaler.maximum}, {state}",
            "horizontal autoscaling by CPU, once its load is known",
            "L3",
            by_hand=(command,) if scaler.active else (),
        )


def _releases(inventory: Inventory, plan: Plan) -> Iterator[MappedItem]:
    if inventory.pipeline:
        target, reason = words.PIPELINE_HINT
        yield _left("releases", f"pipeline {inventory.pipeline}", "", target, "L5", reason)
    for sibling in inventory.siblings:
        twin = sibling.app == plan.source.staging
        yield _left(
            "releases",
            sibling.app,
            f"the pipeline's {sibling.stage} app",
            "stays as it is: a move of its own, later",
            "L5",
            "rehearsals freeze and thaw it" if twin else "another app of the same pipeline",
        )
    for deploy in inventory.auto_deploys:
        target, reason = words.AUTO_DEPLOY_HINT
        today = f"deploys {deploy.branch} by itself" if deploy.active else "switched off"
        command = (
            f"aptible deploy --app {shlex.quote(plan.target.app)}"
            f" --environment {shlex.quote(plan.target.environment)} --git-commitish COMMIT"
        )
        yield _left("releases", deploy.repository, today, target, "L5", reason, (command,))
    for number, hook in enumerate(inventory.webhooks, 1):
        target, reason = words.WEBHOOK_HINT
        name = f"webhook {number} to {hook.host}"
        yield _left("releases", name, ", ".join(hook.events), target, "L5", reason)


def _platform(inventory: Inventory) -> Iterator[MappedItem]:
    for pack in inventory.buildpacks:
        yield _left(
            "platform",
            f"buildpack {pack.ordinal} {pack.name}",
            "builds the app",
            "the Dockerfile",
            "L6",
            becomes="replaced",
        )
    for feature in inventory.features:
        target, reason = words.FEATURES.get(feature.name, words.UNKNOWN_FEATURE)
        if not feature.enabled:
            target, reason = words.NOTHING_TO_DO, "it is switched off"
        state = "on" if feature.enabled else "off"
        yield _left("platform", f"feature {feature.name}", state, target, "L4", reason)
    yield from _used_elsewhere(inventory)
    target = words.ALERTS_HINT
    reason = words.ALERTS_KEPT.get(inventory.source, words.ALERTS_ELSEWHERE)
    yield _left("platform", "alerts", "not readable", target, "L7", reason)


def _used_elsewhere(inventory: Inventory) -> Iterator[MappedItem]:
    """Add-ons of this app that others use, and the other way round."""
    databases = {database.name for database in inventory.databases}
    for use in inventory.attachments:
        if use.user_app in ("", inventory.app):
            continue
        if use.addon in databases:
            target = "nothing changes there: it would go on with the old data"
        else:
            target = "nothing changes there, as long as the add-on is not deleted"
        yield _left(
            "platform",
            f"{use.addon} as {use.alias} in {use.user_app}",
            f"{use.user_app} uses it too",
            target,
            "L8",
            "moving or deleting the add-on is felt there: settle it with its owners",
        )
