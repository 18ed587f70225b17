"""The cluster's load balancer: Traefik at the manager node, which finds services by their domains.

Seen (support.medstack.co, load balancer): Traefik with certificates from Let's Encrypt. Inferred
from Traefik's own documents: a service without a running container has no route, so the answer is
the page for what is not found; one that does not answer is a bad gateway.
"""

from collections.abc import Callable, Iterable, Sequence

from providers.sandbox.authority import Authority, Leaf
from providers.sandbox.medstack.state import Service
from providers.sandbox.router import Reply, Router, Upstream

_NO_ROUTE = Reply(404, {"content-type": "text/plain; charset=utf-8"}, b"404 page not found\n")
_BAD_GATEWAY = Reply(502, {"content-type": "text/plain; charset=utf-8"}, b"Bad Gateway\n")


class TraefikSite:
    """One domain of a service. `ports` tells the loopback ports of its containers now."""

    def __init__(self, leaf: Leaf, ports: Callable[[], Sequence[int]]) -> None:
        self.leaf = leaf
        self._ports = ports
        self._turn = 0

    async def upstream(self, client_ip: str, method: str, path: str) -> Upstream | Reply:
        """The next container in turn."""
        ports = self._ports()
        if not ports:
            return _NO_ROUTE
        self._turn += 1
        forwarded = {"x-forwarded-for": client_ip, "x-forwarded-proto": "https"}
        port = ports[self._turn % len(ports)]
        return Upstream(port, forwarded, failure=_BAD_GATEWAY)


class LoadBalancer:
    """Gives the router a site for each domain. `ports` tells those of a service's containers."""

    def __init__(
        self, router: Router, authority: Authority, ports: Callable[[str], Sequence[int]]
    ) -> None:
        self._router, self._authority, self._ports = router, authority, ports
        self._sites: dict[str, str] = {}

    @staticmethod
    def is_it(service: Service) -> bool:
        """Whether a service is the load balancer itself."""
        return service.image.startswith("traefik:")

    def follow(self, services: Iterable[Service]) -> None:
        """Each domain leads to its service, whether containers of it run or not."""
        wanted = {domain: each.name for each in services for domain in each.domains}
        for domain in self._sites.keys() - wanted.keys():
            self._router.set_site(domain, None)
        for domain, service in wanted.items():
            if self._sites.get(domain) != service:
                leaf = self._authority.certificate(domain, holder="medstack")
                self._router.set_site(domain, TraefikSite(leaf, _now(self._ports, service)))
        self._sites = wanted


def _now(ports: Callable[[str], Sequence[int]], service: str) -> Callable[[], Sequence[int]]:
    return lambda: ports(service)
