"""What is on offer: database versions, stacks, plans and prices, as published."""

from providers.sandbox.aptible.hal import Json
from providers.sandbox.aptible.records import DatabaseImage, Stack
from providers.sandbox.aptible.state import State

# Type, version, default of its type, point-in-time recovery.
_IMAGES = (
    ("postgresql", "14", False, True),
    ("postgresql", "15", False, True),
    ("postgresql", "16", False, True),
    ("postgresql", "17", True, True),
    ("postgresql", "18", False, True),
    ("redis", "7.2", False, False),
    ("redis", "8.0", False, False),
    ("redis", "8.2", True, False),
    ("redis", "8.2-aof", False, False),
    ("redis", "8.2-nordb", False, False),
)


def fill(state: State, dedicated_stack: str) -> None:
    """Put the stacks and database images in."""
    for name, region, dedicated, outbound in (
        ("shared-us-west-1", "us-west-1", False, ("203.0.113.10", "203.0.113.11")),
        (dedicated_stack, "us-east-1", True, ("203.0.113.20",)),
    ):
        stack = Stack(
            id=state.next_id(), name=name, region=region, dedicated=dedicated, outbound=outbound
        )
        state.stacks[stack.id] = stack
    for type_, version, default, pitr in _IMAGES:
        image = DatabaseImage(
            id=state.next_id(), type=type_, version=version, default=default, pitr_supported=pitr
        )
        state.database_images[image.id] = image


def rates() -> Json:
    """Unit prices in dollars, by the keys that are known."""
    return {
        "m_class_gb_per_hour": 0.08,
        "c_class_gb_per_hour": 0.10,
        "r_class_gb_per_hour": 0.05,
        "disk_cost_gb_per_month": 0.20,
        "disk_iops_cost_per_month": 0.01,
        "backup_cost_gb_per_month": 0.02,
        "vhost_cost_per_hour": 0.06,
        "shared_vhost_cost_per_hour": 0.04,
        "stack_cost_per_month": 499.0,
        "vpn_tunnel_cost_per_month": 99.0,
    }


def plan() -> Json:
    """The plan in force."""
    return {
        "_type": "plan",
        "id": 1,
        "name": "production",
        "active": True,
        "container_memory_limit": None,
        "disk_limit": None,
        "vhost_limit": None,
        "environment_limit": None,
        "ephemeral_session_limit": None,
        "cpu_allowed_profiles": 3,
        "cost_cents": 49900,
    }
