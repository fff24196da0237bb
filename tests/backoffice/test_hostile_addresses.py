"""Addresses that nobody who means well asks for: a refusal, never a failure of ours."""

import pytest

from tests.backoffice.console_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/console/orders/order/?status__exact=%00",
        "/console/payments/attempt/?provider=a%00",
        "/console/shared/loggedevent/?about=%00",
        "/console/find/ORD-%00/",
        "/console/search/?s=ORD-%00",
        "/media/%00",
        "/media/listings/a%00b.webp",
        "/files/a/%00",
    ],
)
def test_an_address_with_a_nul_is_a_bad_request(client, address):
    signed_in(client, "administrator")

    assert client.get(address).status_code == 400


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2999-01-01", "x"])
def test_the_proof_of_an_impossible_day_is_that_of_yesterday(client, day):
    signed_in(client, "finance")

    shown = client.get(f"/console/reconciliation/proof/?day={day}")
    usual = client.get("/console/reconciliation/proof/")

    assert shown.status_code == 200
    assert shown.context["page"].tabs == usual.context["page"].tabs


@pytest.mark.parametrize("address", ["/console/r/1/1/", "/console/r/7/x/"])
def test_there_is_no_view_on_site(client, address):
    signed_in(client, "administrator")

    assert client.get(address).status_code == 404
