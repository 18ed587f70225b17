"""Heroku as a source: `open_source` gives the app as wizard.ports.source.Source."""

from providers.sources.heroku.source import HerokuSource, open_source
from wizard.model.question import SignInField

SIGN_IN = (
    SignInField(
        service="heroku",
        account="api-key",
        label="Heroku API key",
        secret=True,
        help="`heroku auth:token` prints one",
        variable="HEROKU_API_KEY",
    ),
)

__all__ = ["SIGN_IN", "HerokuSource", "open_source"]
