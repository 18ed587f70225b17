"""The person hook: a command of the user's that hears what somebody has to do, and may answer.

It gets one JSON object on its input: task, title, text; changes (DNS records); start, a container
to start beside the source (name, image, line for `sh`, secrets) or null; end, the name of one to
end, or ""; and confirm, the question that only a person can answer ("" when the outside shows
whether it is done). To say that it was done, the hook prints {"done": true, "by": "who"} on its
output; anything else says nothing.
"""

import asyncio
import dataclasses
import json
import os
import shlex

from wizard.cli.environment import CREDENTIALS
from wizard.cli.talk import show
from wizard.engine.events import PersonNeeded
from wizard.safety.clean import clean

HOOK = "MOVEDAY_PERSON_HOOK"
_LONGEST_ANSWER = 10_000


async def tell_hook(request: PersonNeeded) -> str | None:
    """Hand the request to the hook; who says that it is done, None without a hook or answer."""
    command = os.environ.get(HOOK)
    if not command:
        return None
    document = {
        "task": request.task,
        "title": request.title,
        "text": request.text,
        "changes": [change.model_dump(mode="json") for change in request.changes],
        "start": dataclasses.asdict(request.start) if request.start else None,
        "end": request.end,
        "confirm": request.confirm.text if request.confirm else "",
    }
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if k not in CREDENTIALS},
    )
    told, trouble = await process.communicate(json.dumps(document).encode())
    if process.returncode:
        tail = trouble.decode("utf-8", "replace")[-400:]
        show(f"  ! the person hook failed ({process.returncode}): {tail}")
        return None
    return _who(told) if request.confirm else None


def _who(told: bytes) -> str | None:
    try:
        answer = json.loads(told[:_LONGEST_ANSWER])
    except ValueError:
        return None
    if not isinstance(answer, dict) or answer.get("done") is not True:
        return None
    return clean(str(answer.get("by") or "the person hook"), 100)
