"""Does a real Heroku account answer in the shapes that moveday reads? Reading calls only."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from providers.account_visit import Reply, Visit
from providers.http import ApiClient
from providers.shape_check import type_of
from providers.sources.heroku import shapes, shapes_around
from providers.sources.heroku.client import (
    ACCEPT,
    ACCEPT_SDK,
    ACCEPT_WEBHOOKS,
    segment,
)
from providers.sources.heroku.hosts import hosts
from providers.sources.heroku.trouble import missing_token
from providers.sources.heroku.unverified import FACTS
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.model.doctor import AccountHealth, Finding
from wizard.ports.vault import Vault
from wizard.safety.clean import clean
from wizard.safety.secrecy import learn_secrets

LOW_BUDGET = 500
_LISTS: tuple[tuple[str, type[shapes.Shape], str, tuple[str, ...]], ...] = (
    ("formation", shapes.Formation, ACCEPT, ("dyno_size",)),
    ("dynos", shapes.Dyno, ACCEPT, ()),
    ("addons", shapes.Addon, ACCEPT, ()),
    ("addon-attachments", shapes.Attachment, ACCEPT, ("config_vars",)),
    ("domains", shapes.Domain, ACCEPT, ("sni_endpoint", "acm_status_reason")),
    ("releases", shapes.Release, ACCEPT, ("oci_image", "artifacts")),
    ("log-drains", shapes_around.Drain, ACCEPT, ()),
    ("buildpack-installations", shapes_around.BuildpackInstallation, ACCEPT, ()),
    ("collaborators", shapes_around.Collaborator, ACCEPT, ("role",)),
    ("features", shapes_around.Feature, ACCEPT, ()),
    ("sni-endpoints", shapes_around.SniEndpoint, ACCEPT, ()),
    ("webhooks", shapes_around.Webhook, ACCEPT_WEBHOOKS, ()),
)
"""Part of /apps/{app}/, how it is read, the Accept it needs, and fields that may be absent."""
_APP_MAY_LACK = ("generation", "organization", "space", "team", "acm", "released_at")


class HerokuDoctor:
    """Implements wizard.ports.doctor.AccountDoctor. `app` "" looks at the account alone."""

    side = "Heroku"

    def __init__(self, app: str, environ: Mapping[str, str], vault: Vault, clock: Clock) -> None:
        token = vault.get("heroku", "api-key")
        if token is None:
            raise missing_token()
        where = hosts(environ)
        headers = {"Accept": ACCEPT, "User-Agent": "moveday"}
        self._platform = ApiClient(
            where.platform, who="Heroku", headers=headers, token=token, clock=clock, wait_budget=5
        )
        self._data = ApiClient(
            where.data,
            who="Heroku's data API",
            headers=headers,
            token=token,
            clock=clock,
            wait_budget=5,
        )
        self._app = app
        self._host = urlsplit(where.platform).netloc
        self._visit = Visit(clock, FACTS)

    async def close(self) -> None:
        """Close all connections."""
        await self._platform.close()
        await self._data.close()

    async def examine(self) -> AccountHealth:
        """The account, then the app's parts, then the data API."""
        findings = await self._account()
        if findings[0].state != "fail":
            await self._sizes()
            if self._app:
                findings += await self._app_parts()
        return self._visit.health(self.side, self._host, findings)

    async def _get(
        self, path: str, headers: Mapping[str, str] | None = None, *, data: bool = False
    ) -> Reply:
        reply = await self._visit.get(self._data if data else self._platform, path, headers)
        if reply.status and _remaining(reply) is None:
            self._visit.turned_out("rate-header", False, f"not with GET {path}")
        elif self._visit.is_open("rate-header"):
            self._visit.turned_out("rate-header", True, "")
        return reply

    async def _account(self) -> list[Finding]:
        account = await self._get("/account")
        if account.status in (0, 401):
            return [_no_way_in(account)]
        scope = account.headers.get("oauth-scope", "")
        self._visit.turned_out("scope-header", bool(scope), clean(scope, 200) or "no such header")
        before = _remaining(account)
        limits = await self._get("/account/rate-limits")
        after = _remaining(limits)
        left = limits.document.get("remaining") if isinstance(limits.document, Mapping) else None
        if isinstance(left, int):
            free = after is None or before is None or after >= before
            self._visit.turned_out("rate-endpoint", free, f"{left} left")
        findings = [_signed_in(account, scope)]
        findings.append(_budget(left if isinstance(left, int) else before))
        return findings

    async def _sizes(self) -> None:
        reply = await self._get("/dyno-sizes")
        found = reply.document if isinstance(reply.document, list) else None
        self._visit.judge("GET /dyno-sizes", shapes.DynoSize, reply, found)
        known = [each for each in found or () if isinstance(each, Mapping)]
        if known:
            bare = [each for each in known if not each.get("memory") or not each.get("cost")]
            names = ", ".join(clean(str(each.get("name")), 30) for each in bare[:5])
            self._visit.turned_out("dyno-prices", not bare, names and f"without: {names}")
        if len(known) > 1:
            page = await self._get("/dyno-sizes", {"Range": "name ..; max=1"})
            more = page.status == 206 and bool(page.headers.get("next-range"))
            self._visit.turned_out("paging", more, f"status {page.status}")

    async def _app_parts(self) -> list[Finding]:
        base = f"/apps/{segment(self._app)}"
        app = await self._get(base)
        if app.status == 404:
            return [
                Finding(
                    id="heroku-app",
                    group="sign-in",
                    state="fail",
                    seen=f"Heroku shows this token no app called {clean(self._app, 60)}",
                    means="the token belongs to somebody without access, or the name is wrong",
                    todo="check source.app in moveday.yaml and whose token it is",
                )
            ]
        items = [app.document] if isinstance(app.document, Mapping) else None
        self._visit.judge("GET /apps/{app}", shapes.App, app, items, _APP_MAY_LACK)
        await self._not_modified(base, app)
        for part, shape, accept, may_lack in _LISTS:
            await self._list(base, part, shape, accept, may_lack)
        await self._config(base)
        await self._pipeline(base)
        return []

    async def _list(
        self, base: str, part: str, shape: type[shapes.Shape], accept: str, lack: tuple[str, ...]
    ) -> None:
        headers = {"Accept": accept}
        if part == "releases":
            headers["Range"] = "version ..; max=5, order=desc"
        reply = await self._get(f"{base}/{part}", headers)
        found = reply.document if isinstance(reply.document, list) else None
        self._visit.judge(f"GET /apps/{{app}}/{part}", shape, reply, found, lack)
        if part == "addons":
            for each in found or ():
                await self._database(each)

    async def _not_modified(self, base: str, app: Reply) -> None:
        etag = app.headers.get("etag", "")
        if etag and app.ok:
            again = await self._get(base, {"If-None-Match": etag})
            self._visit.turned_out("not-modified", again.status == 304, f"status {again.status}")

    async def _config(self, base: str) -> None:
        settings = await self._get(f"{base}/config-vars-settings", {"Accept": ACCEPT_SDK})
        listed = settings.document if isinstance(settings.document, list) else None
        self._visit.judge(
            "GET /apps/{app}/config-vars-settings",
            shapes.ConfigSetting,
            settings,
            listed,
            absent_ok=(404, 406),
        )
        self._visit.turned_out("config-settings", settings.ok, f"status {settings.status}")
        values = await self._get(f"{base}/config-vars")
        config = values.document if isinstance(values.document, Mapping) else {}
        texts = {str(name): value for name, value in config.items() if isinstance(value, str)}
        learn_secrets(texts)
        hidden = [
            str(each.get("key"))
            for each in listed or ()
            if isinstance(each, Mapping) and each.get("masked")
        ]
        if hidden and values.ok:
            told = [name for name in hidden if name in texts]
            kinds = sorted({type_of(config[n]) if n in config else "left out" for n in hidden})
            self._visit.turned_out("masked-value", not told, f"comes as: {', '.join(kinds)}")

    async def _pipeline(self, base: str) -> None:
        reply = await self._get(f"{base}/pipeline-couplings")
        document = reply.document
        items = document if isinstance(document, list) else [document]
        self._visit.judge(
            "GET /apps/{app}/pipeline-couplings", shapes.Coupling, reply, items, absent_ok=(404,)
        )
        if reply.ok or reply.status == 404:
            known = reply.status == 404 or isinstance(document, list | Mapping)
            seen = "404" if reply.status == 404 else type_of(document)
            self._visit.turned_out("coupling", known, seen)

    async def _database(self, addon: object) -> None:
        """The data API's answer for one Postgres add-on."""
        if not isinstance(addon, Mapping):
            return
        plan = addon.get("plan")
        tier = str(plan.get("name", "")) if isinstance(plan, Mapping) else ""
        if not tier.startswith("heroku-postgresql:"):
            return
        path = f"/client/v11/databases/{segment(str(addon.get('id', '')))}"
        reply = await self._get(path, data=True)
        items = [reply.document] if isinstance(reply.document, Mapping) else None
        lack = ("version", "following", "num_tables", "postgres_version")
        self._visit.judge(
            "GET /client/v11/databases/{add-on}", shapes.DataService, reply, items, lack
        )
        if reply.ok:
            self._visit.turned_out("data-api", self._visit.shapes[-1].state == "as expected", "")
        if "advanced" in tier:
            listed = await self._get(f"{path}/transfers", data=True)
            self._visit.turned_out("advanced-backups", listed.ok, f"status {listed.status}")


