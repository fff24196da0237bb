"""People: a buyer, a member of staff, and what they act as."""

from itertools import count

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from marketplace.accounts.models import Address, User
from marketplace.accounts.states import KycLevel
from marketplace.shared import clock
from marketplace.shared.actors import Actor

PASSWORD = "Karibu-2026!"
SYSTEM = Actor.system("tests")
_numbers = count(1)
_hashed_password = ""


def a_user(**changes: object) -> User:
    """Somebody with an e-mail address and `PASSWORD`; hashing it once keeps tests fast."""
    global _hashed_password
    _hashed_password = _hashed_password or make_password(PASSWORD)
    number = next(_numbers)
    values = {
        "email": f"person{number}@example.test",
        "name": f"Asha Person {number}",
        "password": _hashed_password,
    }
    return User.objects.create(**{**values, **changes})


def a_phone() -> str:
    """A valid Vodacom number that nobody else has, E.164."""
    return f"+25575{next(_numbers):07d}"


def a_buyer(**changes: object) -> User:
    """A buyer whose phone is verified (KYC level 1)."""
    values = {
        "phone": a_phone(),
        "phone_verified_at": clock.now(),
        "kyc_level": KycLevel.PHONE,
    }
    return a_user(**{**values, **changes})


def an_address(user: User, **changes: object) -> Address:
    values = {
        "recipient": user.name,
        "phone": user.phone or a_phone(),
        "region": "Dar es Salaam",
        "district": "Kinondoni",
        "street": "Mtaa wa Samora 12",
        "is_default": not Address.objects.filter(user=user, is_default=True).exists(),
    }
    return Address.objects.create(user=user, **{**values, **changes})


def a_staff_member(role: str | None = None, **changes: object) -> User:
    """A colleague who may enter the console, with the permissions of `role` where it is given."""
    user = a_user(is_staff=True, **changes)
    if role:
        group, _created = Group.objects.get_or_create(name=role)
        user.groups.add(group)
    return user


def buyer_actor(user: User) -> Actor:
    return Actor.buyer(user.pk, user.name)


def staff_actor(user: User | None = None) -> Actor:
    user = user or a_staff_member()
    return Actor.staff(user.pk, user.name)
