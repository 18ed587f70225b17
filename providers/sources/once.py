"""A change whose answer may be lost, for every source: looked up before it is sent again."""

import asyncio
from collections.abc import Awaitable, Callable

from wizard.errors import OutsideError, UnknownOutcome

# Seconds to wait before a write that did not take effect is sent again.
_PAUSES = (0.3, 1.5, 4.0)


async def once(send: Callable[[], Awaitable[None]], done: Callable[[], Awaitable[bool]]) -> None:
    """Send; when the answer is lost, look before sending again, so that each effect comes once.

    Raises UnknownOutcome when it cannot be looked up either, or is lost time and again.
    """
    for pause in _PAUSES:
        try:
            await send()
            return
        except UnknownOutcome as lost:
            unknown = lost
        try:
            if await done():
                return
        except OutsideError:
            raise unknown from None
        await asyncio.sleep(pause)
    await send()
