"""The HTML page: whole, self-contained, and no element or attribute of it came from outside."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.wizard.forecast.samples import NOON, run
from tests.wizard.reports.samples import PLAN, live_run
from tests.wizard.reports.test_report import build
from wizard.reports.build import build_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MAKERS = ("*.google.com", "*.googleapis.com", "*.gvt1.com")
HOSTILE = (
    "<script>document.title='owned'</script><img src=http://evil.test/a onerror=alert(1)>"
    '"\' onmouseover=alert(1) x="</td></table><style>*{display:none}</style>{{ 7*7 }}&lt;b&gt;'
)


class Skeleton(HTMLParser):
    """Elements and attributes of a page in order, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.ends: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.ends.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def skeleton(page: str) -> Skeleton:
    parser = Skeleton()
    parser.feed(page)
    parser.close()
    return parser


def page(folder: Path, text: str = "acme") -> str:
    return build(folder, text, live=live_run(f"public.{text}")).html


def test_the_page_says_what_the_other_formats_say(tmp_path: Path) -> None:
    report = build(tmp_path, live=live_run())
    text = re.sub(r"\s+", " ", skeleton(report.html).text)
    for words in [
        "The move of acme-clinic from heroku to aptible",
        "Result: moved",
        "service ready: the new side answers 2 min 22 s".replace(" 2 min", "2 min"),
        "Run 3 (live): passed",
        "public.visits",
        "a task failed and was tried again or given up",
        "Run 3, live: done",
        "move the data",
        "Delete the app acme-clinic.",
        "NOT: a letter",
        *report.summary,
        str(report.document["journal"]["head"]),  # type: ignore[index]
    ]:
        assert words in text, words
    for line in report.document["decommission"]:  # type: ignore[attr-defined]
        assert line["what"] in text
        assert line["why"] in text


def test_nothing_can_run_and_nothing_is_remote(tmp_path: Path) -> None:
    found = skeleton(page(tmp_path))
    names = {name for name, _ in found.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "base", "input"}
    for tag, attributes in found.elements:
        for name, value in attributes:
            assert not name.startswith("on")
            assert name not in ("src", "style", "srcset", "action")
            assert name != "href" or (tag == "a" and (value or "").startswith("#"))
    policy = next(dict(a) for t, a in found.elements if t == "meta" and "http-equiv" in dict(a))
    content = policy["content"] or ""
    assert content.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in content
    assert "url(" not in page(tmp_path / "again")


def test_it_can_be_read_by_ear_and_without_colour(tmp_path: Path) -> None:
    text = page(tmp_path)
    found = skeleton(text)
    assert ("html", (("lang", "en"),)) in found.elements
    tags = [tag for tag, _ in found.elements]
    assert tags.count("h1") == 1
    assert tags.count("table") == tags.count("caption")
    assert all(dict(a).get("aria-hidden") for t, a in found.elements if t == "svg" and len(a) > 3)
    ids = [dict(a)["id"] for _, a in found.elements if "id" in dict(a)]
    assert len(ids) == len(set(ids))
    links = [dict(a)["href"] for t, a in found.elements if t == "a"]
    assert {f"#{name}" for name in ids} >= set(links)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.parametrize("outcome", ["rolled-back", "failed", "stopped"])
def test_while_the_old_side_serves_the_page_says_switch_nothing_off(
    tmp_path: Path, outcome: str
) -> None:
    ended = live_run().model_copy(update={"outcome": outcome})
    text = skeleton(build(tmp_path, live=ended).html).text
    assert "switch nothing off there" in text
    assert "Delete the app" not in text
    assert "What was to move" in text


def test_a_page_without_anything_is_still_a_page() -> None:
    text = skeleton(build_report(PLAN, None, [], None, [], "0" * 64, NOON).html).text
    for words in ("not moved yet", "Nothing was run yet.", "none was made", "None."):
        assert words in text


