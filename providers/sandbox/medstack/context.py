"""What every call of the sandboxed MedStack works with: the company, the ledger, the switches."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from starlette.requests import Request

from providers.sandbox.faults import Faults
from providers.sandbox.ledger import Ledger
from providers.sandbox.medstack.changes import Resolve
from providers.sandbox.medstack.replies import Refusal
from providers.sandbox.medstack.state import Cluster, Company, Service

Running = Callable[[Service], int]
"""How many containers of a service run at this moment."""


@dataclass
class Switches:
    """What nobody outside has seen, as switches; they may be changed at any time.

    `swarm`: a service is shown as the Swarm object, else as a resource of its own. `thin_list`: a
    list of services holds ids only. `bare_lists`: lists without `data` around them. `leave_out` are
    fields of a service that the API does not show. `not_offered` are calls that do not exist
    ("service", "secrets", "configs", "nodes", "delete-secret"). `refused_change` is the status of a
    change that is refused; `running`: how many containers of a service run is told.
    """

    swarm: bool = False
    thin_list: bool = False
    bare_lists: bool = False
    leave_out: Collection[str] = ()
    not_offered: Collection[str] = ()
    refused_change: int = 422
    running: bool = False


def _nobody_listens() -> None:
    """Where no containers run, nothing follows a change."""


@dataclass
class Context:
    """Shared by all calls. A company, cluster or service of somebody else is simply not there.

    `changed` is called after services of a cluster have changed.
    """

    company: Company
    faults: Faults
    ledger: Ledger
    resolve: Resolve
    running: Running
    switches: Switches = field(default_factory=Switches)
    changed: Callable[[], None] = _nobody_listens

    def own(self, request: Request) -> None:
        """Raise a 404 unless the path names this company."""
        if request.path_params["company"] != self.company.id:
            raise Refusal(404, "Not found.")

    def cluster(self, request: Request) -> Cluster:
        """The cluster named in the path, or 404."""
        self.own(request)
        found = self.company.cluster(request.path_params["cluster"])
        if found is None:
            raise Refusal(404, "Not found.")
        return found

    def service(self, request: Request) -> tuple[Cluster, Service]:
        """The service named in the path with its cluster, or 404."""
        cluster = self.cluster(request)
        wanted = request.path_params["service"]
        found = next((each for each in cluster.services if each.id == wanted), None)
        if found is None:
            raise Refusal(404, "Not found.")
        return cluster, found
