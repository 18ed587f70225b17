"""How are two byte streams joined? Each direction until its end, with backpressure."""

import asyncio
import contextlib

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_BLOCK = 1 << 16


async def pump(one: Ends, other: Ends) -> None:
    """Relay between two connections until both directions have ended; closes neither."""
    ways = [
        asyncio.create_task(_one_way(one[0], other[1])),
        asyncio.create_task(_one_way(other[0], one[1])),
    ]
    try:
        await asyncio.gather(*ways)
    finally:
        for way in ways:
            way.cancel()


async def _one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
        # TLS cannot close one direction only.
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
