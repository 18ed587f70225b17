"""What has to be done by people before the day, in which order, and until when?

Sources: Aptible's migration guides (company e-mail, trial, support sets up the dedicated stack and
reviews the plan), its pricing page (trial: 30 days and its limits).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from wizard.model.plan_made import PersonTask
from wizard.rules.same_day_facts import SameDayFacts

TRIAL_DAYS = 30
SIGN_UP = "https://app.aptible.com/signup"
SUPPORT = "support@aptible.com"


def person_tasks(facts: SameDayFacts) -> tuple[PersonTask, ...]:
    """The tasks in their order; `done` None where nobody can know."""
    return tuple(_tasks(facts))


def _tasks(facts: SameDayFacts) -> Iterator[PersonTask]:
    today = facts.now.date()
    signed_in = facts.target is not None
    yield PersonTask(
        id="account",
        title="Open the account at Aptible",
        text=f"{SIGN_UP}, with a company e-mail address: a trial of {TRIAL_DAYS} days belongs to "
        "it (3 GB of memory, 20 GB of disk, one endpoint, the shared stack in US East only)",
        by=_on(facts.expected.account, today),
        done=signed_in or None,
    )
    plan = facts.target.plan if facts.target else None
    if facts.chosen_plan == "trial" or (plan is not None and plan.name == "trial"):
        last = today + timedelta(days=TRIAL_DAYS)
        yield PersonTask(
            id="trial-end",
            title="Note when the trial ends",
            text=f"{TRIAL_DAYS} days after signing up; signed up today, it ends on {_day(last)}",
            by="the day of signing up and 30 days",
        )
    if facts.regulated:
        yield from _regulated(facts, today)
    elif facts.regulated is None:
        yield PersonTask(
            id="regulated",
            title="Find out whether the data is regulated",
            text="who answers for the data knows; yes means a dedicated stack and a BAA first",
            by=_day(today),
        )
    yield PersonTask(
        id="review",
        title="Have the plan reviewed",
        text=f"send the plan document (moveday report --plan) to {SUPPORT}, and to whoever will "
        "notice the outage; ask for objections before the first rehearsal",
        by="before the first rehearsal",
    )
    if facts.domains and not facts.switch_practised:
        names = ", ".join(facts.domains)
        yield PersonTask(
            id="dns",
            title="Find who can change DNS, and keep them at hand",
            text=f"for {names}: to lower the TTL now, and to switch on the day; "
            "moveday dns survey says what else is in the way",
            by=_day(today),
        )


def _regulated(facts: SameDayFacts, today: date) -> Iterator[PersonTask]:
    stacks = facts.target.stacks if facts.target else None
    there = None if stacks is None else any(s.dedicated for s in stacks)
    yield PersonTask(
        id="stack",
        title="Ask Aptible's support for a dedicated stack",
        text=f"write to {SUPPORT} (the text is in the plan document); how long it takes is not "
        "known, so ask, and put the promised day into expected.stack",
        by=_on(facts.expected.stack, today, asked=True),
        done=there,
    )
    yield PersonTask(
        id="agreement",
        title="Have the agreement (BAA) signed",
        text="Aptible offers it with the Production plan; then say in moveday.yaml, under "
        "agreement, where it lies and from which day it holds",
        by=_on(facts.expected.agreement, today, asked=True),
        done=bool(facts.agreement),
    )


def _on(promised: date | None, today: date, *, asked: bool = False) -> str:
    if promised is not None:
        return f"promised for {_day(promised)}"
    return f"ask on {_day(today)}; their answer is the day" if asked else _day(today)


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
