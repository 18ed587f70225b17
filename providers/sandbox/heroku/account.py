"""Who is asking and what is there to choose from: account, limits, regions, stacks, teams, tokens.

Shapes: Platform API schema, version 3.
"""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import (
    Json,
    Refusal,
    body_of,
    found,
    reply,
    stable_id,
    stamp,
)
from providers.sandbox.heroku.state import Token

BORN = 1_577_836_800.0
REGIONS = (
    ("us", "United States", "Virginia", "us-east-1"),
    ("eu", "Ireland", "Dublin", "eu-west-1"),
)
STACKS = (("heroku-22", "deprecated"), ("heroku-24", "public"), ("container", "public"))


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    account = context.account

    async def show_account(request: Request) -> Response:
        return reply(
            {
                "allow_tracking": True,
                "beta": False,
                "country_of_residence": "United States",
                "created_at": stamp(BORN),
                "default_organization": None,
                "default_team": None,
                "delinquent_at": None,
                "email": account.user.email,
                "federated": False,
                "id": account.user.id,
                "identity_provider": None,
                "last_login": stamp(BORN),
                "name": account.user.name,
                "sms_number": None,
                "suspended_at": None,
                "two_factor_authentication": True,
                "updated_at": stamp(BORN),
                "verified": True,
            }
        )

    async def rate_limits(request: Request) -> Response:
        return reply({"remaining": request.scope["heroku.left"]})

    async def regions(request: Request) -> Response:
        return context.pager.list(request, [_region(*row) for row in REGIONS], ("id", "name"))

    async def stacks(request: Request) -> Response:
        return context.pager.list(request, [_stack(*row) for row in STACKS], ("id", "name"))

    async def teams(request: Request) -> Response:
        return context.pager.list(request, [], ("id",))

    async def authorizations(request: Request) -> Response:
        shown = [_authorization(context, token, redact=True) for token in account.tokens]
        return context.pager.list(request, shown)

    async def authorize(request: Request) -> Response:
        wanted = await body_of(request)
        scopes = wanted.get("scope") or ["global"]
        if not isinstance(scopes, list) or not all(isinstance(name, str) for name in scopes):
            raise Refusal(422, "invalid_params", "scope must be a list of names.")
        lifetime = wanted.get("expires_in")
        if lifetime is not None and (not isinstance(lifetime, int) or lifetime <= 0):
            raise Refusal(422, "invalid_params", "expires_in must be a number of seconds.")
        token = Token(
            f"HRKU-{secrets.token_hex(24)}",
            tuple(scopes),
            str(wanted.get("description") or ""),
            expires=None if lifetime is None else time.time() + lifetime,
        )
        account.tokens.append(token)
        context.note("authorization-created", authorization=token.id)
        return reply(_authorization(context, token, redact=False), 201)

    def named(request: Request) -> Token:
        wanted = request.path_params["authorization"]
        return found(
            next((token for token in account.tokens if token.id == wanted), None),
            "oauth_authorization",
            "OAuth authorization",
        )

    async def show_authorization(request: Request) -> Response:
        return reply(_authorization(context, named(request), redact=True))

    async def regenerate(request: Request) -> Response:
        token = named(request)
        token.secret = f"HRKU-{secrets.token_hex(24)}"
        context.note("authorization-regenerated", authorization=token.id)
        return reply(_authorization(context, token, redact=False))

    async def revoke(request: Request) -> Response:
        token = named(request)
        account.tokens.remove(token)
        context.note("authorization-revoked", authorization=token.id)
        return reply(_authorization(context, token, redact=True))

    own = "/oauth/authorizations"
    return [
        Route("/account", needs("identity", show_account)),
        Route("/account/rate-limits", needs("identity", rate_limits)),
        Route("/regions", needs("read", regions)),
        Route("/stacks", needs("read", stacks)),
        Route("/teams", needs("read", teams)),
        Route(own, needs("global", authorizations)),
        Route(own, needs("global", authorize), methods=["POST"]),
        Route(own + "/{authorization}", needs("global", show_authorization)),
        Route(own + "/{authorization}", needs("global", revoke), methods=["DELETE"]),
        Route(
            own + "/{authorization}/actions/regenerate-tokens",
            needs("global", regenerate),
            methods=["POST"],
        ),
    ]


def _region(name: str, country: str, locale: str, provider: str) -> Json:
    return {
        "country": country,
        "created_at": stamp(BORN),
        "description": country,
        "id": stable_id("region", name),
        "locale": locale,
        "name": name,
        "private_capable": False,
        "provider": {"name": "amazon-web-services", "region": provider},
        "updated_at": stamp(BORN),
    }


def _stack(name: str, state: str) -> Json:
    return {
        "created_at": stamp(BORN),
        "default": name == "heroku-24",
        "id": stable_id("stack", name),
        "name": name,
        "state": state,
        "updated_at": stamp(BORN),
    }


def _authorization(context: Context, token: Token, *, redact: bool) -> Json:
    user = context.account.user
    shown = f"{token.secret[:4]}{'*' * 20}" if redact else token.secret
    left = None if token.expires is None else max(0, round(token.expires - time.time()))
    return {
        "access_token": {"expires_in": left, "id": token.id, "token": shown},
        "client": None,
        "created_at": stamp(token.created),
        "description": token.description,
        "grant": None,
        "id": token.id,
        "refresh_token": None,
        "scope": list(token.scopes),
        "session": None,
        "updated_at": stamp(token.created),
        "user": {"id": user.id, "email": user.email, "full_name": user.name},
    }
