"""Beside: what can be had next to a source's database that no laptop reaches."""

from typing import Protocol

from pydantic import SecretStr

from wizard.model.source_job import KeptSecret
from wizard.safety.consent import Consent


class Beside(Protocol):
    """The platform of a source, as far as a job beside its databases needs it."""

    async def addresses(self) -> tuple[str, ...]:
        """The addresses its containers go out by; BlockedError when they are not told."""
        ...

    async def url(self, variable: str) -> SecretStr:
        """The URL that a config variable of the app holds, for memory only.

        Raises BlockedError when nobody can read it, OutsideError when the source does not answer.
        """
        ...

    async def keep_secret(self, name: str, value: SecretStr, consent: Consent) -> KeptSecret:
        """Give the platform a secret (idempotent by its name); where a container finds it.

        Raises BlockedError, with what to do by hand, where it takes none from outside.
        """
        ...

    async def forget_secret(self, name: str, consent: Consent) -> bool:
        """Take it away again; False when a person has to do it by hand."""
        ...

    def start_by_hand(self, name: str, image: str, secrets: tuple[str, ...]) -> str:
        """In words: how a person starts a container of `image` with the secrets of these names;
        what it runs, the job's line, is shown beside it."""
        ...

    def end_by_hand(self, name: str, secrets: tuple[str, ...]) -> str:
        """In words: how a person ends it, and takes the secrets away."""
        ...
