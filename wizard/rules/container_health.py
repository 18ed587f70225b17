"""Health checks of containers: what Aptible asks instead."""

import math
import re
from collections.abc import Iterator

from wizard.model.containers import Entry
from wizard.model.inventory import Process
from wizard.model.mapping import MappedItem
from wizard.rules.container_ports import port_items
from wizard.rules.container_visitors import QUESTION as VISITORS
from wizard.rules.container_visitors import answered_way, asks_for_a_way
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "K1": "Aptible's endpoints ask the container themselves: “/” at a release, any answer counts",
    "K3": "an endpoint asks it, if visitors reach it: that is still open",
    "K2": "no endpoint asks this service: its image's own HEALTHCHECK counts, when it has one",
}
_RELEASE_SECONDS, _LONGEST_SECONDS, _ANSWER_SECONDS = 180, 900, 15
"""Aptible's documentation: the check at a release, its longest setting, the check while it runs."""
_PATH = re.compile(
    r"(?<!/dev/tcp/)(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^\s/]+)?(/[^\s\"'|;&)]*)"
)


def health_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per health check."""
    reached = {e.process for e in facts.inventory.entries if e.protocol == "tcp" and not e.local}
    reached |= {d.process for d in facts.inventory.domains}
    reached |= {e.process for e in facts.inventory.entries if _said_to_be_reached(facts, e)}
    told = answered_way(facts) if asks_for_a_way(facts) else None
    reached |= {told.process} if told else set()
    open_ways = {i.question.id for i in port_items(facts) if i.question is not None}
    for process in facts.inventory.processes:
        if process.health and not process.job:
            perhaps = any(
                way == VISITORS or way.startswith(f"port/{process.name}/") for way in open_ways
            )
            perhaps = perhaps and bool(health_path(process.health))
            yield _health(process, process.name in reached, perhaps)


def _said_to_be_reached(facts: MappingFacts, entry: Entry) -> bool:
    """Whether a person says that visitors reach a port of the machine itself."""
    return entry.local and facts.answers.get(f"port/{entry.process}/{entry.port}") == "endpoint"


_ASKED = re.compile(r"\b(?:GET|HEAD) (/[^\s\"'|;&)\\]*)")
"""What a check writes by itself, where it speaks HTTP over a bare connection."""
_STRICT = "/healthcheck"


def health_path(check: str) -> str:
    """The page that a health check asks for; "" when it asks for none."""
    found = _ASKED.search(check) or _PATH.search(check)
    return found[1] if found else ""


def _health(process: Process, reached: bool, perhaps: bool) -> MappedItem:
    path = health_path(process.health)
    said = f" as it does at {path}" if path not in ("", "/") else ""
    strict = (
        f"the endpoint's own; to be strict, answer 200 at {_STRICT}{said}, and set"
        f" STRICT_HEALTH_CHECKS=true{_timing(process)}"
    )
    if path == _STRICT:
        strict = f"the endpoint's own; STRICT_HEALTH_CHECKS=true asks {_STRICT}, as today's does"
        strict += _timing(process)
    in_image = "a HEALTHCHECK line of the Dockerfile"
    rule = "K1" if reached else "K3" if perhaps else "K2"
    targets = {"K1": strict, "K2": in_image, "K3": f"{strict}; without an endpoint: {in_image}"}
    return MappedItem(
        group="ports",
        name=f"health check of {process.name}",
        app=process.app,
        today=process.health,
        becomes="not carried over" if rule == "K2" else "replaced",
        target=targets[rule],
        because=rule,
        reason=RULES[rule],
    )


def _timing(process: Process) -> str:
    """What of today's patience the endpoint does not have by itself."""
    said = ""
    if process.well_after is not None and process.well_after > _RELEASE_SECONDS:
        seconds = min(math.ceil(process.well_after), _LONGEST_SECONDS)
        said += f"; RELEASE_HEALTHCHECK_TIMEOUT={seconds}, as long as it may take today"
        if process.well_after > _LONGEST_SECONDS:
            said += f" ({process.well_after:g} s, and Aptible waits no longer)"
    if process.answers_within is not None and process.answers_within > _ANSWER_SECONDS:
        said += (
            f"; an answer may take {process.answers_within:g} s today, with two containers or more"
            f" Aptible waits {_ANSWER_SECONDS} s"
        )
    return said
