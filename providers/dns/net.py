"""How does one DNS question reach one server? The only way any query leaves this program."""

import asyncio
import random
from collections.abc import Callable, Sequence

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from wizard.errors import OutsideError
from wizard.safety.network import Network

# IPv4 addresses of a.root-servers.net to m.root-servers.net.
# Source: the root hints file "named.root" published by IANA.
PUBLIC_ROOTS = (
    "198.41.0.4",
    "170.247.170.2",
    "192.33.4.12",
    "199.7.91.13",
    "192.203.230.10",
    "192.5.5.241",
    "192.112.36.4",
    "198.97.190.53",
    "192.36.148.17",
    "192.58.128.30",
    "193.0.14.129",
    "199.7.83.42",
    "202.12.27.33",
)
PORT = 53
# The size that survives without fragments on nearly every path (DNS flag day 2020).
PAYLOAD = 1232
_HEAD_START = 0.4
# A burst would look like an attack: servers drop what comes too fast.
_IN_FLIGHT = 40
_NO_EDNS = frozenset({dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS})


INTERCEPTED = "a resolver answered instead of it: port 53 may be intercepted on this network"


class NoReply(OutsideError):
    """No usable reply: the server is silent, out of reach, or not in charge. `title` says which.

    `replied`: something came back, if not what was asked for.
    """

    def __init__(self, title: str, *, replied: bool = False) -> None:
        super().__init__(title)
        self.replied = replied

    @property
    def intercepted(self) -> bool:
        """Whether something else answered in the server's place."""
        return INTERCEPTED in self.title


class Net:
    """Sends questions with RD off, so that a cache in between cannot be mistaken for an authority.

    `timeout` is seconds per try; UDP first, TCP when the reply is truncated. Addresses are mapped
    by `network` (empty map: the public Internet).
    """

    def __init__(self, network: Network, timeout: float = 2.0, tries: int = 2) -> None:
        self.roots: tuple[str, ...] = network.dns_roots or PUBLIC_ROOTS
        self.timeout = timeout
        self.tries = tries
        self._network = network
        self._in_flight = asyncio.Semaphore(_IN_FLIGHT)

    async def ask(
        self, address: str, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> dns.message.Message:
        """One server's reply, whatever its code. Raises `NoReply` after all tries."""
        trouble = "does not answer"
        edns = True
        for attempt in range(self.tries):
            if attempt:
                await asyncio.sleep(random.uniform(0.02, 0.1))
            try:
                reply = await self._once(address, name, kind, edns)
            except (dns.exception.Timeout, TimeoutError):
                trouble = f"does not answer within {self.timeout:g} s"
            except (OSError, EOFError) as error:
                trouble = f"cannot be reached ({type(error).__name__})"
            except dns.exception.DNSException as error:
                trouble = f"sent a reply that cannot be read ({type(error).__name__})"
            else:
                if edns and reply.rcode() in _NO_EDNS:
                    edns = False
                    continue
                return reply
        raise NoReply(trouble)

    async def _once(
        self, address: str, name: dns.name.Name, kind: dns.rdatatype.RdataType, edns: bool
    ) -> dns.message.Message:
        host, port = self._network.reach(address, PORT)
        question = (
            dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD)
            if edns
            else dns.message.make_query(name, kind, use_edns=False)
        )
        question.flags &= ~dns.flags.RD
        # UDP and the TCP fall-back have a timeout each; the outer one bounds their sum.
        async with self._in_flight, asyncio.timeout(self.timeout * 2):
            reply, _ = await dns.asyncquery.udp_with_fallback(
                question,
                host,
                port=port,
                timeout=self.timeout,
                ignore_unexpected=True,
                ignore_errors=True,
            )
        return reply

    async def first(
        self,
        addresses: Sequence[str],
        name: dns.name.Name,
        kind: dns.rdatatype.RdataType,
        usable: Callable[[dns.message.Message], bool],
    ) -> dns.message.Message:
        """The first usable reply of several equal servers, each next one with a short head start.

        A silent server so costs 0.4 s instead of its timeouts. Raises `NoReply` when none is left.
        """
        waiting = random.sample(list(addresses), len(addresses))
        running: set[asyncio.Task[dns.message.Message]] = set()
        troubles: list[str] = []
        replied = False
        try:
            while waiting or running:
                if waiting:
                    running.add(asyncio.create_task(self.ask(waiting.pop(), name, kind)))
                done, running = await asyncio.wait(
                    running,
                    timeout=_HEAD_START if waiting else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for task in done:
                    try:
                        reply = task.result()
                    except NoReply as error:
                        troubles.append(error.title)
                        continue
                    if usable(reply):
                        return reply
                    replied = True
                    troubles.append(unusable(reply))
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        raise NoReply(troubles[-1] if troubles else "no address is known", replied=replied)


def unusable(reply: dns.message.Message) -> str:
    """Why a reply does not count as an authority's, in words; "" when it does count.

    "Recursion available" without "authoritative answer" is a resolver's mark: what answered is not
    the server that was asked, whatever its code. (A server that is both sets both.)
    """
    code = reply.rcode()
    if reply.flags & dns.flags.RA and not reply.flags & dns.flags.AA:
        return INTERCEPTED
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return f"answers {dns.rcode.to_text(code)}"
    if reply.flags & dns.flags.AA:
        return ""
    return "is not authoritative for this zone (lame)"
