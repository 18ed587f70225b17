"""What `docker service inspect` prints is read whole, and what is odd in it is named, not fatal."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.formats.swarm_listing import CLINIC, PLANTED, service
from wizard.formats.compose import Project
from wizard.formats.compose.tree import Fields, Items, Tree
from wizard.formats.errors import FormatError
from wizard.formats.json_tree import read_documents
from wizard.formats.swarm import parts_of, read_running


def running(text: str) -> Project:
    return read_running(parts_of(text, "ps.json"), None, name="folder")


def test_every_part_of_a_service_is_read() -> None:
    found = running(json.dumps(CLINIC, indent=4))
    assert (found.name, list(found.services)) == (
        "clinic",
        ["web", "worker", "beat", "syslog", "db", "cache", "proxy"],
    )
    assert found.remarks == ()
    web = found.services["web"]
    assert web.image.startswith("registry.example.net/clinic:2.4@sha256:abab")
    assert (web.entrypoint, web.command) == ("/entry '--with blank'", "serve --port 8000")
    told = {e.name: e.value and e.value.get_secret_value() for e in web.environment}
    assert told["SECRET_KEY"] == f"{PLANTED}=with=signs"
    assert told["FROM_SHELL"] is None
    assert [e.value is not None for e in web.environment if e.name == "EMPTY"] == [True]
    assert [(p.target, p.published, p.protocol, p.mode) for p in web.ports] == [
        (8000, 8080, "tcp", "host")
    ]
    assert [(m.kind, m.source, m.target) for m in web.mounts] == [
        ("volume", "uploads", "/srv/uploads"),
        ("bind", "/etc/localtime", "/etc/localtime"),
        ("tmpfs", "", "/scratch"),
    ]
    assert [(u.name, u.target) for u in web.secrets] == [("session", "/run/secrets/session")]
    assert [(u.name, u.target) for u in web.configs] == [("nginx", "/n.conf")]
    assert web.health is not None
    assert (web.health.test, web.health.start_seconds) == (
        "curl -f http://localhost:8000/up",
        40.0,
    )
    assert (web.replicas, web.memory, web.reserved) == (3, 734_003_200, 268_435_456)
    assert (web.networks, web.aliases) == (("net1",), ("clinic_web", "front"))
    assert set(web.raw) == {
        *("user", "working_dir", "extra_hosts", "stop_grace_period", "cpus", "logging"),
        "placement",
    }
    assert (web.words["stop_grace_period"], web.words["cpus"]) == ("90 s", "0.5")
    assert found.services["worker"].mode == "global"
    assert {n: s.update_order for n, s in found.services.items() if s.update_order} == {
        "beat": "stop-first"
    }
    assert web.place.line == 2


def test_each_form_that_docker_prints_is_read() -> None:
    whole = json.dumps(CLINIC)
    lines = "\n".join(json.dumps(each) for each in CLINIC)
    one = json.dumps(CLINIC[0], indent=1)
    assert list(running(lines).services) == list(running(whole).services)
    assert list(running(one).services) == ["web"]
    assert running(lines).services["beat"].place.line == 3


def test_several_stacks_keep_their_names_apart() -> None:
    both = [
        service("web", {"Image": "a"}, stack="one"),
        service("web", {"Image": "b"}, stack="two"),
        service("only", {"Image": "c"}, stack="two"),
    ]
    found = running(json.dumps(both)).services
    assert {name: s.aliases for name, s in found.items()} == {
        "one_web": (),
        "two_web": (),
        "two_only": ("only",),
    }


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"Env": "A=b"}, "ContainerSpec.Env is not a list"),
        ({"Env": [{"A": "b"}]}, "ContainerSpec.Env[0] is not a text"),
        ({"Env": ["=x"]}, "ContainerSpec.Env[0] has no name"),
        ({"Mounts": [{"Source": "x"}]}, "Mounts[0] has no Target"),
        ({"Image": 7}, "ContainerSpec.Image is not a text"),
        ({"StopGracePeriod": "10s"}, "StopGracePeriod is not a whole number"),
        ({"Secrets": [{}]}, "Secrets[0] has no SecretName"),
        ({"Novel": {}}, "ContainerSpec.Novel is not known"),
        ({"Labels": ["a=b"]}, "ContainerSpec.Labels is not an object"),
    ],
)
def test_a_wrong_type_is_a_remark_with_its_path(container: dict[str, Any], words: str) -> None:
    text = json.dumps([service("web", {"Image": "a", **container})], indent=2)
    found = running(text)
    assert list(found.services) == ["web"]
    assert len(found.remarks) == 1
    assert words in found.remarks[0]
    assert found.remarks[0].startswith("ps.json:")


def test_the_same_remark_for_many_services_is_told_once() -> None:
    many = [service(f"s{n}", {"Image": "a", "Novel": 1}) for n in range(20)]
    assert len(running(json.dumps(many)).remarks) == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "nothing stands"),
        ('[\n{"a": 1,}]', 2, '"name" was expected'),
        ('{"a"\n1}', 2, "colon"),
        ("[{}\n{}]", 2, "comma"),
        ('{"a": {"b": 1', 1, "too early"),
        ('{"a": 1,\n"a": 2}', 2, "twice"),
        ('[{"a":' * 40, 1, "levels deep"),
        ('{"a":\n"\n"}', 2, "not JSON"),
        ('[{"ID": "x"}]', 1, "JSON of another kind"),
        ("[]", 0, "nothing is listed"),
        ('[{"Spec": {"Name": "x"}}]', 0, "no service in it"),
        ('[{"Config": {}, "HostConfig": {}}]', 1, "docker inspect` of a container"),
        ("CONTAINER ID   IMAGE\nx y", 1, "docker ps"),
        ("# only\n\n# words\n", 1, "nothing stands in it"),
        ("\n\nhello", 3, "none of what is known"),
    ],
)
def test_what_is_no_listing_is_named(text: str, line: int, words: str) -> None:
    with pytest.raises(FormatError) as caught:
        running(text)
    assert words in caught.value.why
    assert (caught.value.path, caught.value.line) == ("ps.json", line)


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
_KEYS = ("Env", "Mounts", "Secrets", "Healthcheck", "Image", "Args", "Labels", "DNSConfig")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _ANY), _ANY, _ANY, _ANY)
def test_any_value_ends_in_a_model(container: Any, task: Any, mode: Any, ports: Any) -> None:
    one = service("web", container, mode=mode, ports=ports)
    one["Spec"]["TaskTemplate"].update({"Resources": task, "Networks": ports})
    assert list(running(json.dumps([one])).services) == ["web"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='[]{}",:0 \n\\u"aSpecName', max_size=60) | st.text(max_size=30))
def test_any_text_ends_in_a_model_or_a_named_error(text: str) -> None:
    try:
        assert running(text).services
    except FormatError as error:
        assert error.path == "ps.json"


def plain(tree: Tree) -> object:
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    if isinstance(tree, Fields):
        return {key: plain(value) for key, value in tree.fields.items()}
    return tree.value if tree.quoted else json.loads(tree.value)


@settings(max_examples=60, deadline=None)
@given(_ANY)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    (found,) = read_documents(json.dumps(value, indent=1), "x.json")
    assert plain(found) == value
