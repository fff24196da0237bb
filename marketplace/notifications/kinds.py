"""The kinds of message: what each may be filled with, and which channels it takes.

Every text may use `{name}`, the person's name.
"""

from dataclasses import dataclass
from enum import Enum

from marketplace.notifications.states import Channel


class Route(Enum):
    FIRST = "the first channel that reaches the person"
    ALL = "every channel that reaches the person"


@dataclass(frozen=True, slots=True)
class Kind:
    """`required` must stand in every text. `is_urgent` news is worthless when it comes late, so
    that it is not tried for hours."""

    variables: frozenset[str]
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.SMS)
    route: Route = Route.FIRST
    required: frozenset[str] = frozenset()
    is_urgent: bool = False
    # It opens an account: colleagues who read the log of messages must not read this one.
    is_secret: bool = False


def _kind(*variables: str, route: Route = Route.FIRST) -> Kind:
    return Kind(variables=frozenset({"name", *variables}), route=route)


def _staff_kind(*variables: str) -> Kind:
    return Kind(variables=frozenset({"name", *variables}), channels=(Channel.EMAIL,))


def _link_kind(*variables: str) -> Kind:
    return Kind(
        variables=frozenset({"name", "link", *variables}),
        channels=(Channel.EMAIL,),
        required=frozenset({"link"}),
        is_urgent=True,
        is_secret=True,
    )


KINDS: dict[str, Kind] = {
    "phone_code": Kind(
        variables=frozenset({"name", "code", "minutes"}),
        channels=(Channel.SMS,),
        required=frozenset({"code"}),
        is_urgent=True,
        is_secret=True,
    ),
    "welcome": _kind(),
    "account_seen": _kind("at", "minutes", "reason", route=Route.ALL),
    # To applicants and sellers.
    "application_submitted": _kind("application", "business"),
    "application_information_requested": _kind("application", "business", "message"),
    "application_approved": _kind("application", "business", route=Route.ALL),
    "application_rejected": _kind("application", "business", "reason"),
    "listing_live": _kind("listing", "title", "sku"),
    "listing_rejected": _kind("listing", "title", "sku", "reason"),
    "import_finished": _kind("import", "file", "created", "updated", "failed"),
    "import_refused": _kind("import", "file", "reason"),
    "seller_new_order": _kind("order", "items", "amount", "region", route=Route.ALL),
    "seller_order_delivered": _kind("order", "amount"),
    "seller_order_cancelled": _kind("order", "reason", route=Route.ALL),
    "seller_order_redirected": _kind("order", route=Route.ALL),
    "seller_dispute_opened": _kind(
        "dispute", "order", "amount", "reason", "until", "asked", route=Route.ALL
    ),
    "seller_payment_taken_back": _kind("dispute", "order", "amount", "until", route=Route.ALL),
    "seller_chargeback_resolved": _kind("dispute", "order", "outcome", "amount", route=Route.ALL),
    "payout_paid": _kind("payout", "amount", "number", route=Route.ALL),
    "payout_failed": _kind("payout", "amount", "number", "reason", route=Route.ALL),
    "payout_reduced": _kind(
        "payout", "approved", "taken", "orders", "amount", "number", route=Route.ALL
    ),
    "payout_returned": _kind("payout", "amount", "number", "reason", route=Route.ALL),
    "wallet_changed": _kind("shop", "number", "until", route=Route.ALL),
    "wallet_left": _kind("shop", "until", route=Route.ALL),
    "wallet_refused": _kind("shop", "number", "reason", route=Route.ALL),
    "papers_expired": _kind("shop", "papers", route=Route.ALL),
    "papers_accepted": _kind("shop"),
    "seller_review": _kind("review", "product", "stars"),
    "seller_reply_rejected": _kind("review", "product", "reason"),
    # To members of staff, about the ways into their account.
    "invitation": _link_kind("who", "hours"),
    "password_link": _link_kind("minutes"),
    "password_changed": _staff_kind(),
    "passkey_added": _staff_kind("passkey"),
    "passkey_removed": _staff_kind("passkey"),
    "passkey_stopped": _staff_kind("passkey"),
    "second_step_removed": _staff_kind("who", "reason"),
    "wrong_codes": _staff_kind("count"),
    # To administrators.
    "colleague_passkey_stopped": _staff_kind("person", "passkey"),
    "roles_requested": _staff_kind("who", "person", "roles", "reason", "link"),
    "rule_change_requested": _staff_kind("who", "rule", "before", "after", "reason", "link"),
    "terms_change_requested": _staff_kind("who", "whose", "changes", "reason", "link"),
    "request_decided": _staff_kind("who", "request", "about", "decision", "reason", "link"),
    # To finance.
    "finance_payout_returned": _kind("payout", "shop", "amount", "reason"),
    "finance_payouts_paused": _kind("provider", "reason"),
    "finance_digest": _staff_kind(
        "day", "exceptions", "late_exceptions", "amount", "issues", "late_issues", "oldest"
    ),
    "reopening_requested": _staff_kind("month", "who", "reason"),
    # To buyers.
    "order_placed": _kind("order", "total", "pay_by"),
    "order_paid": _kind("order", "items", "shipping", "total", "paid_at", route=Route.ALL),
    "order_shipped": _kind("order", "shop", "carrier", "tracking", route=Route.ALL),
    "order_delivered": _kind("order", "shop", "days"),
    "order_part_cancelled": _kind("order", "shop", "amount", "reason", route=Route.ALL),
    "order_cancelled": _kind("order", "reason"),
    "order_redirected": _kind("order", "reason", route=Route.ALL),
    "order_expired": _kind("order"),
    "payment_failed": _kind("order", "reason"),
    "refund_succeeded": _kind("order", "refund", "amount", route=Route.ALL),
    "dispute_opened": _kind("dispute", "order", "amount", "asked"),
    "payment_taken_back": _kind("dispute", "order", "amount", route=Route.ALL),
    "review_published": _kind("review", "product"),
    "review_rejected": _kind("review", "product", "reason"),
    "review_taken_down": _kind("review", "product", "reason"),
    "review_answered": _kind("review", "product", "shop"),
    # To staff, who are told by e-mail only.
    "report_ready": _staff_kind("report", "period", "link", "days"),
    "report_failed": _staff_kind("report", "period", "reason"),
    # To either side of a dispute.
    "dispute_message": _kind("dispute", "order"),
    "dispute_evidence": _kind("dispute", "order"),
    "dispute_draft_submitted": _kind("dispute", "order"),
    "dispute_number_taken_down": _kind("dispute", "order"),
    "dispute_proposal": _kind("dispute", "order", "amount", route=Route.ALL),
    "dispute_your_turn": _kind("dispute", "order", "until", route=Route.ALL),
    "dispute_seller_silent": _kind("dispute", "order"),
    "dispute_buyer_silent": _kind("dispute", "order"),
    "dispute_appealed": _kind("dispute", "order", "until", route=Route.ALL),
    "appeal_decided": _kind("dispute", "order", "result", "outcome", "amount", route=Route.ALL),
    "dispute_resolved": _kind("dispute", "order", "outcome", "amount", route=Route.ALL),
}