def open_doctor(
    app: str, environ: Mapping[str, str], vault: Vault, clock: Clock = SYSTEM_CLOCK
) -> HerokuDoctor:
    """Nothing is called yet. Raises BlockedError without a token, UsageError for a foreign host."""
    return HerokuDoctor(app, environ, vault, clock)


def _remaining(reply: Reply) -> int | None:
    left = reply.headers.get("ratelimit-remaining", "")
    return int(left[:9]) if left.isascii() and left.isdigit() else None


def _no_way_in(reply: Reply) -> Finding:
    refused = reply.status == 401
    return Finding(
        id="heroku-token",
        group="sign-in",
        state="fail",
        seen="Heroku does not accept the token" if refused else f"no answer: {reply.trouble}",
        means="it is wrong, expired or revoked" if refused else "nothing else could be looked at",
        todo="run `moveday sign-in`" if refused else "check the network, then try again",
    )


def _signed_in(account: Reply, scope: str) -> Finding:
    held = set(clean(scope, 200).replace(",", " ").split())
    enough = not held or held & {"global", "write-protected"}
    return Finding(
        id="heroku-token",
        group="sign-in",
        state="ok" if enough else "warn",
        seen=f"the token is accepted; scope {' '.join(sorted(held)) or 'unknown'}",
        means="when it ends, Heroku tells only `heroku authorizations:info ID`"
        if enough
        else "it can look, and cannot freeze the app at the cutover",
        todo="" if enough else "sign in with a token of scope write-protected or global",
    )


def _budget(left: int | None) -> Finding:
    if left is None:
        return Finding(
            id="heroku-budget",
            group="limits",
            state="warn",
            seen="Heroku does not tell how many calls are left",
        )
    low = left < LOW_BUDGET
    return Finding(
        id="heroku-budget",
        group="limits",
        state="warn" if low else "ok",
        seen=f"{left} calls left in this hour (Heroku gives 4500, and 75 back a minute)",
        means="reads go slowly below 150, the freeze has priority" if low else "",
        todo="wait, or stop other programs that use this account" if low else "",
    )
