"""The message to Aptible's support: what is needed from them, with every figure they will ask for.

Source: Aptible's migration guides (support makes dedicated stacks and reviews a migration's plan).
"""

from collections.abc import Mapping

from wizard.reports.support_source import source_words
from wizard.rules.same_day_facts import SameDayFacts

_PLATFORMS = {"heroku": "Heroku", "medstack": "MedStack Control", "None": "(platform)"}
_WITH_LONGER_TRIAL = frozenset({"medstack"})
"""Platforms whose customers Aptible's guide promises a longer trial, with limits lifted on request
(guide to a migration from MedStack)."""


def support_text(document: Mapping[str, object], facts: SameDayFacts) -> list[str]:
    """The message, paragraph by paragraph; a person reads it over and sends it."""
    source, target = document.get("source"), document.get("target")
    app = source.get("app") if isinstance(source, Mapping) else None
    kind = source.get("kind") if isinstance(source, Mapping) else None
    environment = target.get("environment") if isinstance(target, Mapping) else None
    organisation = facts.target.organization if facts.target else "(our organisation's name)"
    platform = _PLATFORMS.get(str(kind), kind)
    text = [
        "Hello,",
        f"we plan to move the app {app or '(name)'} from {platform} to Aptible. "
        f"Our organisation is {organisation}.",
    ]
    if facts.regulated:
        text.append(
            "The app holds regulated data (PHI). Please tell us (1) by which day a dedicated stack "
            "can be there, in which regions, and what it will be called; (2) by which day the "
            "agreement (BAA) can be signed, and what you need from us for it."
        )
    elif facts.regulated is None:
        text.append("Whether it holds regulated data is being found out; we will tell you.")
    if environment:
        text.append(f"The app will run in an environment called {environment}.")
    if facts.needs is not None and facts.needs.whole:
        text.append(
            f"It will take about {facts.needs.memory_mb / 1024:g} GB of memory, "
            f"{facts.needs.disk_gb} GB of disk and {facts.needs.endpoints} endpoint(s)."
        )
    text += source_words(facts.inventory, document)
    if str(kind) in _WITH_LONGER_TRIAL:
        text.append(
            f"We are a customer of {platform}: please extend our trial, and lift its limits while"
            " we build and rehearse a copy without real data."
        )
    elif facts.chosen_plan == "trial" or (
        facts.target and facts.target.plan and facts.target.plan.name == "trial"
    ):
        text.append("We are on the trial: please say whether its limits can be lifted for a test.")
    text += [
        f"We will rehearse the data move before the day; an outage of {facts.budget_minutes:g} "
        "minutes was announced. Is there anything in the attached plan that you advise against?",
        "Thank you",
    ]
    return text
