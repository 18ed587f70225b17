"""Whatever Heroku answers: an inventory with gaps, or an error with a name; never a traceback."""

import asyncio
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from providers.http import Answer, ApiClient, HttpRefused
from providers.sources.heroku.client import HerokuApi
from providers.sources.heroku.hosts import Hosts
from providers.sources.heroku.source import HerokuSource
from tests.providers.sources.heroku.replay import TOKEN, world
from wizard.errors import MovedayError
from wizard.model.inventory import Inventory

WORLD = world()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\ud800", "\x1b[31m", "://[", "http://[::1", "9" * 400, "2026-13-45"])
)
ODD = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=4), SCALARS)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON document, its own root included."""
    found = [path]
    inside: Any = enumerate(value) if isinstance(value, list) else ()
    for key, inner in value.items() if isinstance(value, dict) else inside:
        found += places(inner, (*path, key))
    return found


PLACES = [place for path, answer in WORLD.items() for place in places(answer, (path,))]
DAMAGE = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["missing", "null", "odd", "more"]), ODD),
    min_size=1,
    max_size=6,
)


def damaged(changes: list[tuple[tuple[Any, ...], str, Any]]) -> dict[str, Any]:
    """The replayed world with some fields missing, null, of another type, or unknown."""
    answers: Any = copy.deepcopy(WORLD)
    for place, how, odd in changes:
        inside = answers
        try:
            for step in place[:-1]:
                inside = inside[step]
            if how == "missing":
                del inside[place[-1]]
            elif how == "more":
                inside[place[-1]]["a_new_field"] = odd
            else:
                inside[place[-1]] = None if how == "null" else odd
        except (KeyError, IndexError, TypeError):
            continue
    return dict(answers)


class Canned(ApiClient):
    """Answers from memory, so that many worlds can be read in little time."""

    answers: dict[str, Any] = {}

    async def request(self, method: str, path: str, **more: Any) -> Answer:
        value = self.answers.get(path, KeyError)
        if value is KeyError:
            raise HttpRefused(f"{path}: refused", status=404)
        return Answer(200, {}, json.dumps(value).encode(), path)


async def read(answers: dict[str, Any]) -> Inventory:
    host = "http://localhost:9"
    api = HerokuApi(Hosts(host, host, host, host), SecretStr(TOKEN))
    canned = Canned(host, who="Heroku")
    canned.answers = answers
    real = [api._platform, api._data, api._metrics, api._github]
    api._platform = api._data = api._metrics = api._github = canned
    try:
        return await HerokuSource("acme", api).read_inventory(lambda value: "f")
    finally:
        for client in (*real, canned):
            await client.close()


@settings(max_examples=150, deadline=None)
@given(DAMAGE)
def test_any_damage_leaves_an_inventory_or_a_named_error(
    changes: list[tuple[tuple[Any, ...], str, Any]],
) -> None:
    answers = damaged(changes)
    try:
        found = asyncio.run(read(answers))
    except MovedayError as error:
        # Only the app's own answer may end everything.
        assert error.title
        assert any(place[0] == "/apps/acme" for place, _, _ in changes)
        return
    assert found.app
    assert Inventory.model_validate_json(found.model_dump_json()) == found
    text = found.model_dump_json()
    assert "canary-drain" not in text
    assert "canary-follow" not in text


def test_the_whole_world_undamaged_has_few_gaps() -> None:
    found = asyncio.run(read(damaged([])))
    assert {gap.subject.split()[0] for gap in found.gaps} == {
        "database",
        "private",
        "scheduler-slow-1",
        "value",
    }
