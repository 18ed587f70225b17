"""Deciding otherwise by keys: what follows is said before anything is kept."""

from pathlib import Path

import pytest

from screens.steps.mapping_facts import consequence_words
from tests.screens.picture import steady, text_of, wait_for
from tests.screens.scenes import SCENES, app_for, play
from tests.wizard.rules.mapping_examples import whole_plan
from tests.wizard.rules.test_consequences import of
from wizard.model.plan import AddonChoice


async def test_what_cannot_be_worked_out_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene = next(scene for scene in SCENES if scene.id == "mapping-done")
    app = app_for(scene, Path("acme-clinic"))
    state = tmp_path / "acme-clinic"
    async with app.run_test(size=(80, 24)) as pilot:
        await play(scene, pilot, app)
        kept = [(state / name).read_bytes() for name in ("moveday.yaml", ".moveday/journal.jsonl")]
        # Enter in the filter leads to the rows; nothing answers in a replay.
        await pilot.press("slash", *"add-ons", "enter", "e")
        await wait_for(pilot, lambda: "what shall it become?" in text_of(app), "the choice")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: "c copy   esc close" in text_of(app), "what went wrong")
        await pilot.press("escape")
        await steady(pilot, app)
        after = [(state / name).read_bytes() for name in ("moveday.yaml", ".moveday/journal.jsonl")]
        assert after == kept


def test_the_words_say_money_and_outage_first() -> None:
    stay = AddonChoice(action="stay", reason="ours")
    lines = consequence_words(of(whole_plan(addons={"frobnicator": stay}))).splitlines()
    assert lines[0] == "Nothing is kept yet. If you keep it:"
    assert lines[2].startswith("cost      changes: on Aptible $")
    assert lines[3] == "downtime  users are down for the same data as before"
    assert any(line.startswith("data      frob-1 stays where it is") for line in lines)
