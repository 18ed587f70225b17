"""The app itself: is it there, and what does it say of itself?"""

from providers.http import HttpRefused
from providers.sources.heroku.client import HerokuApi, segment
from providers.sources.heroku.shapes import App
from providers.sources.heroku.trouble import no_such_app
from wizard.errors import MovedayError


async def read_app(api: HerokuApi, app: str) -> App:
    """The app, strictly. Raises NoSuchApp on 404."""
    problem: MovedayError
    try:
        return await api.get(App, f"/apps/{segment(app)}")
    except HttpRefused as refused:
        problem = _named(refused, app)
    raise problem


async def look_at_app(api: HerokuApi, app: str) -> tuple[App, str]:
    """The app as far as its answer can be understood, and the names of strange fields.

    Raises NoSuchApp on 404, OutsideError when not even id and name are there.
    """
    problem: MovedayError
    try:
        read = await api.one(App, f"/apps/{segment(app)}")
    except HttpRefused as refused:
        problem = _named(refused, app)
    else:
        return read.found[0], ", ".join(read.strange)
    raise problem


def _named(refused: HttpRefused, app: str) -> MovedayError:
    return no_such_app(app) if refused.status == 404 else refused
