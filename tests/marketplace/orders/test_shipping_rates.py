"""What delivery costs is set region by region, for orders from then on."""

import pytest

from marketplace.orders.commands import set_shipping_rate
from marketplace.orders.errors import FeeInvalid, RegionNameInvalid
from marketplace.orders.models import ShippingRate
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import staff_actor
from tests.factories.orders import REGION, an_order

pytestmark = pytest.mark.django_db


def test_a_new_fee_is_for_new_orders_and_the_log_has_both():
    placed = an_order()
    before = ShippingRate.objects.get(region=REGION).fee_minor

    set_shipping_rate(region=f" {REGION.upper()} ", fee_minor=700_000, actor=staff_actor())

    placed.refresh_from_db()
    assert placed.shipping_minor == before
    assert an_order().shipping_minor == 700_000
    event = LoggedEvent.objects.get(name="orders.shipping_rate_set.v1")
    assert (event.before, event.after) == ({"fee_minor": before}, {"fee_minor": 700_000})


def test_the_same_fee_again_is_no_news():
    for _time in range(2):
        set_shipping_rate(region="Mtwara", fee_minor=700_000, actor=staff_actor())

    assert LoggedEvent.objects.filter(name="orders.shipping_rate_set.v1").count() == 1


@pytest.mark.parametrize("fee_minor", [-100, 150, 100_000_100])
def test_a_fee_that_nobody_can_pay_is_refused(fee_minor):
    with pytest.raises(FeeInvalid):
        set_shipping_rate(region="Mtwara", fee_minor=fee_minor, actor=staff_actor())


@pytest.mark.parametrize("region", ["", "  ", "x" * 61])
def test_a_region_has_a_name(region):
    with pytest.raises(RegionNameInvalid):
        set_shipping_rate(region=region, fee_minor=0, actor=staff_actor())
