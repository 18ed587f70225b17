"""Hostile text through every screen, at a real terminal: it comes out as text, or not at all."""

import json
import re
import shutil
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.screens.poison import mixed, poison_move
from tests.screens.pty_app import PtyApp, environ_of, plain, pty_app
from tests.screens.replay import NETWORK, replay
from wizard.steps import STEPS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
MAPPING, REPORT = "what each thing becomes", "what was moved"
PIECES = (
    *("[/]", "[/foo]", "[bold]", "[@click=app.bell]x[/]", "[link=http://evil.test]l[/link]"),
    *("\x1b]52;c;ZXZpbA==\x07", "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\", "\x1b]0;t\x07"),
    *(
        "\x1b[2J",
        "\x1b[38;5;199;7m",
        "\x1b[?1049l",
        "\x9b31m",
        "\x1bP+q544e\x1b\\",
        "\x1bc",
        "\x07",
    ),
    *("\u202eevil\u202c", "\u2066x\u2069", "a\u200bb\u200dc", "\ufeff", "\x00", "\x7f", "\r\n\t"),
    *("数据库", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u0301\u0302\u0303" * 20, "﷽", "N" * 4_000, "宽" * 4_000),
    *("<script>alert(1)</script>", "`code`", "| a | b |", "\u2028line", "\udc80", "%s{0}$x"),
)
_OSC = re.compile(rb"\x1b\]([^;\x07\x1b]*)[^\x07\x1b]*(?:\x07|\x1b\\)")
_CSI = re.compile(rb"\x1b\[([<-?]*)([0-9;:]*)([ -/]*)([@-~])")
_BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer, Input, Static
class Bare(App):
    def compose(self):
        yield Static("ready", markup=False)
        yield Input()
        yield DataTable()
        yield Footer()
Bare().run()
"""


def shapes(raw: bytes) -> set[tuple[bytes, ...]]:
    """The kinds of sequences, colours and places left out; what is none of them by its bytes."""
    found: set[tuple[bytes, ...]] = {(b"OSC", number) for number in _OSC.findall(raw)}
    for private, numbers, between, final in _CSI.findall(raw):
        mode = numbers if final in (b"h", b"l") else b""
        found.add((b"CSI", private, mode, between, final))
    left = _CSI.sub(b"", _OSC.sub(b"", raw))
    return found | {(b"ESC", left[m.start() : m.start() + 8]) for m in re.finditer(rb"\x1b", left)}


def invisible(raw: bytes) -> set[str]:
    """Characters in the text that no reader sees, or that turn its order round."""
    kinds = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {c for c in plain(raw) if unicodedata.category(c) in kinds} - set("\r\n")


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[bytes, ...]]:
    """What a bare Textual app sends."""
    place = tmp_path_factory.mktemp("bare")
    script = place / "bare_app.py"
    script.write_text(_BARE)
    with pty_app(place, environ_of(place), str(script)) as app:
        app.expect("ready")
        app.press("words")
        app.resize(60, 20)
        app.expect("words")
        app.press("\x11")
        assert app.end() == 0
    return shapes(app.raw)


class _Liar(BaseHTTPRequestHandler):
    """Both accounts at once, and neither has a kind word."""

    words = ""

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        body = {"id": self.words, "error": self.words, "message": self.words, "code": 422}
        raw = json.dumps(body).encode()
        self.send_response(422)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    """A host whose every answer is a refusal in hostile words."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Liar)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def walk_through(app: PtyApp) -> None:
    """All nine screens, the dialogues of each, and something that goes wrong."""
    app.expect("q Quit")
    for step in STEPS:
        screen = import_module(f"screens.steps.{step.id.replace('-', '_')}").SCREEN
        app.open(step.key, screen.purpose[:20])
        app.press("\x1b[B\x1b[B")
    app.open("3", "need attention")
    app.press("r")
    app.expect("tried again")
    app.press("\r")
    app.open("4", MAPPING)
    app.press("y")
    app.expect("becomes  ")
    app.press("\r")
    app.open("9", REPORT)
    app.press("v")
    app.press("l")
    app.expect("Everything with proof")
    app.press("l")
    app.open("4", MAPPING)
    app.press("q")


@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=60), min_size=6, max_size=24))
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.long
def test_hostile_text_comes_out_as_text_or_not_at_all(
    allowed: set[tuple[bytes, ...]], liar: str, pieces: list[str]
) -> None:
    # Every piece at least once; what is generated stands between them.
    say = mixed([*PIECES, *pieces])
    _Liar.words = f"no {''.join(PIECES[:24])} {''.join(pieces)}"
    place = Path(tempfile.mkdtemp(prefix="moveday-hostile-"))
    try:
        folder = place / "app"
        replay(folder, until="run-finished")
        poison_move(folder, say)
        (place / "network.json").write_text(json.dumps(NETWORK))
        hosts = ("HEROKU_HOST", "HEROKU_DATA_HOST", "APTIBLE_API_ROOT_URL", "APTIBLE_AUTH_ROOT_URL")
        environ = environ_of(place, MOVEDAY_NETWORK=str(place / "network.json"))
        with pty_app(folder, environ | dict.fromkeys(hosts, liar)) as app:
            walk_through(app)
            assert app.end() == 0, app.left_behind()
            app.restored()
        assert shapes(app.raw) - allowed == set()
        assert b"199;7" not in app.raw
        assert b"evil.test\x1b" not in app.raw
        assert invisible(app.raw) == set()
    finally:
        shutil.rmtree(place)
