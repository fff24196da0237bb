"""The life of an application, of its documents, and of a seller."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

SELLER, STAFF, SYSTEM = ActorKind.SELLER, ActorKind.STAFF, ActorKind.SYSTEM


class ApplicantKind(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual")
    BUSINESS = "business", _("Business")


class DocumentKind(models.TextChoices):
    NIDA = "nida", _("National ID (NIDA)")
    SELFIE = "selfie", _("Photo of the applicant")
    TIN_CERTIFICATE = "tin_certificate", _("TIN certificate")
    BUSINESS_REGISTRATION = "business_registration", _("BRELA registration")
    BUSINESS_LICENCE = "business_licence", _("Business licence")
    VAT_CERTIFICATE = "vat_certificate", _("VAT certificate (VRN)")
    BANK_LETTER = "bank_letter", _("Bank or wallet letter")


# Typed, so that a mistyped requirement cannot silently count as satisfied.
REQUIRED_DOCUMENTS: dict[ApplicantKind, tuple[DocumentKind, ...]] = {
    ApplicantKind.INDIVIDUAL: (
        DocumentKind.NIDA,
        DocumentKind.SELFIE,
        DocumentKind.TIN_CERTIFICATE,
    ),
    ApplicantKind.BUSINESS: (
        DocumentKind.NIDA,
        DocumentKind.TIN_CERTIFICATE,
        DocumentKind.BUSINESS_REGISTRATION,
        DocumentKind.BUSINESS_LICENCE,
    ),
}


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFORMATION_REQUESTED = "information_requested", _("Information requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


APPLICATION_TRANSITIONS: Transitions = {
    ApplicationStatus.DRAFT: {ApplicationStatus.SUBMITTED: by(SELLER)},
    ApplicationStatus.SUBMITTED: {ApplicationStatus.IN_REVIEW: by(STAFF)},
    ApplicationStatus.IN_REVIEW: {
        ApplicationStatus.SUBMITTED: by(STAFF),  # released by its reviewer
        ApplicationStatus.INFORMATION_REQUESTED: by(STAFF),
        ApplicationStatus.APPROVED: by(STAFF),
        ApplicationStatus.REJECTED: by(STAFF),
    },
    ApplicationStatus.INFORMATION_REQUESTED: {ApplicationStatus.SUBMITTED: by(SELLER)},
    ApplicationStatus.APPROVED: {},
    ApplicationStatus.REJECTED: {},
}


class DocumentStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


DOCUMENT_TRANSITIONS: Transitions = {
    DocumentStatus.UPLOADED: {
        DocumentStatus.ACCEPTED: by(STAFF),
        DocumentStatus.REJECTED: by(STAFF),
    },
    DocumentStatus.ACCEPTED: {DocumentStatus.REJECTED: by(STAFF)},
    DocumentStatus.REJECTED: {DocumentStatus.ACCEPTED: by(STAFF)},
}


class SellerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


SELLER_TRANSITIONS: Transitions = {
    SellerStatus.ACTIVE: {
        SellerStatus.SUSPENDED: by(STAFF),
        SellerStatus.CLOSED: by(STAFF),
    },
    SellerStatus.SUSPENDED: {
        # By itself where a hold ends and no second person agreed.
        SellerStatus.ACTIVE: by(STAFF, SYSTEM),
        SellerStatus.CLOSED: by(STAFF),
    },
    SellerStatus.CLOSED: {},
}


class StandingRequestStatus(models.TextChoices):
    REQUESTED = "requested", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    # A hold ended before anybody decided.
    LAPSED = "lapsed", _("Lapsed")


STANDING_REQUEST_TRANSITIONS: Transitions = {
    StandingRequestStatus.REQUESTED: {
        StandingRequestStatus.APPROVED: by(STAFF),
        StandingRequestStatus.REJECTED: by(STAFF),
        StandingRequestStatus.WITHDRAWN: by(STAFF),
        StandingRequestStatus.LAPSED: by(SYSTEM),
    },
    StandingRequestStatus.APPROVED: {},
    StandingRequestStatus.REJECTED: {},
    StandingRequestStatus.WITHDRAWN: {},
    StandingRequestStatus.LAPSED: {},
}
