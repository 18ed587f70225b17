"""Why did an operation fail? The last lines of its log, read in two steps.

The API answers with a presigned address as plain text; that address is fetched without our token
and only over https (or on this machine).
"""

from urllib.parse import urlsplit

from providers.http import ApiClient, HttpRefused
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import OperationShape
from wizard.errors import MovedayError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

LINES = 15
"""So many are shown; what the log means is looked for in more."""
MOST_LINES = 400
_LINE_LENGTH = 300
_TAIL_BYTES = 65_536
_WHOLE, _NO_SUCH_RANGE = 200, 416


async def log_end(api: AptibleApi, operation: OperationShape, ca_file: str = "") -> tuple[str, str]:
    """The log's end, cleaned and redacted ("" when there is none), and what of it to show.

    The second is its last lines, or in words why there are none.
    """
    try:
        where = (await api.text(f"/operations/{operation.id}/logs")).strip().strip('"')
        parts = urlsplit(where)
        # Credentials inside the address would be sent along as a header.
        origin = f"{parts.scheme}://{parts.netloc}"
        async with ApiClient(origin, who="Aptible's log store", ca_file=ca_file) as store:
            # Object stores give the end alone when asked; one that does not gives everything, and
            # a log longer than the client's cap is then said to be unreadable. [inferred]
            only = {"Range": f"bytes=-{_TAIL_BYTES}"}
            try:
                answer = await store.request("GET", where, headers=only, deadline=30.0)
            except HttpRefused as error:
                if error.status != _NO_SUCH_RANGE:
                    raise
                return "", f"operation {operation.id}; its log is empty"
    except (MovedayError, ValueError) as error:
        title = error.title if isinstance(error, MovedayError) else "its address is not usable"
        return "", f"operation {operation.id}; its log could not be read ({clean(title, 200)})"
    body = answer.body[-_TAIL_BYTES:]
    if answer.status != _WHOLE or len(body) < len(answer.body):
        # The first line of a piece is cut: half a secret would not be known as one.
        body = body.partition(b"\n")[2] or body
    text = REDACTOR.redact(body.decode("utf-8", "replace"))
    lines = [clean(line, _LINE_LENGTH).rstrip() for line in text.splitlines()]
    kept = [REDACTOR.redact(line) for line in lines if line][-MOST_LINES:]
    shown = "\n".join(kept[-LINES:]) or f"operation {operation.id}; its log is empty"
    return "\n".join(kept), shown
