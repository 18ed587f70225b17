"""The new side tested by the operator over pinned connections, accepted, and then set to work."""

import asyncio
from urllib.parse import urlsplit

from wizard.acts import do
from wizard.errors import BlockedError, CheckFailedError
from wizard.model.dns import SiteAnswer
from wizard.model.evidence import Evidence
from wizard.model.question import Question
from wizard.model.target import Endpoint
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.databases_moved import databases_to_move
from wizard.runbook.lines.freeze import frozen_app
from wizard.runbook.lines.move_names import move_id
from wizard.runbook.lines.pinned_by_hand import pinned_by_hand
from wizard.runbook.lines.target_line import open_target
from wizard.runbook.task import Task
from wizard.safety.consent import Level


async def look_at(context: RunContext, endpoint: Endpoint) -> SiteAnswer:
    """One pinned request to the smoke page of an endpoint, by the name users will use."""
    outside, smoke = context.session.outside, context.session.plan.smoke
    name = endpoint.domain or endpoint.host
    addresses = await outside.dns.addresses(endpoint.host)
    if not addresses:
        return SiteAnswer(url=f"https://{name}", address="", status=None, error="no address yet")
    wanted = tuple(dict.fromkeys([*smoke.expect, "commit", "side"]))
    return await outside.site.visit(f"https://{name}{smoke.path}", addresses[0], facts=wanted)


def smoke_trouble(context: RunContext, answer: SiteAnswer) -> str:
    """Why an answer does not pass the plan's smoke test; "" when it does."""
    smoke = context.session.plan.smoke
    if answer.status is None:
        return answer.error or "no answer"
    if answer.status != smoke.status:
        return f"status {answer.status} instead of {smoke.status}"
    for key, wanted in smoke.expect.items():
        seen = answer.body_facts.get(key, "")
        if seen != wanted:
            return f"{key} is “{seen}” instead of “{wanted}”"
    return ""


async def _endpoints(context: RunContext) -> list[Endpoint]:
    if not context.stage.custom_names:
        endpoint = await new_side.default_endpoint(context)
        found = [endpoint]
    else:
        found = [await new_side.custom_endpoint(context, name) for name in context.stage.names]
    if not found or any(e is None for e in found):
        raise BlockedError("an endpoint of the new side is missing", "", do("deploy"))
    return [e for e in found if e is not None]


async def _smoke(context: RunContext) -> None:
    """Nothing to change: the app was pointed at its data; the check looks until it answers."""


async def _smoke_passes(context: RunContext) -> Evidence | None:
    endpoints = await _endpoints(context)
    answers = await asyncio.gather(*(look_at(context, endpoint) for endpoint in endpoints))
    for answer in answers:
        trouble = smoke_trouble(context, answer)
        if trouble:
            host = urlsplit(answer.url).hostname
            if context.opened.get("smoke-said") != trouble:
                context.opened["smoke-said"] = trouble
                context.say(f"{host}: {trouble}")
            return None
    if context.recall("ready_at") is None:
        context.record("ready_at", context.session.clock.now().timestamp())
    hosts = ", ".join(str(urlsplit(a.url).hostname) for a in answers)
    return context.proof(f"the new side answers well: {hosts}", "pinned HTTPS connections")


def _accept_question(context: RunContext) -> Question:
    if context.stage.returns:
        return Question(
            id="accept",
            text="Would you accept the new side? It runs on the rehearsed copy.",
            why="the time you need to look is part of the outage; nothing is switched",
            kind="confirm",
            flag="--yes",
        )
    return Question(
        id="accept",
        text="Accept the new side? After this, its first write ends the free way back.",
        why="the smoke test passed with the moved data; nobody but you has used it yet",
        kind="confirm",
        flag="--accept",
    )


async def _accept(context: RunContext) -> None:
    """Note what the new side's counters say before anybody but the operator writes there."""
    for choice in databases_to_move(context):
        handle = context.stage.database_handle(choice)
        target = await open_target(context, handle)
        if not context.stage.returns:
            # With its marker the same move could empty the database: it is the app's own now.
            await context.session.outside.mover.remove_marker(target, move_id(context, choice))
        counters = await context.session.outside.probe.write_counters(target)
        context.record(f"accepted/{handle}", counters.model_dump(mode="json"))
    context.record("accepted_at", context.session.clock.now().timestamp())


async def _accepted(context: RunContext) -> Evidence | None:
    if context.recall("accepted_at") is None:
        return None
    return context.proof("a person accepted the new side", "answer")


async def _still_working_on_source(context: RunContext) -> str:
    app = frozen_app(context)
    formation, running = await asyncio.gather(app.formation(), app.running())
    serving = new_side.serving(context)
    on = sorted({n for n, c in [*formation.items(), *running.items()] if c and n != serving})
    return ", ".join(on)


async def _workers_on(context: RunContext) -> None:
    target, wanted = context.session.outside.target, new_side.services_after_move(context)
    busy = await _still_working_on_source(context)
    if busy:
        raise CheckFailedError(
            f"the old side still runs {busy}",
            "two sets of workers would do every job twice",
            f"scale the old side to zero, then {do('again')}",
        )
    for service in await target.services(await new_side.app(context)):
        choice = wanted.get(service.name)
        if choice is None or service.count == choice.count:
            continue
        consent = context.consent(Level.USERS_NOTICE, f"scale {service.name} to {choice.count}")
        await target.scale(service, choice.count, choice.memory_mb, consent)


async def _workers_run(context: RunContext) -> Evidence | None:
    services = await context.session.outside.target.services(await new_side.app(context))
    wanted = new_side.services_after_move(context)
    counts = {s.name: s.count for s in services}
    if any(counts.get(name) != choice.count for name, choice in wanted.items()):
        return None
    if await _still_working_on_source(context):
        return None
    words = ", ".join(f"{s.name} {s.count}" for s in services)
    return context.proof(f"the new side runs {words}; the old side's count is zero", "services")


async def _workers_off_again(context: RunContext) -> None:
    target = context.session.outside.target
    for service in await target.services(await new_side.app(context)):
        if service.name != new_side.serving(context) and service.count:
            consent = context.consent(Level.CHANGE_NEW_SIDE, f"scale {service.name} to 0")
            await target.scale(service, 0, None, consent)


def _workers_by_hand(context: RunContext) -> str:
    return "\n".join(
        new_side.by_hand(context, "scale", service=name, count=str(choice.count))
        for name, choice in new_side.services_after_move(context).items()
    )


SMOKE = Task(
    id="smoke",
    title="smoke test of the new side by pinned connection",
    side="new",
    check=_smoke_passes,
    do=_smoke,
    by_hand=pinned_by_hand,
    needs=("point-app",),
    effect="hard-down",
    expected=5,
    within=90,
)
ACCEPT = Task(
    id="accept",
    title="accept the new side",
    side="new",
    check=_accepted,
    do=_accept,
    question=_accept_question,
    needs=("still-frozen",),
    effect="hard-down",
    fidelity="twin",
    expected=60,
)
WORKERS_ON = Task(
    id="workers-on",
    title="workers and clock on, on the new side only",
    side="new",
    check=_workers_run,
    do=_workers_on,
    undo=_workers_off_again,
    undo_holds=True,
    by_hand=_workers_by_hand,
    needs=("switch",),
    fidelity="tabletop",
    level=Level.USERS_NOTICE,
    expected=20,
)
