"""What delivery costs, region by region."""

from django.db import transaction

from marketplace.orders.errors import FeeInvalid, RegionNameInvalid
from marketplace.orders.events import ShippingRateSet
from marketplace.orders.models import ShippingRate
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import DEFAULT_CURRENCY, QUANTUM
from marketplace.shared.outbox import record

FEE_MAX_MINOR = 100_000_000
REGION_LENGTH_MAX = 60


@transaction.atomic
def set_shipping_rate(*, region: str, fee_minor: int, actor: Actor) -> ShippingRate:
    """Say what one seller's parcel to a region costs from now on; a region that was not served is.

    Orders keep the fee they were placed with; the same fee again changes nothing. `fee_minor`: minor
    units, whole shillings. Raises RegionNameInvalid and FeeInvalid.
    """
    region = " ".join(region.split())
    if not region or len(region) > REGION_LENGTH_MAX:
        raise RegionNameInvalid(length_max=REGION_LENGTH_MAX)
    if not 0 <= fee_minor <= FEE_MAX_MINOR or fee_minor % QUANTUM[DEFAULT_CURRENCY]:
        raise FeeInvalid(most=f"{FEE_MAX_MINOR // QUANTUM[DEFAULT_CURRENCY]:,}")
    one_at_a_time("orders.shipping")
    rate = ShippingRate.objects.filter(region__iexact=region).first()
    before = {"fee_minor": rate.fee_minor} if rate else None
    if rate is None:
        rate = ShippingRate(region=region)
    elif rate.fee_minor == fee_minor:
        return rate
    rate.fee_minor = fee_minor
    rate.save()
    record(
        ShippingRateSet(shipping_rate_id=rate.pk, region=rate.region, fee_minor=fee_minor),
        actor=actor,
        before=before,
        after={"fee_minor": fee_minor},
    )
    return rate
