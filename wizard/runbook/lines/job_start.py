"""What a person is asked for when the job beside the source has to be started, or started again.

Its two URLs are given to the source's platform as secrets; its program holds none.
"""

from pathlib import Path

from pydantic import SecretStr

from wizard.engine.events import ContainerToStart, PersonNeeded
from wizard.errors import BlockedError
from wizard.generate.source_job import packed
from wizard.model.plan import DatabaseChoice
from wizard.model.source_job import JobOrder, KeptSecret
from wizard.rules.job_image import job_image
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.job_names import (
    asked_key,
    beside,
    container_name,
    job_name,
    jobs,
    line_name,
    secret_names,
)
from wizard.runbook.lines.move_names import move_id
from wizard.safety.consent import Level

READY = "job-ready"
"""Under which it is asked for, also while another task is at work."""


async def start_request(
    context: RunContext, choice: DatabaseChoice, title: str, why: str
) -> PersonNeeded:
    """Everything that moveday can do for it, done; then what only a person can.

    The same container by whoever asks, in one run. BlockedError when there is no way in for it.
    """
    container = container_name(context, choice)
    order = await _order(context, choice)
    script = jobs(context).script(order)
    line = packed(script)
    # Too long to be read off a screen: it is copied from a file. The other one is for reading.
    to_copy = _written(context, line_name(container), line)
    to_read = _written(context, f"{container}.sh", script)
    names = secret_names(context, choice)
    image = f"postgres:{order.major}"
    # The report says at the end what somebody has put there.
    context.record(asked_key(container), {"image": image, "secrets": list(names)})
    return PersonNeeded(
        READY,
        title,
        f"{why} What it runs stands in {to_copy}, and to be read in {to_read}; no secret is in"
        " either.",
        by_hand=beside(context).start_by_hand(container, image, names),
        start=ContainerToStart(container, image, line, names),
    )


async def _order(context: RunContext, choice: DatabaseChoice) -> JobOrder:
    target = context.session.outside.target
    database = await new_side.database(context, context.stage.database_handle(choice))
    entrance = await target.find_entrance(database)
    if entrance is None:
        raise BlockedError(f"there is no way in to {database.handle}", "somebody has removed it")
    inventory = context.session.inventory()
    source = next(
        (d for d in (inventory.databases if inventory else ()) if d.variable == choice.variable),
        None,
    )
    of_source, of_target = secret_names(context, choice)
    return JobOrder(
        kind="serve",
        job=job_name(context, choice),
        major=job_image(source.version if source else "", database.version),
        source=await _kept(context, of_source, await beside(context).url(choice.variable)),
        target=await _kept(context, of_target, await target.entrance_url(database, entrance)),
        target_ca=await target.database_certificates(database),
        move=move_id(context, choice),
        queries=tuple(
            queue.waiting
            for queue in context.session.plan.queues
            if queue.variable == choice.variable
        ),
    )


async def _kept(context: RunContext, name: str, value: SecretStr) -> KeptSecret:
    """Given again by whoever comes back: it is kept by its name, once."""
    key = f"{context.label}/secret/{name}"
    consent = context.consent(Level.CHANGE_NEW_SIDE, f"keep the secret {name} beside the source")
    context.session.journal.append("intent", key=key)
    kept = await beside(context).keep_secret(name, value, consent)
    context.session.journal.append("effect", key=key)
    return kept


def _written(context: RunContext, name: str, text: str) -> Path:
    store = context.session.store
    path = store.run_folder(context.stage.run) / name
    store.write_text(path, text)
    return path
