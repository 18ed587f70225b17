"""Values that people give because nobody can read them: in memory or in the keyring, no file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from wizard.engine.chain import Entry
from wizard.engine.plan_undo import UNDONE, taken_back_answers
from wizard.engine.session import Session
from wizard.errors import MovedayError, UsageError
from wizard.model.inventory import Inventory
from wizard.ports.vault import VaultUnavailable
from wizard.rules.container_registries import SETTINGS as LOGIN
from wizard.rules.container_registries import wants_login
from wizard.safety.redact import REDACTOR

VALUE = "value/"
"""Questions whose answer is a secret: asked by the front end itself, never through `answer`."""
_SERVICE = "moveday"


def keep_value(session: Session, name: str, value: SecretStr, by: str) -> str:
    """Remember the value of variable `name`; where it is kept, in words.

    The journal hears only that a value was given. Raises UsageError for an empty one: the target
    cannot hold it.
    """
    if not value.get_secret_value():
        raise UsageError(
            f"the value given for {name} is empty",
            "Aptible cannot hold an empty value",
            f"decide “drop” for variable/{name} when it is not needed",
        )
    REDACTOR.learn(value.get_secret_value())
    session.given[name] = value
    session.journal.append("answer", key=f"{VALUE}{name}", value="given", by=by)
    vault = session.outside.vault
    if vault.lasting:
        try:
            vault.put(_SERVICE, _account(session, name), value)
        except MovedayError as error:
            return f"for this command only: {error.title}"
        return f"until it is set on the new side: {vault.mode}"
    return "for this command only: there is no keyring, give it again to moveday deploy"


@dataclass(frozen=True)
class Given:
    """That a value was given for variable `name`, in line `seq` of the journal; not the value."""

    name: str
    seq: int


def last_given(entries: Sequence[Entry]) -> Given | None:
    """The newest value that was given and not taken back since."""
    kept: dict[str, Given] = {}
    for entry in entries:
        if entry.kind == "answer" and entry.key.startswith(VALUE):
            kept[entry.key] = Given(entry.key.removeprefix(VALUE), entry.seq)
        for key in taken_back_answers(entry):
            kept.pop(key, None)
    return max(kept.values(), key=lambda each: each.seq, default=None)


def take_value_back(session: Session, name: str, by: str) -> None:
    """Forget the value given for `name`, here and in the keyring; journalled.

    Raises MovedayError, and changes nothing, when the keyring does not let go of it.
    """
    vault = session.outside.vault
    if vault.lasting:
        vault.delete(_SERVICE, _account(session, name))
    session.given.pop(name, None)
    session.journal.append("undone", key=UNDONE, answers=[f"{VALUE}{name}"], by=by)


def unreadable(session: Session, inventory: Inventory) -> tuple[str, ...]:
    """Names whose value has to come from a person: masked ones, those the plan says so of, and the
    login of a registry that lets in nobody without."""
    chosen = {n for n, choice in session.plan.variables.items() if choice.action == "give"}
    told = {e.key.removeprefix(VALUE) for e in session.journal.entries if e.kind == "answer"}
    masked = [
        v.name
        for v in inventory.variables
        if v.masked or v.lacks == "demanded" or (v.lacks and v.name in told)
    ]
    login = LOGIN if wants_login(session.plan.answers) else ()
    return tuple(sorted({*chosen, *login, *masked}))


def given_before(session: Session, names: Collection[str], seq: int) -> frozenset[str]:
    """Those of `names` whose value was given last before journal line `seq`."""
    found: dict[str, int] = {}
    for entry in session.journal.entries:
        if entry.kind == "answer" and entry.key.startswith(VALUE):
            found[entry.key.removeprefix(VALUE)] = entry.seq
        for key in taken_back_answers(entry):
            found.pop(key.removeprefix(VALUE), None)
    return frozenset(name for name in names if 0 < found.get(name, 0) < seq)


def given_values(session: Session, inventory: Inventory) -> Mapping[str, SecretStr]:
    """The values that were given, now or in an earlier session with a keyring."""
    vault = session.outside.vault
    for name in unreadable(session, inventory) if vault.lasting else ():
        if name in session.given:
            continue
        try:
            kept = vault.get(_SERVICE, _account(session, name))
        except VaultUnavailable:
            break
        if kept is not None:
            session.given[name] = kept
    return dict(session.given)


def forget_values(session: Session, names: Collection[str]) -> None:
    """Take the values of `names` out of the keyring: their owner has them now."""
    vault = session.outside.vault
    for name in [n for n in names if n in session.given] if vault.lasting else ():
        try:
            vault.delete(_SERVICE, _account(session, name))
        except MovedayError as error:
            session.say(f"{name} is still in the keyring: {error.title}", "warn")


def _account(session: Session, name: str) -> str:
    return f"value/{session.plan.source.app}/{name}"
