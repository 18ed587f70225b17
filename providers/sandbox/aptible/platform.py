"""What do Aptible's parts share? The records, the ground they stand on, addresses, and the log."""

from dataclasses import dataclass, field
from pathlib import Path

from providers.sandbox.aptible.auth import AuthHost
from providers.sandbox.aptible.state import State
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.ground import Ground


@dataclass
class Platform:
    """Handed to every part. `api_url` and the portal's address are known once servers listen."""

    ground: Ground
    switches: Switches
    auth: AuthHost
    folder: Path
    state: State = field(default_factory=State)
    api_url: str = ""
    tls_url: str = ""
    portal_host: str = "127.0.0.1"
    portal_port: int = 0
    host_public_key: str = ""

    def note(self, effect: str, **facts: object) -> None:
        """Write an effect that really happened into the ledger."""
        self.ground.ledger.note("aptible", effect, **facts)

    def ca_pem(self) -> str:
        """The certificate that signs database certificates."""
        return self.ground.authority.ca_file.read_text()
