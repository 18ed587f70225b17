"""What a look into the app's folder found: remotes, files; nothing of it is asked of a network."""

from wizard.model.frozen import Frozen


class FolderFacts(Frozen):
    """`remotes` is name → address. `process_types` are the Procfile's, `addons` those app.json
    names ("heroku-postgresql"); `notes` say what was there and could not be read. `looked_at` and
    `cluster` are the source that was looked at here last, before there was a plan.
    """

    remotes: dict[str, str] = {}
    process_types: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    looked_at: str = ""
    cluster: str = ""


class Proposal(Frozen):
    """An answer that the facts suggest, and where it comes from, in words.

    `beside` is what to know where no answer fits.
    """

    value: str
    where: str
    choices: tuple[str, ...] = ()
    beside: str = ""
