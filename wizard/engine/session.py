"""The open move: the plan, the journal, the outside, and what this session alone knows."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from wizard.clock import Clock
from wizard.engine.at_work import AtWork
from wizard.engine.events import Said
from wizard.engine.front import Front
from wizard.engine.journal import Journal
from wizard.engine.pause import Pause
from wizard.engine.ports import Outside
from wizard.engine.store import Store
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.ports.vault import VaultUnavailable
from wizard.safety.consent import Consent, Level, grant

STATE_FOLDER = ".moveday"
HASH_KEY = ("moveday", "fingerprint-key")
"""Service and account of the hash key in the vault, which adds whose move it is."""


@dataclass
class Session:
    """The only mutable object of the engine.

    `allowed` is the highest consent level given for this command and by whom; `stop` is set when a
    person asked to stop: the runner ends at the next safe place; `pause` holds it between tasks.
    `at_work` names the run whose tasks run now. `practice_apps` are twins. `given` are values a
    person gave for variables that nobody can read, in memory only.
    """

    folder: Path
    plan: Plan
    plan_hash: str
    journal: Journal
    store: Store
    outside: Outside
    front: Front
    clock: Clock
    allowed: Level = Level.LOOK
    allowed_by: str = ""
    practice_apps: frozenset[str] = frozenset()
    given: dict[str, SecretStr] = field(default_factory=dict, repr=False)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    pause: Pause = field(default_factory=Pause)
    at_work: AtWork | None = None
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _key_kept: bool = False
    _config: Mapping[str, SecretStr] | None = field(default=None, repr=False)
    _shown: tuple[object, Inventory] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        vault = self.outside.vault
        try:
            kept = vault.get(*HASH_KEY)
            if kept is None and vault.lasting:
                kept = SecretStr(secrets.token_hex(32))
                vault.put(*HASH_KEY, kept)
        except VaultUnavailable as trouble:
            self.say(f"{trouble.title}: fingerprints end with this session", "warn")
            kept = None
        if kept is not None:
            self._key, self._key_kept = kept.get_secret_value().encode(), True

    def fingerprint(self, value: str) -> str:
        """Keyed hash of a value (hex); comparable within this session, or longer with a vault."""
        return hmac.new(
            self._key, value.encode("utf-8", "surrogateescape"), hashlib.sha256
        ).hexdigest()

    @property
    def fingerprints_last(self) -> bool:
        """Whether fingerprints can be compared with those of another session."""
        return self._key_kept

    @property
    def key_mark(self) -> str:
        """Tells whether two fingerprints were made with the same key, and nothing of the key."""
        return self.fingerprint("which key is this?")[:16]

    def consent(self, level: Level, subject: str, app: str = "") -> Consent:
        """The consent for one act, journalled; refused by the clients when the person gave less.

        An `app` among `practice_apps` (a twin that no user sees) may be frozen and thawed with the
        consent to change the new side.
        """
        reach = self.allowed
        if app in self.practice_apps and reach >= Level.CHANGE_NEW_SIDE:
            reach = Level.USERS_NOTICE
        given = grant(min(reach, level), subject, self.allowed_by, self.clock.now())
        self.journal.append("consent", key=subject, level=given.level.name, by=given.by)
        return given

    def forget_consent(self) -> None:
        """Before the next piece of work of a session that goes on: it asks for its own consent."""
        self.allowed, self.allowed_by = Level.LOOK, ""

    def say(self, text: str, level: str = "info") -> None:
        """One line of talk to the person."""
        self.front.hear(Said(text, level))

    async def config(self) -> Mapping[str, SecretStr]:
        """The source's config values, read once per session, in memory only."""
        if self._config is None:
            self._config = await self.outside.source.read_config()
        return self._config

    def keep_inventory(self, inventory: Inventory) -> None:
        """Store the inventory; fingerprints of a key that ends with the session are left out."""
        kept = inventory
        if not self.fingerprints_last:
            kept = _bare(inventory)
        release = inventory.release.version if inventory.release else None
        self.journal.append("read", key="inventory", app=inventory.app, release=release)
        document = kept.model_dump(mode="json")
        self.store.save_facts({"inventory": document, "key": self.key_mark}, self.journal)

    def inventory(self) -> Inventory | None:
        """The stored inventory; None when there is none that belongs to this journal.

        Fingerprints of another key are left out: compared, they would all seem changed.
        """
        content = self.store.load_facts(self.journal).content or {}
        document = content.get("inventory")
        if document is None:
            return None
        if self._shown is None or self._shown[0] is not document:
            found = Inventory.model_validate(document)
            kept = found if content.get("key") == self.key_mark else _bare(found)
            self._shown = (document, kept)
        return self._shown[1]


def _bare(inventory: Inventory) -> Inventory:
    bare = tuple(v.model_copy(update={"fingerprint": None}) for v in inventory.variables)
    return inventory.model_copy(update={"variables": bare})
