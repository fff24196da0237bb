"""Identity levels of a buyer, the two languages, and what a person may allow."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KycLevel(models.IntegerChoices):
    """How well we know a buyer. Limits per level: `settings.BUYER_LIMITS_MINOR`."""

    NONE = 0, _("Not verified")
    PHONE = 1, _("Phone verified")
    IDENTITY = 2, _("Identity verified")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SWAHILI = "sw", "Kiswahili"


class Purpose(models.TextChoices):
    """What a person is asked for, and may refuse. Nothing is allowed by itself."""

    ANALYTICS = "analytics", _("Analytics")
