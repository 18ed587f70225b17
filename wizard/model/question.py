"""What a person is asked, as data any front end can draw."""

from typing import Literal

from pydantic import model_validator

from wizard.acts import in_commands
from wizard.model.frozen import Frozen


class Question(Frozen):
    """`kind` "confirm" wants yes or no, "name" the exact text in `expected`, "text" free words.

    `flag` is what answers it on the command line. `outcomes` says what follows, by answer.
    `optional`: without an answer the default counts, also an empty one.
    """

    id: str
    text: str
    why: str
    kind: Literal["confirm", "name", "text", "choice"]
    expected: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    flag: str = ""
    outcomes: dict[str, str] = {}
    optional: bool = False


class Answer(Frozen):
    """`by` says who answered: a person at the terminal, or the flag."""

    value: str
    by: str


class Gate(Frozen):
    """A condition that must hold before something may start; `reason` when it does not.

    `warning` is what to know before one goes through an open one all the same.

    `remedy` is what was given as `hint`, with acts of moveday's own in it (wizard.acts); `hint` has
    them as commands.
    """

    id: str
    open: bool
    reason: str
    hint: str = ""
    remedy: str = ""
    warning: str = ""

    @model_validator(mode="before")
    @classmethod
    def _in_commands(cls, given: object) -> object:
        if not isinstance(given, dict) or not given.get("hint"):
            return given
        remedy = given.get("remedy") or given["hint"]
        return {**given, "remedy": remedy, "hint": in_commands(str(remedy))}


class Asked(Frozen):
    """One thing to type. "secret" and "totp" are never shown, "totp" is a one-time code."""

    id: str
    label: str
    kind: Literal["secret", "text", "totp"] = "secret"
    help: str = ""


class SignInWay(Frozen):
    """One way to sign in. A way that asks nothing takes what lies elsewhere, with consent."""

    id: str
    label: str
    help: str = ""
    asks: tuple[Asked, ...] = ()


class SignInField(Frozen):
    """One thing a provider needs to sign in; `secret` ones are masked and go to the vault.

    The vault keeps it under `service` and `account`; `variable` is what a session without a vault
    reads it from. `ways` are the alternatives, the most usual first; `rights` says what it may do,
    `revoke` how to end it by hand.
    """

    service: str
    account: str
    label: str
    secret: bool
    help: str
    variable: str
    kind: Literal["secret", "text", "totp"] = "secret"
    ways: tuple[SignInWay, ...] = ()
    rights: str = ""
    revoke: str = ""
