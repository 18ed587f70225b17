"""What does a Next.js app's build leave: a server of its own, or plain files?"""

import re

from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence

_NEXT_CONFIGS = tuple(f"next.config.{ending}" for ending in ("js", "mjs", "ts", "cjs"))


def next_output(book: Notebook) -> tuple[str, Evidence] | None:
    """standalone or export, with its place; None when the settings name neither."""
    for path in _NEXT_CONFIGS:
        for number, line in enumerate(book.text(path).split("\n"), 1):
            if match := re.search(r"^\s*output\s*:\s*['\"](standalone|export)['\"]", line):
                fact = f"output {match.group(1)}"
                return match.group(1), Evidence(path=path, line=number, fact=fact)
    return None
