"""The app's config: values for memory only, and the names of those that nobody can read."""

from pydantic import SecretStr

from providers.http import HttpRefused
from providers.sources.heroku.client import ACCEPT_SDK, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.shapes import ConfigSetting
from wizard.safety.clean import clean
from wizard.safety.secrecy import learn_secrets

UNTOLD = (
    "Heroku does not tell this token which variables are masked; one that is masked may look like"
    " an ordinary value here"
)


async def read_values(api: HerokuApi, app: str) -> tuple[dict[str, SecretStr], frozenset[str]]:
    """All config values, taught to the redactor, and the names whose value cannot be read."""
    raw = await api.get(dict[str, str | None], f"/apps/{segment(app)}/config-vars")
    return _kept(dict(raw))


async def look_at_values(
    api: HerokuApi, app: str, gaps: Gaps
) -> tuple[dict[str, SecretStr], frozenset[str]]:
    """The same, variable by variable: a value that is no text becomes a gap, the rest is kept."""
    nothing: dict[str, object] = {}
    path = f"/apps/{segment(app)}/config-vars"
    raw = await gaps.read("variables", api.get(dict[str, object], path), nothing)
    good: dict[str, str | None] = {}
    for name, value in raw.items():
        if value is None or isinstance(value, str):
            good[name] = value
        else:
            gaps.add(f"value of {clean(name, 80)}", "Heroku sent something that is not text")
    return _kept(good)


def _kept(raw: dict[str, str | None]) -> tuple[dict[str, SecretStr], frozenset[str]]:
    readable = {name: value for name, value in raw.items() if value is not None}
    learn_secrets(readable)
    kept = {name: SecretStr(value) for name, value in readable.items()}
    return kept, frozenset(set(raw) - set(readable))


async def read_masked(api: HerokuApi, app: str) -> frozenset[str]:
    """Names of masked variables. Heroku does not offer this call to everybody: none then."""
    settings = await _settings(api, app)
    return frozenset(setting.key for setting in settings or () if setting.masked)


async def look_at_masked(api: HerokuApi, app: str, gaps: Gaps) -> frozenset[str]:
    """The same; that Heroku does not offer the call is a gap."""
    settings = await gaps.read("masked variables", _settings(api, app), [])
    if settings is None:
        gaps.add("masked variables", UNTOLD)
    return frozenset(setting.key for setting in settings or () if setting.masked)


async def _settings(api: HerokuApi, app: str) -> list[ConfigSetting] | None:
    """None: the call is not offered (404 or 406; nobody has verified to whom it is)."""
    path = f"/apps/{segment(app)}/config-vars-settings"
    try:
        return await api.list(ConfigSetting, path, {"Accept": ACCEPT_SDK})
    except HttpRefused as refused:
        if refused.status in (404, 406):
            return None
        raise
