"""What one HTTP call brings back: an answer, a refusal, and the line a debug log may keep."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wizard.errors import OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_SHOWN = 600
_ID_SHOWN = 120


@dataclass(frozen=True)
class Answer:
    """A 2xx answer, whole. Header names are lower case. The body stays out of `repr`."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    place: str

    def json(self) -> object:
        """The body as JSON; None for an empty one. Raises OutsideError for anything else."""
        if not self.body.strip():
            return None
        parsed, ok = parse_json(self.body)
        if not ok:
            raise OutsideError(
                f"{self.place}: the answer is not JSON",
                f"status {self.status}, {len(self.body)} bytes",
                "a proxy or a login page may stand between; try again, then check the address",
            )
        return parsed


@dataclass(frozen=True)
class CallRecord:
    """One attempt, fit for a log: no query, no headers, no body. `status` None: no answer."""

    method: str
    path: str
    status: int | None
    seconds: float
    request_id: str = ""
    error: str = ""


OnCall = Callable[[CallRecord], None]


class HttpRefused(OutsideError):
    """The other side answered, but not with 2xx.

    `status` is the HTTP status, `headers` its headers (lower case), `problem` the top-level text
    fields of a JSON error body, `inner` those of the objects in it (an object further down appears
    as "…"), and `error_id` what the service calls the error ("" if nothing).
    All of them are cleaned, redacted and cut.
    `location` is where a redirect leads, as it came: it may hold a signature, and is never shown.
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        problem: Mapping[str, str] | None = None,
        inner: Mapping[str, Mapping[str, str]] | None = None,
        location: str = "",
    ) -> None:
        super().__init__(title, detail, hint)
        self.location = location
        self.status = status
        self.headers = dict(headers or {})
        self.problem = dict(problem or {})
        self.inner = dict(inner or {})
        self.error_id = self.problem.get("id") or self.problem.get("error") or ""


def parse_json(body: bytes) -> tuple[object, bool]:
    """(value, True), or (None, False) when the body is not JSON."""
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def shown(text: str, limit: int = _SHOWN) -> str:
    """Outside text made fit for an error: redacted first, while it is whole, then cleaned and cut.

    Redacting again afterwards catches what cleaning has joined together.
    """
    return REDACTOR.redact(clean(REDACTOR.redact(text), limit))


def refusal(place: str, status: int, headers: Mapping[str, str], body: bytes) -> HttpRefused:
    """The error for a non-2xx answer. HTML bodies are left out: they help nobody."""
    parsed, is_json = parse_json(body)
    problem: dict[str, str] = {}
    inner: dict[str, dict[str, str]] = {}
    if isinstance(parsed, dict):
        problem = _texts(parsed)
        for key, value in parsed.items():
            if isinstance(value, dict):
                flat = {n: "…" if isinstance(part, dict) else part for n, part in value.items()}
                inner[shown(key, _ID_SHOWN)] = _texts(flat)
    message = problem.get("message") or problem.get("error_description") or ""
    if not message and not is_json and not body.lstrip().startswith(b"<"):
        message = shown(body.decode("utf-8", "replace"))
    words = [f"status {status}", problem.get("id") or problem.get("error") or "", message]
    hint = (
        "the address leads elsewhere; redirects are never followed" if 300 <= status < 400 else ""
    )
    return HttpRefused(
        f"{place}: refused",
        ", ".join(word for word in words if word),
        hint,
        status=status,
        headers={name: shown(value) for name, value in headers.items()},
        problem=problem,
        inner=inner,
        location=headers.get("location", "") if 300 <= status < 400 else "",
    )


def _texts(fields: Mapping[str, object]) -> dict[str, str]:
    return {
        shown(key, _ID_SHOWN): shown(value)
        for key, value in fields.items()
        if isinstance(value, str)
    }
