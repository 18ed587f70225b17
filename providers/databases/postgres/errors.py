"""What went wrong at a PostgreSQL server, in words that never hold a row's content."""

import re
from typing import Literal

import psycopg

from wizard.errors import OutsideError
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

Kind = Literal[
    "unreachable", "lost", "auth", "permission", "disk-full", "busy", "missing", "snapshot", "other"
]

_TITLES: dict[Kind, str] = {
    "unreachable": "the {side} database cannot be reached",
    "lost": "the connection to the {side} database was lost",
    "auth": "the {side} database refused the sign-in",
    "permission": "the {side} database refused an action for lack of rights",
    "disk-full": "the disk of the {side} database is full",
    "busy": "the {side} database has no room for another connection, or too little memory",
    "missing": "the {side} database is not there",
    "snapshot": "the view of the source that the copy looks through is gone",
    "other": "the {side} database reported an error",
}
_HINTS: dict[Kind, str] = {
    "unreachable": "check the tunnel, the address and the network, then run it again",
    "lost": "check the tunnel and the server, then try again; `moveday database copy` alone goes on"
    " where it ended with --resume",
    "auth": "fetch the credentials again: passwords change at failover and rotation",
    "permission": "use the database owner's credentials",
    "disk-full": "give the database a larger disk, then run it again",
    "busy": "close other connections or use fewer jobs",
    "missing": "make the database, or correct its name",
    "snapshot": "run it again: a new view of the source is taken",
    "other": "",
}
# Classes whose primary message may quote a value of a row …
_MAY_QUOTE_VALUES = ("21", "22", "XX")
# … or is whatever a function of the user's chose to say.
_SAID_BY_FUNCTIONS = ("38", "39", "P0", "2F", "2B")
_QUOTED = re.compile(r'".*"|:.*', re.DOTALL)
_CONSTRAINT_CLASS = "23"


class DatabaseTrouble(OutsideError):
    """Trouble at one of the two servers. `kind` is stable, `side` is "source" or "target"."""

    def __init__(
        self, kind: Kind, side: str, detail: str = "", sqlstate: str = "", subject: str = ""
    ) -> None:
        self.kind: Kind = kind
        self.side = side
        self.sqlstate = sqlstate
        self.subject = subject
        where = f"{subject}: " if subject else ""
        code = f" (SQLSTATE {sqlstate})" if sqlstate else ""
        super().__init__(_TITLES[kind].format(side=side), f"{where}{detail}{code}", _HINTS[kind])
        self.bare_detail = detail

    def about(self, subject: str) -> "DatabaseTrouble":
        """The same trouble, naming what was being done."""
        return DatabaseTrouble(
            self.kind, self.side, self.bare_detail, self.sqlstate, self.subject or subject
        )


class NotAsked(DatabaseTrouble):
    """A question that was not put to the server: its answers were written down before."""


def trouble(
    error: psycopg.Error, side: str, subject: str = "", *, connecting: bool = False
) -> DatabaseTrouble:
    """`error` without DETAIL, CONTEXT and QUERY, which may hold row contents, and redacted."""
    state = error.sqlstate or ""
    kind = kind_of(error, connecting=connecting)
    return DatabaseTrouble(kind, side, _safe_message(error), state, subject)


def kind_of(error: psycopg.Error, *, connecting: bool = False) -> Kind:
    """Which sort of trouble an SQLSTATE (or its absence: the connection) means."""
    state = error.sqlstate or ""
    by_state: dict[str, Kind] = {
        "53100": "disk-full",
        "53200": "busy",
        "53300": "busy",
        "53400": "busy",
        "42501": "permission",
        "3D000": "missing",
        "57P03": "unreachable",
        "57P01": "lost",
        "57P02": "lost",
        "57P05": "lost",
        "25P03": "lost",
        "25P04": "lost",
        "72000": "snapshot",
    }
    if state in by_state:
        return by_state[state]
    if state.startswith("28"):
        return "auth"
    if state.startswith("08"):
        return "lost"
    text = str(error)
    if "snapshot" in text and state in ("22023", "42704", "55000"):
        return "snapshot"
    if state or not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return "other"
    return kind_by_words(text) if connecting else "lost"


def kind_by_words(text: str) -> Kind:
    """libpq gives no SQLSTATE for failures while connecting: only its words tell."""
    if re.search(r"password authentication|no password supplied|authentication failed", text):
        return "auth"
    if re.search(r'database ".*" does not exist', text):
        return "missing"
    if re.search(r"too many connections|connection slots", text):
        return "busy"
    return "unreachable"


def _safe_message(error: psycopg.Error) -> str:
    diag = error.diag
    state = error.sqlstate or ""
    if not diag.message_primary:
        return clean(REDACTOR.redact(str(error)), 600)
    names = [
        f"{word} {name}"
        for word, name in (
            ("schema", diag.schema_name),
            ("table", diag.table_name),
            ("column", diag.column_name),
            ("constraint", diag.constraint_name),
        )
        if name
    ]
    message = diag.message_primary
    if state.startswith(_SAID_BY_FUNCTIONS):
        message = type(error).__name__
    elif state.startswith(_MAY_QUOTE_VALUES):
        # From the first quote to the last: a value may hold quotes itself.
        message = _QUOTED.sub("…", message)
    elif state.startswith(_CONSTRAINT_CLASS):
        message = message.split("\n")[0]
    tail = f" ({', '.join(names)})" if names else ""
    return clean(REDACTOR.redact(f"{message}{tail}"), 600)
