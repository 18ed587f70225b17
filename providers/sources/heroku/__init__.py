"""Heroku as a source: `open_source` gives the app as wizard.ports.source.Source."""

from providers.sources.heroku.apps import list_apps
from providers.sources.heroku.doctor import open_doctor
from providers.sources.heroku.sign_in import SIGN_IN as _FIELD
from providers.sources.heroku.sign_in import HerokuDoor
from providers.sources.heroku.source import HerokuSource, open_source

SIGN_IN = (_FIELD,)
open_door = HerokuDoor

__all__ = ["SIGN_IN", "HerokuSource", "list_apps", "open_doctor", "open_door", "open_source"]
