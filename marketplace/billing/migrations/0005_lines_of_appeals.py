"""An appeal changes who bears a refund. Step 1 of 2: the checks are NOT VALID, 0006 validates them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("sale", "Sale"),
    ("refund", "Refund"),
    ("appeal", "Appeal"),
    ("reversal", "Reversal by the provider"),
]


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_fiscal_messages_keep_their_bytes")]

    operations = [
        migrations.AlterField(
            "commissionline",
            "kind",
            models.CharField(choices=KINDS, max_length=10, verbose_name="kind"),
        ),
        migrations.RemoveConstraint("commissionline", "commission_line_kind_known"),
        migrations.RemoveConstraint("commissionline", "commission_line_sign"),
        AddConstraintNotValid(
            "commissionline",
            models.CheckConstraint(
                condition=Q(kind__in=[name for name, _label in KINDS]),
                name="commission_line_kind_known",
            ),
        ),
        AddConstraintNotValid(
            "commissionline",
            models.CheckConstraint(
                condition=Q(kind="sale", commission_minor__gte=0, vat_minor__gte=0)
                | Q(kind="appeal")
                | (
                    Q(kind__in=["refund", "reversal"])
                    & Q(commission_minor__lte=0, vat_minor__lte=0)
                ),
                name="commission_line_sign",
            ),
        ),
    ]
