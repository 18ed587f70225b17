"""Stopping and starting the app: maintenance, formation, what really runs."""

from collections import Counter
from collections.abc import Mapping

from providers.sources.heroku.app import read_app
from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.shapes import App, Dyno, Formation
from providers.sources.once import once
from wizard.errors import OutsideError, UsageError
from wizard.safety.consent import Consent, Level

# A crashed or stopped dyno runs nothing; every other state, also an unknown one, counts.
_NOT_RUNNING = frozenset({"crashed", "down"})


async def formation(api: HerokuApi, app: str) -> dict[str, int]:
    """Process type → quantity as set, those at zero included."""
    listed = await api.list(Formation, f"/apps/{segment(app)}/formation")
    return {each.type: each.quantity for each in listed}


async def maintenance(api: HerokuApi, app: str) -> bool:
    """Whether Heroku's router shows the maintenance page. Dynos keep running meanwhile."""
    shown = (await read_app(api, app)).maintenance
    if shown is None:
        raise OutsideError(
            f"Heroku does not say whether {app} shows its maintenance page",
            f"GET /apps/{segment(app)} names no such field",
            "look with `heroku maintenance`, then try again",
        )
    return shown


async def set_maintenance(api: HerokuApi, app: str, on: bool, consent: Consent) -> None:
    """Turn the page on or off; the answer must say so too."""
    path = f"/apps/{segment(app)}"

    async def send() -> None:
        changed = await api.change(App, path, {"maintenance": on}, consent, Level.USERS_NOTICE)
        if changed.maintenance is not on:
            raise OutsideError(
                f"Heroku took the change, but maintenance is not {'on' if on else 'off'}",
                f"PATCH {path}",
                "look with `heroku maintenance`, then try again",
            )

    async def done() -> bool:
        return await maintenance(api, app) is on

    await once(send, done)


async def scale(api: HerokuApi, app: str, quantities: Mapping[str, int], consent: Consent) -> None:
    """Set absolute quantities in one call; sizes stay. The answer must show them."""
    if not quantities:
        return
    if any(quantity < 0 for quantity in quantities.values()):
        raise UsageError("a process type cannot have fewer than 0 dynos")
    path = f"/apps/{segment(app)}/formation"
    updates = [{"type": name, "quantity": count} for name, count in sorted(quantities.items())]

    async def send() -> None:
        answer = await api.change(
            list[Formation], path, {"updates": updates}, consent, Level.USERS_NOTICE
        )
        now = {each.type: each.quantity for each in answer}
        wrong = [name for name, count in quantities.items() if now.get(name, count) != count]
        if wrong:
            raise OutsideError(
                "Heroku took the change, but the quantities are not as asked",
                ", ".join(f"{name}={now[name]}" for name in wrong),
                "look with `heroku ps`, then try again",
            )

    async def done() -> bool:
        now = await formation(api, app)
        return all(now.get(name) == count for name, count in quantities.items())

    await once(send, done)


async def running(api: HerokuApi, app: str) -> dict[str, int]:
    """Process type → dynos that exist and run, one-off ones (run, scheduler) included."""
    listed = await api.list(Dyno, f"/apps/{segment(app)}/dynos")
    return dict(Counter(dyno.type for dyno in listed if dyno.state not in _NOT_RUNNING))
