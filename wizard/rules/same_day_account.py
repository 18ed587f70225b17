"""What in the account decides the day? Stack, agreement (BAA), plan and its limits.

Sources: Aptible's documentation and pricing page (stacks, plans, trial limits). How long Aptible's
support takes to make a stack is written nowhere: it is never guessed here.
"""

from collections.abc import Iterator
from datetime import date, datetime, time

from wizard.model.same_day import Reason
from wizard.model.target import ActivePlan
from wizard.rules.same_day_facts import SameDayFacts

TRIAL = ActivePlan(name="trial", memory_mb=3 * 1024, disk_gb=20, endpoints=1)
"""30 days with a company e-mail address, on the shared stack in US East only."""
TRIAL_REGION = "us-east-1"
_ASK = "only Aptible's support can make one, and how long that takes is not known: ask them"


def account_reasons(facts: SameDayFacts) -> Iterator[Reason]:
    """Stack, agreement, plan, limits, account."""
    yield _stack(facts)
    yield _agreement(facts)
    yield from _plan(facts)


def _stack(facts: SameDayFacts) -> Reason:
    wanted = facts.stack
    stacks = facts.target.stacks if facts.target else None
    if facts.regulated is None:
        return _unknown("stack", "regulated data would need a dedicated stack", "your answer")
    if stacks is None:
        promised = _promised(facts, facts.expected.stack)
        if facts.regulated and promised is not None and promised > facts.now:
            return _waiting_for_stack(promised)
        words = (
            f"regulated data needs a dedicated stack; {_ASK}"
            if facts.regulated
            else "which stacks there are"
        )
        return _unknown("stack", words, "sign-in", _gap(facts, "stacks"))
    found = next((s for s in stacks if s.name == wanted), None)
    fitting = [s.name for s in stacks if s.dedicated or not facts.regulated]
    if found is not None and (found.dedicated or not facts.regulated):
        kind = "dedicated" if found.dedicated else "shared"
        return _holds("stack", f"the stack {found.name} is there, and it is {kind}", "Aptible")
    if facts.regulated and not fitting:
        promised = _promised(facts, facts.expected.stack)
        if promised is not None and promised > facts.now:
            return _waiting_for_stack(promised)
        late = " (the promised day has passed)" if promised is not None else ""
        words = f"regulated data needs a dedicated stack, and there is none{late}; {_ASK}"
        return _blocks("stack", words, "Aptible")
    if found is not None:
        words = f"the stack {wanted} is shared, and the data is regulated; choose {_or(fitting)}"
    elif wanted:
        words = f"the stack {wanted} is not there; Aptible told of {_or(fitting)}"
    else:
        words = f"no stack was chosen yet; {_or(fitting)} would do"
    # Choosing takes a minute: it does not cost the day.
    return Reason(id="stack", state="in the way", words=words, source="Aptible", until=facts.now)


def _waiting_for_stack(promised: datetime) -> Reason:
    return Reason(
        id="stack",
        state="in the way",
        words="the dedicated stack is promised for that day",
        source="moveday.yaml, expected.stack",
        until=promised,
    )


def _agreement(facts: SameDayFacts) -> Reason:
    name = "agreement"
    if facts.regulated is None:
        return _unknown(name, "regulated data would need a signed agreement (BAA)", "your answer")
    if not facts.regulated:
        return _holds(name, "no regulated data, so no agreement (BAA) is needed", "moveday.yaml")
    if facts.agreement:
        return _holds(
            name, f"agreement (BAA): {facts.agreement}", "moveday.yaml, by a person's word"
        )
    if facts.agreement_waived:
        words = f"no agreement (BAA) is named; somebody signed for it: {facts.agreement_waived}"
        return _holds(name, words, "journal")
    promised = _promised(facts, facts.expected.agreement)
    if promised is not None and promised > facts.now:
        words = "the signed agreement (BAA) is promised for that day"
        source = "moveday.yaml, expected.agreement"
        return Reason(id=name, state="in the way", words=words, source=source, until=promised)
    late = " (the promised day has passed)" if promised is not None else ""
    words = (
        f"regulated data needs a signed agreement (BAA), and none is named{late}; when it will be "
        "signed is not known: ask Aptible, and put the day into expected.agreement"
    )
    return _blocks(name, words, "moveday.yaml")


