"""What reaches the person of a log that is loud, long, hostile, or holds a secret."""

from wizard.engine.events import Event, LogLine
from wizard.engine.log_relay import BURST, LogRelay
from wizard.safety.redact import REDACTOR


def test_a_flood_is_bounded_and_says_what_is_missing() -> None:
    heard: list[Event] = []
    now = [0.0]
    relay = LogRelay("deploy", heard.append, lambda: now[0])
    for number in range(10_000):
        relay(f"line {number}")
    assert len(heard) == BURST
    now[0] = 10.0
    relay("later")
    relay.end()
    texts = [event.text for event in heard if isinstance(event, LogLine)]
    assert texts[-2:] == [f"… {10_000 - BURST} lines not shown", "later"]


def test_lines_are_cleaned_cut_and_redacted() -> None:
    heard: list[Event] = []
    secret = "relay-secret-4f1d9c77"
    REDACTOR.learn(secret)
    relay = LogRelay("deploy", heard.append, lambda: 0.0)
    relay(f"\x1b[31mkey={secret}\x1b[0m \u202e" + "x" * 5_000)
    relay("   ")
    (line,) = heard
    assert isinstance(line, LogLine)
    assert secret not in line.text and "\x1b" not in line.text and "\u202e" not in line.text
    assert len(line.text) <= 240
