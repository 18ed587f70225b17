"""What is named when the new side is not as it was left; and that nothing is when it is."""

from typing import Any

import pytest

from wizard.model.target import Endpoint, Service, TargetDatabase
from wizard.rules.drift import NewSide, drift

WEB = Service(id=1, name="web", command="run", count=1, memory_mb=1024)
DATABASE = TargetDatabase(
    id=2,
    handle="db",
    engine="postgresql",
    version="17",
    status="provisioned",
    disk_gb=10,
    memory_mb=1024,
)
ENDPOINT = Endpoint(
    id=3,
    service_id=1,
    status="provisioned",
    host="elb.test",
    domain="app.test",
    default_domain=True,
    allowed_ips=("203.0.113.7",),
)
LEFT = NewSide(
    environment=10,
    app=11,
    commit="a" * 40,
    services=(WEB,),
    databases=(DATABASE,),
    endpoints=(ENDPOINT,),
    variables={"KEY": "aa", "NAME": "bb"},
)


def changed(thing: Any, **fields: Any) -> tuple[Any, ...]:
    return (thing.model_copy(update=fields),)


def test_as_left_nothing_is_named() -> None:
    assert drift(LEFT, LEFT) == ()


@pytest.mark.parametrize(
    ("now", "rule", "item", "weight"),
    [
        ({"environment": None, "app": None}, "DR01", "environment", "stop"),
        ({"app": 99}, "DR01", "app", "stop"),
        ({"commit": "b" * 40}, "DR02", "deployed commit", "stop"),
        ({"services": ()}, "DR03", "service web", "stop"),
        ({"services": changed(WEB, count=2)}, "DR04", "service web", "stop"),
        ({"services": changed(WEB, memory_mb=512)}, "DR05", "service web", "warn"),
        ({"databases": ()}, "DR06", "database db", "stop"),
        ({"databases": changed(DATABASE, id=7)}, "DR06", "database db", "stop"),
        ({"databases": changed(DATABASE, disk_gb=20)}, "DR07", "database db", "warn"),
        ({"endpoints": ()}, "DR08", "endpoint app.test", "stop"),
        ({"endpoints": changed(ENDPOINT, allowed_ips=())}, "DR09", "endpoint app.test", "stop"),
        ({"variables": {"KEY": "aa"}}, "DR10", "variable NAME", "stop"),
        ({"variables": {**LEFT.variables, "NEW": "cc"}}, "DR10", "variable NEW", "warn"),
        ({"variables": {"KEY": "aa", "NAME": "xx"}}, "DR11", "variable NAME", "stop"),
    ],
)
def test_each_difference_is_named_once_with_what_to_do(
    now: dict[str, Any], rule: str, item: str, weight: str
) -> None:
    found = drift(LEFT, LEFT.model_copy(update=now))
    assert (rule, item, weight) in [(d.rule, d.item, d.weight) for d in found]
    assert all(d.todo and d.made != d.now for d in found)
    assert len({d.item for d in found}) == len(found)


def test_without_a_lasting_key_only_names_are_compared() -> None:
    bare = LEFT.model_copy(update={"variables": {"KEY": "", "NAME": ""}})
    assert drift(bare, LEFT) == ()
    assert drift(LEFT, bare) == ()
