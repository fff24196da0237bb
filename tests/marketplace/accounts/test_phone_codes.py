"""A phone is proved by a code that is short-lived, counted, and never readable in the log."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.accounts.commands import request_phone_code, verify_phone
from marketplace.accounts.commands.phone import CODES_PER_HOUR_MAX, TRIES_MAX
from marketplace.accounts.errors import (
    CodeExpired,
    CodeWrong,
    PhoneInvalid,
    PhoneTaken,
    TooManyCodes,
    UserNotFound,
)
from marketplace.accounts.models import OneTimeCode
from marketplace.accounts.queries import unseal_code
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_buyer, a_user, buyer_actor
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
PHONE = "+255754123456"


def ask(user, phone: str = PHONE) -> str:
    """The code that the user's phone receives."""
    request_phone_code(user_id=user.pk, phone=phone, actor=buyer_actor(user))
    fact = LoggedEvent.objects.filter(name="accounts.phone_code_requested.v1").latest("id")
    return unseal_code(sealed_code=fact.payload["sealed_code"])


def answer(user, code: str):
    return verify_phone(user_id=user.pk, code=code, actor=buyer_actor(user))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_makes_the_phone_the_users_and_lifts_the_level():
    user = a_user()

    verified = answer(user, f" {ask(user, '0754 123 456')} ")

    assert (verified.phone, verified.kyc_level) == (PHONE, 1)
    assert verified.phone_verified_at is not None
    fact = LoggedEvent.objects.get(name="accounts.phone_verified.v1")
    assert fact.before == {"phone": None, "kyc_level": 0}


def test_the_log_and_the_table_hold_the_code_only_sealed_or_hashed():
    code = ask(a_user())

    stored = OneTimeCode.objects.values_list("code_hash", flat=True).get()
    payload = LoggedEvent.objects.get(name="accounts.phone_code_requested.v1").payload
    assert len(code) == 6
    assert code not in stored
    assert all(code != value for value in payload.values())


def test_a_code_works_once():
    user = a_user()
    code = ask(user)
    answer(user, code)

    with pytest.raises(CodeExpired):
        answer(user, code)


def test_a_code_dies_after_five_wrong_tries():
    user = a_user()
    code = ask(user)
    for left in reversed(range(TRIES_MAX)):
        with pytest.raises(CodeWrong) as refusal:
            answer(user, other_than(code))
        assert refusal.value.params == {"left": left}

    with pytest.raises(CodeExpired):
        answer(user, code)


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_no_more_tries_than_five():
    user = a_user()
    wrong = other_than(ask(user))

    outcomes = at_once(*[lambda: answer(user, wrong)] * 8)

    kinds = [type(error) for error in refused(outcomes)]
    assert kinds.count(CodeWrong) == TRIES_MAX
    assert kinds.count(CodeExpired) == 3


def test_a_code_expires():
    user = a_user()
    with time_machine.travel(clock.now() - timedelta(minutes=11)):
        code = ask(user)

    with pytest.raises(CodeExpired):
        answer(user, code)


def test_a_new_code_makes_the_earlier_one_worthless():
    user = a_user()
    first, second = ask(user), ask(user)
    if first != second:
        with pytest.raises(CodeWrong):
            answer(user, first)

    assert answer(user, second).phone == PHONE


def test_no_code_no_proof():
    with pytest.raises(CodeExpired):
        answer(a_user(), "123456")


def test_five_codes_an_hour_are_enough():
    user = a_user()
    with time_machine.travel(clock.now() - timedelta(minutes=61)):
        ask(user)
    for _time in range(CODES_PER_HOUR_MAX):
        ask(user)

    with pytest.raises(TooManyCodes):
        ask(user)


def test_one_users_code_is_not_anothers():
    asha, juma = a_user(), a_user()
    code = ask(asha)
    ask(juma, "+255754000001")

    with pytest.raises(CodeWrong):
        answer(juma, code if code != ask(juma, "+255754000001") else other_than(code))


def test_a_phone_that_is_somebodys_or_none_is_refused():
    with pytest.raises(PhoneTaken):
        ask(a_user(), a_buyer().phone)
    with pytest.raises(PhoneInvalid):
        ask(a_user(), "999")
    with pytest.raises(UserNotFound):
        request_phone_code(user_id=uuid7(), phone=PHONE, actor=buyer_actor(a_user()))


def test_who_proves_a_phone_second_is_told_it_is_taken():
    asha, juma = a_user(), a_user()
    hers, his = ask(asha), ask(juma)
    answer(asha, hers)

    with pytest.raises(PhoneTaken):
        answer(juma, his)


def test_a_higher_level_is_kept():
    user = a_buyer(kyc_level=2)

    assert answer(user, ask(user)).kyc_level == 2
