"""Lists, pastes and files in any combination: told apart by content, and never quoted."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.formats.swarm_listing import CLINIC, PLANTED
from wizard.formats.compose import Loaded, read_project
from wizard.formats.errors import FormatError
from wizard.formats.swarm import parts_of, read_running


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
        found = read_running(parts_of(text, "ps.json"), None, name="folder")
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
