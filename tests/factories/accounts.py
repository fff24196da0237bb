"""People: a buyer, a member of staff, and what they act as."""

from itertools import count

import pyotp
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.db import SessionStore

from marketplace.accounts.commands import add_passkey, ask_passkey, open_console_session
from marketplace.accounts.models import Address, RecoveryCode, RoleRequest, SecondFactor, User
from marketplace.accounts.states import KycLevel, PasskeyPurpose
from marketplace.accounts.totp import STEP_S, hash_of_recovery, new_secret, step_at
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.authenticator import Authenticator

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
    """A valid Vodacom number that nobody else has, E.164, whose wallet does as it should.

    At the simulators, numbers that end in 901 to 992 call for faults: how many phones a worker has
    given out would decide whether a payout fails.
    """
    begin, digits = divmod(next(_numbers), 900)
    return f"+25575{begin:04d}{digits:03d}"


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


def a_keeper(**changes: object) -> User:
    """A colleague who may decide about roles."""
    keeper = a_staff_member(**changes)
    keeper.user_permissions.add(Permission.objects.get(codename="set_roles"))
    return keeper


def a_role_request(subject: User | None = None, **changes: object) -> RoleRequest:
    """Somebody is to be in support, who had no role."""
    values = {
        "subject": subject or a_user(),
        "roles_before": [],
        "roles": ["support"],
        "reason": "She begins on Monday",
        "requested_by": a_staff_member(),
        "requested_at": clock.now(),
    }
    return RoleRequest.objects.create(**{**values, **changes})


RECOVERY_CODE = "abcd-efgh-jkmn-pqrs"


def with_second_factor(user: User) -> User:
    """The same person, with an authenticator app set up a moment ago and one recovery code."""
    now = clock.now()
    factor = SecondFactor.objects.create(
        user=user, secret=new_secret(), created_at=now, confirmed_at=now, app_since=now
    )
    RecoveryCode.objects.create(factor=factor, code_hash=hash_of_recovery(RECOVERY_CODE))
    user.second_factor_since = now
    user.save(update_fields=["second_factor_since"])
    return user


def with_passkey(
    user: User, device: Authenticator | None = None, name: str = "My phone"
) -> Authenticator:
    """The person's device, whose passkey was added a moment ago. Runs in transactions of its own."""
    device = device or Authenticator()
    question = ask_passkey(purpose=PasskeyPurpose.REGISTER, user_id=user.pk)
    add_passkey(
        user_id=user.pk,
        challenge_id=question.challenge_id,
        name=name,
        answer=device.create(question.options),
        actor=staff_actor(user),
    )
    user.refresh_from_db()
    return device


def code_of(user: User, *, steps_on: int = 0) -> str:
    """What the person's app shows now, or so many steps of 30 seconds on."""
    secret = SecondFactor.objects.get(user=user).secret
    return pyotp.TOTP(secret, interval=STEP_S).generate_otp(step_at(clock.now()) + steps_on)


def wrong_code(user: User) -> str:
    """Six digits that the person's app shows in none of the steps that are taken."""
    right = {code_of(user, steps_on=steps) for steps in range(-2, 3)}
    return next(code for code in map("{:06d}".format, range(10)) if code not in right)


def a_console_session(user: User, device: str = "Firefox, Linux") -> str:
    """A session of Django's that is known as this person's; its key."""
    session = SessionStore()
    session.create()
    open_console_session(
        user_id=user.pk,
        key=session.session_key or "",
        device=device,
        ip="196.41.0.1",
        actor=staff_actor(user),
    )
    return session.session_key or ""


def buyer_actor(user: User) -> Actor:
    return Actor.buyer(user.pk, user.name)


def staff_actor(user: User | None = None) -> Actor:
    user = user or a_staff_member()
    return Actor.staff(user.pk, user.name)
