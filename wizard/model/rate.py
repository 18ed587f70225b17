"""A rate as people write it ("20MB/s", "160 Mbit/s"), and as we say it."""

import re

SLOWEST = 10_000
"""Bytes a second: below this a copy would look like one that hangs."""
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([kMG]?)(i?)(B|bit)/s", re.ASCII)
_POWER = {"": 0, "k": 1, "M": 2, "G": 3}


def parse_rate(text: str) -> int:
    """Bytes a second. Raises ValueError with what would be understood."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no rate: say 20MB/s (bytes), 800kB/s or 160Mbit/s (bits)")
    number, prefix, binary, unit = found.groups()
    rate = float(number) * (1024 if binary else 1000) ** _POWER[prefix]
    bytes_a_second = int(rate / 8 if unit == "bit" else rate)
    if bytes_a_second < SLOWEST:
        raise ValueError(f"{text!r} is too slow for a copy: at least {rate_words(SLOWEST)}")
    return bytes_a_second


def rate_words(bytes_a_second: float) -> str:
    """For people: "20 MB/s", "800 kB/s"."""
    for size, unit in ((1e9, "GB/s"), (1e6, "MB/s")):
        if bytes_a_second >= size:
            return f"{bytes_a_second / size:.3g} {unit}"
    return f"{bytes_a_second / 1e3:.3g} kB/s"
