"""State changes of disputes."""

from marketplace.disputes.commands.appeals import appeal_dispute, decide_appeal, planned
from marketplace.disputes.commands.approval import (
    approve_decision,
    complete_resolution,
    reject_decision,
    reopen_dispute,
)
from marketplace.disputes.commands.cases import assign_dispute, open_dispute, withdraw_dispute
from marketplace.disputes.commands.deadlines import mind_deadlines
from marketplace.disputes.commands.evidence import (
    add_evidence,
    forget_drafts,
    stage_evidence,
    submit_evidence,
    take_down_number,
    unstage_evidence,
)
from marketplace.disputes.commands.proposals import accept_proposal, propose_amount
from marketplace.disputes.commands.resolution import needs_colleague, resolve_dispute
from marketplace.disputes.commands.reversals import contest_reversal, open_for_reversal
from marketplace.disputes.commands.thread import post_message

__all__ = [
    "accept_proposal",
    "add_evidence",
    "appeal_dispute",
    "approve_decision",
    "assign_dispute",
    "complete_resolution",
    "contest_reversal",
    "decide_appeal",
    "forget_drafts",
    "mind_deadlines",
    "needs_colleague",
    "open_dispute",
    "open_for_reversal",
    "planned",
    "post_message",
    "propose_amount",
    "reject_decision",
    "reopen_dispute",
    "resolve_dispute",
    "stage_evidence",
    "submit_evidence",
    "take_down_number",
    "unstage_evidence",
    "withdraw_dispute",
]
