"""Which add-ons and databases does the app have, and what does the data API know of them?"""

import re
from collections.abc import Iterable, Sequence

from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.gaps import Gaps, together
from providers.sources.heroku.shapes import Addon, Attachment, DataService
from wizard.model.inventory import Addon as AddonFact
from wizard.model.inventory import SourceDatabase

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")

POSTGRES = "heroku-postgresql"
REDIS = "heroku-redis"
_WITHOUT_FACTS = {
    "heroku-kafka": "Kafka: Heroku offers no export; mirror it or write to both sides",
    "heroku-connect": "Heroku Connect has no equivalent elsewhere",
}
_NO_API = {
    "scheduler": "Heroku Scheduler has no API: read its jobs from the add-on's page and name them",
}


def addon_facts(
    addons: Iterable[Addon], attachments: Sequence[Attachment], where: str
) -> tuple[AddonFact, ...]:
    """The add-ons the app pays for, then those it shares with another app that pays."""
    facts = []
    for addon in addons:
        price = addon.billed_price
        monthly = price.cents if price and price.unit in (None, "month") else None
        facts.append(
            AddonFact(
                id=addon.id,
                name=addon.name,
                service=addon.service,
                plan=addon.plan_name,
                provides=tuple(sorted(addon.config_vars or ())),
                monthly_cents=None if price and price.contract else monthly,
                billed_to=addon.app.name if addon.app else "",
                where=where,
            )
        )
    own = {addon.id for addon in addons}
    shared: dict[str, list[Attachment]] = {}
    for attachment in attachments:
        if attachment.addon.id not in own:
            shared.setdefault(attachment.addon.id, []).append(attachment)
    for same in shared.values():
        addon_ref = same[0].addon
        plan = addon_ref.plan.name if addon_ref.plan else ""
        provides = {name for each in same for name in each.config_vars or [f"{each.name}_URL"]}
        facts.append(
            AddonFact(
                id=addon_ref.id,
                name=addon_ref.name,
                service=plan.partition(":")[0],
                plan=plan,
                provides=tuple(sorted(provides)),
                billed_to=addon_ref.app.name if addon_ref.app else "",
                where=where.replace("/addons", "/addon-attachments"),
            )
        )
    return tuple(facts)


async def with_sharers(
    api: HerokuApi, app_id: str, addons: Sequence[AddonFact], gaps: Gaps
) -> tuple[AddonFact, ...]:
    """The same add-ons, databases among them with the other apps that use them."""

    async def one(addon: AddonFact) -> AddonFact:
        if addon.service not in (POSTGRES, REDIS, "heroku-kafka"):
            return addon
        users = await gaps.read(
            f"apps that share {addon.name}",
            api.list(Attachment, f"/addons/{segment(addon.id)}/addon-attachments"),
            [],
        )
        others = {user.app.name for user in users if user.app and user.app.id != app_id}
        return addon.model_copy(update={"shared_with": tuple(sorted(others - {""}))})

    return tuple(await together(one(addon) for addon in addons))


async def databases(
    api: HerokuApi, addons: Sequence[AddonFact], gaps: Gaps
) -> tuple[SourceDatabase, ...]:
    """Facts of every Postgres and Redis; followers are left out, they hold nothing of their own."""
    for addon in addons:
        note = _WITHOUT_FACTS.get(addon.service) or _NO_API.get(addon.service)
        if note:
            gaps.add(addon.name, note)
    found = await together(
        _database(api, addon, gaps) for addon in addons if addon.service in (POSTGRES, REDIS)
    )
    return tuple(each for each in found if each is not None)


async def _database(api: HerokuApi, addon: AddonFact, gaps: Gaps) -> SourceDatabase | None:
    postgres = addon.service == POSTGRES
    tier = addon.plan.partition(":")[2]
    if postgres and tier.startswith(("advanced", "performance")):
        gaps.add(addon.name, f"plan {addon.plan}: its facts come by an API moveday does not read")
        facts, path = DataService(), addon.where
    else:
        path = (
            f"/client/v11/databases/{segment(addon.id)}"
            if postgres
            else f"/redis/v0/databases/{segment(addon.name)}"
        )
        facts = await gaps.read(
            f"facts of {addon.name}", api.data(DataService, path), DataService()
        )
        path = f"GET {path}"
    if postgres and (facts.following or facts.line("Following")):
        gaps.add(addon.name, "a follower of another database: it is not moved on its own")
        return None
    if postgres and _count(facts.line("Credentials")) > 1:
        gaps.add(addon.name, "has named credentials: their roles and grants do not move by dump")
    gaps.tell(f"database {addon.name}")
    return SourceDatabase(
        id=addon.id,
        name=addon.name,
        engine="postgres" if postgres else "redis",
        plan=addon.plan,
        version=_version(facts, postgres=postgres),
        size_bytes=facts.num_bytes if postgres else None,
        tables=facts.num_tables,
        connections=facts.line("Connections"),
        variable=main_variable(addon.provides, "DATABASE_URL" if postgres else "REDIS_URL"),
        where=path,
    )


def main_variable(provides: Sequence[str], preferred: str) -> str:
    """The variable that holds a database's URL: the usual name if it is among them."""
    if preferred in provides:
        return preferred
    urls = [n for n in provides if n.endswith("_URL") and "POOL" not in n and "_TLS_" not in n]
    return next(iter(urls), "")


def _version(facts: DataService, *, postgres: bool) -> str:
    said = facts.postgres_version or facts.line("PG Version") if postgres else ""
    found = _NUMBER.search(said or facts.version or facts.line("Version"))
    return found[0] if found else ""


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
