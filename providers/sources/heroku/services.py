"""Which add-ons does the app have, what do they cost, and who else uses them?"""

from collections.abc import Iterable, Mapping, Sequence

from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.shapes import Addon as AddonShape
from providers.sources.heroku.shapes import Attachment as AttachmentShape
from providers.sources.together import together
from wizard.model.inventory import Addon, Attachment, users_subject

POSTGRES = "heroku-postgresql"
REDIS = "heroku-redis"
EXPAND_ADDONS = {"Accept-Expansion": "addon_service,plan"}
INCLUDE_VARIABLES = {"Accept-Inclusion": "addon:plan,config_vars"}
_CREDENTIAL = "credential:"
_UNREADABLE: Mapping[str, str] = {
    "heroku-kafka": "Kafka: Heroku offers no export; mirror it or write to both sides",
    "heroku-connect": "Heroku Connect has no equivalent elsewhere",
    "scheduler": "Heroku Scheduler has no API: read its jobs from the add-on's page and name them",
}


async def read_services(
    api: HerokuApi, base: str, gaps: Gaps
) -> tuple[list[AddonShape], list[AttachmentShape]]:
    """The add-ons the app pays for, and everything attached to it."""
    own = await gaps.some("add-ons", api.some(AddonShape, f"{base}/addons", EXPAND_ADDONS))
    path = f"{base}/addon-attachments"
    attached = await gaps.some("attachments", api.some(AttachmentShape, path, INCLUDE_VARIABLES))
    return own, attached


def addon_facts(
    addons: Iterable[AddonShape], attachments: Sequence[AttachmentShape], where: str
) -> tuple[Addon, ...]:
    """The add-ons the app pays for, then those it shares with another app that pays."""
    facts = [
        Addon(
            id=addon.id,
            name=addon.name,
            service=addon.service,
            plan=addon.plan_name,
            provides=tuple(sorted(set(addon.config_vars or ()))),
            monthly_cents=addon.billed_price.monthly_cents if addon.billed_price else None,
            billed_to=addon.app.name if addon.app else "",
            web_url=addon.web_url or "",
            where=where,
        )
        for addon in addons
    ]
    own = {addon.id for addon in facts}
    shared: dict[str, list[AttachmentShape]] = {}
    for attachment in attachments:
        if attachment.addon.id not in own:
            shared.setdefault(attachment.addon.id, []).append(attachment)
    facts += [_guest(same, where) for same in shared.values()]
    return tuple(sorted(facts, key=lambda addon: addon.name))


def _guest(same: Sequence[AttachmentShape], where: str) -> Addon:
    """An add-on that another app pays for, as far as its attachments tell."""
    addon = same[0].addon
    plan = addon.plan.name if addon.plan else ""
    provides = {name for each in same for name in each.config_vars or [f"{each.name}_URL"]}
    return Addon(
        id=addon.id,
        name=addon.name,
        service=plan.partition(":")[0],
        plan=plan,
        provides=tuple(sorted(provides)),
        billed_to=addon.app.name if addon.app else "",
        web_url=next((each.web_url for each in same if each.web_url), ""),
        where=where.replace("/addons", "/addon-attachments"),
    )


async def with_users(
    api: HerokuApi, app: str, addons: Sequence[Addon], gaps: Gaps
) -> tuple[tuple[Addon, ...], tuple[Attachment, ...]]:
    """The add-ons with the other apps that use them, and every use by any app."""

    async def users(addon: Addon) -> list[AttachmentShape]:
        path = f"/addons/{segment(addon.id)}/addon-attachments"
        subject = users_subject(addon.name)
        return await gaps.some(subject, api.some(AttachmentShape, path))

    every = await together(users(addon) for addon in addons)
    facts, uses = [], set()
    for addon, found in zip(addons, every, strict=True):
        others = {use.app.name for use in found if use.app} - {app, ""}
        facts.append(addon.model_copy(update={"shared_with": tuple(sorted(others))}))
        where = f"GET /addons/{segment(addon.id)}/addon-attachments"
        uses |= {_use(each, addon, where) for each in found if each.app and each.app.name}
    shared = sum(bool(addon.shared_with) for addon in facts)
    gaps.tell(f"{shared} of {len(facts)} add-ons are shared with other apps")
    ordered = sorted(uses, key=lambda use: (use.addon, use.user_app, use.alias))
    return tuple(facts), tuple(ordered)


def _use(shape: AttachmentShape, addon: Addon, where: str) -> Attachment:
    namespace = shape.namespace or ""
    return Attachment(
        alias=shape.name,
        addon=addon.name,
        owner_app=shape.addon.app.name if shape.addon.app else addon.billed_to,
        user_app=shape.app.name if shape.app else "",
        credential=namespace.removeprefix(_CREDENTIAL) if _CREDENTIAL in namespace else "",
        where=where,
    )


def name_unreadable(addons: Iterable[Addon], gaps: Gaps) -> None:
    """A gap for every add-on whose contents no API tells, with the page that does."""
    for addon in addons:
        reason = _UNREADABLE.get(addon.service)
        if reason:
            page = f": {addon.web_url}" if addon.web_url else ""
            gaps.add(addon.name, f"{reason}{page}")
