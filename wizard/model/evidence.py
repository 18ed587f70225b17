"""One proof: what was found, when, by whom, and where from."""

from datetime import datetime

from wizard.model.frozen import Frozen


class Evidence(Frozen):
    """`what` is a finished sentence; `where` the system or file it was read from."""

    what: str
    at: datetime
    by: str
    where: str
    ok: bool = True
