"""Azure beside a platform's app: told with its end, moved by nobody, and asked about nowhere."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.wizard.rules.mapping_examples import item, mapped, whole_app
from wizard.formats.azure import Given, read_traces
from wizard.model.inventory import Inventory

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def beside(**values: str) -> Inventory:
    traces = read_traces(Given("acme", name, value, "t") for name, value in values.items())
    return whole_app().model_copy(update={"cloud": traces})


def test_what_lies_at_azure_stays_there() -> None:
    found = beside(
        REPORTING="postgres://r:p@acme-reports.postgres.database.azure.com/r",
        FILES="https://acmefiles.blob.core.windows.net/f",
        REGION="westeurope",
    )
    before, mapping = mapped(), mapped(found, now=NOW)
    database = item(mapping, "databases", "acme-reports")
    assert (database.becomes, database.because) == ("stays behind", "D11")
    assert "outbound addresses" in database.target
    assert item(mapping, "storage", "acmefiles").becomes == "stays behind"
    assert item(mapping, "platform", "region westeurope").because == "O5"
    assert mapping.questions == before.questions
    assert mapping.blockers == before.blockers


@pytest.mark.parametrize(
    ("days", "becomes", "said"),
    [
        (-1, "given by a person", "ended on 2026-02-28"),
        (12, "given by a person", "ends on 2026-03-13, in 12 days"),
        (200, "kept", "ends on 2026-09-17, in 200 days"),
    ],
)
def test_signed_access_is_held_against_today(days: int, becomes: str, said: str) -> None:
    end = f"{NOW + timedelta(days=days):%Y-%m-%d}"
    found = beside(FILES=f"https://acmefiles.blob.core.windows.net/f?sv=1&se={end}&sig=abc")
    row = item(mapped(found, now=NOW), "storage", "FILES: signed access")
    assert (row.becomes, said in row.today) == (becomes, True)
