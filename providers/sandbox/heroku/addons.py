"""Which add-ons does the app pay for, which are attached, and under which names?

Shapes: Platform API schema (add-on, add-on-attachment, add-on-config), version 3, and the headers
`Accept-Expansion` and `Accept-Inclusion` that the official client sends.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.apps import reference
from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, Refusal, body_of, found, reply, stable_id, stamp
from providers.sandbox.heroku.state import Addon, App, Attachment


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    account = context.account

    async def of_app(request: Request) -> Response:
        app = context.app(request)
        billed = [addon for addon in account.addons if addon.app == app.name]
        shown = [_addon(context, addon, request) for addon in billed]
        return context.pager.list(request, shown, ("id", "name"))

    async def everywhere(request: Request) -> Response:
        shown = [_addon(context, addon, request) for addon in account.addons]
        return context.pager.list(request, shown, ("id", "name"))

    async def one(request: Request) -> Response:
        return reply(_addon(context, context.addon(request), request))

    async def settings(request: Request) -> Response:
        addon = context.addon(request)
        own = [a for a in account.attachments if a.addon == addon.name and a.app == addon.app]
        app = found(account.app(addon.app), "app", "app")
        names = [name for attachment in own for name in attachment.config_vars]
        return reply([{"name": name, "value": app.config.get(name)} for name in names])

    async def attachments(request: Request) -> Response:
        shown = [_attachment(context, item, request) for item in _everywhere(context)]
        return context.pager.list(request, shown, ("id", "name"))

    async def attachments_of_app(request: Request) -> Response:
        mine = account.attached(context.app(request))
        shown = [_attachment(context, item, request) for item in mine]
        return context.pager.list(request, shown, ("id", "name"))

    async def attachments_of_addon(request: Request) -> Response:
        addon = context.addon(request)
        mine = [item for item in _everywhere(context) if item.addon == addon.name]
        shown = [_attachment(context, item, request) for item in mine]
        return context.pager.list(request, shown, ("id", "name"))

    async def one_attachment(request: Request) -> Response:
        wanted = request.path_params["attachment"]
        match = (item for item in account.attachments if wanted in (item.id, item.name))
        item = found(next(match, None), "add_on attachment", "add-on attachment")
        return reply(_attachment(context, item, request))

    async def resolve_addon(request: Request) -> Response:
        wanted = await body_of(request)
        app, key = _target(context, wanted.get("app"), str(wanted.get("addon") or ""))
        matches = [
            addon
            for addon in account.addons
            if key in (addon.id, addon.name, addon.service, addon.plan_name)
            and (app is None or addon.app == app.name)
            and wanted.get("addon_service") in (None, addon.service)
        ]
        if not matches:
            raise Refusal(404, "not_found", "Couldn't find that add on.", resource="add_on")
        return reply([_addon(context, addon, request) for addon in matches])

    async def resolve_attachment(request: Request) -> Response:
        wanted = await body_of(request)
        app, key = _target(context, wanted.get("app"), str(wanted.get("addon_attachment") or ""))
        pool = account.attachments if app is None else account.attached(app)
        matches = [item for item in pool if _answers(context, item, key)]
        service = wanted.get("addon_service")
        if service is not None:
            owners = (account.addon(item.addon) for item in matches)
            pairs = zip(matches, owners, strict=True)
            matches = [item for item, owner in pairs if owner and owner.service == service]
        if not matches:
            raise Refusal(
                404,
                "not_found",
                "Couldn't find that add on attachment.",
                resource="add_on attachment",
            )
        return reply([_attachment(context, item, request) for item in matches])

    app_one, addon_one = "/apps/{app}", "/addons/{addon}"
    read = "read"
    return [
        Route("/addons", needs(read, everywhere)),
        Route("/users/{user}/addons", needs(read, everywhere)),
        Route(app_one + "/addons", needs(read, of_app)),
        Route(app_one + "/addons/{addon}", needs(read, one)),
        Route(addon_one, needs(read, one)),
        Route(addon_one + "/addon-attachments", needs(read, attachments_of_addon)),
        Route(addon_one + "/config", needs("read-protected", settings)),
        Route("/addon-attachments", needs(read, attachments)),
        Route("/addon-attachments/{attachment}", needs(read, one_attachment)),
        Route(app_one + "/addon-attachments", needs(read, attachments_of_app)),
        Route(app_one + "/addon-attachments/{attachment}", needs(read, one_attachment)),
        Route("/actions/addons/resolve", needs(read, resolve_addon), methods=["POST"]),
        Route(
            "/actions/addon-attachments/resolve", needs(read, resolve_attachment), methods=["POST"]
        ),
    ]


def _everywhere(context: Context) -> list[Attachment]:
    """All attachments; the trouble `heroku.shared-database` {"app"} lends the databases of every
    other app to that one."""
    found = list(context.account.attachments)
    app = context.account.app(str((context.standing("shared-database") or {}).get("app", "")))
    if app is not None:
        for database in context.account.databases:
            name = f"{database.addon}/{app.name}"
            lent = Attachment("SHARED", app.name, database.addon, ("SHARED_URL",))
            lent.id = stable_id("attachment", name)
            found.append(lent)
    return found


def _target(context: Context, app: object, key: str) -> tuple[App | None, str]:
    """The app a resolve call is about; `app::key` names it inside the key."""
    name, separator, rest = key.partition("::")
    if separator:
        return found(context.account.app(name), "app", "app"), rest
    if app is None:
        return None, key
    return found(context.account.app(str(app)), "app", "app"), key


def _answers(context: Context, item: Attachment, key: str) -> bool:
    """Whether an attachment goes by `key`: its name, id, config var or add-on."""
    addon = context.account.addon(item.addon)
    names: set[str] = {item.name, item.id, item.addon, *item.config_vars}
    if addon is not None:
        names |= {addon.id, addon.service, addon.plan_name}
    return key in names


def _plan(addon: Addon, expanded: bool) -> Json:
    plan: Json = {"id": stable_id("plan", addon.plan_name), "name": addon.plan_name}
    if expanded:
        plan |= {
            "default": False,
            "description": addon.plan.replace("-", " ").title(),
            "human_name": addon.plan.replace("-", " ").title(),
            "price": {"cents": addon.cents, "contract": False, "unit": "month"},
            "state": "ga",
            "visible": True,
        }
    return plan


def _service(addon: Addon, expanded: bool) -> Json:
    service: Json = {"id": stable_id("addon-service", addon.service), "name": addon.service}
    if expanded:
        title = addon.service_title or addon.service.replace("-", " ").title()
        service |= {"human_name": title, "cli_plugin_name": None, "state": "ga"}
    return service


def _expands(request: Request, word: str) -> bool:
    wanted: Sequence[str] = request.headers.get("Accept-Expansion", "").split(",")
    return word in [item.strip() for item in wanted]


def _addon(context: Context, addon: Addon, request: Request) -> Json:
    app = found(context.account.app(addon.app), "app", "app")
    own = [a for a in context.account.attachments if a.addon == addon.name and a.app == addon.app]
    return {
        "actions": [],
        "addon_service": _service(addon, _expands(request, "addon_service")),
        "app": reference(app),
        "billed_price": {
            "cents": addon.cents,
            "contract": False,
            "metered": False,
            "unit": "month",
        },
        "billing_entity": {**reference(app), "type": "app"},
        "config_vars": [name for item in own for name in item.config_vars],
        "created_at": stamp(addon.created),
        "id": addon.id,
        "name": addon.name,
        "plan": _plan(addon, _expands(request, "plan")),
        "provider_id": addon.id,
        "provision_message": "",
        "state": addon.state,
        "updated_at": stamp(addon.created),
        "web_url": f"https://addons-sso.heroku.com/apps/{app.id}/addons/{addon.id}",
    }


def _attachment(context: Context, item: Attachment, request: Request) -> Json:
    addon = found(context.account.addon(item.addon), "add_on", "add-on")
    home = found(context.account.app(addon.app), "app", "app")
    app = found(context.account.app(item.app), "app", "app")
    included = [word.strip() for word in request.headers.get("Accept-Inclusion", "").split(",")]
    shown: Json = {
        "addon": {"id": addon.id, "name": addon.name, "app": reference(home)},
        "app": reference(app),
        "created_at": stamp(item.created),
        "id": item.id,
        "log_input_url": None,
        "name": item.name,
        "namespace": item.namespace,
        "updated_at": stamp(item.created),
        "web_url": f"https://addons-sso.heroku.com/apps/{app.id}/addons/{addon.id}",
    }
    if "addon:plan" in included:
        shown["addon"]["plan"] = _plan(addon, expanded=False)
    if "config_vars" in included:
        shown["config_vars"] = list(item.config_vars)
    return shown
