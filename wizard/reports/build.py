"""Makes the report of a move from what is known of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.engine.chain import Entry
from wizard.engine.plain_json import plain
from wizard.model.decommission import Farewell
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.model.plan import Plan
from wizard.model.runs import Forecast, Run
from wizard.reports import html, json_report, markdown
from wizard.reports.document import report_data
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR


@dataclass(frozen=True)
class Report:
    """One report in every format; `document` is what the others are drawn from."""

    markdown: str
    html: str
    document: dict[str, object]

    @property
    def summary(self) -> tuple[str, ...]:
        """The report in four sentences."""
        found = self.document["summary"]
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def json(self) -> str:
        """The document as JSON text."""
        return json_report.render(self.document)


def build_report(
    plan: Plan,
    inventory: Inventory | None,
    runs: Sequence[Run],
    forecast: Forecast | None,
    entries: Sequence[Entry],
    head: str,
    at: datetime,
    *,
    by_hand: Callable[[Farewell], str] = lambda farewell: "",
    mapping: Mapping | None = None,
    redact: Callable[[str], str] = REDACTOR.redact,
) -> Report:
    """The report as of `at`. `head` is the journal's head hash, `entries` all its lines.

    `forecast` should be the one that stood before the live run; `by_hand` gives the official
    command of a line of the decommission list. Every string passes `redact` before any format
    escapes it.
    """
    if inventory is not None:
        # Names stand inside sentences: cleaned with the sentence, one could take its end along.
        inventory = Inventory.model_validate(
            plain(inventory, lambda text: clean(redact(text), limit=4_000))
        )
    data = report_data(plan, inventory, runs, forecast, entries, head, at, by_hand, mapping)
    document = {name: plain(value, redact) for name, value in data.items()}
    return Report(markdown=markdown.render(document), html=html.render(document), document=document)
