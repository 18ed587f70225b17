"""The report as JSON, for machines."""

import json
from collections.abc import Mapping


def render(document: Mapping[str, object]) -> str:
    """The JSON text of a report's document; ASCII only, so that a terminal can show it safely."""
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
