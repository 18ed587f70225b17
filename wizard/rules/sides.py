"""Which side answered? Told by certificate first, then by what the app or the platform says.

Platform marks: the header `Via` of Heroku's routers (vegur, heroku-router, spaces-router) and its
`Server`; a network in front may hide them. Addresses tell nothing: both platforms change theirs.
"""

from collections.abc import Collection
from typing import Literal

from wizard.model.dns import ResolverAnswer, ServerAnswer, SiteAnswer
from wizard.model.dns_report import SideSeen, Sighting
from wizard.rules.domains import end_of_chain, leads_to
from wizard.rules.survey_reading import plain_name

Side = Literal["old", "new", "neither", "unknown"]
NOTHING_TELLS = "nothing in the answer tells the sides apart"
_OLD_ROUTERS = ("vegur", "heroku-router", "spaces-router")
MARKER = "side"
"""A key of the smoke page's JSON by which an app may say where it runs."""


def site_side(
    answer: SiteAnswer, old: SideSeen | None, new: SideSeen | None, kinds: tuple[str, str]
) -> Sighting:
    """`kinds`: what the marker says on the old and on the new side ("heroku", "aptible").

    Two recorded certificates that differ decide alone. One alone may be on both sides (uploaded by
    the customer), so there the app's and the platform's words come first.
    """
    ours = answer.certificate
    of_old, of_new = (seen.certificate if seen is not None else "" for seen in (old, new))
    serial = f"serial {answer.serial[:16]}"
    if ours and of_old and of_new and of_old != of_new and ours in (of_old, of_new):
        side: Side = "old" if ours == of_old else "new"
        return Sighting(side=side, because=f"its certificate, {serial}")
    marker = answer.body_facts.get(MARKER, "")
    if marker in kinds:
        side = "old" if marker == kinds[0] else "new"
        return Sighting(side=side, because=f"the app says “{marker}”")
    if any(router in answer.via for router in _OLD_ROUTERS):
        return Sighting(side="old", because=f"Via: {answer.via}")
    if answer.server == "Heroku":
        return Sighting(side="old", because="Server: Heroku")
    if answer.status is None:
        return Sighting(side="unknown", because=answer.error or "no answer")
    if ours and of_old and not of_new:
        if ours == of_old:
            return Sighting(side="old", because=f"the old side's certificate, {serial}")
        return Sighting(side="new", because=f"not the old side's certificate: {serial}")
    if ours and of_new and not of_old and ours == of_new:
        return Sighting(side="new", because=f"the new side's certificate, {serial}")
    if ours and of_old and of_new and of_old != of_new:
        return Sighting(side="unknown", because=f"a third certificate, {serial}")
    return Sighting(side="unknown", because=NOTHING_TELLS)


def resolver_side(
    answer: ResolverAnswer, name: str, old: Collection[str], new: SideSeen
) -> Sighting:
    """`old` are the values (targets, addresses) that led to the old side. Says the TTL left."""
    if answer.error:
        return Sighting(side="unknown", because=answer.error)
    as_server = ServerAnswer(
        server=answer.resolver, address=answer.resolver, serial=None, records=answer.records
    )
    own = next((r for r in answer.records if plain_name(r.name) == plain_name(name)), None)
    left = "" if own is None else f"{own.ttl} s left"
    if new.host and leads_to(as_server, name, new.host, new.addresses):
        return Sighting(side="new", because=left)
    end, addresses = end_of_chain(as_server, name)
    known = {plain_name(value) for value in old}
    if own is not None and ({plain_name(v) for v in own.values} | {end, *addresses}) & known:
        return Sighting(side="old", because=left)
    return Sighting(side="neither" if own else "unknown", because=left or "no such name there")
