"""State changes of payments: check out, charge, settle, refund."""

from marketplace.payments.commands.attempts import (
    ask_about_reversals,
    enquire_due_attempts,
    learn_receipt,
    send_attempt,
    start_attempt,
)
from marketplace.payments.commands.bearers import bear_refund_anew
from marketplace.payments.commands.bills import answer_bill
from marketplace.payments.commands.calls import ask
from marketplace.payments.commands.chargebacks import bear_chargeback, win_chargeback
from marketplace.payments.commands.checkout import check_out, close_intent
from marketplace.payments.commands.control import (
    Band,
    pause_provider,
    ping_provider,
    resume_provider,
    set_fees,
    set_limits,
)
from marketplace.payments.commands.desk import (
    apply_issue,
    confirm_settlement,
    note_issue,
    propose_settlement,
    refund_issue,
    return_payment,
    send_settlement_back,
)
from marketplace.payments.commands.inbox import acknowledgement, process_message, receive_message
from marketplace.payments.commands.issue_book import explain_orphan
from marketplace.payments.commands.refund_desk import (
    declare_refund_failed,
    retry_refund,
    settle_refund_by_hand,
)
from marketplace.payments.commands.refund_requests import (
    approve_refund,
    locked_shares,
    refund_attempt,
    refund_pieces,
    refund_seller_order,
    reject_refund,
)
from marketplace.payments.commands.refunds import (
    DOUBT,
    confirm_refund,
    enquire_due_refunds,
    give_up_refund,
    send_refund,
)
from marketplace.payments.commands.settlement import settle_attempt

__all__ = [
    "DOUBT",
    "Band",
    "acknowledgement",
    "answer_bill",
    "apply_issue",
    "approve_refund",
    "ask",
    "ask_about_reversals",
    "bear_chargeback",
    "bear_refund_anew",
    "check_out",
    "close_intent",
    "confirm_refund",
    "confirm_settlement",
    "declare_refund_failed",
    "enquire_due_attempts",
    "enquire_due_refunds",
    "explain_orphan",
    "give_up_refund",
    "learn_receipt",
    "locked_shares",
    "note_issue",
    "pause_provider",
    "ping_provider",
    "process_message",
    "propose_settlement",
    "receive_message",
    "refund_attempt",
    "refund_issue",
    "refund_pieces",
    "refund_seller_order",
    "reject_refund",
    "resume_provider",
    "retry_refund",
    "return_payment",
    "send_attempt",
    "send_refund",
    "send_settlement_back",
    "set_fees",
    "set_limits",
    "settle_attempt",
    "settle_refund_by_hand",
    "start_attempt",
    "win_chargeback",
]
