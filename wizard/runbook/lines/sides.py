"""How either side looked before the switch: by its certificate it is told from the other later."""

from wizard.model.dns import SiteAnswer
from wizard.model.dns_report import SideSeen
from wizard.model.target import Endpoint
from wizard.runbook.context import RunContext
from wizard.runbook.dns.memory import sight_key


async def remember_sides(context: RunContext, endpoint: Endpoint, new: SiteAnswer) -> None:
    """Record the certificates of both sides for a name, once, while it leads to the old one."""
    name = endpoint.domain
    if context.recall(sight_key("new", name)) is not None:
        return
    outside = context.session.outside
    there = await outside.dns.addresses(endpoint.host)
    _record(context, "new", name, new, SideSeen(host=endpoint.host, addresses=there))
    today = await outside.dns.addresses(name)
    if today and not set(today) & set(there):
        old = await outside.site.visit(f"https://{name}/", today[0])
        if old.certificate and old.certificate != new.certificate:
            _record(context, "old", name, old, SideSeen(addresses=today))


def _record(context: RunContext, side: str, name: str, answer: SiteAnswer, seen: SideSeen) -> None:
    full = seen.model_copy(update={"certificate": answer.certificate, "serial": answer.serial})
    context.record(sight_key(side, name), full.model_dump(mode="json"))