def test_bars_stay_inside_when_a_clock_was_set_back(tmp_path: Path) -> None:
    first = run(1, maintenance_on=3, move=110)
    late = first.tasks[0].model_copy(update={"started": first.started.replace(year=2020)})
    broken = first.model_copy(update={"tasks": (late, first.tasks[1])})
    text = build_report(PLAN, None, [broken], None, [], "0" * 64, NOON).html
    bars = [dict(a) for t, a in skeleton(text).elements if t == "rect" and "x" in dict(a)]
    assert bars
    for bar in bars:
        x, width = float(bar["x"] or ""), float(bar["width"] or "")
        assert x >= 0
        assert width > 0
        assert x + width <= 1000


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Skeleton:
    return skeleton(page(tmp_path_factory.mktemp("calm"), "calm"))


@given(
    text=st.text(
        st.one_of(st.sampled_from("<>&\"'/=!-[]{}%#\x1b\u202e\x00 "), st.characters()),
        min_size=1,
        max_size=60,
    )
)
@example(text=HOSTILE)
@example(text="</title></style></head><body onload=x>")
@example(text="-->]]><!--")
@example(text="\x9d\u202e{% raw %}")
@settings(max_examples=40, deadline=None)
def test_no_element_or_attribute_comes_from_outside(
    calm: Skeleton, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    found = skeleton(page(tmp_path_factory.mktemp("hostile"), text))
    assert found.elements == calm.elements
    assert found.ends == calm.ends
    assert "\u202e" not in found.text
    assert "\x1b" not in found.text


@contextmanager
def silent_proxy() -> Iterator[tuple[int, list[bytes]]]:
    """A port on which every request would arrive, and what did."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(500))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def look(file: Path, folder: Path) -> tuple[str, list[bytes]]:
    """The page as a browser built it, and every request that left for anybody but its makers."""
    if CHROMIUM is None:
        reason = "Chromium is not installed"
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with silent_proxy() as (port, heard):
        ended = subprocess.run(
            [
                CHROMIUM,
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
                *("--no-first-run", "--disable-background-networking"),
                *("--disable-component-update", "--disable-sync", "--disable-default-apps"),
                *("--disable-domain-reliability", "--disable-extensions", "--no-pings"),
                "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,Translate",
                # What the browser asks its own makers goes nowhere; all else would be heard.
                f"--host-resolver-rules={','.join(f'MAP {host} ~NOTFOUND' for host in MAKERS)}",
                f"--user-data-dir={folder / 'profile'}",
                f"--proxy-server=http://127.0.0.1:{port}",
                f"--proxy-bypass-list=<-loopback>;{';'.join(MAKERS)}",
                *("--virtual-time-budget=2000", "--dump-dom", file.as_uri()),
            ],
            capture_output=True,
            text=True,
            timeout=270,
            check=True,
        )
    return ended.stdout, heard


def test_the_listener_hears_a_page_that_asks(tmp_path: Path) -> None:
    """The judge itself."""
    file = tmp_path / "page.html"
    file.write_text(
        "<!doctype html><img src=http://evil.test/a><script>document.title='x'</script>"
    )
    shown, heard = look(file, tmp_path)
    assert "<title>x</title>" in shown
    assert any(b"evil.test/a" in request for request in heard)


def test_a_browser_shows_hostile_names_as_text_runs_nothing_and_asks_nobody(
    tmp_path: Path,
) -> None:
    long = "long-name-" * 400
    names = f"{HOSTILE} \u202e\u2066 {long}"
    file = tmp_path / "report.html"
    file.write_text(page(tmp_path / "journal", names), encoding="utf-8")
    dom, heard = look(file, tmp_path)
    shown = skeleton(dom)
    assert heard == []
    assert "<title>The move of acme-clinic from heroku to aptible</title>" in dom
    assert shown.text.count(HOSTILE) >= 5
    assert long in shown.text
    assert [tag for tag, _ in shown.elements].count("style") == 1
    assert not {tag for tag, _ in shown.elements} & {"script", "img", "iframe", "link"}


def test_the_document_behind_all_formats_is_the_same(tmp_path: Path) -> None:
    report = build(tmp_path, live=live_run())
    document = json.loads(report.json)
    assert [line["id"] for line in document["decommission"]][-1]
    assert document["ending"] == "moved"
    for line in document["decommission"]:
        assert line["earliest"] in report.markdown
