"""Why somebody looks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RevealReason(models.TextChoices):
    """The commonest first: it is what the form begins with."""

    CONTACT = "contact", _("To call or write to them")
    DELIVERY = "delivery", _("To help a parcel arrive")
    IDENTITY = "identity", _("To check identity or papers")
    PAYMENT = "payment", _("To find or match a payment")
    REQUEST = "request", _("They, or an authority, ask for it")
    OTHER = "other", _("Something else")
