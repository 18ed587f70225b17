"""What `docker service inspect` prints is read whole, and what is odd in it is named, not fatal."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.formats.swarm_listing import CLINIC, PLANTED, service
from wizard.formats.compose import Loaded, Project, read_project
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


def table(*rows: tuple[str, ...]) -> str:
    """As docker prints it: columns as wide as their widest cell, three blanks apart."""
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "   ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)).rstrip()
        for row in rows
    )


def test_a_list_of_services_is_read_as_a_table_and_as_json() -> None:
    rows = [
        ("clinic_web", "replicated", "2/3 (max 1 per node)", "registry.example.net/c:2", ""),
        ("clinic_syslog", "global", "4/4", "syslog-ng:4", "*:5140->514/udp"),
        ("clinic_once", "replicated job", "0/1", "registry.example.net/c:2", ""),
    ]
    head = ("ID", "NAME", "MODE", "REPLICAS", "IMAGE", "PORTS")
    printed = "$ docker service ls\n" + table(head, *(("a1", *row) for row in rows))
    keys = ("Name", "Mode", "Replicas", "Image", "Ports")
    as_json = "\n".join(json.dumps({"ID": "x", **dict(zip(keys, r, strict=True))}) for r in rows)
    for text in (printed, as_json):
        found = running(text)
        assert found.name == "clinic"
        assert {n: (s.image, s.mode, s.replicas) for n, s in found.services.items()} == {
            "web": ("registry.example.net/c:2", "replicated", 3),
            "syslog": ("syslog-ng:4", "global", None),
            "once": ("registry.example.net/c:2", "replicated-job", 1),
        }
        ports = found.services["syslog"].ports
        assert [(p.published, p.target, p.protocol) for p in ports] == [(5140, 514, "udp")]
        assert found.remarks == ()


def test_inputs_are_laid_over_each_other_and_differences_are_told() -> None:
    written = read_project(
        [
            Loaded(
                "c.yaml",
                "services:\n  web:\n    image: registry.example.net/clinic:2.3\n"
                "    environment: {SECRET_KEY: other, ONLY_WRITTEN: x}\n"
                "    volumes: ['./x:/etc/localtime', 'uploads:/srv/other']\n"
                "    ports: ['9090:8000']\n    depends_on: [db]\n"
                "    deploy: {replicas: 2}\n  db: {image: 'postgres:15-alpine'}\n"
                "  gone: {image: x}\n",
            )
        ],
        {},
        lambda _: None,
    )
    rows = (("ID", "NAME", "MODE", "REPLICAS", "IMAGE", "PORTS"),)
    rows += tuple(
        ("a", f"clinic_{n}", "replicated", "2/2", i, "") for n, i in (("web", "x:1"), ("db", "y:2"))
    )
    data = base64.b64encode(b"server {}").decode()
    texts = {
        "ps.json": json.dumps(CLINIC),
        "ls.txt": table(*rows),
        "configs.json": json.dumps([{"ID": "c1", "Spec": {"Name": "clinic_nginx", "Data": data}}]),
        "secrets.txt": table(
            ("ID", "NAME", "DRIVER", "CREATED", "UPDATED"),
            ("s1", "clinic_session", "", "2 days ago", "2 days ago"),
            ("s2", "clinic_unused", "", "2 days ago", "2 days ago"),
        ),
    }
    parts = [part for path, text in texts.items() for part in parts_of(text, path)]
    found = read_running(parts, written)
    web = found.services["web"]
    assert (web.image[:32], web.replicas) == ("registry.example.net/clinic:2.4@", 3)
    assert web.depends_on == {"db": "service_started"}
    told = {f"{each.subject} of {each.process}": each.said for each in found.differs}
    assert told["image of web"] == ("ls.txt:2: x:1", "ps.json:1: registry.example.net/clinic:2.4")
    assert told["replicas of web"][-1] == "ps.json:1: 3"
    assert told["variable SECRET_KEY of web"] == (
        "c.yaml:4: one value",
        "ps.json:1: another value",
    )
    assert told["variable ONLY_WRITTEN of web"][-1] == "ps.json:1: not there"
    assert told["port 8000/tcp of web"] == (
        "c.yaml:6: 9090 to 8000/tcp",
        "ps.json:1: 8080 to 8000/tcp",
    )
    assert "mount /etc/localtime of web" not in told
    assert told["service of gone"][-1] == "ls.txt: not in the list of services"
    assert found.configs["nginx"].content is not None
    assert [r for r in found.remarks if "secret" in r] == [
        "secrets.txt:3: the secret unused is used by no service that is told"
    ]
    assert PLANTED not in repr(found.differs) + repr(found.remarks)


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


KEY = "-----BEGIN PRIVATE KEY-----\nMIIBabc123def456ABC=\nx=y\n-----END PRIVATE KEY-----"
SHELL = f"""root@3f2a:/srv# env
HOSTNAME=3f2a
PATH=/usr/bin
SECRET_KEY={PLANTED}
TLS_KEY={KEY}
LINES=first
second line
EMPTY=
root@3f2a:/srv# ls -l /run/secrets
total 8
-r--r--r-- 1 root root 33 Jan  5 08:00 session
-r--r--r-- 1 root root 33 Jan  5 2025 smtp
root@3f2a:/srv# df -h
Filesystem      Size  Used Avail Use% Mounted on
overlay          30G   12G   18G  40% /
tmpfs            64M     0   64M   0% /dev
/dev/sda1        30G  1.5G   18G  40% /srv/uploads
//acc.file.core.windows.net/a-long-name
                100G  512M   99G   1% /srv/share
