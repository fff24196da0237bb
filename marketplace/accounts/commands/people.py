"""Registering, passwords and addresses."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.accounts.errors import (
    AddressIncomplete,
    ContactMissing,
    EmailInvalid,
    EmailTaken,
    LanguageUnknown,
    NameMissing,
    PasswordWeak,
    PhoneTaken,
    SameEmail,
    UserNotFound,
)
from marketplace.accounts.events import (
    AddressSaved,
    PasswordChanged,
    UserRegistered,
)
from marketplace.accounts.models import Address, RefreshFamily, User
from marketplace.accounts.phones import normalise
from marketplace.accounts.states import Language
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.outbox import record

NAME_LENGTH_MAX = 120


@transaction.atomic
def register(
    *,
    email: str | None = None,
    phone: str | None = None,
    password: str,
    name: str,
    language: str = Language.ENGLISH,
    actor: Actor | None = None,
) -> User:
    """Open an account, known by e-mail, phone or both; without `actor` the person does it.

    Raises EmailInvalid, PhoneInvalid, ContactMissing, NameMissing, LanguageUnknown, PasswordWeak,
    EmailTaken and PhoneTaken.
    """
    user = open_account(email=email, phone=phone, password=password, name=name, language=language)
    record(UserRegistered(user_id=user.pk), actor=actor or Actor.buyer(user.pk, user.name))
    return user


def open_account(
    *, email: str | None, phone: str | None, password: str | None, name: str, language: str
) -> User:
    """The row alone. Without a password nobody enters. Raises what `register` does."""
    user = User(
        email=_clean_email(email),
        phone=normalise(phone) if phone else None,
        name=name.strip()[:NAME_LENGTH_MAX],
        language=language,
    )
    if not user.email and not user.phone:
        raise ContactMissing
    if not user.name:
        raise NameMissing
    if language not in Language.values:
        raise LanguageUnknown
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(error) from error
    return user


def move_to_email(user: User, email: str) -> None:
    """Give the locked user another address. Raises EmailInvalid, ContactMissing, SameEmail and EmailTaken."""
    wanted = _clean_email(email)
    if wanted is None:
        raise ContactMissing
    if wanted == user.email:
        raise SameEmail
    user.email = wanted
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise _taken(error) from error


@transaction.atomic
def set_password(*, user_id: UUID, password: str, actor: Actor) -> User:
    """Change the password and end every session and access token of the user.

    Raises UserNotFound and PasswordWeak.
    """
    user = _locked(user_id)
    _set_password(user, password)
    now = clock.now()
    User.objects.filter(pk=user.pk).update(
        password=user.password, session_version=F("session_version") + 1
    )
    RefreshFamily.objects.filter(user=user, ended_at=None).update(
        ended_at=now, end_reason="password changed"
    )
    record(PasswordChanged(user_id=user.pk), actor=actor)
    user.refresh_from_db()
    return user


@transaction.atomic
def save_address(
    *,
    user_id: UUID,
    recipient: str,
    phone: str,
    region: str,
    district: str,
    street: str,
    landmark: str = "",
    is_default: bool = False,
    actor: Actor,
) -> Address:
    """Add an address; the first one becomes the default, a new default replaces the old.

    Raises UserNotFound, PhoneInvalid, and AddressIncomplete naming the field.
    """
    user = _locked(user_id)
    texts = {
        "recipient": recipient,
        "region": region,
        "district": district,
        "street": street,
        "landmark": landmark,
    }
    values = {field: _clean_text(field, text) for field, text in texts.items()}
    others = Address.objects.filter(user=user)
    is_default = is_default or not others.filter(is_default=True).exists()
    if is_default:
        others.filter(is_default=True).update(is_default=False)
    address = Address.objects.create(
        user=user, phone=normalise(phone), is_default=is_default, **values
    )
    record(AddressSaved(user_id=user.pk, address_id=address.pk), actor=actor)
    return address


def _locked(user_id: UUID) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def _clean_email(email: str | None) -> str | None:
    text = (email or "").strip().lower()
    if not text:
        return None
    try:
        validate_email(text)
    except ValidationError as error:
        raise EmailInvalid from error
    return text


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordWeak(reasons=" ".join(error.messages)) from error
    user.set_password(password)


def _clean_text(field: str, text: str) -> str:
    text = text.strip()
    length_max = Address._meta.get_field(field).max_length  # type: ignore[union-attr] # a column
    if (not text and field != "landmark") or len(text) > (length_max or 0):
        raise AddressIncomplete(field=field)
    return text


def _taken(error: IntegrityError) -> Exception:
    """The friendly form of a unique constraint; any other violation is a bug and stays one."""
    constraint = violated(error)
    if "email" in constraint:
        return EmailTaken()
    if "phone" in constraint:
        return PhoneTaken()
    return error
