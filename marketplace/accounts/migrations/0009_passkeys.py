"""Passkeys of staff and the challenges that they answer; an app may be one of several ways in."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

import marketplace.shared.fields
import marketplace.shared.ids

PURPOSES = [
    ("register", "Adding a passkey"),
    ("sign_in", "Signing in without a password"),
    ("second_step", "Second step of signing in"),
    ("step_up", "Proving once more who one is"),
]
KEY = models.UUIDField(
    default=marketplace.shared.ids.uuid7, editable=False, primary_key=True, serialize=False
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_created_by_our_clock")]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", KEY),
                ("name", models.CharField(max_length=60)),
                ("credential_id", models.CharField(db_collation="C", max_length=1364, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField()),
                ("is_synced", models.BooleanField()),
                (
                    "transports",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=~Q(name=""), name="passkey_named"),
                    models.CheckConstraint(
                        condition=Q(sign_count__gte=0), name="passkey_count_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=Q(last_used_at=None) | Q(last_used_at__gte=F("added_at")),
                        name="passkey_used_after_added",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="PasskeyChallenge",
            fields=[
                ("id", KEY),
                ("purpose", models.CharField(choices=PURPOSES, max_length=12)),
                ("challenge", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passkey_challenges",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(purpose__in=[name for name, _label in PURPOSES]),
                        name="passkey_challenge_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(purpose="sign_in", user=None)
                        | (~Q(purpose="sign_in") & Q(user__isnull=False)),
                        name="passkey_challenge_for_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(used_at=None) | Q(used_at__lte=F("expires_at")),
                        name="passkey_challenge_used_in_time",
                    ),
                ]
            },
        ),
        migrations.AddField("secondfactor", "app_since", models.DateTimeField(null=True)),
        migrations.AlterField(
            "secondfactor", "secret", marketplace.shared.fields.EncryptedTextField(blank=True)
        ),
        # NOT VALID skips the old rows, so that the lock is brief; 0011 validates.
        AddConstraintNotValid(
            "secondfactor",
            models.CheckConstraint(
                condition=Q(app_since=None) | (~Q(secret="") & Q(confirmed_at__isnull=False)),
                name="second_factor_app_has_secret",
            ),
        ),
    ]
