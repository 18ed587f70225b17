"""`moveday map` as a person uses it: open questions, a file of answers, values nobody can read."""

from pathlib import Path

import pytest

from tests.journeys.sandbox_process import SandboxProcess, environ_for, moveday, passed

BARE = """\
hold_back: [SENDGRID_USERNAME]
# LEGACY_TOKEN was given out by the old vendor; ask Robin.
variables:
  LEGACY_TOKEN: {action: give}
"""
ANSWERS = """\
hold-back: [SENDGRID_PASSWORD, SMTP_OPTIONS]
addon/frobnicator: {action: stay, reason: our own account}
jobs: none
"""
SECRET = "value-that-robin-wrote-down-81723"


def undecided(app: Path) -> None:
    """Take the decisions out of the prepared plan."""
    plan = app / "moveday.yaml"
    kept = plan.read_text().partition("hold_back:")[0]
    plan.write_text(kept + BARE)


def test_the_prepared_plan_leaves_nothing_open_and_prices_are_read_or_marked(
    sandbox: SandboxProcess, app: Path
) -> None:
    passed(moveday(sandbox, app, "inventory"))
    ended = passed(moveday(sandbox, app, "map"))
    assert ended.out.startswith("no open questions\n")
    assert max(len(line) for line in ended.out.splitlines() if "://" not in line) <= 80
    assert "aptible log_drain:create:papertrail" in ended.out
    found = passed(moveday(sandbox, app, "map", "--json")).document
    assert found["questions"] == []
    inventory = passed(moveday(sandbox, app, "inventory", "--json")).document
    mapped = {item["name"] for item in found["items"]}
    for group in ("processes", "variables", "addons"):
        assert {thing["name"] for thing in inventory[group]} <= mapped
    bill = sum(
        a["monthly_cents"] or 0 for a in inventory["addons"] if a["billed_to"] == "acme-clinic"
    )
    bill += sum(p["monthly_cents"] or 0 for p in inventory["processes"] if p["quantity"])
    assert found["today"]["cents"] == bill
    assert found["rates"]["published"] == []

    path = found["rates"]["where"].removeprefix("GET ")
    sandbox.fault("aptible.server-error", status=403, path=path, times=1)
    ended = passed(moveday(sandbox, app, "map"))
    assert "rates could not be read: " in " ".join(ended.out.split())
    assert "prices: published, not read" in ended.out


@pytest.mark.long
def test_questions_answers_and_what_becomes_of_them(sandbox: SandboxProcess, app: Path) -> None:
    undecided(app)
    passed(moveday(sandbox, app, "inventory"))
    ended = moveday(sandbox, app, "map", "--json")
    assert ended.code == 4
    wanted = {"hold-back", "addon/frobnicator", "jobs", "value/LEGACY_TOKEN"}
    assert {q["question"]["id"] for q in ended.document["questions"]} == wanted
    assert all(identity in ended.err for identity in wanted)

    blocked = moveday(sandbox, app, "deploy", "--yes")
    assert blocked.code == 4
    assert "addon/frobnicator" in blocked.err

    answers = app.parent / f"{app.name}-answers.yaml"
    answers.write_text(ANSWERS + "addon/other: stay\n")
    environ = {**environ_for(sandbox), "ROBINS_NOTE": SECRET}
    words = ("map", "--answers", str(answers), "--value-env", "LEGACY_TOKEN=ROBINS_NOTE")
    ended = passed(moveday(sandbox, app, *words, environ=environ))
    assert "addon/other: nothing like that is open" in ended.err
    assert "decided by flag --answers FILE" in ended.out
    plan = (app / "moveday.yaml").read_text()
    assert "# LEGACY_TOKEN was given out by the old vendor; ask Robin." in plan
    assert "PARTNER_SIGNING_KEY" in plan

    # Without a keyring the value was for that command only: it is asked for again.
    again = moveday(sandbox, app, "deploy", "--yes")
    assert again.code == 4
    assert "value/LEGACY_TOKEN" in again.err
    given = ("--value-env", "LEGACY_TOKEN=ROBINS_NOTE")
    built = passed(moveday(sandbox, app, "deploy", "--yes", *given, environ=environ))
    # It is on the new side now, so nobody is asked for it any more.
    passed(moveday(sandbox, app, "map"))

    everything = ended.out + ended.err + built.out + built.err + plan
    for file in (app / ".moveday").rglob("*"):
        everything += file.read_text(errors="replace") if file.is_file() else ""
    assert SECRET not in everything


def test_nonsense_changes_nothing(sandbox: SandboxProcess, app: Path) -> None:
    undecided(app)
    passed(moveday(sandbox, app, "inventory"))
    before = (app / "moveday.yaml").read_bytes()
    answers = app.parent / f"{app.name}-answers.yaml"
    answers.write_text("addon/frobnicator: perhaps\n")
    ended = moveday(sandbox, app, "map", "--answers", str(answers))
    assert ended.code == 2
    assert "one of: stay, replace, drop" in ended.err
    assert moveday(sandbox, app, "map", "--value-env", "LEGACY_TOKEN=UNSET_ONE").code == 2
    assert (app / "moveday.yaml").read_bytes() == before
