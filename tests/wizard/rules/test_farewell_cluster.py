"""What a cluster leaves to wind down: in a safe order, by its own words, nothing forgotten."""

import pytest

from tests.wizard.forecast.samples import NOON
from tests.wizard.reports.samples import PLAN, inventory
from tests.wizard.rules.test_decommission import MOVED, ids
from wizard.model.cloud import BlobAccount, CloudTraces
from wizard.model.containers import AppGroup, MountedFile, Volume
from wizard.model.decommission import Aftermath, Ending, LeftBeside
from wizard.model.inventory import Inventory, SourceDatabase
from wizard.model.plan import SourceChoice
from wizard.rules.decommission import decommission

CLUSTER = PLAN.model_copy(
    update={
        "source": SourceChoice(kind="medstack", app="portal", cluster="Production"),
        "answers": {"volume/scratch": "cache"},
    }
)


def clinic() -> Inventory:
    database = SourceDatabase(
        id="prod", name="prod", engine="postgres", plan="", managed="azure", where="w"
    )
    volume = Volume(name="uploads", target="/srv/uploads", processes=("web",), where="w")
    return inventory().model_copy(
        update={
            "source": "medstack",
            "apps": (AppGroup(name="portal", image="i", processes=("web",), where="w"),),
            "addons": (),
            "volumes": (
                volume,
                volume.model_copy(update={"name": "scratch"}),
                volume.model_copy(update={"name": "code", "holds": "code"}),
            ),
            "mounted_files": (
                MountedFile(name="session_key", kind="secret", app="portal", where="w"),
            ),
            "databases": (database,),
            "outbound_ips": ("203.0.113.40",),
            "cloud": CloudTraces(
                accounts=(
                    BlobAccount(account="clinicfiles", stands_in=(("portal", "B"),), where="w"),
                )
            ),
        }
    )


def test_everything_of_a_cluster_is_wound_down_in_order() -> None:
    found = decommission(CLUSTER, clinic(), MOVED)
    order = ids(found)
    for first, then in [
        ("old-quiet", "decide"),
        ("decide", "last-backup"),
        ("last-backup", "database prod"),
        ("volume uploads", "old-app"),
        ("storage clinicfiles", "old-app"),
        ("snapshots", "old-app"),
        ("secrets", "old-app"),
        ("registry", "old-app"),
        ("old-app", "tokens"),
        ("old-app", "deletion-certificate"),
        ("contract", "deletion-certificate"),
        ("decide", "allow-lists"),
    ]:
        assert order.index(first) < order.index(then), (first, then)
    assert "notifications" in order
    assert not {"volume scratch", "volume code", "addons"} & set(order)
    said = {each.id: each for each in found}
    assert "session_key" in said["secrets"].what
    assert "12 months" in said["contract"].what
    assert "support can" in said["database prod"].why
    assert "PHI" in said["deletion-certificate"].what


@pytest.mark.parametrize("known", [True, False])
def test_no_other_platforms_words_stand_in_it(known: bool) -> None:
    found = decommission(CLUSTER, clinic() if known else None, MOVED)
    for each in found:
        text = f"{each.what} {each.why} {each.earliest}".lower()
        for word in ("heroku", "add-on", "dyno", "buildpack", "release on", "old releases"):
            assert word not in text, (each.id, word)
    assert "old-jobs" not in ids(found)


@pytest.mark.parametrize("ending", ["old side serves", "not moved"])
def test_while_the_cluster_serves_nothing_of_it_ends(ending: Ending) -> None:
    found = decommission(CLUSTER, clinic(), Aftermath(ending=ending, switched=NOON))
    assert not {"old-app", "contract", "secrets", "snapshots"} & set(ids(found))


@pytest.mark.parametrize("ending", ["moved", "old side serves", "not moved"])
def test_what_was_started_for_the_move_is_named_however_it_ended(ending: Ending) -> None:
    left = LeftBeside(container="moveday-a", secrets=("moveday-a-source",))
    done = LeftBeside(container="moveday-b")
    found = decommission(CLUSTER, clinic(), Aftermath(ending=ending, beside=(left, done)))
    said = {each.id: each for each in found}
    assert "moveday-a-source" in said["job moveday-a"].what
    assert "passwords" in said["job moveday-a"].why
    assert "secrets" not in said["job moveday-b"].what
