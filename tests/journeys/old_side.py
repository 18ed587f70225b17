"""What Heroku itself says about the app, asked beside moveday."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.journeys.sandbox_process import SandboxProcess


def old_side(sandbox: SandboxProcess) -> Mapping[str, Any]:
    """What Heroku itself says: maintenance and formation."""
    client = httpx.Client(
        base_url=sandbox.environ["HEROKU_HOST"],
        headers={
            "Authorization": f"Bearer {sandbox.environ['HEROKU_API_KEY']}",
            "Accept": "application/vnd.heroku+json; version=3",
        },
    )
    app = client.get("/apps/acme-clinic").raise_for_status().json()
    formation = client.get("/apps/acme-clinic/formation").raise_for_status().json()
    quantities = {process["type"]: process["quantity"] for process in formation}
    return {"maintenance": app["maintenance"], "formation": quantities}
