"""No value of a variable ever reaches a proposed file: names are all that is known of them."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.generate.repositories import REPOSITORIES
from wizard.generate.propose import propose
from wizard.model.inventory import Inventory, Process, Variable
from wizard.model.repo_view import Snapshot
from wizard.steps.files_proposal import known_facts

NAMES = ("DATABASE_URL", "SECRET_KEY", "DISABLE_COLLECTSTATIC", "VITE_API_URL")


def live(lengths: list[int], prints: list[str], schemes: list[str]) -> Inventory:
    """A live app whose variables have these traces of values."""
    facts: Any = zip(NAMES, lengths, prints, schemes, strict=True)
    variables = tuple(
        Variable(name=n, origin="user", length=size, fingerprint=p, scheme=s, where="test")
        for n, size, p, s in facts
    )
    return Inventory(
        source="heroku",
        app="clinic",
        app_id="1",
        region="eu",
        stack="heroku-24",
        maintenance=False,
        release=None,
        processes=(Process(name="web", command="gunicorn a:b", quantity=1, size="x", where="t"),),
        variables=variables,
        addons=(),
        domains=(),
        databases=(),
        read_at=datetime(2026, 7, 1, tzinfo=UTC),
    )


FOUR = 4


@given(
    lengths=st.lists(st.integers(0, 99), min_size=FOUR, max_size=FOUR),
    prints=st.lists(st.text(max_size=9), min_size=FOUR, max_size=FOUR),
    schemes=st.lists(st.sampled_from(["", "postgres"]), min_size=FOUR, max_size=FOUR),
    value=st.text(alphabet="abcXYZ019+/=_-", min_size=8, max_size=30),
    name=st.sampled_from(["django-node", "express-npm"]),
)
@settings(max_examples=25, deadline=None)
def test_the_files_are_the_same_whatever_the_values_are(
    lengths: list[int], prints: list[str], schemes: list[str], value: str, name: str
) -> None:
    view = Snapshot.of(REPOSITORIES[name] | {".env": f"SECRET_KEY={value}\n"})
    plain = Snapshot.of(REPOSITORIES[name] | {".env": "SECRET_KEY=\n"})
    known = known_facts(None, live(lengths, prints, schemes))
    same = known_facts(None, live([0] * FOUR, [""] * FOUR, [""] * FOUR))
    found = propose(view, known, date(2026, 7, 1))
    other = propose(plain, same, date(2026, 7, 1))
    assert [f.text for f in found.files] == [f.text for f in other.files]
    assert value not in found.model_dump_json()
