"""What does Aptible ask for a unit? `GET /costs/{organization}/rates`, as its dashboard reads it.

Source: the official dashboard's client (keys and units); not tried against the real service. The
address may refuse a token without billing rights.
"""

from decimal import Decimal, InvalidOperation

from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import Shape
from wizard.errors import OutsideError
from wizard.model.rates import Rates

_LARGEST = Decimal(100_000)


class RatesShape(Shape):
    """Dollars by key; a key that is missing, null or no price is simply not known."""

    m_class_gb_per_hour: object = None
    disk_cost_gb_per_month: object = None
    backup_cost_gb_per_month: object = None
    vhost_cost_per_hour: object = None
    stack_cost_per_month: object = None


async def read_rates(api: AptibleApi, organization: str) -> Rates:
    """The unit prices of an organisation. Raises OutsideError when the answer tells none of them.

    Prices that the answer leaves out stay None.
    """
    path = f"/costs/{organization}/rates"
    told = await api.get(RatesShape, path)
    rates = Rates(
        memory_gb_hour=_price(told.m_class_gb_per_hour),
        disk_gb_month=_price(told.disk_cost_gb_per_month),
        backup_gb_month=_price(told.backup_cost_gb_per_month),
        endpoint_hour=_price(told.vhost_cost_per_hour),
        stack_month=_price(told.stack_cost_per_month),
        where=f"GET {path}",
    )
    if rates == Rates(where=rates.where):
        raise OutsideError("Aptible told no price that moveday knows", f"GET {path}")
    return rates


def _price(said: object) -> Decimal | None:
    """A price from a number or a text; None for anything else."""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        price = Decimal(str(said))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price <= _LARGEST else None
