"""What opens an account besides the password, and what a password is chosen with."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models.people import User
from marketplace.accounts.states import PasskeyPurpose, PasswordLinkKind
from marketplace.shared.constraints import not_negative, status_known
from marketplace.shared.fields import EncryptedTextField
from marketplace.shared.ids import uuid7


class SecondFactor(models.Model):
    """The second step of a person's sign-in, and their authenticator app where they have one.

    The app shares a secret with us (RFC 6238), sealed here. One that was shown and never answered
    with a code proves nothing: `app_since` is None. Who has passkeys only has no secret at all.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="second_factor")
    secret = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    # Since when a second step is asked for; None before the first app or passkey is set up.
    confirmed_at = models.DateTimeField(null=True)
    app_since = models.DateTimeField(null=True)
    # The 30-second step of the newest code taken: neither it nor an earlier one is taken again.
    last_step = models.BigIntegerField(default=0)
    # Wrong codes in the window that began then; counted here, where no lost cache forgets them.
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(app_since=None) | (~Q(secret="") & Q(confirmed_at__isnull=False)),
                name="second_factor_app_has_secret",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class Passkey(models.Model):
    """A key of a person's device or security key (WebAuthn), of which we have the public half."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    # Base64url without padding, as the browser says it; up to 1,023 bytes.
    credential_id = models.CharField(max_length=1364, unique=True, db_collation="C")
    # COSE.
    public_key = models.BinaryField()
    # What the device counted when it was used last; always 0 for keys that are kept in step on
    # several devices.
    sign_count = models.BigIntegerField()
    is_synced = models.BooleanField()
    # How the browser may reach it ("internal", "usb", …).
    transports = ArrayField(models.CharField(max_length=20), default=list)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    # Its counter went back: there may be a copy, and neither opens anything from then on.
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="passkey_named"),
            not_negative("passkey_count_not_negative", "sign_count"),
            models.CheckConstraint(
                condition=Q(last_used_at=None) | Q(last_used_at__gte=F("added_at")),
                name="passkey_used_after_added",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PasskeyChallenge(models.Model):
    """A random number that one answer of a passkey must sign: for one purpose, once, and soon."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=12, choices=PasskeyPurpose.choices)
    # Nobody at the door, where the passkey says who it is.
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="passkey_challenges"
    )
    challenge = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            status_known("passkey_challenge_purpose_known", PasskeyPurpose, field="purpose"),
            models.CheckConstraint(
                condition=Q(purpose=PasskeyPurpose.SIGN_IN, user=None)
                | (~Q(purpose=PasskeyPurpose.SIGN_IN) & Q(user__isnull=False)),
                name="passkey_challenge_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lte=F("expires_at")),
                name="passkey_challenge_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"


class RecoveryCode(models.Model):
    """One way in without the device, once. Stored as a SHA-256 hash."""

    id = models.BigAutoField(primary_key=True)
    factor = models.ForeignKey(
        SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "code_hash"], name="recovery_code_once_per_factor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.factor_id} {self.pk}"


class PasswordLink(models.Model):
    """A way to choose a password, sent by mail: for a new colleague, or who forgot theirs.

    Of its token we keep a SHA-256 hash. A person has one open link at most.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="password_links")
    kind = models.CharField(max_length=10, choices=PasswordLinkKind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # By a colleague, or by the next link.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            status_known("password_link_kind_known", PasswordLinkKind, field="kind"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at=None, withdrawn_at=None),
                name="password_link_one_open",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(withdrawn_at=None),
                name="password_link_used_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")),
                name="password_link_used_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > now
