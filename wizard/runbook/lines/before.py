"""Before the outage: facts read again and compared, the endpoints' certificates, the go."""

import asyncio

from wizard.acts import do
from wizard.engine.events import PersonNeeded
from wizard.errors import BlockedError
from wizard.model.dns import RecordChange
from wizard.model.evidence import Evidence
from wizard.model.inventory import Inventory
from wizard.model.question import Question
from wizard.model.target import Endpoint
from wizard.rules.inventory_changes import changes, that_matter_for_a_freeze
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.certificates import certificates_ready, custom_endpoints
from wizard.runbook.lines.databases_moved import by_job, databases_to_move
from wizard.runbook.lines.followed import followed
from wizard.runbook.lines.rehearsed_schema import facts_of, record_facts
from wizard.runbook.task import Task
from wizard.safety.consent import Level

ACME_TTL = 300
"""Seconds; the record stays for good, so its TTL hardly matters."""


def differences(before: Inventory, now: Inventory) -> list[str]:
    """What changed on the source between two looks, in words; empty when nothing that matters."""
    return [change.words for change in that_matter_for_a_freeze(changes(before, now))]


async def read_unchanged(context: RunContext) -> Inventory:
    """The source as it is now; BlockedError when it changed since it was looked at."""
    session = context.session
    before = session.inventory()
    if before is None:
        raise BlockedError(
            "there is no inventory to compare with", "", f"{do('inventory')} and rehearse first"
        )
    now = await session.outside.source.read_inventory(session.fingerprint)
    changed = differences(before, now)
    if changed:
        raise BlockedError(
            "the old side changed since it was looked at",
            "\n".join(changed),
            f"{do('inventory')} again, {do('deploy')} again, and rehearse what changed\n"
            f"(when a cutover is open, {do('roll-back')} first)",
        )
    return now


async def _compare(context: RunContext) -> None:
    session = context.session
    now = await read_unchanged(context)
    facts = {}
    for choice in databases_to_move(context):
        # Where only a job can look there is none yet: the preflight compares those.
        if choice not in by_job(context):
            connection = await session.outside.source.database(choice.variable)
            facts[choice.variable] = facts_of(await session.outside.probe.facts(connection))
    record_facts(context, facts)
    context.record("release", now.release.version if now.release else None)


async def _compared(context: RunContext) -> Evidence | None:
    if context.recall("facts") is None:
        return None
    return context.proof("release, configuration, formation as rehearsed", "the source, read again")


async def _make_endpoints(context: RunContext) -> None:
    web = await new_side.service(context, new_side.serving(context))
    target, plan = context.session.outside.target, context.session.plan
    for domain in context.stage.names:

        async def find(domain: str = domain) -> Endpoint | None:
            return await new_side.custom_endpoint(context, domain)

        async def act(domain: str = domain) -> Endpoint:
            async with followed(context, domain) as log:
                return await target.create_endpoint(
                    web,
                    domain=domain,
                    port=plan.port,
                    allowed_ips=(),
                    consent=context.consent(Level.CHANGE_NEW_SIDE, f"endpoint for {domain}"),
                    on_log=log,
                )

        await context.once(f"endpoint/{domain}", find, act)


async def _endpoints_made(context: RunContext) -> Evidence | None:
    found = [await new_side.custom_endpoint(context, name) for name in context.stage.names]
    if not all(found):
        return None
    hosts = ", ".join(f"{e.domain} → {e.host}" for e in found if e)
    return context.proof(f"endpoints: {hosts}", "endpoints of the target")


def _acme_changes(endpoints: list[Endpoint]) -> tuple[RecordChange, ...]:
    return tuple(
        RecordChange(name=record.name, type="CNAME", ttl=ACME_TTL, values=(record.target,))
        for endpoint in endpoints
        for record in endpoint.acme
    )


async def _ask_acme(context: RunContext) -> PersonNeeded:
    return PersonNeeded(
        "acme-records",
        ACME_RECORDS.title,
        "At your DNS host, add these records and leave them for good: certificates are renewed "
        "through them.",
        changes=_acme_changes(await custom_endpoints(context)),
    )


async def _acme_there(context: RunContext) -> Evidence | None:
    changes = _acme_changes(await custom_endpoints(context))
    dns = context.session.outside.dns
    surveys = await asyncio.gather(*(dns.survey(c.name, ("CNAME",)) for c in changes))
    for change, survey in zip(changes, surveys, strict=True):
        wanted = {value.rstrip(".").lower() for value in change.values}
        for answer in survey.answers:
            own = answer.own(change.name)
            if own is None or {v.rstrip(".").lower() for v in own.values} != wanted:
                return None
    names = ", ".join(change.name for change in changes) or "none needed"
    return context.proof(f"certificate records at every server: {names}", "authoritative servers")


async def _renew(context: RunContext) -> None:
    for endpoint in await custom_endpoints(context):
        if endpoint.certificate != "ready":
            context.session.journal.append("intent", key=f"renew/{endpoint.domain}")
            consent = context.consent(Level.CHANGE_NEW_SIDE, f"certificate for {endpoint.domain}")
            await context.session.outside.target.renew_certificate(endpoint, consent)
            context.session.journal.append("effect", key=f"renew/{endpoint.domain}")


def _renew_by_hand(context: RunContext) -> str:
    return new_side.by_hand(context, "renew")


def _go_question(context: RunContext) -> Question:
    app = context.stage.frozen_app or context.session.outside.source
    if context.stage.returns:
        frozen = context.stage.frozen_app
        what = (
            f"{frozen.app} is frozen and thawed"
            if frozen is not None
            else f"{app.app} is only read, its freeze is walked through"
        )
        return Question(
            id="go",
            text=f"Start the rehearsal? {what}; everything is taken back.",
            why="scratch databases cost money while they exist; their retained backups hold PHI",
            kind="confirm",
            flag="--yes",
        )
    return Question(
        id="go",
        text=f"Start now? {app.app} goes down for its users. Type the app's name:",
        why="everything before the outage is done; from here on users notice",
        kind="name",
        expected=app.app,
        flag="--confirm NAME",
    )


async def _went(context: RunContext) -> Evidence | None:
    return context.proof("a person said go", "answer")


FACTS_COMPARED = Task(
    id="facts-compared",
    title="read the old side again and compare",
    side="old",
    check=_compared,
    do=_compare,
    repeat=True,
    expected=5,
)
ENDPOINTS = Task(
    id="endpoints",
    title="endpoints for the app's own names",
    side="new",
    check=_endpoints_made,
    do=_make_endpoints,
    needs=("facts-compared", "dns-surveyed"),
    fidelity="tabletop",
    level=Level.CHANGE_NEW_SIDE,
    expected=30,
)
ACME_RECORDS = Task(
    id="acme-records",
    title="certificate records in DNS",
    side="dns",
    who="person",
    check=_acme_there,
    request=_ask_acme,
    needs=("endpoints",),
    fidelity="tabletop",
    expected=120,
)
CERTIFICATES = Task(
    id="certificates",
    title="certificates ready before anything moves",
    side="new",
    check=certificates_ready,
    do=_renew,
    by_hand=_renew_by_hand,
    needs=("acme-records",),
    fidelity="tabletop",
    level=Level.CHANGE_NEW_SIDE,
    expected=60,
    within=120,
)
GO = Task(
    id="go",
    title="go",
    side="here",
    check=_went,
    question=_go_question,
    needs=("certificates", "ttl-run-out", "preflight", "runner-ready", "stays-still"),
    fidelity="real",
    expected=5,
)
