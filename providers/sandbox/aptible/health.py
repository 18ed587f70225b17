"""Does a new container answer, and on the port that its endpoint routes to?

Rules from Aptible's pages on HTTP health checks and on HTTPS endpoints' container ports.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

_PAUSE = 0.1
_LONGEST_REPLY = 15.0


def port_problem(chosen: int | None, exposed: Sequence[int], env: Mapping[str, str]) -> str | None:
    """Why nothing can answer on the routed port; None when it can.

    Without a chosen port it is the lexicographically lowest exposed one: 443 of 80 and 443.
    """
    lowest = min(exposed, key=str) if exposed else None
    routed = chosen if chosen is not None else lowest
    if routed is None:
        return "The image exposes no port, and no container port was chosen"
    if env.get("PORT") != str(routed):
        listening = f"PORT is {env['PORT']}" if "PORT" in env else "PORT is not set"
        return f"No answer on container port {routed} ({listening} in the containers)"
    return None


async def answers(port: int, *, strict: bool, seconds: float) -> bool:
    """The release health check: any reply to `/`, or 200 to `/healthcheck` when strict."""
    deadline = time.monotonic() + seconds
    while True:
        status = await _status(port, "/healthcheck" if strict else "/")
        if status == 200 or (status is not None and not strict):
            return True
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_PAUSE)


async def _status(port: int, path: str) -> int | None:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: containers\r\nX-Aptible-Health-Check: 1\r\n"
        "Connection: close\r\n\r\n"
    )
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(request.encode())
        line = await asyncio.wait_for(reader.readline(), _LONGEST_REPLY)
        return int(line.split()[1])
    except (OSError, TimeoutError, ValueError, IndexError):
        return None
    finally:
        writer.close()
