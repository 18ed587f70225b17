"""What does the person at MedStack's web interface do when asked to start or end a container?"""

from collections.abc import Mapping, Sequence

import httpx

_PATIENCE = 30.0


async def start(console_url: str, wanted: Mapping[str, object]) -> None:
    """Make the service: {"name", "image", "line", "secrets"}; one of that name makes way for it.

    Raises ValueError when the console refuses it, `httpx.HTTPError` when it cannot be reached.
    """
    name = str(wanted["name"])
    service = {
        "name": name,
        "image": wanted["image"],
        "command": ["sh", "-c", wanted["line"]],
        "secrets": list(_names(wanted.get("secrets"))),
    }
    async with _console(console_url) as console:
        there = (await console.get("/services")).raise_for_status().json()["services"]
        if any(each["name"] == name for each in there):
            _checked(await console.delete(f"/services/{name}"))
        _checked(await console.post("/services", json=service))


async def end(console_url: str, name: str) -> None:
    """Remove the service of that name and the secrets that it alone used; none is fine."""
    async with _console(console_url) as console:
        removed = await console.delete(f"/services/{name}")
        if removed.status_code == httpx.codes.NOT_FOUND:
            return
        for secret in _checked(removed).json()["secrets"]:
            reply = await console.delete(f"/secrets/{secret}")
            if reply.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
                reply.raise_for_status()


def _console(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=_PATIENCE)


def _names(value: object) -> Sequence[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _checked(reply: httpx.Response) -> httpx.Response:
    if reply.is_client_error:
        raise ValueError(f"the console refused it: {reply.text}")
    return reply.raise_for_status()
