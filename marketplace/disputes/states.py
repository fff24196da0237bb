"""The life of a dispute."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

BUYER, SELLER = ActorKind.BUYER, ActorKind.SELLER
STAFF, SYSTEM = ActorKind.STAFF, ActorKind.SYSTEM


class DisputeStatus(models.TextChoices):
    OPEN = "open", _("Open")
    # Decided, but its refund needs a second person.
    APPROVAL = "approval", _("Waits for approval")
    RESOLVED = "resolved", _("Resolved")
    # The side that lost had it opened once more, for another person.
    APPEALED = "appealed", _("In appeal")
    WITHDRAWN = "withdrawn", _("Withdrawn")


DISPUTE_TRANSITIONS: Transitions = {
    DisputeStatus.OPEN: {
        # The system closes what its buyer left unanswered; the sides may agree by themselves.
        DisputeStatus.RESOLVED: by(STAFF, SYSTEM, BUYER, SELLER),
        DisputeStatus.APPROVAL: by(STAFF, BUYER, SELLER),
        DisputeStatus.WITHDRAWN: by(BUYER),
    },
    DisputeStatus.APPROVAL: {
        # By the second person: of the refund, whose news the system brings, or of the case itself.
        DisputeStatus.RESOLVED: by(SYSTEM, STAFF),
        DisputeStatus.OPEN: by(SYSTEM, STAFF),
        DisputeStatus.APPEALED: by(STAFF),
    },
    DisputeStatus.RESOLVED: {DisputeStatus.APPEALED: by(BUYER, SELLER)},
    DisputeStatus.APPEALED: {
        # The system ends an appeal that a reversal by the provider has overtaken.
        DisputeStatus.RESOLVED: by(STAFF, SYSTEM),
        DisputeStatus.APPROVAL: by(STAFF),
    },
    DisputeStatus.WITHDRAWN: {},
}
UNDECIDED = [DisputeStatus.OPEN, DisputeStatus.APPROVAL, DisputeStatus.APPEALED]
# While it may be spoken in.
IN_TALKS = [DisputeStatus.OPEN, DisputeStatus.APPEALED]


class AppealStatus(models.TextChoices):
    OPEN = "open", _("Open")
    # Decided, but it costs so much that another colleague must agree.
    WAITING = "waiting", _("Waits for approval")
    UPHELD = "upheld", _("Decision upheld")
    CHANGED = "changed", _("Decision changed")
    # The provider took the payment back meanwhile: that is a case of its own.
    DROPPED = "dropped", _("Overtaken")


APPEAL_TRANSITIONS: Transitions = {
    AppealStatus.OPEN: {
        AppealStatus.UPHELD: by(STAFF),
        AppealStatus.CHANGED: by(STAFF),
        AppealStatus.WAITING: by(STAFF),
        AppealStatus.DROPPED: by(SYSTEM),
    },
    AppealStatus.WAITING: {
        AppealStatus.CHANGED: by(STAFF),
        AppealStatus.OPEN: by(STAFF),
        AppealStatus.DROPPED: by(SYSTEM),
    },
    AppealStatus.UPHELD: {},
    AppealStatus.CHANGED: {},
    AppealStatus.DROPPED: {},
}


class ProposalStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    # Another one took its place.
    COUNTERED = "countered", _("Overtaken")
    # The case was settled otherwise, or nobody answered.
    ENDED = "ended", _("Ended")


SIDES = by(BUYER, SELLER)
PROPOSAL_TRANSITIONS: Transitions = {
    ProposalStatus.OPEN: {
        ProposalStatus.ACCEPTED: SIDES,
        ProposalStatus.COUNTERED: SIDES,
        ProposalStatus.ENDED: by(BUYER, SELLER, STAFF, SYSTEM),
    },
    ProposalStatus.ACCEPTED: {},
    ProposalStatus.COUNTERED: {},
    ProposalStatus.ENDED: {},
}


class DisputeReason(models.TextChoices):
    NOT_RECEIVED = "not_received", _("Not received")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    DAMAGED = "damaged", _("Damaged or defective")
    COUNTERFEIT = "counterfeit", _("Counterfeit")
    OTHER = "other", _("Something else")
    # The provider reversed the payment; no buyer chooses it.
    TAKEN_BACK = "taken_back", _("Taken back by the provider")


BUYERS_REASONS = tuple(one for one in DisputeReason if one != DisputeReason.TAKEN_BACK)


class DisputeOrigin(models.TextChoices):
    """Who opened the case."""

    BUYER = "buyer", _("Buyer")
    PROVIDER = "provider", _("Payment provider")


class DisputeOutcome(models.TextChoices):
    REFUND_FULL = "refund_full", _("Full refund")
    REFUND_PARTIAL = "refund_partial", _("Partial refund")
    REFUND_SHIPPING = "refund_shipping", _("Refund of the shipping")
    REPLACEMENT = "replacement", _("Replacement by the seller")
    GOODWILL = "goodwill", _("Goodwill from ZetuTech")
    DECLINED = "declined", _("Declined")
    # Of what the provider took back.
    LOSS_ACCEPTED = "loss_accepted", _("Loss accepted")
    WON_BACK = "won_back", _("Won back from the provider")


class Fault(models.TextChoices):
    """Who caused the case: a refund for what the seller did not cause is the marketplace's cost."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    CARRIER = "carrier", _("Carrier")
    MARKETPLACE = "marketplace", _("ZetuTech")
    # The sides agreed on an amount: nobody was found at fault.
    NOBODY = "nobody", _("Nobody: they agreed")


# Whom a person may find at fault.
CULPRITS = (Fault.BUYER, Fault.SELLER, Fault.CARRIER, Fault.MARKETPLACE)
OF_TAKEN_BACK = (DisputeOutcome.LOSS_ACCEPTED, DisputeOutcome.WON_BACK)
OF_CLAIMS = tuple(one for one in DisputeOutcome if one not in OF_TAKEN_BACK)
NO_REFUND = (DisputeOutcome.DECLINED, DisputeOutcome.REPLACEMENT, *OF_TAKEN_BACK)
OF_AN_AMOUNT = (DisputeOutcome.REFUND_PARTIAL, DisputeOutcome.GOODWILL)


class EvidenceKind(models.TextChoices):
    """What a file or a number shows; the checklist says which of them a side is asked for."""

    UNBOXING = "unboxing", _("Photo of the unboxing")
    GOODS = "goods", _("Photo of the goods")
    SERIAL = "serial", _("IMEI or serial number")
    PACKING = "packing", _("Photo of the packed goods")
    HANDOVER = "handover", _("Carrier's receipt")
    DELIVERY = "delivery", _("Proof of delivery")
    TRACKING = "tracking", _("Tracking number")
    INVOICE = "invoice", _("Supplier's invoice")
    OTHER = "other", _("Something else")


class EvidenceNumber(models.TextChoices):
    """What a side copies from a thing instead of photographing it; numbers.py says how each reads."""

    IMEI = "imei", _("IMEI")
    SERIAL = "serial_number", _("Serial number")
    TRACKING = "tracking_number", _("Tracking number")


class Party(models.TextChoices):
    """Who speaks in the thread."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    STAFF = "staff", _("ZetuTech")
