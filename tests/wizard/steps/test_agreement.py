"""Regulated data waits for an agreement (BAA), or for somebody who signs for going on without."""

from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import open_test_session
from wizard.errors import UsageError
from wizard.reports.people import exceptions
from wizard.steps.agreement import agreement_gate, sign_without_agreement


def test_the_gate_opens_by_the_agreement_or_by_a_signed_reason(tmp_path: Path) -> None:
    session = open_test_session(tmp_path)
    assert agreement_gate(session).open  # no regulated data
    session.plan = session.plan.model_copy(update={"regulated": True})
    gate = agreement_gate(session)
    assert not gate.open
    assert "names no signed agreement" in gate.reason
    named = session.plan.model_copy(update={"agreement": "signed 2026-03-02"})
    session.plan, regulated = named, session.plan
    assert agreement_gate(session).open
    session.plan = regulated
    with pytest.raises(UsageError):
        sign_without_agreement(session.journal, "  ")
    assert not agreement_gate(session).open
    sign_without_agreement(session.journal, "made-up data only")
    assert agreement_gate(session).open
    listed = exceptions(session.journal.entries, [], None)
    assert any("made-up data only" in str(each) for each in listed)
    session.journal.close()
