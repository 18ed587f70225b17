"""A rate as it is typed, and the plan's limit, which is one."""

import pytest
from pydantic import ValidationError

from wizard.model.plan import DatabaseChoice
from wizard.model.rate import parse_rate, rate_words


@pytest.mark.parametrize(
    ("typed", "bytes_a_second", "words"),
    [
        ("20MB/s", 20_000_000, "20 MB/s"),
        (" 1.5 GB/s ", 1_500_000_000, "1.5 GB/s"),
        ("160 Mbit/s", 20_000_000, "20 MB/s"),
        ("800kB/s", 800_000, "800 kB/s"),
        ("1MiB/s", 1_048_576, "1.05 MB/s"),
        ("10000B/s", 10_000, "10 kB/s"),
    ],
)
def test_bytes_and_bits_are_told_apart(typed: str, bytes_a_second: int, words: str) -> None:
    assert parse_rate(typed) == bytes_a_second
    assert rate_words(bytes_a_second) == words


@pytest.mark.parametrize("typed", ["", "20", "20MB", "20Mb/s", "-1MB/s", "1,5MB/s", "٣MB/s", "nan"])
def test_what_could_be_misread_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"say 20MB/s \(bytes\), 800kB/s or 160Mbit/s \(bits\)"):
        parse_rate(typed)


def test_what_would_look_like_hanging_is_refused() -> None:
    with pytest.raises(ValueError, match="too slow for a copy: at least 10 kB/s"):
        parse_rate("9kB/s")


def test_the_plan_takes_a_rate_and_nothing_else() -> None:
    choice = DatabaseChoice(variable="DATABASE_URL", handle="db", limit="20MB/s")
    assert choice.bytes_a_second == 20_000_000
    assert DatabaseChoice(variable="DATABASE_URL", handle="db").bytes_a_second is None
    with pytest.raises(ValidationError, match="say 20MB/s"):
        DatabaseChoice(variable="DATABASE_URL", handle="db", limit="fast")
