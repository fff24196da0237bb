"""The page of providers: figures at a glance, the switch, limits and fees."""

import pytest
from django.urls import reverse

from marketplace.payments.models import FeeBand, ProviderLimit, ProviderSwitch
from marketplace.shared import clock
from tests.backoffice.console_pages import decide, said, signed_in

pytestmark = pytest.mark.django_db
MPESA = ProviderSwitch(provider="mpesa")


def test_finance_pauses_a_provider_and_all_see_why(client):
    person = signed_in(client, "finance")

    decide(client, MPESA, "pause", reason="They ask us to stop")

    switch = ProviderSwitch.objects.get()
    assert (switch.is_paused, switch.changed_by_id) == (True, person.pk)
    page = client.get(reverse("admin:providers")).content.decode()
    assert "They ask us to stop" in page


def test_limits_and_fees_are_set_in_shillings_and_bands(client):
    signed_in(client, "finance")
    today = clock.today().isoformat()

    decide(client, MPESA, "limits", valid_from=today, min="500", max="5000000", wallet_daily="")
    decide(
        client, MPESA, "fees", kind="payout", valid_from=today, bands="0 300 0\n500,000 1500 0.25"
    )

    limits = ProviderLimit.objects.get()
    assert (limits.min_minor, limits.max_minor, limits.wallet_daily_minor) == (
        50_000,
        500_000_000,
        None,
    )
    bands = list(FeeBand.objects.values_list("from_minor", "fixed_minor", "rate_bp"))
    assert bands == [(0, 30_000, 0), (50_000_000, 150_000, 25)]
    assert (
        "500"
        in client.get(
            reverse("admin:payments_providerswitch_change", args=["mpesa"])
        ).content.decode()
    )


def test_a_band_that_nobody_can_read_is_shown_again(client):
    signed_in(client, "finance")

    answer = decide(
        client,
        MPESA,
        "fees",
        kind="payout",
        valid_from=clock.today().isoformat(),
        bands="a lot",
    )

    assert answer.status_code == 422
    assert not FeeBand.objects.exists()


def test_a_ping_says_whether_it_answers(client, mpesa):
    signed_in(client, "finance")

    alive = said(decide(client, MPESA, "ping"))
    mpesa.stop()
    dead = said(decide(client, MPESA, "ping"))

    assert "It answers" in alive
    assert "No answer" in dead


def test_support_may_not_pause_a_provider(client):
    signed_in(client, "support")

    assert decide(client, MPESA, "pause", reason="x").status_code == 403
    assert not ProviderSwitch.objects.exists()
