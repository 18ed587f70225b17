"""Which side answered? Told by certificate first, then by what the app or the platform says.

Platform marks: the header `Via` of Heroku's routers (vegur, heroku-router, spaces-router) and its
`Server`; a network in front may hide them. Addresses tell nothing: both platforms change theirs.
"""

from collections.abc import Collection

from wizard.model.dns import ResolverAnswer, ServerAnswer, SiteAnswer
from wizard.model.dns_report import SideSeen, Sighting
from wizard.rules.domains import end_of_chain, leads_to
from wizard.rules.survey_reading import plain_name

NOTHING_TELLS = "nothing in the answer tells the sides apart"
_OLD_ROUTERS = ("vegur", "heroku-router", "spaces-router")
MARKER = "side"
"""A key of the smoke page's JSON by which an app may say where it runs."""


def site_side(
    answer: SiteAnswer, old: SideSeen | None, new: SideSeen | None, kinds: tuple[str, str]
) -> Sighting:
    """`kinds`: what the marker says on the old and on the new side ("heroku", "aptible")."""
    for side, seen in (("old", old), ("new", new)):
        if seen is not None and seen.certificate and seen.certificate == answer.certificate:
            what = f"its certificate, serial {answer.serial[:16]}"
            return Sighting(side="old" if side == "old" else "new", because=what)
    marker = answer.body_facts.get(MARKER, "")
    if marker in kinds:
        return Sighting(
            side="old" if marker == kinds[0] else "new", because=f"the app says “{marker}”"
        )
    if any(router in answer.via for router in _OLD_ROUTERS):
        return Sighting(side="old", because=f"Via: {answer.via}")
    if answer.server == "Heroku":
        return Sighting(side="old", because="Server: Heroku")
    if answer.status is None:
        return Sighting(side="unknown", because=answer.error or "no answer")
    if old is not None and old.certificate and answer.certificate:
        serial = answer.serial[:16]
        if new is None or not new.certificate:
            return Sighting(side="new", because=f"not the old side's certificate: serial {serial}")
        return Sighting(side="unknown", because=f"a third certificate, serial {serial}")
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
