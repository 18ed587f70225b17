"""Compose files, versions 2 to today: every form is read, every mistake is named with its line."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.formats.compose import Loaded, Project, read_project
from wizard.formats.errors import FormatError


def project(
    text: str, *more: str, values: dict[str, str] | None = None, disk: dict[str, str] | None = None
) -> Project:
    files = [Loaded("compose.yaml", text)]
    files += [Loaded(f"more{n}.yaml", each) for n, each in enumerate(more, 1)]
    return read_project(files, values or {}, (disk or {}).get)


def test_the_traps_of_yaml_1_1_do_not_spring() -> None:
    found = project(
        "services:\n  web:\n    image: a\n    ports:\n      - 22:22\n      - 25:25\n"
        "    environment:\n      A: on\n      B: no\n      C: 0400\n"
    ).services["web"]
    assert [(p.published, p.target) for p in found.ports] == [(22, 22), (25, 25)]
    told = {e.name: e.value.get_secret_value() for e in found.environment if e.value is not None}
    assert told == {"A": "on", "B": "no", "C": "0400"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("services:\n  web:\n\timage: a\n", 3, "a tab stands here"),
        ("services:\n  web:\n    image: a\n    image: b\n", 4, "twice, first on line 3"),
        ("services:\n  web: &a\n    image: a\n    x-b: *a\n", 2, "never ends"),
        (
            "services:\n  web:\n    <<: {image: a}\n    <<: {image: b}\n",
            4,
            "`<<` stands here twice",
        ),
        ("services:\n  web:\n    image: a${-}b\n", 3, "`${` wants the name"),
        ("services:\n  web:\n    image: ${A\n", 3, "never closed"),
        ("services:\n  web:\n    image: a\n    ports: ['x']\n", 4, "no port"),
        ("services:\n  web:\n    image: a\n    mem_limit: lots\n", 4, "no size"),
        ("services:\n  web:\n    extends: other\n", 3, "no service other"),
        ("version: '9'\nservices:\n  web:\n    image: a\n", 1, "2 to 3.13"),
        ("web:\n  image: a\n", 1, "file format 1"),
        ("- a\n", 1, "a mapping"),
        ("services:\n  a:\n    extends: b\n  b:\n    extends: a\n", 5, "extends itself"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(FormatError) as caught:
        project(text)
    assert words in caught.value.why
    assert (caught.value.path, caught.value.line) == ("compose.yaml", line)


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(FormatError, match="aliases unfold"):
        project("\n".join([*lines, "services: {web: {image: a}}"]))


def test_several_files_merge_as_compose_does() -> None:
    found = project(
        "services:\n  web:\n    image: a\n    command: [run, me]\n    environment: [A=1, B=2]\n"
        "    ports: ['80:80']\n    volumes: ['x:/data']\n",
        "services:\n  web:\n    command: other\n    environment: {B: '3', C: ''}\n"
        "    ports: ['81:81']\n    volumes: ['y:/data']\n",
    ).services["web"]
    assert found.command == "other"
    assert [p.target for p in found.ports] == [80, 81]
    assert [m.source for m in found.mounts] == ["y"]
    told = {e.name: e.value.get_secret_value() for e in found.environment if e.value is not None}
    assert told == {"A": "1", "B": "3", "C": ""}


def test_reset_and_override_of_the_present_specification() -> None:
    found = project(
        "services:\n  web:\n    image: a\n    ports: ['80:80']\n    environment: {A: '1'}\n",
        "services:\n  web:\n    ports: !override ['81:81']\n    environment: !reset null\n",
    ).services["web"]
    assert [p.target for p in found.ports] == [81]
    assert found.environment == ()


def test_variables_defaults_and_what_is_missing() -> None:
    found = project(
        "services:\n  web:\n    image: a:${TAG:-1.2}\n    environment:\n"
        "      A: ${ONE:-${TWO:-three}}\n      B: ${EMPTY-kept}\n      C: $$HOME\n"
        "      D: ${SECRET:?give a secret}\n      E: ${ONE:+yes}\n      F:\n",
        values={"EMPTY": ""},
    ).services["web"]
    told = {
        e.name: e.value.get_secret_value() if e.value is not None else None
        for e in found.environment
    }
    assert found.image == "a:1.2"
    assert told == {"A": "three", "B": "", "C": "$HOME", "D": None, "E": "", "F": None}
    (missing,) = [e for e in found.environment if e.unset]
    assert (missing.unset, missing.asks) == (("SECRET",), "give a secret")


def test_anchors_extends_and_include() -> None:
    disk = {
        "base/common.yml": "services:\n  base:\n    image: b\n    environment: {A: base}\n",
        "db.yml": "services:\n  db:\n    image: postgres:16\n",
    }
    found = project(
        "x-env: &env {A: '1', B: '2'}\ninclude: [db.yml, gone.yml]\nservices:\n"
        "  one:\n    image: a\n    environment:\n      <<: *env\n      B: own\n"
        "  two:\n    extends: {file: base/common.yml, service: base}\n    command: go\n",
        disk=disk,
    )
    assert list(found.services) == ["db", "one", "two"]
    told = {
        e.name: e.value.get_secret_value() for e in found.services["one"].environment if e.value
    }
    assert told == {"A": "1", "B": "own"}
    assert (found.services["two"].image, found.services["two"].command) == ("b", "go")
    assert (found.included, [m[0] for m in found.missing]) == (("db.yml",), ["gone.yml"])


def test_paths_of_included_and_extended_files_count_from_their_own_folder() -> None:
    disk = {
        "sub/.env": "TAG=own\nPORT=1\n",
        "sub/app.yml": "include: [deep/more.yml]\nservices:\n  app:\n    image: a:${TAG}-${PORT}\n"
        "    env_file: [app.env, {path: ../top.env}]\n    build: ./src\n"
        "    volumes: ['./data:/d', 'named:/n', '/abs:/a', {type: bind, source: x, target: /x}]\n"
        "    extends: {file: deep/base.yml, service: base}\nsecrets: {s: {file: s.txt}}\n",
        "sub/deep/base.yml": "services:\n  base:\n    env_file: base.env\n    command: go\n",
        "sub/deep/more.yml": "services:\n  more:\n    image: b\n    env_file: more.env\n",
        "other/elsewhere.yml": "services:\n  far:\n    image: c\n    build: {context: https://x/y}\n"
        "    env_file: far.env\n",
    }
    found = project(
        "include:\n  - sub/app.yml\n  - {path: other/elsewhere.yml, project_directory: .}\n"
        "services: {}\n",
        disk=disk,
        values={"TAG": "ours"},
    )
    app = found.services["app"]
    assert app.image == "a:ours-1"
    named = [use.path for use in app.env_files]
    assert named == ["./sub/deep/base.env", "./sub/app.env", "./top.env"]
    assert app.build is not None and app.build.context == "./sub/src"
    sources = [mount.source for mount in app.mounts]
    assert sources == ["./sub/data", "named", "/abs", "./sub/x"]
    assert found.secrets["s"].file == "./sub/s.txt"
    assert [use.path for use in found.services["more"].env_files] == ["./sub/deep/more.env"]
    far = found.services["far"]
    assert far.build is not None and far.build.context == "https://x/y"
    assert [use.path for use in far.env_files] == ["far.env"]


def test_several_documents_are_one_file() -> None:
    found = project(
        "---\nservices:\n  web: {image: a, command: one}\n---\n---\nservices:\n"
        "  web: {command: two}\n  db: {image: b}\n"
    )
    assert (found.services["web"].command, list(found.services)) == ("two", ["web", "db"])


def test_long_and_short_forms_are_the_same() -> None:
    short = project(
        "services:\n  web:\n    image: a\n    ports: ['127.0.0.1:8080:80/udp', '3000-3001']\n"
        "    volumes: ['v:/d:ro', './c:/c', '/anon']\n    secrets: [s]\n"
        "    healthcheck: {test: curl x, start_period: 1m30s}\n"
    ).services["web"]
    long = project(
        "services:\n  web:\n    image: a\n    ports:\n"
        "      - {target: 80, published: '8080', protocol: udp, host_ip: 127.0.0.1}\n"
        "      - {target: 3000}\n      - {target: 3001}\n    volumes:\n"
        "      - {type: volume, source: v, target: /d, read_only: true}\n"
        "      - {type: bind, source: ./c, target: /c}\n      - {type: volume, target: /anon}\n"
        "    secrets: [{source: s}]\n"
        "    healthcheck: {test: [CMD-SHELL, curl x], start_period: 1m30s}\n"
    ).services["web"]
    for one, other in zip(short.ports, long.ports, strict=True):
        assert (one.target, one.protocol, one.address) == (
            other.target,
            other.protocol,
            other.address,
        )
    for first, second in zip(short.mounts, long.mounts, strict=True):
        assert (first.kind, first.source, first.target, first.read_only) == (
            *(second.kind, second.source, second.target, second.read_only),
        )
    assert short.secrets[0].target == long.secrets[0].target == "/run/secrets/s"
    assert short.health and long.health
    assert (short.health.test, short.health.start_seconds) == ("curl x", 90.0)
    assert (long.health.test, long.health.start_seconds) == ("curl x", 90.0)


_WORDS = st.sampled_from(
    [
        *("services", "web", "image", "a:1", "ports", "80:80", "environment", "A=${B}", "volumes"),
        *("extends", "include", "deploy", "<<", "$", "${", "null", "on", "22:22", "healthcheck"),
    ]
)
_TREES = st.recursive(
    st.one_of(_WORDS, st.none(), st.booleans(), st.integers(-9, 99_999), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(_TREES.map(lambda t: yaml.safe_dump({"services": {"web": t}})), st.text()))
def test_whatever_the_text_it_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        found = project(text)
    except FormatError as error:
        assert error.path == "compose.yaml"
    else:
        assert found.services