/dev/sda1        30G   12G   18G  40% /etc/hosts
root@3f2a:/srv# mount
overlay on / type overlay (rw,lowerdir=/x)
proc on /proc type proc (rw)
//acc.file.core.windows.net/a on /srv/share type cifs (ro,password={PLANTED})
tmpfs on /cache type tmpfs (rw)
"""


def test_a_paste_from_a_shell_is_laid_over_its_service() -> None:
    parts = [*parts_of(json.dumps(CLINIC), "ps.json"), *parts_of(SHELL, "shell-web.txt")]
    assert [part.kind for part in parts[-4:]] == ["env", "secret files", "df", "mount"]
    assert PLANTED not in repr(parts)
    found = read_running(parts, None)
    web = found.services["web"]
    told = {e.name: e.value.get_secret_value() for e in web.environment if e.value is not None}
    assert told["TLS_KEY"] == KEY
    assert told["LINES"] == "first\nsecond line"
    assert not {"PATH", "HOSTNAME", "x", "MIIBabc123def456ABC"} & told.keys()
    assert [u.name for u in web.secrets] == ["session", "smtp"]
    assert {m.target: (m.kind, m.source, m.used) for m in web.mounts} == {
        "/srv/uploads": ("volume", "uploads", int(1.5 * 1024**3)),
        "/etc/localtime": ("bind", "/etc/localtime", None),
        "/scratch": ("tmpfs", "", None),
        "/srv/share": ("volume", "", 512 * 1024**2),
        "/cache": ("tmpfs", "", None),
    }
    assert [d.subject for d in found.differs] == ["variable SECRET_KEY"]
    assert PLANTED not in repr(found)


@pytest.mark.parametrize(
    "head",
    [
        *("", "# docker compose up\n", "---\n", "\ufeff", "%YAML 1.1\n---\n", "x-a: &a {}\n"),
        *('"x-b": 1\n', "<<: {}\n", "version : '3'\n", "# env\r\n"),
    ],
)
def test_a_compose_file_is_known_by_its_first_line(head: str) -> None:
    text = head + "services:\n  web:\n    image: a\n    # docker run x\n    command: $ ls -l\n"
    assert [part.kind for part in parts_of(text, "any.name")] == ["compose"]
    assert [part.kind for part in parts_of('{"a": {}, "services": {}}', "c")] == ["compose"]


def test_pastes_alone_make_a_service_whose_image_is_asked_for() -> None:
    disk = "Filesystem 1K-blocks Used Available Use% Mounted on\na 9 4 5 1% /d\n"
    parts = [*parts_of("API=x\n", "web.env"), *parts_of(disk, "web-df")]
    (web,) = read_running(parts, None, name="folder").services.values()
    assert (web.name, web.image_unset, web.mounts[0].used) == ("web", ("IMAGE",), 4096)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PLANTED, "none of what is known"),
        ("cGxhbnRlZC1RazQ3LXN3YXJtLXNlY3JldA==", "none of what is known"),
        (f"/run/secrets/a\n{PLANTED}", "no name of a secret"),
        ("total 0\n-rw-r--r-- 1 a a 3 Jan 5 08:00 x", "a folder that is not told"),
        (f"Filesystem Size Used Avail Use% Mounted on\n{PLANTED} x", "no row of df"),
        (f"a on /b type c (rw)\n{PLANTED}", "no row of mount"),
        (f"A=b\nTOKEN={PLANTED}", "from which service"),
        ("root@a:/# env\n", "nothing stands behind"),
    ],
)
def test_a_paste_that_is_not_understood_is_refused_without_its_words(text: str, words: str) -> None:
    path = "paste.txt" if "which" in words else "web.txt"
    with pytest.raises(FormatError) as caught:
        read_running([*parts_of(json.dumps(CLINIC), "ps"), *parts_of(text, path)], None)
    assert words in caught.value.why
    assert caught.value.path == path
    assert not any(line in str(caught.value) for line in (PLANTED, text.splitlines()[-1][:30]))


_LINES = st.sampled_from(
    [
        *("A=b", "-----BEGIN X-----", "x", "", "# df", "root@a:/# ls /run/secrets", "$ env"),
        *(
            "Filesystem Size Used Avail Use% Mounted on",
            "a 1G 2. 3 4% /d",
            "a 1 . 3 4 /d",
            f"a 1 {'9' * 400} 3 4 /d",
            "==",
        ),
        *("a on /b type c (rw)", "total 4", "-r--r--r-- 1 a b 3 Jan 5 2025 s", "$ mount", "a: b"),
        *("ID NAME MODE REPLICAS IMAGE PORTS", "ID NAME CREATED UPDATED", "1  b  c  d", "{}", "[{"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES | st.text(max_size=8), max_size=8))
def test_any_paste_ends_in_a_model_or_a_named_error(lines: list[str]) -> None:
    try:
        parts = parts_of("\n".join(lines), "ps.json")
        if any(part.kind != "compose" for part in parts):
            read_running(parts, None)
    except FormatError as error:
        assert error.path == "ps.json"
