"""Users and what hangs on them. Roles are Django groups, kept by `backoffice.roles`."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.states import (
    KycLevel,
    Language,
    Purpose,
    RoleRequestStatus,
)
from marketplace.shared import clock
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.four_eyes import (
    TwoPersonRequest,
    asked_once,
    decided_by_another,
    says_why,
)
from marketplace.shared.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Creation as Django's own commands expect it; the domain goes through `commands`."""

    def create_user(self, email: str | None, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower() if email else None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: buyer, seller's member or staff. Known by e-mail, by phone (E.164), or both."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("USR")
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    kyc_level = models.PositiveSmallIntegerField(choices=KycLevel.choices, default=KycLevel.NONE)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Raising it ends every session and access token of the user at once.
    session_version = models.PositiveIntegerField(default=1)
    # Since when a password alone does not open anything; the factor itself is a row of its own.
    second_factor_since = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_reachable"
            ),
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(phone=None) | Q(phone__regex=r"^\+[1-9][0-9]{7,14}$"),
                name="user_phone_e164",
            ),
        ]
        # The console finds people by any part of their name, and colleagues among all the buyers.
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="user_by_part_of_name"),
            models.Index(fields=["name"], condition=Q(is_staff=True), name="user_staff_by_name"),
        ]

    def __str__(self) -> str:
        # Never by phone or e-mail address: this stands on every page that names somebody.
        return self.name or self.reference

    def get_full_name(self) -> str:
        """What Django's own pages call a person."""
        return self.name


class Address(models.Model):
    """Where a buyer takes delivery. Orders copy it, so that it may change later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("ADR")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="addresses")
    recipient = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    region = models.CharField(max_length=60)
    district = models.CharField(max_length=60)
    street = models.CharField(max_length=200)
    landmark = models.CharField(max_length=200, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="address_one_default_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.street}, {self.region}"


class RefreshFamily(models.Model):
    """One sign-in: its chain of refresh tokens. Replaying a used one ends the chain."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="refresh_families")
    device = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class RefreshToken(models.Model):
    """One link of the chain, stored as a SHA-256 hash."""

    id = models.BigAutoField(primary_key=True)
    family = models.ForeignKey(RefreshFamily, on_delete=models.PROTECT, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # At most one live token per family: of two parallel refreshes one has a child.
            models.UniqueConstraint(
                fields=["family"], condition=Q(used_at=None), name="refresh_token_one_live"
            )
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.issued_at:%Y-%m-%d}"


class ConsoleSession(models.Model):
    """One sign-in of a member of staff to the console: on what, from where, and until when.

    `key` is that of Django's session, which this row describes: the session is what opens pages.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="console_sessions")
    key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=200, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class OneTimeCode(models.Model):
    """A code sent to a phone, to prove that the user holds it. Hashed; few tries; short life."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="one_time_codes")
    phone = models.CharField(max_length=16)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="one_time_code_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


class Consent(models.Model):
    """What a person allowed from a moment on, until they took it back.

    A row is never changed but for its end: who allows the same again gets a new one, so that what
    was allowed at any moment can be told for ever.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="consent_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            status_known("consent_purpose_known", Purpose, field="purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose}"


class RoleRequest(TwoPersonRequest):
    """Somebody wants a person to have other roles than now, at least one of them new."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("RLR")
    subject = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="role_requests", verbose_name=_("person")
    )
    # Names of roles in alphabetical order: all that the person had, and is to have.
    roles_before = ArrayField(models.CharField(max_length=150))
    roles = ArrayField(models.CharField(max_length=150))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=RoleRequestStatus.choices,
        default=RoleRequestStatus.REQUESTED,
    )

    class Meta:
        verbose_name = _("role request")
        verbose_name_plural = _("role requests")
        constraints = [
            status_known("role_request_status_known", RoleRequestStatus),
            asked_once("role_request_waits_once", "subject"),
            says_why("role_request_says_why"),
            decided_by_another("role_request_decided_by_another", "withdrawn", "overtaken"),
            models.CheckConstraint(
                condition=~Q(requested_by=F("subject"))
                & (Q(decided_by=None) | ~Q(decided_by=F("subject"))),
                name="role_request_about_another",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
