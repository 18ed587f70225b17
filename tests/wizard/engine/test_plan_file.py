"""moveday.yaml: what is wrong is named with its line and reason; nothing is guessed."""

from pathlib import Path

import pytest

from wizard.engine.plan_file import parse_plan, read_plan
from wizard.errors import UsageError

GOOD = """\
format: 1
source: {kind: heroku, app: clinic}
target: {stack: s, environment: e, app: clinic}
databases:
  - {variable: DATABASE_URL, handle: clinic-db}
"""


def test_a_good_plan_is_read_with_the_hash_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "moveday.yaml").write_text(GOOD)
    plan, digest = read_plan(tmp_path)
    assert plan.databases[0].handle == "clinic-db"
    assert len(digest) == 64


def test_no_plan_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no moveday.yaml") as caught:
        read_plan(tmp_path)
    assert "README" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "colour: red\n", "line 6, colour"),
        (GOOD.replace("handle: clinic-db", "handel: clinic-db"), "line 5"),
        (GOOD + "format: 1\n", "line 6: the key “format” stands here twice"),
        (GOOD.replace("format: 1", "format: 7"), "has format 7"),
        (GOOD + "port: many\n", "line 6, port"),
        (GOOD + "hold_back: &a [x]\ndomains: *a\n", "aliases are not used"),
        ("- a\n- b\n", "must be a mapping"),
        ("a: [b\n", "line 2"),
        (GOOD + "domains: !!python/object/apply:os.system ['true']\n", "line 6"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_plan(text.encode())
    assert told in str(caught.value)
