"""How does a client get into the SSH portal? A certificate for its key, good for one operation."""

import time
import uuid

import asyncssh

from providers.sandbox.aptible.hal import unprocessable
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import Operation, SshConnection

_LIFE = 300


class PortalSignIn:
    """The portal's certificate authority, and the connections it signed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._key = asyncssh.generate_private_key("ssh-ed25519")

    @property
    def authority(self) -> asyncssh.SSHKey:
        """The public key that user certificates must be signed with."""
        return self._key.convert_to_public()

    def connect(self, operation: Operation, public_key: str) -> SshConnection:
        """Sign `public_key` for this operation; raises ApiError 422 when it is no key."""
        try:
            key = asyncssh.import_public_key(public_key)
        except asyncssh.KeyImportError:
            raise unprocessable("Ssh public key is not valid") from None
        made_id = str(uuid.uuid4())
        user = f"op-{operation.id}-{made_id[:8]}"
        now = int(time.time())
        certificate = self._key.generate_user_certificate(
            key, made_id, principals=[user], valid_after=now - 60, valid_before=now + _LIFE
        )
        tunnel = operation.type == "tunnel"
        made = SshConnection(
            id=made_id,
            operation=operation,
            user=user,
            certificate=certificate.export_certificate().decode(),
            socket=f"/tmp/portal/{made_id}.sock" if tunnel else "",  # noqa: S108 - a name only
        )
        self._platform.state.connections[made.id] = made
        return made

    def connection_of(self, user: str) -> SshConnection | None:
        """The connection that this user name was made for."""
        found = self._platform.state.connections.values()
        return next((c for c in found if c.user == user), None)
