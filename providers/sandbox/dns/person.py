"""What does the person at the DNS host do when asked to change a record? Clicks in the panel."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping

import httpx

_PATIENCE = 10.0
# What cannot stand beside the new record: a person has to delete it first.
_GIVES_WAY = {
    "CNAME": ("A", "AAAA", "ALIAS", "TXT"),
    "ALIAS": ("A", "AAAA", "CNAME"),
    "A": ("CNAME", "ALIAS"),
    "AAAA": ("CNAME", "ALIAS"),
}


async def act(panel_url: str, change: Mapping[str, object]) -> None:
    """Make one change through the panel at `panel_url`.

    `change` is {"name", "type", "ttl", "values"}, or an object that holds one under "change".
    Raises `ValueError` when the panel refuses it, `httpx.HTTPError` when it cannot be reached.
    """
    inner = change.get("change", change)
    if not isinstance(inner, Mapping):
        raise ValueError("the change is not an object")
    wanted = {key: inner[key] for key in ("name", "type", "ttl", "values")}
    async with httpx.AsyncClient(base_url=panel_url, trust_env=False, timeout=_PATIENCE) as panel:
        if wanted["values"]:
            for row in (await panel.get("/records")).raise_for_status().json()["records"]:
                rival = row["type"] in _GIVES_WAY.get(str(wanted["type"]), ())
                if rival and row["name"] == str(wanted["name"]).rstrip(".").lower():
                    await _post(panel, {**row, "values": []})
        await _post(panel, wanted)


async def _post(panel: httpx.AsyncClient, record: Mapping[str, object]) -> None:
    reply = await panel.post("/records", json=dict(record))
    if reply.is_client_error:
        raise ValueError(f"the panel refused it: {reply.text}")
    reply.raise_for_status()


if __name__ == "__main__":
    asyncio.run(act(os.environ["SANDBOX_PANEL"], json.load(sys.stdin)))
