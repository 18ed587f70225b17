"""Data: Aptible's published unit prices, for when its API does not tell them.

Source: Aptible's pricing page (US dollars, without tax). Prices that an API answers go before.
"""

from decimal import Decimal

from wizard.model.rates import Rates

PUBLISHED = Rates(
    memory_gb_hour=Decimal("0.08"),
    disk_gb_month=Decimal("0.20"),
    backup_gb_month=Decimal("0.02"),
    endpoint_hour=Decimal("0.06"),
    stack_month=Decimal("499"),
    where="Aptible's pricing page",
)
PLAN_CENTS: dict[str, int | None] = {
    "trial": 0,
    "development": 0,
    "production": 49_900,
    "enterprise": None,
}
"""Base price of each plan, US cents a month; None: by contract."""
