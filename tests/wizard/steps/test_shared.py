"""A store that others use too holds the cutover until somebody says why that does no harm."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import Listener, open_test_session
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.inventory import Addon, Gap, Inventory, users_subject
from wizard.steps.shared import settle_shared, shared_gate

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def addon(service: str, billed_to: str = "clinic", shared: tuple[str, ...] = ()) -> Addon:
    return Addon(
        id=service,
        name=f"{service}-1",
        service=service,
        plan=f"{service}:x",
        billed_to=billed_to,
        shared_with=shared,
        where="GET /addons",
    )


def inventory(*addons: Addon) -> Inventory:
    return Inventory(
        source="heroku",
        app="clinic",
        app_id="1",
        region="us",
        stack="heroku-24",
        maintenance=False,
        release=None,
        processes=(),
        variables=(),
        addons=addons,
        domains=(),
        databases=(),
        read_at=NOW,
    )


@pytest.fixture
def front() -> Listener:
    return Listener()


@pytest.fixture
def session(tmp_path: Path, front: Listener) -> Iterator[Session]:
    opened = open_test_session(tmp_path, front)
    yield opened
    opened.journal.close()


def test_what_nobody_shares_or_what_holds_no_data_is_no_gate(session: Session) -> None:
    session.keep_inventory(
        inventory(
            addon("heroku-postgresql"),
            addon("papertrail", shared=("staging",)),
            addon("rollbar", billed_to="reports", shared=("reports",)),
            addon("scheduler"),
        )
    )
    assert shared_gate(session).open


def test_both_directions_and_the_unknown_are_gates(session: Session) -> None:
    session.keep_inventory(
        inventory(
            addon("heroku-postgresql", shared=("reports", "tools")),
            addon("heroku-redis", billed_to="reports"),
            addon("frobnicator", shared=("reports",)),
        )
    )
    gate = shared_gate(session)
    assert not gate.open
    assert gate.reason.splitlines() == [
        "heroku-postgresql heroku-postgresql-1 is also used by reports, tools: freezing clinic"
        " does not keep them from writing",
        "heroku-redis heroku-redis-1 is also used by reports and belongs to reports: freezing"
        " clinic does not keep them from writing",
        "frobnicator frobnicator-1 is also used by reports: freezing clinic does not keep them"
        " from writing",
    ]
    assert "--shared REASON" in gate.hint


async def test_what_could_not_be_read_is_a_gate_too(session: Session, front: Listener) -> None:
    unread = inventory(addon("heroku-postgresql"), addon("papertrail")).model_copy(
        update={
            "gaps": (
                Gap(subject=users_subject("heroku-postgresql-1"), reason="HTTP 403"),
                Gap(subject=users_subject("papertrail-1"), reason="HTTP 403"),
            )
        }
    )
    session.keep_inventory(unread)
    assert shared_gate(session).reason == (
        "which other apps use heroku-postgresql-1 could not be read: freezing clinic does not keep"
        " them from writing"
    )
    front.answers["shared"] = "nobody else does, I looked at the dashboard"
    await settle_shared(session)
    assert shared_gate(session).open
    session.keep_inventory(inventory(addon("heroku-postgresql", shared=("reports",))))
    assert "reports" in shared_gate(session).reason


async def test_an_answer_opens_it_until_one_more_app_comes(
    session: Session, front: Listener
) -> None:
    session.keep_inventory(inventory(addon("heroku-postgresql", shared=("reports",))))
    with pytest.raises(BlockedError, match="open question"):
        await settle_shared(session)
    front.answers["shared"] = "  "
    with pytest.raises(BlockedError, match="a reason is needed"):
        await settle_shared(session)
    front.answers["shared"] = "reports reads only: its role has no right to write"
    await settle_shared(session)
    assert shared_gate(session).open
    override = next(e for e in session.journal.entries if e.kind == "override")
    assert override.data["reason"] == "reports reads only: its role has no right to write"
    assert override.key == "shared/heroku-postgresql-1"
    session.keep_inventory(inventory(addon("heroku-postgresql", shared=("reports", "bi"))))
    assert "bi" in shared_gate(session).reason
