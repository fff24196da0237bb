"""Registering, addresses, contacts."""

import pytest

from marketplace.accounts import queries
from marketplace.accounts.commands import register, save_address
from marketplace.accounts.errors import (
    AddressIncomplete,
    AddressNotFound,
    ContactMissing,
    EmailInvalid,
    EmailTaken,
    LanguageUnknown,
    NameMissing,
    PasswordWeak,
    PhoneInvalid,
    PhoneTaken,
    UserNotFound,
)
from marketplace.accounts.models import User
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import (
    PASSWORD,
    a_buyer,
    a_user,
    an_address,
    buyer_actor,
)
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def join(**changes):
    values = {"email": "asha@example.test", "name": "Asha Mushi", "password": PASSWORD}
    return register(**{**values, **changes})


def address_of(user, **changes):
    values = {
        "recipient": "Asha Mushi",
        "phone": "0754 123 456",
        "region": "Arusha",
        "district": "Arusha Mjini",
        "street": "Sokoine Road 4",
    }
    return save_address(user_id=user.pk, actor=buyer_actor(user), **{**values, **changes})


def test_registers_by_email_and_phone_and_says_so():
    user = join(email="  Asha@Example.Test ", phone="0754 123 456", language="sw")

    user.refresh_from_db()
    assert (user.email, user.phone) == ("asha@example.test", "+255754123456")
    assert (user.language, user.kyc_level, user.phone_verified_at) == ("sw", 0, None)
    assert user.check_password(PASSWORD)
    fact = LoggedEvent.objects.get(name="accounts.user_registered.v1")
    assert (fact.aggregate_id, fact.actor_id) == (str(user.pk), str(user.pk))


def test_registers_by_phone_alone():
    assert join(email="", phone="+255754123456").email is None


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"email": "", "phone": ""}, ContactMissing, "email"),
        ({"email": "asha"}, EmailInvalid, "email"),
        ({"phone": "12345"}, PhoneInvalid, "phone"),
        ({"name": "  "}, NameMissing, "name"),
        ({"language": "fr"}, LanguageUnknown, "language"),
        ({"password": "short"}, PasswordWeak, "password"),
        ({"password": "12345678901"}, PasswordWeak, "password"),
        ({"password": "asha@example.test"}, PasswordWeak, "password"),
    ],
)
def test_refuses_what_cannot_be_an_account_and_names_the_field(changes, error, field):
    with pytest.raises(error) as refusal:
        join(**changes)

    assert refusal.value.field == field
    assert not User.objects.exists()


def test_an_email_and_a_phone_belong_to_one_user():
    join(phone="0754123456")

    with pytest.raises(EmailTaken):
        join(email="ASHA@example.test", phone="")
    with pytest.raises(PhoneTaken):
        join(email="other@example.test", phone="255754123456")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_the_same_email_at_once_one_is_told_it_is_taken():
    outcomes = at_once(join, join, join)

    assert [type(error) for error in refused(outcomes)] == [EmailTaken, EmailTaken]
    assert User.objects.count() == 1


def test_the_first_address_is_the_default_until_another_is():
    user = a_user()

    first = address_of(user)
    second = address_of(user, street="Njiro 9")
    third = address_of(user, street="Sakina 1", is_default=True)

    assert first.is_default
    assert [a.pk for a in queries.addresses_of(user_id=user.pk)] == [third.pk, second.pk, first.pk]
    assert third.phone == "+255754123456"


@pytest.mark.django_db(transaction=True)
def test_two_new_defaults_at_once_leave_one():
    user = a_user()

    outcomes = at_once(*[lambda: address_of(user, is_default=True)] * 4)

    assert refused(outcomes) == []
    assert queries.addresses_of(user_id=user.pk).filter(is_default=True).count() == 1


@pytest.mark.parametrize("field", ["recipient", "region", "district", "street"])
def test_an_incomplete_address_is_refused_and_names_the_field(field):
    with pytest.raises(AddressIncomplete) as refusal:
        address_of(a_user(), **{field: "  "})

    assert refusal.value.field == field


def test_nobody_reads_anothers_address():
    address = an_address(a_user())

    with pytest.raises(AddressNotFound):
        queries.get_address(user_id=a_user().pk, reference=address.reference)

    found = queries.get_address(user_id=address.user_id, reference=address.reference)
    assert found == address


def test_contacts_come_in_one_query(django_assert_num_queries):
    asha, juma = a_buyer(), a_user(language="sw")

    with django_assert_num_queries(1):
        contacts = queries.contacts_of(ids=[asha.pk, juma.pk, uuid7()])

    assert contacts.keys() == {asha.pk, juma.pk}
    assert (contacts[asha.pk].phone, contacts[juma.pk].phone) == (asha.phone, "")
    assert contacts[juma.pk].language == "sw"


def test_a_user_we_do_not_know_is_not_found():
    with pytest.raises(UserNotFound):
        queries.get_user(user_id=uuid7())
    with pytest.raises(UserNotFound):
        queries.contact_of(user_id=uuid7())
