"""The life of a listing, of an import batch, and of a picture."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

SELLER, STAFF, SYSTEM = ActorKind.SELLER, ActorKind.STAFF, ActorKind.SYSTEM


class ListingStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_MODERATION = "in_moderation", _("In moderation")
    LIVE = "live", _("Live")
    REJECTED = "rejected", _("Rejected")
    PAUSED = "paused", _("Paused")


LISTING_TRANSITIONS: Transitions = {
    ListingStatus.DRAFT: {ListingStatus.IN_MODERATION: by(SELLER, SYSTEM)},
    ListingStatus.IN_MODERATION: {
        ListingStatus.LIVE: by(STAFF),
        ListingStatus.REJECTED: by(STAFF),
        ListingStatus.DRAFT: by(SELLER),
    },
    ListingStatus.LIVE: {
        ListingStatus.PAUSED: by(SELLER, STAFF, SYSTEM),
        ListingStatus.IN_MODERATION: by(SELLER, STAFF),
    },
    ListingStatus.PAUSED: {
        ListingStatus.LIVE: by(SELLER, STAFF, SYSTEM),
        ListingStatus.IN_MODERATION: by(SELLER, STAFF),
    },
    ListingStatus.REJECTED: {ListingStatus.IN_MODERATION: by(SELLER)},
}


class Condition(models.TextChoices):
    NEW = "new", _("New")
    REFURBISHED = "refurbished", _("Refurbished")
    USED = "used", _("Used")


class PictureStatus(models.TextChoices):
    PENDING = "pending", _("Waiting")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")


class ImportStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


IMPORT_TRANSITIONS: Transitions = {
    ImportStatus.QUEUED: {
        ImportStatus.RUNNING: by(SYSTEM),
        ImportStatus.REFUSED: by(SYSTEM),
        ImportStatus.CANCELLED: by(SELLER, STAFF),
    },
    ImportStatus.RUNNING: {
        ImportStatus.FINISHED: by(SYSTEM),
        ImportStatus.REFUSED: by(SYSTEM),
        ImportStatus.CANCELLED: by(SELLER, STAFF),
    },
    ImportStatus.FINISHED: {},
    ImportStatus.REFUSED: {},
    ImportStatus.CANCELLED: {},
}


class ImportPolicy(models.TextChoices):
    GOOD_ROWS = "good_rows", _("Import the good rows")
    ALL_OR_NOTHING = "all_or_nothing", _("Import all rows or none")
