"""The outside world. Loaded by name, only when chosen."""

import sys

# httpx brings a command line of its own, with rich and pygments behind it, and does without when
# it cannot be imported. Nobody calls it here, and every command would wait a tenth longer.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
