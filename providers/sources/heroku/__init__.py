"""Heroku as a source: `open_source` gives the app as wizard.ports.source.Source."""

from providers.sources.heroku.source import HerokuSource, open_source

__all__ = ["HerokuSource", "open_source"]
