"""Is this the server we mean? Host keys pinned by key text or by SHA-256 fingerprint."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncssh

_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


@dataclass(frozen=True)
class PinnedHostKey:
    """Accepts exactly the named keys. Nothing else is ever trusted, nor learnt on first use."""

    keys: tuple[str, ...]
    fingerprints: tuple[str, ...]
    algorithms: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "PinnedHostKey":
        """Read key lines (`ssh-rsa AAAA…`, a known_hosts line) or `SHA256:…` fingerprints.

        A fingerprint alone does not say its type; the published ones are of RSA keys, so that type
        is asked for. Raises ValueError when nothing usable is in `text`.
        """
        keys: list[str] = []
        prints: list[str] = []
        algorithms: list[str] = []
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0].startswith("SHA256:"):
                prints.append(words[0].rstrip("="))
                algorithms.extend(_RSA)
                continue
            keys.append(_public_key(words))
            algorithms.extend(_algorithms(keys[-1]))
        if not keys and not prints:
            raise ValueError("no SSH host key in the text")
        return cls(tuple(keys), tuple(prints), tuple(dict.fromkeys(algorithms)))

    def accepts(self, key: "asyncssh.SSHKey") -> bool:
        """Whether the server's key is one of the pinned ones."""
        shown = " ".join(key.export_public_key().decode().split()[:2])
        return shown in self.keys or key.get_fingerprint().rstrip("=") in self.fingerprints


def _public_key(words: list[str]) -> str:
    import asyncssh

    for index, word in enumerate(words[:-1]):
        if word.startswith(("ssh-", "ecdsa-")):
            text = f"{word} {words[index + 1]}"
            try:
                asyncssh.import_public_key(text)
            except asyncssh.KeyImportError as error:
                raise ValueError(f"not an SSH host key: {error}") from error
            return text
    raise ValueError("no SSH host key in the line")


def _algorithms(key: str) -> tuple[str, ...]:
    kind = key.split(" ", 1)[0]
    return _RSA if kind == "ssh-rsa" else (kind,)
