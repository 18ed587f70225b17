"""How to sign in to Aptible's SSH portal: by a certificate made for one operation.

Source: the official client's with_ssh_cmd.
"""

import asyncio

from providers.ssh.login import Login, make_key
from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import (
    AccountShape,
    OperationShape,
    PortalShape,
    Shape,
    StackShape,
)
from wizard.errors import OutsideError
from wizard.safety.network import Network


class PortalSignIn:
    """Has a key signed for one operation at a time; the key lives as long as this object."""

    def __init__(self, api: AptibleApi, network: Network) -> None:
        self._api = api
        self._network = network
        self._key: asyncio.Future[tuple[str, str]] | None = None

    async def login(self, operation: OperationShape, owner: Shape) -> tuple[Login, PortalShape]:
        """Where and as whom; `owner` is the record the operation acts on. Raises OutsideError when
        the stack names no portal or no host key: nothing is connected to without a pin."""
        if self._key is None:
            self._key = asyncio.ensure_future(asyncio.to_thread(make_key))
        # One caller that gives up must not take the key away from the others.
        private, public = await asyncio.shield(self._key)
        portal = await self._api.post(
            PortalShape,
            f"/operations/{operation.id}/ssh_portal_connections",
            {"ssh_public_key": public},
            reads=True,
        )
        stack = await self._stack(operation, owner)
        if not (stack.ssh_portal_host and stack.ssh_portal_port and stack.ssh_host_rsa_public_key):
            raise OutsideError(
                f"the stack {stack.name} names no SSH portal",
                "its host, port or host key is missing",
                "ask Aptible support; no connection is made without a pinned host key",
            )
        host, port = self._network.reach(stack.ssh_portal_host, stack.ssh_portal_port)
        login = Login(
            host=host,
            port=port,
            user=portal.ssh_user,
            host_key=stack.ssh_host_rsa_public_key,
            private_key=private,
            certificate=portal.ssh_certificate_body,
            environment={"ACCESS_TOKEN": self._api.token.get_secret_value()},
            pty=bool(portal.ssh_pty),
        )
        return login, portal

    async def _stack(self, operation: OperationShape, owner: Shape) -> StackShape:
        href = operation.link("account") or owner.link("account")
        account = await self._api.get(AccountShape, href) if href else AccountShape()
        stack = account.link("stack")
        if stack is None:
            raise OutsideError(
                "Aptible does not say which stack this runs on", f"operation {operation.id}"
            )
        return await self._api.get(StackShape, stack)
