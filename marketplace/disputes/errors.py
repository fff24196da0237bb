"""What disputes refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class DisputeNotFound(NotFound):
    code = "dispute_not_found"
    message = _("There is no such dispute.")


class NotDisputable(Conflict):
    code = "not_disputable"
    message = _("A dispute can be opened once the goods are on their way.")
    field = "seller_order"


class ReasonUnfit(Invalid):
    code = "reason_unfit"
    message = _("Choose another reason: this one is for what a provider takes back.")
    field = "reason"


class TooLate(Conflict):
    code = "dispute_window_over"
    message = _("Disputes can be opened within %(days)s days of delivery.")
    field = "seller_order"


class AlreadyDisputed(Conflict):
    code = "already_disputed"
    message = _("This seller order has an open dispute already: %(reference)s.")
    field = "seller_order"


class ClaimInvalid(Invalid):
    code = "claim_invalid"
    message = _("Claim a positive amount of whole shillings, at most %(most)s.")
    field = "claimed"


class MessageEmpty(Invalid):
    code = "message_empty"
    message = _("Please write something.")
    field = "message"


class AskedInSecret(Invalid):
    code = "asked_in_secret"
    message = _("An internal note asks nobody: the side could not read it.")
    field = "ask"


class NoteMissing(Invalid):
    code = "note_missing"
    message = _("Please say why you decide so; both parties will read it.")
    field = "note"


class DisputeClosed(Conflict):
    code = "dispute_closed"
    message = _("This dispute is closed.")


class NotAParty(Forbidden):
    code = "not_a_party"
    message = _("Only the buyer, the seller and our staff take part in a dispute.")


class EvidenceRepeated(Conflict):
    code = "evidence_repeated"
    message = _("You have put this file into the dispute already.")
    field = "file"


class NumberRepeated(Conflict):
    code = "number_repeated"
    message = _("This number is part of the case already.")
    field = "number"


class TooMuchEvidence(Conflict):
    code = "too_much_evidence"
    message = _("Each side shows at most %(most)s things in a dispute.")
    field = "file"


class NothingShown(Invalid):
    code = "nothing_shown"
    message = _("Add a file, or a number where one is asked for.")
    field = "file"


class NothingStaged(Conflict):
    code = "nothing_staged"
    message = _("You have prepared nothing to submit, or it has been submitted already.")


class StagedNotFound(NotFound):
    code = "staged_not_found"
    message = _("There is no such thing among what you have prepared.")


class NumberUnfit(Invalid):
    code = "number_unfit"
    message = _("“%(kind)s” is not shown by this: %(number)s. Leave it empty here.")


class OneNumberEach(Invalid):
    code = "one_number_each"
    message = _("One number at a time: show each of them by itself.")


class ImeiInvalid(Invalid):
    code = "imei_invalid"
    message = _("An IMEI has 15 digits. Dial *#06# on the phone to see it.")
    field = "imei"


class ImeiMistyped(Invalid):
    code = "imei_mistyped"
    message = _(
        "This IMEI cannot be right: its last digit does not fit the others. Compare it with what the"
        " phone shows for *#06#."
    )
    field = "imei"


class SerialNumberInvalid(Invalid):
    code = "serial_number_invalid"
    message = _("A serial number has 4 to 40 letters and digits, as on the label of the device.")
    field = "serial_number"


class TrackingNumberInvalid(Invalid):
    code = "tracking_number_invalid"
    message = _("A tracking number has 4 to 40 letters and digits, as on the carrier's receipt.")
    field = "tracking_number"


class NotAppealable(Conflict):
    code = "not_appealable"
    message = _("Only what we decided can be appealed, not what the sides agreed or withdrew.")


class AppealedAlready(Conflict):
    code = "appealed_already"
    message = _("This dispute has been appealed already; a case is looked at anew once.")


class AppealTooLate(Conflict):
    code = "appeal_too_late"
    message = _("An appeal is possible within %(days)s working days of the decision.")


class NotYourLoss(Conflict):
    code = "not_your_loss"
    message = _("You have been given what you asked for: there is nothing to appeal.")


class NotAppealed(Conflict):
    code = "not_appealed"
    message = _("There is no open appeal in this dispute.")


class DeciderAgain(Forbidden):
    code = "decider_again"
    message = _("You decided this case. Somebody else looks at the appeal.")


class NoSecondPersonAsked(Conflict):
    code = "no_second_person_asked"
    message = _("This dispute does not wait for a second person.")


class NothingLeftToRefund(Conflict):
    code = "nothing_left_to_refund"
    message = _(
        "All of it has been given back already. Close the case without a refund, and say so."
    )


class FaultMissing(Invalid):
    code = "fault_missing"
    message = _("Say who is at fault: it decides who pays.")
    field = "fault"


class FaultUnfit(Invalid):
    code = "fault_unfit"
    message = _("What is the seller's fault cannot be declined.")
    field = "fault"


class OutcomeUnfit(Invalid):
    code = "outcome_unfit"
    message = _("This outcome does not fit the case.")
    field = "outcome"


class TakenBack(Conflict):
    code = "taken_back"
    message = _("The provider has taken the payment back already: ZetuTech settles this case.")


class NotTakenBack(Conflict):
    code = "not_taken_back"
    message = _("Only what a provider took back can be contested there.")


class ContestedAlready(Conflict):
    code = "contested_already"
    message = _("This has been contested already.")


class ProofMissing(Conflict):
    code = "proof_missing"
    message = _("There is nothing yet by which the provider could be convinced. Add a file first.")


class EffectChanged(Conflict):
    code = "effect_changed"
    message = _("This is what it does now. Look at it, then confirm.")


class NoShippingLeft(Conflict):
    code = "no_shipping_left"
    message = _("Nothing of the shipping is left to be given back.")
    field = "outcome"


class ProposalInvalid(Invalid):
    code = "proposal_invalid"
    message = _("Propose a positive amount of whole shillings, at most %(most)s.")
    field = "amount"


class ProposalGone(Conflict):
    code = "proposal_gone"
    message = _("The other side does not propose this amount, or no longer.")
    field = "amount"


class RefundAmountInvalid(Invalid):
    code = "refund_amount_invalid"
    message = _("A partial refund is a positive amount below %(most)s.")
    field = "refund"
