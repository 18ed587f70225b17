"""The sandbox's two sign-in hosts alone, over real HTTP: quick to start, all of them real."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.aptible.auth import AuthHost
from providers.sandbox.aptible.hal import ApiError
from providers.sandbox.aptible.one_time_codes import code_at, new_secret
from providers.sandbox.aptible.serving import Served
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.faults import Faults
from providers.sandbox.heroku import account
from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import Front
from providers.sandbox.heroku.replies import Refusal
from providers.sandbox.heroku.state import Account, Token, User
from providers.sandbox.ledger import Ledger

EMAIL, PASSWORD = "operator@acme-clinic.test", "canary-Password-5527"
OWNER = "owner@acme-clinic.test"


@dataclass
class SignInHosts:
    """Running hosts. `heroku_token` is one of scope global, as the official client has it."""

    aptible: AuthHost
    heroku: Account
    heroku_token: str
    totp_secret: str
    environ: dict[str, str]

    def code(self) -> str:
        """The one-time code that the authenticator shows now."""
        return code_at(self.totp_secret, time.time())

    def wrong_code(self) -> str:
        """A code that is not good now, nor soon."""
        near = {code_at(self.totp_secret, time.time() + shift) for shift in range(-90, 91, 30)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)

    def heroku_authorization(self, *scopes: str) -> Token:
        """A token that the account's owner made."""
        token = Token(f"HRKU-canary-{len(self.heroku.tokens)}-{'x' * 30}", scopes or ("global",))
        self.heroku.tokens.append(token)
        return token


async def _aptible_refusal(_: Request, error: Any) -> Response:
    return cast(ApiError, error).response()


async def _heroku_refusal(_: Request, error: Any) -> Response:
    return cast(Refusal, error).response()


@contextmanager
def sign_in_hosts(*, sso: str = "", security_key: bool = False) -> Iterator[SignInHosts]:
    """Serve both from a thread of their own."""
    secret = new_secret()
    switches = Switches(totp_secret=secret, sso_organization=sso, security_key=security_key)
    auth = AuthHost(switches, EMAIL, PASSWORD)
    owner = Account(User(OWNER))
    ground = cast(Any, SimpleNamespace(ledger=Ledger()))
    context = Context(owner, ground, cast(Any, None), Path())
    aptible = Served(
        Starlette(routes=auth.routes(), exception_handlers={ApiError: _aptible_refusal})
    )
    routes = Starlette(
        routes=account.routes(context), exception_handlers={Refusal: _heroku_refusal}
    )
    heroku = Served(Front(routes, owner, Faults(), lambda scope: None))
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        await aptible.start()
        await heroku.start()
        auth.url = auth.tokens.issuer = f"http://127.0.0.1:{aptible.port}"
        ready.set()
        await done.wait()
        await aptible.stop()
        await heroku.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    token = Token(f"HRKU-canary-client-{'c' * 30}")
    owner.tokens.append(token)
    environ = {
        "HEROKU_HOST": f"http://localhost:{heroku.port}",
        "APTIBLE_AUTH_ROOT_URL": auth.url,
    }
    try:
        yield SignInHosts(auth, owner, token.secret, secret, environ)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(20)
        loop.close()
