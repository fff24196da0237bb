"""Who hears by mail of a new way into an account, of wrong codes, and of roles that wait."""

import pytest

from backoffice.roles import sync_roles
from marketplace.accounts.commands import (
    ask_passkey,
    prove_passkey,
    prove_second_factor,
    remove_own_passkey,
    remove_second_factor,
    request_roles,
)
from marketplace.accounts.errors import PasskeyRefused, SecondFactorWrong
from marketplace.accounts.queries import passkeys_of
from marketplace.accounts.states import PasskeyPurpose
from marketplace.notifications.models import Message
from tests.deliveries import deliver_all
from tests.factories.accounts import (
    a_staff_member,
    a_user,
    staff_actor,
    with_passkey,
    with_second_factor,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def told(code):
    deliver_all()
    return {message.user_id: message for message in Message.objects.filter(code=code)}


def test_the_owner_hears_of_a_passkey_that_comes_and_goes():
    person = a_staff_member()
    with_passkey(person, name="Office laptop")
    assert "Office laptop" in told("passkey_added")[person.pk].body

    (kept,) = passkeys_of(person.pk)
    remove_own_passkey(user_id=person.pk, passkey_id=kept.pk, actor=staff_actor(person))

    assert "Office laptop" in told("passkey_removed")[person.pk].body


def test_a_counter_that_goes_back_is_an_alarm_to_the_owner_and_the_administrators():
    sync_roles()
    person, keeper = a_staff_member(), a_staff_member("administrator")
    a_staff_member("support")
    device = with_passkey(person)
    for count in (41, 7):
        device.count = count
        question = ask_passkey(purpose=PasskeyPurpose.SIGN_IN)
        answer = device.get(question.options)
        try:
            prove_passkey(
                purpose=PasskeyPurpose.SIGN_IN,
                challenge_id=question.challenge_id,
                answer=answer,
            )
        except PasskeyRefused:
            assert count == 7

    assert set(told("passkey_stopped")) == {person.pk}
    assert set(told("colleague_passkey_stopped")) == {keeper.pk}


def test_the_owner_hears_who_removed_the_second_step_and_why():
    person = with_second_factor(a_staff_member())
    colleague = a_staff_member(name="Amina Mrema")

    remove_second_factor(user_id=person.pk, reason="Phone stolen", actor=staff_actor(colleague))

    body = told("second_step_removed")[person.pk].body
    assert "Amina Mrema" in body
    assert "Phone stolen" in body


def test_the_owner_hears_of_the_fifth_wrong_code_and_not_of_each():
    person = with_second_factor(a_staff_member())

    def give_a_wrong_one():
        with pytest.raises(SecondFactorWrong):
            prove_second_factor(
                user_id=person.pk, code=wrong_code(person), actor=staff_actor(person)
            )

    for _time in range(4):
        give_a_wrong_one()
    assert told("wrong_codes") == {}
    for _time in range(3):
        give_a_wrong_one()

    assert "5 wrong codes" in told("wrong_codes")[person.pk].body
    assert Message.objects.filter(code="wrong_codes").count() == 1


def test_who_may_agree_hears_that_roles_wait_and_who_asked_does_not():
    sync_roles()
    asking, other = a_staff_member("administrator"), a_staff_member("administrator")
    a_staff_member("support")
    about = a_user()

    request_roles(
        user_id=about.pk,
        roles=["support"],
        reason="She begins on Monday",
        actor=staff_actor(asking),
    )

    heard = told("roles_requested")
    assert set(heard) == {other.pk}
    body = heard[other.pk].body
    for words in (asking.name, about.name, "support", "She begins on Monday", "/console/"):
        assert words in body
