"""What sellers refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class ApplicationNotFound(NotFound):
    code = "application_not_found"
    message = _("We do not know this application.")


class DocumentNotFound(NotFound):
    code = "document_not_found"
    message = _("We do not know this document.")


class SellerNotFound(NotFound):
    code = "seller_not_found"
    message = _("We do not know this seller.")


class NotASeller(Forbidden):
    code = "not_a_seller"
    message = _("You do not act for any seller.")


class DetailInvalid(Invalid):
    """Base of refusals of one field of an application."""

    code = "detail_invalid"
    message = _("This is missing, or longer than %(length_max)s characters.")


class KindUnknown(DetailInvalid):
    code = "kind_unknown"
    message = _("Choose individual or business.")
    field = "kind"


class TinInvalid(DetailInvalid):
    code = "tin_invalid"
    message = _("A TIN has nine digits, such as 123-456-789.")
    field = "tin"


class NidaInvalid(DetailInvalid):
    code = "nida_invalid"
    message = _("A NIDA number has twenty digits and begins with the date of birth.")
    field = "nida_number"


class ApplicantTooYoung(DetailInvalid):
    code = "applicant_too_young"
    message = _("A seller must be at least 18 years old.")
    field = "nida_number"


class VatNumberInvalid(DetailInvalid):
    code = "vat_number_invalid"
    message = _("A VRN has between 3 and 20 characters.")
    field = "vat_number"


class PayoutProviderUnknown(DetailInvalid):
    code = "payout_provider_unknown"
    message = _("Choose one of: %(providers)s.")
    field = "payout_provider"


class PayoutNumberInvalid(DetailInvalid):
    code = "payout_msisdn_invalid"
    message = _("Payouts go to a Tanzanian mobile number, such as 0754 123 456.")
    field = "payout_msisdn"


class ApplicationOpen(Conflict):
    code = "application_already_open"
    message = _("You have an open application already. Please finish that one.")


class AlreadySeller(Conflict):
    code = "already_a_seller"
    message = _("You act for a seller already.")


class ApplicationChanged(Conflict):
    code = "version_conflict"
    message = _("The application was changed in the meantime. Please load it again.")


class ApplicationNotEditable(Conflict):
    code = "application_not_editable"
    message = _("The application is %(status)s now and cannot be changed.")


class DocumentKindUnknown(Invalid):
    code = "document_kind_unknown"
    message = _("We do not know this kind of document.")
    field = "kind"


class DocumentExpired(Invalid):
    code = "document_expired"
    message = _("This document has expired.")
    field = "expires_on"


class DocumentsMissing(Invalid):
    """`documents` are their names for people, `kinds` their codes."""

    code = "documents_missing"
    message = _("These documents are missing, expired or were rejected: %(documents)s.")
    field = "documents"


class DocumentsNotAccepted(Conflict):
    code = "documents_not_accepted"
    message = _("These documents are not accepted yet: %(documents)s.")
    field = "documents"


class DocumentReplaced(Conflict):
    code = "document_replaced"
    message = _("The applicant has sent a newer document of this kind.")


class AlreadyClaimed(Conflict):
    code = "application_already_claimed"
    message = _("%(reviewer)s is reviewing this application.")


class NotYourReview(Forbidden):
    code = "not_your_review"
    message = _("Claim the application first: only its reviewer decides.")


class OwnApplication(Forbidden):
    code = "own_application"
    message = _("Nobody reviews their own application.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Give a reason.")
    field = "reason"


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    message = _("At most %(length_max)s characters, please.")
    field = "reason"


class WalletUnchanged(Conflict):
    code = "wallet_unchanged"
    message = _("This is the payout wallet already.")


class NotTheOwner(Forbidden):
    code = "not_the_owner"
    message = _("Only the owner of the seller, or our finance, changes where the money goes.")


class SellerClosed(Conflict):
    code = "seller_closed"
    message = _("This seller is closed for good.")


class StandingRequestNotFound(NotFound):
    code = "standing_request_not_found"
    message = _("There is no such request about a seller.")


class StandingRequestWaits(Conflict):
    code = "standing_request_waits"
    message = _("%(reference)s about this seller waits already: decide or withdraw it first.")


class HeldAlready(Conflict):
    code = "held_already"
    message = _(
        "Your last hold on this seller ended without a second person's word. Ask for the"
        " suspension; a colleague may hold them."
    )


class HoldOver(Conflict):
    code = "hold_over"
    message = _("This hold is over: the seller sells again. Ask anew.")
