"""Three ways to keep users out, each put back exactly; none that could not be."""

from pathlib import Path

import pytest

from tests.providers.sources.medstack.moving import NOTICE, effects, opened, switched
from tests.providers.sources.medstack.northside import Northside
from wizard.errors import BlockedError

PAGE = "registry.example.net/pages/away:1"
WAYS = {
    "zero": {"by": "zero"},
    "image": {"by": "image", "image": PAGE},
    "variable": {"by": "variable", "variable": "MAINTENANCE", "on": "yes"},
    "variable-off": {"by": "variable", "variable": "MAINTENANCE", "on": "yes", "off": "no"},
}


@pytest.mark.parametrize("swarm", [False, True])
@pytest.mark.parametrize("way", WAYS)
async def test_users_are_kept_out_and_let_in_again(
    clinic: Northside, tmp_path: Path, way: str, swarm: bool
) -> None:
    switched(clinic, {"swarm": swarm})
    portal = clinic.service("portal")
    if way == "variable-off":
        portal.env = {**portal.env, "MAINTENANCE": "no"}
    was = (portal.replicas, portal.image, dict(portal.env))
    async with opened(clinic, tmp_path, **WAYS[way]) as source:
        assert not await source.maintenance()
        before = await source.before_freeze()
        assert all(secret not in str(before) for secret in clinic.secrets().values())
        await source.set_maintenance(True, NOTICE, before)
        await source.set_maintenance(True, NOTICE, before)
        assert await source.maintenance()
    # Another start of moveday knows what is its own, and puts it back from what was recorded.
    async with opened(clinic, tmp_path, **WAYS[way]) as source:
        assert await source.maintenance()
        names = {"portal", "worker", "scheduler"}
        assert (await source.formation()).keys() == names
        await source.set_maintenance(False, NOTICE, before)
        assert not await source.maintenance()
    portal = clinic.service("portal")
    assert (portal.replicas, portal.image, portal.env) == was
    assert len(effects(clinic, "replicas", "image", "env")) == 2


async def test_what_belongs_to_the_app_stays_known_under_another_image(
    clinic: Northside, tmp_path: Path
) -> None:
    """Also one that only adds a digest, and by a start of moveday that knows the names alone."""
    portal = clinic.service("portal")
    plain, digest = portal.image, f"{portal.image}@sha256:{'0' * 64}"
    async with opened(clinic, tmp_path, by="image", image=digest) as source:
        before = await source.before_freeze()
        await source.set_maintenance(True, NOTICE, before)
        assert (await source.running()).keys() == {"portal", "worker", "scheduler"}
        await source.read_config()
        await source.scale({"worker": 0}, NOTICE)
    async with opened(clinic, tmp_path, by="zero") as other:
        assert (await other.formation()).keys() == {"portal"}
        await other.scale({"worker": 1}, NOTICE)
    async with opened(clinic, tmp_path, by="image", image=digest) as source:
        await source.set_maintenance(False, NOTICE, before)
        assert await source.formation() == {"portal": 2, "worker": 1, "scheduler": 1}
    assert clinic.service("portal").image == plain


async def test_none_is_chosen(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path) as source:
        assert not await source.maintenance()
        with pytest.raises(BlockedError, match="no way is chosen") as none:
            await source.set_maintenance(True, NOTICE, await source.before_freeze())
        assert all(word in none.value.hint for word in ("variable", "image", "zero"))
    assert effects(clinic, "replicas", "image", "env") == []


@pytest.mark.parametrize("way", ["zero", "image"])
async def test_nothing_is_made_up_without_a_record(
    clinic: Northside, tmp_path: Path, way: str
) -> None:
    async with opened(clinic, tmp_path, **WAYS[way]) as source:
        with pytest.raises(BlockedError, match="not recorded"):
            await source.set_maintenance(False, NOTICE, {})
    assert effects(clinic, "replicas", "image") == []


async def test_a_flag_that_could_not_be_put_back_is_left_alone(
    clinic: Northside, tmp_path: Path
) -> None:
    portal = clinic.service("portal")
    portal.env = {**portal.env, "MAINTENANCE": "planted-half"}
    async with opened(clinic, tmp_path, **WAYS["variable"]) as source:
        before = await source.before_freeze()
        assert before["flag"] == "something else" and "planted" not in str(before)
        with pytest.raises(BlockedError, match="cannot be changed") as refused:
            await source.set_maintenance(True, NOTICE, before)
        assert "planted" not in str(refused.value)
        portal.env = {**clinic.service("worker").env, "TOKEN": "•••••"}
        with pytest.raises(BlockedError, match="cannot be changed") as hidden:
            await source.set_maintenance(True, NOTICE, await source.before_freeze())
        assert "TOKEN" in hidden.value.detail
        clinic.sandbox.switches.leave_out = ("env",)
        with pytest.raises(BlockedError, match="does not tell the variables|cannot be changed"):
            await source.set_maintenance(True, NOTICE, {})
    assert effects(clinic, "env") == []


async def test_a_flag_that_was_on_before_stays_on(clinic: Northside, tmp_path: Path) -> None:
    portal = clinic.service("portal")
    portal.env = {**portal.env, "MAINTENANCE": "yes"}
    async with opened(clinic, tmp_path, **WAYS["variable"]) as source:
        before = await source.before_freeze()
        assert await source.maintenance() and before["flag"] == "on"
        await source.set_maintenance(True, NOTICE, before)
        await source.set_maintenance(False, NOTICE, before)
    assert effects(clinic, "env") == []
