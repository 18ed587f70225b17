"""The plan in force is read with its limits; strange answers are no limits, and none is none."""

from typing import Any

import pytest

from providers.targets.aptible import AptibleTarget
from tests.providers.targets.aptible.hal import Hal
from wizard.model.target import ActivePlan


def _organised(hal: Hal) -> None:
    hal.add("organizations", name="Clinic")["id"] = "org-uuid"


async def test_no_plan_in_force_is_none(hal: Hal, target: AptibleTarget) -> None:
    _organised(hal)
    assert await target.active_plan() is None


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (
            {"name": "Production", "disk_limit": None, "vhost_limit": None},
            ActivePlan(name="production"),
        ),
        (
            {
                "name": "trial",
                "container_memory_limit": 3072,
                "disk_limit": 20,
                "vhost_limit": 1,
                "environment_limit": 1,
            },
            ActivePlan(name="trial", memory_mb=3072, disk_gb=20, endpoints=1, environments=1),
        ),
        (
            {
                "name": "x",
                "container_memory_limit_mb": 1,
                "disk_limit_gb": "many",
                "vhost_limit": -1,
            },
            ActivePlan(name="x", memory_mb=1),
        ),
    ],
)
async def test_limits_are_read(
    hal: Hal, target: AptibleTarget, told: dict[str, Any], read: ActivePlan
) -> None:
    _organised(hal)
    hal.add("active_plans", **told)
    assert await target.active_plan() == read