def _plan(facts: SameDayFacts) -> Iterator[Reason]:
    chosen = facts.chosen_plan
    target = facts.target
    if target is None:
        promised = _promised(facts, facts.expected.account)
        if promised is not None and promised > facts.now:
            words, source = "the account is promised for that day", "moveday.yaml, expected.account"
            yield Reason(
                id="account", state="in the way", words=words, source=source, until=promised
            )
        else:
            yield _unknown("account", "whether the account at Aptible works", "sign-in")
    active = target.plan if target else None
    if active is not None and chosen and active.name != chosen:
        yield Reason(
            id="plan",
            state="in the way",
            words=f"moveday.yaml says {chosen}, Aptible says {active.name}: change one of them",
            source="Aptible",
            until=facts.now,
        )
    in_force = active.name if active else chosen
    if facts.regulated and in_force in ("trial", "development"):
        words = f"dedicated stacks and the BAA come with Production, and the plan is {in_force}"
        yield Reason(
            id="plan", state="in the way", words=words, source=_of(active), until=facts.now
        )
    elif active is not None and (not chosen or active.name == chosen):
        yield _holds("plan", f"the plan in force is {active.name}", "Aptible")
    elif active is None and target is not None and target.no_plan:
        yield _unknown("plan", "Aptible tells of no plan in force: an old contract, perhaps", "")
    elif active is None and not chosen:
        yield _unknown("plan", "no Aptible plan was chosen yet", "your answer")
    elif active is None:
        yield _unknown(
            "plan", f"whether the plan {chosen} is in force", "sign-in", _gap(facts, "plan")
        )
    limits = active if active and _limited(active) else (TRIAL if in_force == "trial" else None)
    if limits is not None:
        yield _limits(facts, limits, _of(active))
        if limits.name == "trial":
            yield from _trial_region(facts)


def _limits(facts: SameDayFacts, limits: ActivePlan, source: str) -> Reason:
    needs, name = facts.needs, "limits"
    if needs is None:
        return _unknown(name, f"whether the app fits the {limits.name} plan", "inventory")
    over = [
        f"{what} {has:g} of {most:g}{unit}"
        for what, has, most, unit in (
            ("memory", needs.memory_mb / 1024, (limits.memory_mb or 0) / 1024, " GB"),
            ("disk", needs.disk_gb, limits.disk_gb or 0, " GB"),
            ("endpoints", needs.endpoints, limits.endpoints or 0, ""),
        )
        if has > most and most
    ]
    if over:
        words = f"the app is larger than the {limits.name} plan allows: {', '.join(over)}"
        return Reason(id=name, state="in the way", words=words, source=source, until=facts.now)
    if not needs.whole:
        return _unknown(name, f"whether the app fits the {limits.name} plan", "inventory")
    return _holds(name, f"the app fits the {limits.name} plan's limits", source)


def _trial_region(facts: SameDayFacts) -> Iterator[Reason]:
    stacks = facts.target.stacks if facts.target else None
    found = next((s for s in stacks or () if s.name == facts.stack), None)
    if found is not None and (found.dedicated or found.region != TRIAL_REGION):
        yield Reason(
            id="trial-stack",
            state="in the way",
            words=f"a trial runs on the shared stack in US East only, not on {found.name}",
            source="Aptible's documentation",
            until=facts.now,
        )


def _limited(plan: ActivePlan) -> bool:
    return any(limit is not None for limit in (plan.memory_mb, plan.disk_gb, plan.endpoints))


def _of(active: ActivePlan | None) -> str:
    return "Aptible" if active else "moveday.yaml and Aptible's pricing page"


def _promised(facts: SameDayFacts, day: date | None) -> datetime | None:
    """The start of the promised day where the person is."""
    return None if day is None else datetime.combine(day, time(), facts.now.tzinfo)


def _gap(facts: SameDayFacts, what: str) -> str:
    gaps = facts.target.gaps if facts.target else ()
    return next((gap for gap in gaps if gap.startswith(what)), "")


def _or(names: list[str]) -> str:
    return " or ".join(names) if names else "none that fits"


def _holds(name: str, words: str, source: str) -> Reason:
    return Reason(id=name, state="holds", words=words, source=source)


def _blocks(name: str, words: str, source: str) -> Reason:
    return Reason(id=name, state="in the way", words=words, source=source)


def _unknown(name: str, words: str, needs: str, source: str = "") -> Reason:
    return Reason(
        id=name, state="unknown", words=words, source=source or "not looked at yet", needs=needs
    )
