"""What does a cache say of a name? Asked as a browser's machine would; that loads the cache."""

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
from dns.rdatatype import RdataType

from providers.dns.authority import parse_name, record_of
from providers.dns.net import PAYLOAD, PORT
from wizard.model.dns import ResolverAnswer
from wizard.safety.clean import clean
from wizard.safety.network import Network


class CacheLooks:
    """Implements the port `Resolvers`. `timeout` is seconds for one look."""

    def __init__(self, network: Network, timeout: float = 3.0) -> None:
        self._network = network
        self._timeout = timeout

    async def look(self, resolver: str, name: str) -> ResolverAnswer:
        """The chain from `name` to its addresses as this cache holds it now."""
        question = dns.message.make_query(
            parse_name(name), RdataType.A, use_edns=0, payload=PAYLOAD
        )
        host, port = self._network.reach(resolver, PORT)
        try:
            reply, _ = await dns.asyncquery.udp_with_fallback(
                question,
                host,
                port=port,
                timeout=self._timeout,
                ignore_unexpected=True,
                ignore_errors=True,
            )
        except (dns.exception.Timeout, TimeoutError):
            return _trouble(resolver, f"does not answer within {self._timeout:g} s")
        except (OSError, EOFError, ValueError, dns.exception.DNSException) as error:
            return _trouble(resolver, f"cannot be asked ({type(error).__name__})")
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return _trouble(resolver, f"answers {dns.rcode.to_text(reply.rcode())}")
        records = tuple(record_of(rrset) for rrset in reply.answer)
        return ResolverAnswer(resolver=clean(resolver, 60), records=records)


def _trouble(resolver: str, words: str) -> ResolverAnswer:
    return ResolverAnswer(resolver=clean(resolver, 60), error=words)
