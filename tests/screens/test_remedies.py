"""What to do about trouble is said in keys on a screen, and in commands on the command line."""

from pathlib import Path
from typing import get_args

import pytest

from screens.remedies import in_keys
from tests.screens.picture import opened, text_of, wait_for
from tests.screens.scenes import SCENES, app_for
from tests.screens.walker import Walker
from wizard.acts import Act, do
from wizard.engine.session import Session
from wizard.errors import BlockedError
from wizard.model.question import Gate
from wizard.model.step_names import STEP_NAMES

OPEN = "“the old side changes by itself”"


@pytest.mark.parametrize("act", get_args(Act))
def test_every_act_has_a_key_on_every_screen_and_a_command(act: Act) -> None:
    for step in STEP_NAMES:
        said = in_keys(f"first this, then {do(act, '--yes')}", step.id)
        assert "press " in said, said
        assert not any(word in said for word in ("moveday", "--", "command", "⟦")), said
    told = BlockedError("no", "", f"first this, then {do(act, '--yes')}")
    assert "⟦" not in f"{told}{told.hint}" and "press" not in str(told)


def test_a_remedy_keeps_what_is_done_elsewhere() -> None:
    error = BlockedError("blocked", "", f"switch it off, then {do('again')}")
    assert error.hint == "switch it off, then run the same command again"
    assert in_keys(error.remedy, "cutover") == "switch it off, then press g (Go)"
    assert in_keys(error.remedy, "cutover", "roll-back").endswith("press R (Roll back)")
    gate = Gate(id="deployed", open=False, reason="not built", hint=do("deploy"))
    assert gate.hint == "run moveday deploy"
    assert in_keys(gate.remedy, "rehearsal") == "press 6, then d (Deploy)"
    assert Gate.model_validate(gate.model_dump()) == gate


async def test_a_person_at_the_board_reads_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_for(next(s for s in SCENES if s.id == "cutover-ready"), Path("acme-clinic"))

    async def blocked(session: Session) -> None:
        raise BlockedError(OPEN, "an autoscaler is on", f"switch it off, then {do('again')}")

    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        app.start("cutover", "Cutover", blocked, "go")
        await wait_for(pilot, lambda: OPEN in text_of(app), "the trouble")
        shown = Walker(app, pilot).screen()
        assert "What to do: switch it off, then press g (Go)" in shown
