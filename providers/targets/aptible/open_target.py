"""The Aptible client made of its parts, for the account whose token is at hand."""

from collections.abc import Mapping
from pathlib import Path

from providers.ssh.tunnel import Program
from providers.targets.aptible.client import API_ROOT, AUTH_ROOT, AptibleApi
from providers.targets.aptible.configuration import Configuration
from providers.targets.aptible.databases import Databases
from providers.targets.aptible.endpoints import Endpoints
from providers.targets.aptible.entrances import Entrances
from providers.targets.aptible.live_log import LiveLog
from providers.targets.aptible.operations import Operations
from providers.targets.aptible.portal import Portal
from providers.targets.aptible.portal_login import PortalSignIn
from providers.targets.aptible.push import Push, git_server
from providers.targets.aptible.resources import Resources
from providers.targets.aptible.services import Services
from providers.targets.aptible.target import AptibleTarget
from providers.targets.aptible.token import find_token
from wizard.clock import Clock
from wizard.model.plan import TargetChoice
from wizard.ports.vault import Vault
from wizard.safety.network import Network


def open_target(
    plan_target: TargetChoice,
    environ: Mapping[str, str],
    vault: Vault,
    network: Network,
    repository: Path,
    clock: Clock,
) -> AptibleTarget:
    """The client for the account whose token is in the vault or the environment.

    Reads APTIBLE_API_ROOT_URL, APTIBLE_AUTH_ROOT_URL, APTIBLE_ACCESS_TOKEN, MOVEDAY_APTIBLE_GIT,
    MOVEDAY_APTIBLE_GIT_HOST_KEY and MOVEDAY_SSH ("system" for the ssh program). Raises
    BlockedError when the token is missing or has expired. Nothing is sent yet.
    """
    token = find_token(vault, environ)
    token.check(clock)
    api = AptibleApi(
        token,
        clock,
        api_root=environ.get("APTIBLE_API_ROOT_URL") or API_ROOT,
        auth_root=environ.get("APTIBLE_AUTH_ROOT_URL") or AUTH_ROOT,
        ca_file=network.ca_file,
    )
    sign_in = PortalSignIn(api, network)
    operations = Operations(api, clock, network.ca_file, LiveLog(sign_in))
    databases = Databases(api, operations)
    services = Services(api, operations)
    program: Program = "system" if environ.get("MOVEDAY_SSH") == "system" else "asyncssh"
    return AptibleTarget(
        api,
        operations,
        Resources(api, plan_target.organization),
        databases,
        Configuration(api, operations),
        services,
        Endpoints(api, operations, services),
        Entrances(api, operations, databases),
        Portal(api, operations, databases, sign_in, program),
        Push(api, git_server(environ), repository),
    )
