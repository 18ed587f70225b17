"""The new side changed by other hands is named; and moveday undo takes back what moveday made."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.sandbox_process import SandboxProcess, moveday, passed

pytestmark = [pytest.mark.timeout(720), pytest.mark.long]


@pytest.fixture(scope="module")
def deployed(sandbox: SandboxProcess) -> Path:
    app = sandbox.checkout("deployed")
    passed(moveday(sandbox, app, "inventory"))
    ended = passed(moveday(sandbox, app, "deploy", "--yes"))
    assert "deploy │ Step 1/" in ended.err, "the build's log is told while it runs"
    assert "deploy │ migrated" in ended.err, "and what the migration printed"
    return app


class Aptible:
    """Somebody else with access: plain calls to Aptible's API."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._http = httpx.Client(
            base_url=environ["APTIBLE_API_ROOT_URL"],
            headers={"Authorization": f"Bearer {environ['APTIBLE_ACCESS_TOKEN']}"},
            timeout=60,
        )

    def listed(self, path: str, kind: str) -> list[dict[str, Any]]:
        reply = self._http.get(path).raise_for_status()
        found: list[dict[str, Any]] = reply.json()["_embedded"][kind]
        return found

    def operate(self, path: str, **body: object) -> None:
        made = self._http.post(f"{path}/operations", json=body).raise_for_status().json()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            reply = self._http.get(f"/operations/{made['id']}")
            if reply.status_code == httpx.codes.NOT_FOUND or reply.json()["status"] == "succeeded":
                return
            time.sleep(0.05)
        raise AssertionError(f"{path} {body}: not done")


def test_what_other_hands_changed_is_named_and_stops_a_rehearsal(
    sandbox: SandboxProcess, deployed: Path
) -> None:
    calm = passed(moveday(sandbox, deployed, "deploy", "--plan", "--json")).document
    assert calm["drift"]["found"] == []
    aptible = Aptible(sandbox.environ)
    worker = next(
        s for s in aptible.listed("/services", "services") if s["process_type"] == "worker"
    )
    aptible.operate(f"/services/{worker['id']}", type="scale", container_count=1)
    shown = passed(moveday(sandbox, deployed, "deploy", "--plan")).out
    assert "service worker: left with 0 container(s), now 1 container(s) (DR04)" in shown
    assert "autoscaler" in shown, "and what to do"
    told = passed(moveday(sandbox, deployed, "status")).out
    assert "service worker" in told
    refused = moveday(sandbox, deployed, "rehearse", "--yes")
    assert refused.code == 4
    assert "not as moveday left it" in refused.err
    before = sandbox.effects("aptible", "database")
    passed(moveday(sandbox, deployed, "deploy", "--yes"))
    after = passed(moveday(sandbox, deployed, "deploy", "--plan", "--json")).document
    assert after["drift"]["found"] == []
    assert sandbox.effects("aptible", "database") == before, "nothing was made twice"


def test_undo_lists_then_takes_back_what_was_made_and_leaves_the_rest(
    sandbox: SandboxProcess, deployed: Path
) -> None:
    aptible = Aptible(sandbox.environ)
    listed = moveday(sandbox, deployed, "undo", "--json")
    assert listed.code == 4
    assert [(i["kind"], i["state"]) for i in listed.document["items"]] == [
        ("endpoint", "to remove"),
        ("app", "to remove"),
        ("database", "to remove"),
        ("database", "to remove"),
        ("environment", "to remove"),
    ]
    assert aptible.listed("/apps", "apps"), "a list changes nothing"
    assert moveday(sandbox, deployed, "undo", "--yes").code == 2, "a yes is not enough to destroy"
    wrong = moveday(sandbox, deployed, "undo", "--confirm", "acme")
    assert wrong.code == 4 and "“acme-clinic” was expected" in wrong.err
    assert aptible.listed("/apps", "apps"), "nor does a wrong name"

    # One answer is lost on the way, and one thing is somebody else's by now.
    theirs = aptible.listed("/databases", "databases")[0]["handle"]
    aptible.operate(
        f"/databases/{aptible.listed('/databases', 'databases')[0]['id']}", type="deprovision"
    )
    account = aptible.listed("/accounts", "accounts")[0]
    made = aptible._http.post(
        f"/accounts/{account['id']}/databases", json={"handle": theirs, "type": "redis"}
    ).raise_for_status()
    sandbox.fault("aptible.drop-reply", method="POST")
    done = moveday(sandbox, deployed, "undo", "--confirm", "acme-clinic", "--json")
    assert done.code == 0, done.err
    states = {f"{i['kind']} {i['name']}": i for i in done.document["items"]}
    assert states["app acme-clinic"]["state"] == "removed"
    assert states[f"database {theirs}"]["state"] == "left"
    assert str(made.json()["id"]) in states[f"database {theirs}"]["reason"]
    assert states["environment acme-clinic"]["state"] == "left"
    assert any("retained backup" in sentence for sentence in done.document["stays"])
    assert aptible.listed("/apps", "apps") == []
    assert [d["handle"] for d in aptible.listed("/databases", "databases")] == [theirs]

    again = passed(moveday(sandbox, deployed, "undo", "--confirm", "acme-clinic", "--json"))
    assert all(item["state"] == "left" for item in again.document["items"])
    assert len(sandbox.effects("aptible", "app-gone")) == 1


def test_after_undo_a_deploy_starts_from_nothing(sandbox: SandboxProcess, deployed: Path) -> None:
    refused = moveday(sandbox, deployed, "rehearse", "--yes")
    assert refused.code == 4 and "not built" in refused.err
    plan = passed(moveday(sandbox, deployed, "deploy", "--plan", "--json")).document
    todo = {o["id"]: o["there"] for o in plan["operations"]}
    assert todo["environment"] and not todo["app"]
    assert json.dumps(plan["drift"]["compared"]) == '"nothing was built here yet"'
