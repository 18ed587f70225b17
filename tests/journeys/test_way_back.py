"""The way back: before accept everything is restored exactly; after it, lost writes are counted."""

from pathlib import Path

import httpx
import pytest

from tests.journeys.old_side import old_side
from tests.journeys.sandbox_process import SandboxProcess, moveday, passed

pytestmark = pytest.mark.timeout(1200)
GO = ("--confirm", "acme-clinic", "--not-rehearsed", "the rehearsal is another test's subject")


def test_without_accept_the_cutover_stops_and_goes_back_exactly(
    sandbox: SandboxProcess, app: Path
) -> None:
    passed(moveday(sandbox, app, "inventory"))
    passed(moveday(sandbox, app, "deploy", "--yes"))
    before = old_side(sandbox)
    ended = moveday(sandbox, app, "cutover", *GO)
    assert ended.code == 4, ended.err
    assert "--accept" in ended.err
    frozen = old_side(sandbox)
    assert frozen["maintenance"] is True
    assert frozen["formation"]["worker"] == frozen["formation"]["clock"] == 0

    refused = moveday(sandbox, app, "rollback")
    assert refused.code == 4, "a way back needs the app's name"
    back = passed(moveday(sandbox, app, "rollback", "--confirm", "acme-clinic"))
    assert "taken back" in back.out
    assert old_side(sandbox) == before
    again = moveday(sandbox, app, "rollback", "--confirm", "acme-clinic")
    assert again.code == 4
    assert "nothing to take back" in again.err


def test_after_the_switch_lost_writes_are_counted_and_must_be_accepted(
    sandbox: SandboxProcess, app: Path
) -> None:
    passed(moveday(sandbox, app, "inventory"))
    before = old_side(sandbox)
    passed(moveday(sandbox, app, "deploy", "--yes"))
    done = passed(moveday(sandbox, app, "cutover", *GO, "--accept", seconds=240))
    assert "by the book done" in done.out
    # Visitors write on the new side now, and its worker and clock run.
    refused = moveday(sandbox, app, "rollback", "--confirm", "acme-clinic")
    assert refused.code == 4
    assert "would be lost" in refused.err
    words = ("rollback", "--confirm", "acme-clinic", "--lose-writes")
    back = passed(moveday(sandbox, app, *words, seconds=240))
    assert "rows on the new side are lost" in back.out
    assert old_side(sandbox) == before
    records = httpx.get(f"{sandbox.environ['SANDBOX_PANEL']}/records").json()["records"]
    www = [r for r in records if r["name"].rstrip(".") == "www.acme-clinic.test"]
    assert [r["values"][0].rstrip(".").endswith("herokudns.com") for r in www] == [True]
