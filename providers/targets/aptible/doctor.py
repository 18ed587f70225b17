"""Does a real Aptible account answer in the shapes that moveday reads? Reading calls only."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from providers.account_visit import Reply, Visit
from providers.http import ApiClient
from providers.shape_check import type_of
from providers.targets.aptible import shapes
from providers.targets.aptible.client import API_ROOT, AUTH_ROOT, prefer
from providers.targets.aptible.rates import RatesShape
from providers.targets.aptible.token import find_token
from providers.targets.aptible.unverified import FACTS
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.doctor import AccountHealth, Finding
from wizard.model.plan import TargetChoice
from wizard.ports.vault import Vault
from wizard.safety.clean import clean
from wizard.safety.network import Network

_WEEK_HOURS = 168
_HAL = ("_embedded",)
_SENSITIVE = frozenset({"connection_url", "env", "passphrase", "credentials"})


class AptibleDoctor:
    """Implements wizard.ports.doctor.AccountDoctor. `choice` None looks at the account alone."""

    side = "Aptible"

    def __init__(
        self,
        choice: TargetChoice | None,
        environ: Mapping[str, str],
        vault: Vault,
        network: Network,
        clock: Clock,
    ) -> None:
        self._token = find_token(vault, environ)

        def to(root: str, who: str) -> ApiClient:
            return ApiClient(
                root,
                who=who,
                headers={"Accept": "application/hal+json, application/json"},
                token=self._token.value,
                ca_file=network.ca_file,
                clock=clock,
                wait_budget=5,
            )

        root = environ.get("APTIBLE_API_ROOT_URL") or API_ROOT
        self._host = urlsplit(root).netloc
        self._api = to(root, "Aptible")
        self._auth = to(environ.get("APTIBLE_AUTH_ROOT_URL") or AUTH_ROOT, "Aptible sign-in")
        self._choice = choice
        self._clock = clock
        self._visit = Visit(clock, FACTS)
        self._limits: set[str] = set()

    async def close(self) -> None:
        """Close all connections."""
        await self._api.close()
        await self._auth.close()

    async def examine(self) -> AccountHealth:
        """Sign-in and organization, then stacks and images, then the plan's environment."""
        findings = [await self._signed_in()]
        if findings[0].state != "fail":
            organization = await self._organizations()
            await self._stacks()
            await self._images()
            if organization:
                await self._rates(organization)
            if self._choice is not None:
                findings += await self._environment(self._choice)
            words = ", ".join(sorted(self._limits)) or "no such header"
            self._visit.turned_out("rate-limits", not self._limits, words)
        return self._visit.health(self.side, self._host, findings)

    async def _get(
        self, path: str, params: Mapping[str, str] | None = None, *, auth: bool = False
    ) -> Reply:
        client = self._auth if auth else self._api
        reply = await self._visit.get(client, path, prefer(False), params)
        self._limits |= {name for name in reply.headers if "ratelimit" in name}
        return reply

    async def _signed_in(self) -> Finding:
        left = self._hours_left()
        reply = await self._get("/current_token", auth=True)
        if not reply.ok:
            refused = reply.status == 401
            return Finding(
                id="aptible-token",
                group="sign-in",
                state="fail",
                seen="Aptible does not accept the token" if refused else f"{reply.trouble}",
                means="it is wrong, expired or revoked"
                if refused
                else "nothing else could be looked at",
                todo="run `moveday sign-in`" if refused else "check the network, then try again",
            )
        document = reply.document if isinstance(reply.document, Mapping) else {}
        scope = clean(str(document.get("scope") or "unknown"), 80)
        if left is not None:
            self._visit.turned_out("token-life", left <= _WEEK_HOURS, f"{left:.0f} h left")
        ends = "it does not say when it ends" if left is None else f"{left:.1f} h left"
        short = left is not None and left < 8
        return Finding(
            id="aptible-token",
            group="sign-in",
            state="warn" if short or scope == "read" else "ok",
            seen=f"the token is accepted; scope {scope}; {ends}",
            means="it ends before a working day does" if short else "",
            todo="run `moveday sign-in` in the morning of the move" if short else "",
        )

    def _hours_left(self) -> float | None:
        expires = self._token.expires
        return None if expires is None else (expires - self._clock.now()).total_seconds() / 3600

    async def _organizations(self) -> str:
        reply = await self._get("/organizations", auth=True)
        found = _embedded(reply, "organizations")
        self._judge("GET /organizations", shapes.OrganizationShape, reply, found, ("handle",))
        hidden = await self._get("/reauthenticate_organizations", auth=True)
        if hidden.status:
            listed = _embedded(hidden, "organizations") is not None
            self._visit.turned_out("hidden-organizations", listed, f"status {hidden.status}")
        wanted = self._choice.organization if self._choice else ""
        for each in found or ():
            if isinstance(each, Mapping):
                names = {str(each.get(key)) for key in ("id", "name", "handle")}
                if not wanted or wanted in names:
                    return str(each.get("id", ""))
        return ""

    async def _stacks(self) -> None:
        reply = await self._get("/stacks", {"per_page": "250"})
        found = _embedded(reply, "stacks")
        self._judge("GET /stacks", shapes.StackShape, reply, found)
        stacks = [each for each in found or () if isinstance(each, Mapping)]
        if stacks:
            linked = [bool(_links(each).get("organization")) for each in stacks]
            seen = f"{sum(linked)} of {len(linked)} link to one"
            telling = any(linked) and not all(linked)
            self._visit.turned_out("dedicated", True if telling else None, seen)
            keys = ("ssh_portal_host", "ssh_portal_port", "ssh_host_rsa_public_key")
            bare = [key for key in keys if not all(each.get(key) for each in stacks)]
            words = f"lacking: {', '.join(bare)}" if bare else ""
            self._visit.turned_out("portal-key", not bare, words)
        if len(stacks) > 1:
            page = await self._get("/stacks", {"per_page": "1"})
            items = _embedded(page, "stacks") or []
            leads = bool(_links(page.document).get("next"))
            self._visit.turned_out("pages", len(items) == 1 and leads, f"{len(items)} on the page")

    async def _images(self) -> None:
        reply = await self._get("/database_images", {"per_page": "500"})
        found = _embedded(reply, "database_images")
        self._judge("GET /database_images", shapes.DatabaseImageShape, reply, found)
        images = [each for each in found or () if isinstance(each, Mapping)]
        if not images:
            return
        defaults = [str(each.get("type")) for each in images if each.get("default")]
        twice = sorted({kind for kind in defaults if defaults.count(kind) > 1})
        self._visit.turned_out(
            "default-images", not twice, f"several of: {', '.join(twice)}" if twice else ""
        )
        majors = sorted(
            {
                int(version)
                for each in images
                if each.get("type") == "postgresql" and each.get("visible", True)
                if (version := str(each.get("version", "")).partition(".")[0]).isdigit()
            }
        )
        self._visit.turned_out(
            "postgres-majors", bool(majors) and majors[-1] >= 16, ", ".join(map(str, majors))
        )

    async def _rates(self, organization: str) -> None:
        reply = await self._get(f"/costs/{organization}/rates")
        items = [reply.document] if isinstance(reply.document, Mapping) else None
        lack = ("_links", "_embedded", "id")
        self._visit.judge("GET /costs/{organization}/rates", RatesShape, reply, items, lack)
        if reply.status:
            self._visit.turned_out("rates", reply.ok, f"status {reply.status}")

    async def _environment(self, choice: TargetChoice) -> list[Finding]:
        query = urlencode({"handle": choice.environment})
        reply = await self._get(f"/find/account?{query}")
        name = clean(choice.environment, 60)
        if reply.status in (200, 404):
            self._visit.turned_out("find", True, f"status {reply.status}")
        elif reply.status:
            self._visit.turned_out("find", False, f"status {reply.status}")
        document = reply.document if isinstance(reply.document, Mapping) else None
        self._visit.judge(
            "GET /find/account",
            shapes.AccountShape,
            reply,
            [document] if document is not None else None,
            _HAL,
            absent_ok=(404,),
        )
        if document is None:
            return [
                Finding(
                    id="aptible-environment",
                    group="sign-in",
                    state="ok" if reply.status == 404 else "warn",
                    seen=f"there is no environment {name} yet"
                    if reply.status == 404
                    else f"the environment {name} could not be looked up",
                    means="`moveday deploy` makes it; its parts cannot be looked at before",
                )
            ]
        await self._parts(str(document.get("id", "")))
        return []

    async def _parts(self, environment: str) -> None:
        apps = await self._get(f"/accounts/{environment}/apps")
        found = _embedded(apps, "apps")
        self._judge("GET /accounts/{environment}/apps", shapes.AppShape, apps, found)
        databases = await self._get(f"/accounts/{environment}/databases")
        listed = _embedded(databases, "databases")
        self._judge(
            "GET /accounts/{environment}/databases", shapes.DatabaseShape, databases, listed
        )
        shown = sorted(
            {
                str(key)
                for each in listed or ()
                if isinstance(each, Mapping)
                for key in each
                if key in _SENSITIVE and each.get(key)
            }
        )
        if listed:
            self._visit.turned_out("hides-secrets", not shown, ", ".join(shown))
        for each in (found or ())[:1]:
            if isinstance(each, Mapping):
                await self._app(str(each.get("id", "")))

    async def _app(self, app: str) -> None:
        one = await self._get(f"/apps/{app}")
        if one.ok and isinstance(one.document, Mapping):
            embedded = one.document.get("_embedded")
            there = isinstance(embedded, Mapping) and "services" in embedded
            words = "services are embedded all the same" if there else ""
            self._visit.turned_out("embedded-services", not there, words)
        services = await self._get(f"/apps/{app}/services")
        found = _embedded(services, "services")
        self._judge("GET /apps/{app}/services", shapes.ServiceShape, services, found)
        vhosts = await self._get(f"/apps/{app}/vhosts")
        lack = ("user_domain", "acme_configuration", "ip_whitelist", "container_port")
        listed = _embedded(vhosts, "vhosts")
        self._judge("GET /apps/{app}/vhosts", shapes.VhostShape, vhosts, listed, lack)

    def _judge(
        self,
        call: str,
        shape: type[shapes.Shape],
        reply: Reply,
        found: Sequence[object] | None,
        may_lack: Sequence[str] = (),
    ) -> None:
        self._visit.judge(call, shape, reply, found, (*_HAL, *may_lack))


def open_doctor(
    choice: TargetChoice | None,
    environ: Mapping[str, str],
    vault: Vault,
    network: Network,
    clock: Clock = SYSTEM_CLOCK,
) -> AptibleDoctor:
    """Nothing is called yet. Raises BlockedError without a token."""
    return AptibleDoctor(choice, environ, vault, network, clock)


def _embedded(reply: Reply, name: str) -> list[object] | None:
    """The items of a collection; None when the answer is no collection of that name."""
    document = reply.document
    if not isinstance(document, Mapping) or type_of(document.get("_embedded")) != "object":
        return None
    items = document["_embedded"].get(name)
    return items if isinstance(items, list) else None


def _links(document: object) -> Mapping[str, object]:
    links = document.get("_links") if isinstance(document, Mapping) else None
    return links if isinstance(links, Mapping) else {}
