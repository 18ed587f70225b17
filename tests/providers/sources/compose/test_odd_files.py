"""Whatever lies in a folder as a Compose file: read, or refused with file, line, what and why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wizard.errors import UsageError
from wizard.joins.looks import look_at_files
from wizard.model.inventory import Inventory

PLAIN = "services:\n  web:\n    image: a:1\n"
NEWEST = """
models:
  llm: {model: ai/some, context_size: 1024}
configs:
  inline: {content: "a=$${B} ${C:-c}"}
services:
  web:
    image: a:1
    attach: false
    annotations: [com.example.a=b]
    models: [llm]
    develop: {watch: [{action: sync, path: ./src, target: /app}]}
    configs: [inline]
    post_start: [{command: ./x.sh, user: root}]
    command: [sh, -c, "grep ^x$ /f && echo $$HOME 5$"]
    healthcheck: {test: "pgrep -f 'x$'", start_interval: 2s}
    ports: [{name: http, target: 80, app_protocol: http, mode: host}, "[::1]:6001:6001"]
    volumes: [{type: image, source: a:1, target: /i}]
    env_file: [{path: gone.env, required: false, format: raw}]
    depends_on: {made: {condition: service_started, required: false}}
  made:
    provider: {type: some-cloud, options: {type: mysql}}
  gone: {image: b, ports: ["1:1"]}
"""
OVER = """
services:
  web: {ports: !override ['80:80'], annotations: !reset null}
  gone: !reset null
"""


def looked(folder: Path) -> Inventory:
    return look_at_files("compose", folder, (), ()).inventory


def test_what_the_newest_specification_has_is_taken(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(NEWEST)
    (tmp_path / "compose.override.yaml").write_text(OVER)
    found = looked(tmp_path)
    assert [p.name for p in found.processes] == ["web"]
    assert found.processes[0].command == "sh -c 'grep ^x$ /f && echo $HOME 5$'"
    assert [(e.port, e.published) for e in found.entries] == [(80, 80)]
    assert {"post_start", "models"} <= {wish.kind for wish in found.wishes}
    gaps = {gap.subject: gap.reason for gap in found.gaps}
    assert "some-cloud" in gaps["made"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        f"---\n{PLAIN}---\nservices:\n  web: {{init: true}}\n".encode(),
        (PLAIN + "    env_file: [{path: none.env, required: false}]\n").encode(),
    ],
)
def test_unusual_and_good(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "compose.yaml").write_bytes(content)
    assert [p.name for p in looked(tmp_path).processes] == ["web"]


def folder(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def holds(content: str | bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


@pytest.mark.parametrize(
    ("made", "title"),
    [
        (folder, "compose.yaml is there, and is no file"),
        (circle, "compose.yaml is there, and is no file"),
        (holds("services:\n  web:\n\timage: a\n"), "compose.yaml, line 3: a tab"),
        (holds(PLAIN + "    image: b\n"), "line 4: the key “image” stands here twice"),
        (holds("services:\n  a: *gone\n"), "line 2: found undefined alias"),
        (holds((PLAIN + "# caf\xe9\n").encode("latin-1")), "not a text file in UTF-8"),
        (holds(PLAIN.encode("utf-16")), "not a text file in UTF-8"),
        (holds(PLAIN + "    user: 'a\0b'\n"), "line 4: this is not a text file"),
        (holds("include: [compose.yaml]\n" + PLAIN), "line 1: includes are nested too deeply"),
        (
            holds("services:\n  a:\n    extends: {file: gone.yaml, service: b}\n"),
            "gone.yaml, which is named here, is not there",
        ),
        (holds(PLAIN + "x-a:\n" + f"  - {'a' * 90}\n" * 20_000), "longer than 1,500,000"),
        (holds(""), "nothing stands in it"),
    ],
)
def test_wrong_ones_are_refused_with_what_is_wrong(
    tmp_path: Path, made: Callable[[Path], None], title: str
) -> None:
    made(tmp_path / "compose.yaml")
    with pytest.raises(UsageError) as caught:
        looked(tmp_path)
    assert title in f"{caught.value.title} {caught.value.detail}"
    assert caught.value.hint


def test_what_could_not_be_read_of_a_file_of_variables_is_told(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(PLAIN + "    env_file: [l.env, b.env]\n")
    (tmp_path / "l.env").write_bytes("A=canar\xff\n".encode("latin-1"))
    (tmp_path / "b.env").write_text("wrong canary\n" * 9 + "GOOD=1\nBAD='canary\n")
    gaps = {gap.subject: gap.reason for gap in looked(tmp_path).gaps}
    assert "no text in UTF-8" in gaps["l.env"]
    assert "NAME=value" in gaps["b.env:1"] and gaps["b.env"] == "5 more lines are not read"
    assert "canar" not in str(gaps)
