"""Which partners let in known addresses only, and what to write to them."""

from collections.abc import Iterator

from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.addon_catalog import kind_of
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "X1": "a partner lets in known addresses only: it has to add the stack's before the cutover",
    "X2": "the app has fixed outbound addresses today: somebody may have let in just those",
}
_FIXED_ADDRESSES = "A17"
QUESTION = "partners"


def fixed_addresses_today(facts: MappingFacts) -> str:
    """What gives the app fixed outbound addresses today, in words; "" when nothing does."""
    proxies = [
        addon.name
        for addon in facts.inventory.addons
        if (kind := kind_of(addon.service)) is not None and kind.id == _FIXED_ADDRESSES
    ]
    ways = [f"the add-on {name}" for name in proxies]
    if facts.inventory.outbound_ips:
        machines = f"the nodes it runs on ({', '.join(facts.inventory.outbound_ips)})"
        space = facts.inventory.space
        ways.append(machines if facts.inventory.apps and not space else _space(space))
    return " and ".join(ways)


def _space(name: str) -> str:
    return f"the space {name or 'it runs in'}"


def partner_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per partner; one with a question when they are not named yet."""
    addresses = facts.stack.outbound_ips if facts.stack else ()
    shown = ", ".join(addresses) or "not known yet: " + (
        facts.missing or "the stack does not tell them, ask Aptible's support"
    )
    for host in facts.plan.partners:
        yield MappedItem(
            group="partners",
            name=host,
            today=", ".join(facts.inventory.outbound_ips) or fixed_addresses_today(facts) or "",
            becomes="told",
            target=f"lets in {shown}",
            because="X1",
            reason=RULES["X1"],
            by_hand=(letter(facts, host, addresses),) if addresses else (),
        )
    ways = fixed_addresses_today(facts)
    if ways and not facts.plan.partners and QUESTION not in facts.settled:
        yield MappedItem(
            group="partners",
            name="partners with allow-lists",
            today=ways,
            becomes="open",
            target=f"let in {shown}",
            because="X2",
            reason=RULES["X2"],
            question=Question(
                id=QUESTION,
                text="Which partners let in known addresses only? Their hosts, between commas, or"
                " “none”.",
                why=f"today the app goes out by {ways}; after the move by {shown}",
                kind="text",
                flag="--answers FILE (partners)",
            ),
        )


def letter(facts: MappingFacts, host: str, addresses: tuple[str, ...]) -> str:
    """The text to send to a partner."""
    old = ", ".join(facts.inventory.outbound_ips)
    keep = f" Please keep the present ones ({old})" if old else " Please keep the present ones"
    return (
        f"Our application {facts.inventory.app} moves to another hosting platform. From then on it"
        f" will connect to {host} from {', '.join(addresses)}. Please add these addresses to your"
        f" allow-list and tell us when it is done.{keep} until we write again: until the move is"
        " accepted, both are in use."
    )
