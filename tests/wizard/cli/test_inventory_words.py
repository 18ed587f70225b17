"""The inventory as a person reads it: grouped, sourced, 80 columns, hostile text in its line."""

from datetime import UTC, datetime

from wizard.cli.inventory_words import WIDTH, inventory_words
from wizard.model.inventory import Addon, Domain, Gap, Process, Variable
from wizard.model.inventory_change import Change, InventoryRead

LONG = "GET /apps/a-very-long-name-of-an-app-indeed/and-a-longer-path/addons"


def read(**more: object) -> InventoryRead:
    facts: dict[str, object] = {
        "source": "heroku",
        "app": "clinic",
        "app_id": "1",
        "region": "us",
        "stack": "heroku-24",
        "maintenance": False,
        "release": None,
        "processes": (
            Process(
                name="web",
                command="gunicorn clinic.wsgi --workers 4 --timeout 30 --access-logfile - " * 2,
                quantity=2,
                size="Standard-1X",
                memory_mb=512,
                monthly_cents=5000,
                where="GET /apps/clinic/formation",
            ),
        ),
        "variables": (Variable(name="K\nforged line", origin="user", length=1, where=LONG),),
        "addons": (
            Addon(id="1", name="a", service="s", plan="s:p", monthly_cents=1, where=LONG),
            Addon(id="2", name="b", service="s", plan="s:p", monthly_cents=1, where=LONG),
            Addon(id="3", name="c", service="s", plan="s:p", billed_to="other", where="GET /c"),
        ),
        "domains": (Domain(hostname="x.test", kind="custom", target="y.test", where="GET /d"),),
        "databases": (),
        "gaps": (Gap(subject="webhooks", reason="403, and why " * 12),),
        "read_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    return InventoryRead.model_validate(facts | more)


def test_every_line_fits_and_groups_say_where_they_were_read() -> None:
    text = inventory_words(read())
    lines = text.splitlines()
    assert [line for line in lines if len(line) > WIDTH] == []
    assert "first look: nothing to compare with" in lines
    heading = next(line for line in lines if line.startswith("processes"))
    assert heading.endswith("GET /apps/clinic/formation")
    assert f"  ({LONG})" in lines
    assert "      (GET /c)" in lines
    assert "      paid by other" in lines
    assert text.count(LONG) == 2
    assert "costs $50.02 a month, and 1 thing whose price is not told" in lines
    assert not any(line.startswith("forged") for line in lines)
    assert lines.index("not known (1)") > lines.index("      DNS target y.test")


def test_changes_stand_before_the_facts() -> None:
    change = Change(kind="domains", subject="x.test", what="added", now="y.test")
    lines = inventory_words(read(changes=(change,))).splitlines()
    at = lines.index("changed since the last look (1)")
    assert lines[at + 1] == "  domain x.test is new: y.test"
    assert at < next(n for n, line in enumerate(lines) if line.startswith("processes"))
    assert "nothing changed since the last look" in inventory_words(read(changes=())).splitlines()
