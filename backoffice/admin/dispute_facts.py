"""Beside a dispute: what the sides propose, how often they stood in others, how it was settled."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import Facts, Table
from backoffice.pages.display import late, link, moment, money, reference_link, state, two_lines
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import Record, Thread
from marketplace.payments.queries import chargeback_of
from marketplace.shared.money import format_minor


def proposals(said: Thread) -> Table:
    """The amounts on which the sides would settle, newest first."""
    return Table(
        _("Proposals"),
        [_("Who proposes"), (_("Amount"), "number"), _("State")],
        [
            (
                one.get_party_display(),
                money(one.amount_minor),
                two_lines(state(one), moment(one.made_at)),
            )
            for one in reversed(said.proposals)
        ],
    )


def parties(dispute: Dispute, record: Record) -> Table:
    """Who claims often, and who often loses, in other cases than this one."""
    buyer: Any = dispute.buyer
    seller: Any = link(dispute.seller)
    if record.claims_often:
        buyer = two_lines(buyer, late(_("claims often")))
    if record.loses_often:
        seller = two_lines(seller, late(_("often at fault")))
    return Table(
        _("Their other disputes, last %(days)s days") % {"days": settings.DISPUTE_RECORD_DAYS},
        [
            _("Party"),
            (_("Cases"), "number"),
            (_("Won"), "number"),
            (_("Lost"), "number"),
        ],
        [
            (
                _with_refunded(buyer, record.buyer_refunded_minor),
                record.buyer_cases,
                record.buyer_won,
                record.buyer_lost,
            ),
            (
                _with_refunded(seller, record.seller_refunded_minor),
                record.seller_cases,
                record.seller_won,
                record.seller_lost,
            ),
        ],
    )


def _with_refunded(party: Any, amount_minor: int) -> Any:
    """It stands under the name: the column beside the decision has no room for amounts."""
    if not amount_minor:
        return party
    return two_lines(party, _("%(amount)s refunded") % {"amount": format_minor(amount_minor)})


def taken_back(dispute: Dispute) -> Facts:
    """What the provider took back, and what became of it."""
    taken = chargeback_of(seller_order_id=dispute.seller_order_id)
    if taken is None:
        return Facts(_("Taken back by the provider"), [])
    return Facts(
        _("Taken back by the provider"),
        [
            (_("Payment"), link(taken.attempt)),
            (_("Provider"), taken.attempt.get_provider_display()),
            (_("Taken back"), two_lines(money(taken.amount_minor), moment(taken.taken_at))),
            (_("of it the seller's"), money(taken.seller_minor)),
            (_("State"), state(taken)),
            (_("Contested"), moment(dispute.contested_at)),
            (_("The provider's number"), dispute.contest_number),
            (_("Came back as"), reference_link(taken.won_by)),
        ],
        is_growing=True,
    )


def resolution(dispute: Dispute) -> Any:
    refund = reference_link(dispute.refund_reference)
    return Facts(
        _("Resolution"),
        [
            (_("Outcome"), dispute.get_outcome_display()),
            (_("At fault"), dispute.get_fault_display()),
            (_("Refunded"), money(dispute.refunded_minor, dispute.currency)),
            (_("Refund"), refund),
            (_("Decided by"), dispute.decided_by),
            (_("Agreed to by"), dispute.approved_by),
            (_("Closed"), moment(dispute.closed_at)),
            (_("Note"), dispute.resolution_note),
        ],
        is_growing=True,
    )
