"""Whatever a service's answer looks like: it is read as far as it goes, and never guessed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.containers import facts
from providers.containers.files import ProjectFiles
from providers.sources.medstack.listed_files import file_parts
from providers.sources.medstack.nodes import nodes_in
from providers.sources.medstack.service_object import Answered, answered
from providers.sources.medstack.trees import trees_of
from wizard.clock import SYSTEM_CLOCK
from wizard.formats.swarm import read_running
from wizard.formats.swarm.listings import files_in
from wizard.formats.swarm.service import read_service
from wizard.formats.swarm.value import Notes, Value
from wizard.model.inventory import Inventory

OWN = {
    "id": "s1",
    "name": "web",
    "image": "registry.example.net/a:1",
    "replicas": 2,
    "command": ["serve"],
    "env": [],
    "secrets": [],
    "configs": [],
    "volumes": [],
    "domains": "",
    "memory_limit_bytes": None,
}


def read(thing: dict[str, Any]) -> Answered:
    (tree,) = trees_of([thing])
    return answered(tree)


def service(thing: dict[str, Any]) -> Any:
    found = read(thing)
    assert found.part.tree is not None
    whole = Value(found.part.tree, "", found.part.tree.place, Notes())
    return read_service(whole, found.name, "", ())


def inventory(*things: dict[str, Any]) -> Inventory:
    found = [answered(tree) for tree in trees_of(things)]
    project = read_running(
        [each.part for each in found],
        None,
        name="clinic",
        beside={each.name: each.beside for each in found},
    )
    disk = ProjectFiles(Path("/nonexistent"))
    return facts.inventory(project, disk, SYSTEM_CLOCK, None, frozenset(), "medstack")[0]


def test_a_whole_answer_leaves_nothing_open() -> None:
    found = read(OWN)
    assert (found.shape, found.beside.untold, found.unread) == ("own", (), ())


@pytest.mark.parametrize(
    "env",
    [
        ["A=1=2", "B=", "C"],
        [{"name": "A", "value": "1=2"}, {"key": "B", "value": ""}, {"name": "C", "value": None}],
        {"A": "1=2", "B": "", "C": None},
        {"A": "1=2", "B": "", "C": "********"},
    ],
)
def test_variables_in_every_form(env: object) -> None:
    values = {
        e.name: e.value.get_secret_value() if e.value is not None else None
        for e in service({**OWN, "env": env}).environment
    }
    assert values == {"A": "1=2", "B": "", "C": None}


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("domains", "a.example, www.a.example", [("a.example", 8000), ("www.a.example", 8000)]),
        ("domains", ["a.example"], [("a.example", 8000)]),
        ("domains", [{"domain": "a.example", "internal_port": 81}], [("a.example", 81)]),
        ("domain", "https://a.example/", [("a.example", 8000)]),
        ("domain_mapping", {"domain": "a.example,b.example"}, [("a.example", 8000)]),
    ],
)
def test_host_names_in_every_form(field: str, value: object, names: list[object]) -> None:
    thing = {k: v for k, v in OWN.items() if k != "domains"}
    found = read({**thing, field: value, "internal_port": 8000}).beside
    assert [(s.name, s.port) for s in found.served][: len(names)] == names
    assert found.untold == ()


def test_other_forms() -> None:
    found = service(
        {
            **OWN,
            "command": "celery -A 'my app' worker",
            "secrets": ["plain", {"secret_name": "b", "target": "/etc/b"}],
            "volumes": ["data:/srv:ro", {"volume": "v", "mount_path": "/v"}],
            "memory_limit_bytes": None,
            "resources": {"limits": {"memory": "512M"}},
            "mode": "global",
            "health_check": "curl x",
            "labels": {"traefik.port": "80"},
            "placement": {"constraints": ["node.role==worker"]},
        }
    )
    assert found.command == "celery -A 'my app' worker"
    assert [(u.name, u.target) for u in found.secrets] == [
        ("plain", "/run/secrets/plain"),
        ("b", "/etc/b"),
    ]
    assert [(m.source, m.target, m.read_only) for m in found.mounts] == [
        ("data", "/srv", True),
        ("v", "/v", False),
    ]
    assert (found.memory, found.mode) == (512 * 1024**2, "global")
    assert found.health is not None and found.health.test == "curl x"
    assert "placement" in found.raw
    both = service({**OWN, "command": ["/entry"], "args": ["serve"]})
    assert (both.entrypoint, both.command) == ("/entry", "serve")


@pytest.mark.parametrize(
    ("field", "value", "untold"),
    [
        ("replicas", "many", "replicas"),
        ("replicas", None, "replicas"),
        ("replicas", -1, "replicas"),
        ("image", "", "image"),
        ("image", None, "image"),
        ("env", "A=1", "environment"),
        ("volumes", {"a": 1}, "mounts"),
        ("memory_limit_bytes", "512", None),
        ("memory_limit_bytes", 0.5, "memory"),
        ("memory_limit", 512, "memory"),
    ],
)
def test_what_is_not_understood_is_not_told(field: str, value: object, untold: str | None) -> None:
    thing = {**OWN, field: value}
    if field == "memory_limit":
        del thing["memory_limit_bytes"]
    assert read(thing).beside.untold == ((untold,) if untold else ())


def test_unknown_fields_are_named_and_no_value_is() -> None:
    found = read({**OWN, "autoscaling": {"secret": "planted-77"}, "env": [7, "A=planted-77"]})
    assert found.unread == ("autoscaling", "env[]")
    assert "planted-77" not in repr(found)


def test_a_swarm_object_inside_of_another() -> None:
    inner = {"Spec": {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "a:1"}}}}
    found = read({"id": "s1", "object": "service", "docker": inner, "domains": "a.example"})
    assert (found.name, found.shape, found.unread) == ("web", "swarm", ())
    assert [s.name for s in found.beside.served] == ["a.example"]


def test_nodes_and_configs() -> None:
    things = trees_of(
        [
            {"ip_address": "203.0.113.7", "role": "Manager"},
            {"public_ip": "10.0.0.4"},
            {"Status": {"Addr": "203.0.113.8"}, "ManagerStatus": {"Leader": False}},
            {"address": "no address"},
        ]
    )
    found = nodes_in(things)
    assert (found.addresses, found.manager) == (("203.0.113.7", "203.0.113.8"), "203.0.113.7")
    plain = trees_of([{"name": "a", "data": "key = 1"}, {"name": "b", "data": "a2V5ID0gMQ=="}, {}])
    told = files_in(list(file_parts(plain, "configs")), Notes())
    assert {n: f.content.value for n, f in told.items() if f.content} == {
        "a": "key = 1",
        "b": "key = 1",
    }


_WORD = st.text(max_size=6) | st.sampled_from(["a:1", "a.example", "A=b", "x:/y", "512M", "global"])
_ANY = st.recursive(
    _WORD
    | st.integers(-2, 70_000)
    | st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            _WORD | st.sampled_from(["name", "value", "target", "test", "limits", "Spec"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    [
        *OWN,
        "mode",
        "resources",
        "placement",
        "labels",
        "health_check",
        "args",
        "Spec",
        "internal_port",
    ]
)


@settings(max_examples=40)
@given(st.dictionaries(_FIELDS, _ANY, max_size=8), st.dictionaries(_FIELDS, _ANY, max_size=4))
def test_any_answer_ends_in_an_inventory(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = inventory({**OWN, **one}, {"id": "s2", **other})
    assert found.source == "medstack"
    spec = {"Name": "w", "TaskTemplate": {"ContainerSpec": one}, "Labels": other}
    assert inventory({"Spec": spec, **other, "id": "s3"}).gaps is not None
