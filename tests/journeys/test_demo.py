"""The whole journey as a newcomer runs it: `moveday demo --headless --json` on its own sandbox.

Only the TTL of its names is shorter: every second that the app is visited costs half a second of a
processor.
"""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run_demo(*words: str, seconds: float = 900) -> "subprocess.CompletedProcess[str]":
    """Run the demo with a small database; the machine's own settings kept out."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "wizard",
            "demo",
            "--headless",
            "--json",
            "--size",
            "8",
            "--ttl",
            "6",
            *words,
        ],
        cwd=ROOT,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.fixture(scope="module")
def told() -> Any:
    """What the demo told, once for all tests here."""
    ended = run_demo()
    assert ended.returncode == 0, ended.stderr[-5000:]
    return json.loads(ended.stdout)


@pytest.mark.timeout(1080)
def test_every_chapter_was_timed(told: Any) -> None:
    assert list(told["phases"]) == [
        "cutover",
        "deploy",
        "inventory",
        "rehearsal",
        "report",
        "sandbox",
    ]
    assert all(seconds >= 0 for seconds in told["phases"].values())


def test_the_outage_has_its_three_figures_in_order(told: Any) -> None:
    outage = told["outage"]
    assert 0 < outage["service_ready"] <= outage["switch_seen"] <= outage["book_done"]


def test_the_reported_outage_agrees_with_what_visitors_saw(told: Any) -> None:
    """Visitors who obey TTLs come back between the switch and the book's end; interval 0.25 s."""
    down = next(t for t in told["run"]["tasks"] if t["task"] == "maintenance-on")
    down_at = datetime.fromisoformat(down["started"]).timestamp()
    switch, book = told["outage"]["switch_seen"], told["outage"]["book_done"]
    punctual = [v for v in told["visitors"]["visitors"] if v["resolver"] == 0]
    assert punctual
    for visitor in punctual:
        began = visitor["first_failure_at"] - down_at
        ended = began + visitor["outage_seconds"]
        assert abs(began) <= 1.0
        assert switch - 1.0 <= ended <= book + 1.0


def test_every_table_was_proven_the_same(told: Any) -> None:
    assert len(told["verdict"]) >= 25
    assert set(told["verdict"].values()) <= {"same", "explained"}


def test_one_rehearsal_is_called_one_sample(told: Any) -> None:
    assert "one sample" in told["forecast_words"]
    assert told["forecast"]["samples"] == 1
    assert told["forecast"]["p90"] is None


def test_the_report_is_there_and_names_the_journal_head(told: Any) -> None:
    text = Path(told["report"]).read_text()
    document = json.loads(Path(told["report"]).with_suffix(".json").read_text())
    assert "acme-clinic" in text
    assert document["journal"]["head"] in text


@pytest.mark.timeout(1080)
def test_damage_after_the_copy_is_named_and_ends_with_code_5() -> None:
    """One byte changed, one index dropped, one sequence rewound: nothing is switched."""
    ended = run_demo("--no-visitors", "--fault", "postgres.tamper-after-copy")
    assert ended.returncode == 5, ended.stderr[-5000:]
    told = ended.stderr
    assert "checksum" in told
    assert "index" in told
    assert "sequence" in told
