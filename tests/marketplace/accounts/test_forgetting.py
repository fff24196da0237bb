"""Spent tokens and codes are forgotten, but not while they could still betray a thief."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.accounts.commands import forget_spent, refresh, sign_in
from marketplace.accounts.errors import RefreshTokenInvalid
from marketplace.accounts.models import RefreshFamily, RefreshToken
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import PASSWORD, a_user

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in():
    user = a_user(email="asha@example.com")
    return sign_in(login=user.email, password=PASSWORD)


def test_what_expired_long_ago_is_forgotten_with_its_family():
    signed_in()

    with clock.at(clock.now() + timedelta(days=61)):
        assert forget_spent() == 2
        assert forget_spent() == 0

    assert RefreshToken.objects.count() == RefreshFamily.objects.count() == 0


def test_a_used_token_that_comes_again_is_recognised_after_a_sweep():
    stolen = signed_in().refresh
    refresh(refresh_token=stolen)
    forget_spent()

    with pytest.raises(RefreshTokenInvalid):
        refresh(refresh_token=stolen)

    assert LoggedEvent.objects.filter(name="accounts.session_replayed.v1").exists()


def test_a_family_that_goes_on_keeps_its_living_token():
    session = signed_in()
    with time_machine.travel(clock.now() + timedelta(days=29)):
        later = refresh(refresh_token=session.refresh)

    with clock.at(clock.now() + timedelta(days=61)):
        forget_spent()

    assert RefreshFamily.objects.count() == 1
    assert RefreshToken.objects.get().used_at is None
    assert later.refresh
