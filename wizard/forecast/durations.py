"""How is a duration said? In words that promise no more precision than there is."""


def duration(seconds: float) -> str:
    """`seconds` for people: "0.4 s", "42 s", "4 min 10 s", "2 h 5 min"."""
    if seconds < 0:
        return f"minus {duration(-seconds)}"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(whole / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def size(count: float) -> str:
    """Bytes for people: "812 bytes", "60.4 MB", "1.2 GB" (powers of 1000)."""
    if count < 1000:
        return f"{count:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if count < 1000:
            return f"{count:.1f} {unit}"
    return f"{count / 1000:.1f} TB"
