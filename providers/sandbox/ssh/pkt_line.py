"""How does git frame a push's answer? In pkt-lines, with side bands for report and progress.

Source: git's own technical documentation, gitprotocol-common and gitprotocol-pack.
"""

import asyncio
from collections.abc import Iterable

FLUSH = b"0000"
_BAND_REPORT = b"\x01"
_BAND_PROGRESS = b"\x02"


def pkt(payload: bytes) -> bytes:
    """One pkt-line."""
    return b"%04x" % (len(payload) + 4) + payload


def progress(line: str) -> bytes:
    """A line that git shows as `remote: …`."""
    return pkt(_BAND_PROGRESS + line.encode()[:900] + b"\n")


def uses_side_band(answer: bytes) -> bool:
    """Whether a receive-pack's final answer is framed in side bands."""
    return answer[4:5] in (_BAND_REPORT, _BAND_PROGRESS)


def report(accepted: Iterable[str], refused: dict[str, str], *, side_band: bool) -> bytes:
    """A push's report: the refs that were taken, and why others were not."""
    lines = [b"unpack ok\n"]
    lines += [f"ok {ref}\n".encode() for ref in accepted]
    lines += [f"ng {ref} {reason}\n".encode() for ref, reason in refused.items()]
    body = b"".join(pkt(line) for line in lines) + FLUSH
    return pkt(_BAND_REPORT + body) + FLUSH if side_band else body


async def read_until_flush(reader: asyncio.StreamReader) -> bytes:
    """Bytes of pkt-lines up to and with the first flush; less when the stream ends early."""
    taken = b""
    try:
        while True:
            head = await reader.readexactly(4)
            taken += head
            length = int(head, 16)
            if length == 0:
                return taken
            taken += await reader.readexactly(length - 4)
    except asyncio.IncompleteReadError as error:
        return taken + error.partial
