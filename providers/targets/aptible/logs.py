"""Why did an operation fail? The last lines of its log, read in two steps.

The API answers with a presigned address as plain text; that address is fetched without our token
and only over https (or on this machine).
"""

from urllib.parse import urlsplit

from providers.http import ApiClient
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import OperationShape
from wizard.errors import MovedayError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

LINES = 15
_LINE_LENGTH = 300


async def log_tail(api: AptibleApi, operation: OperationShape, ca_file: str = "") -> str:
    """The log's last lines, cleaned and redacted; in words why there are none."""
    try:
        where = (await api.text(f"/operations/{operation.id}/logs")).strip().strip('"')
        parts = urlsplit(where)
        # Credentials inside the address would be sent along as a header.
        origin = f"{parts.scheme}://{parts.netloc}"
        async with ApiClient(origin, who="Aptible's log store", ca_file=ca_file) as store:
            answer = await store.request("GET", where, deadline=30.0)
    except (MovedayError, ValueError) as error:
        title = error.title if isinstance(error, MovedayError) else "its address is not usable"
        return f"operation {operation.id}; its log could not be read ({clean(title, 200)})"
    text = REDACTOR.redact(answer.body.decode("utf-8", "replace"))
    lines = [clean(line, _LINE_LENGTH).rstrip() for line in text.splitlines()]
    tail = [REDACTOR.redact(line) for line in lines if line][-LINES:]
    return "\n".join(tail) or f"operation {operation.id}; its log is empty"
