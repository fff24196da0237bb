"""What the system wrote down in English, said again in the reader's language.

Sweeps, checks and workers keep what they found as a sentence; contexts have lists of theirs
(`shared/sayings.py`). Here are all of them, with what the worker edge tells. One that nobody knows,
and whatever a person wrote, is shown as it is.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings.problems import PROBLEMS
from marketplace.payments.explanations import explained
from marketplace.payouts import sentences as payouts
from marketplace.reconciliation.sentences import BECAUSE, CLOSED
from marketplace.shared.sayings import Sayings
from reports.memos import memo_in_words

SWEEPS = (
    _("switched off"),
    _("not yet"),
    _("nothing waits"),
    _("nothing to seal"),
    _("no place is watched"),
    _("today's run has been"),
    _("%(count)s due; nobody to pay"),
    _("%(count)s due; %(batch)s"),
    _("%(count)s queued"),
    _("%(count)s failures and %(workers)s workers forgotten"),
    _("%(count)s invariants hold"),
    _("%(count)s dropped"),
    _("%(count)s forgotten, %(rows)s rows"),
    _("%(count)s tried again, %(given_up)s given up"),
    _("%(count)s held, %(freed)s freed"),
    _("%(count)s taken, %(away)s put away"),
    _("%(count)s of %(asked)s had news"),
    _("%(count)s lines matched, %(explained)s callbacks explained"),
    _("%(count)s people told"),
    _("%(count)s reports ordered"),
    _("%(count)s reports given up"),
    _("%(count)s reports expired"),
    _("sealed %(count)s, last %(seal)s"),
)
CALLBACKS = (
    _("its signature is missing or wrong"),
    _("no payment is called %(reference)s"),
    _("the conversation is not the one we know"),
    _("the provider knows of no such payment"),
    _("it was paid already, says an earlier one"),
    _("it was paid already, by %(receipt)s with %(amount)s minor units"),
    _("it fits in every respect"),
    _("confirmed by enquiry"),
    _("the payout was settled already, or is open"),
    _("nowhere is not an address of the provider"),
    _("%(address)s is not an address of the provider"),
    _("a success without an amount cannot be booked"),
    _("a success without a receipt cannot be traced"),
    _("bill %(reference)s was refused"),
)
SAYINGS = Sayings(
    (*SWEEPS, *CALLBACKS, *payouts.WRITTEN.sentences,
     *PROBLEMS.sentences, *BECAUSE.sentences, *CLOSED.sentences),
    joints=("; ", ", "),
)  # fmt: skip


def said_again(text: str) -> str:
    """A sentence of ours in the active language; what is none, as it stands."""
    return SAYINGS.again(text)


def provider_said(thing: Any) -> str:
    """What a provider said of a payment, a refund or a payout, explained; or what we said in its place."""
    return explained(code=thing.provider_code, message=said_again(thing.provider_message))


# Columns that hold such sentences, by name: lists as spreadsheets say them, too.
SAID_AGAIN = {
    "memo": memo_in_words,
    "provider_message": said_again,
    "last_result": said_again,
    "verdict": said_again,
}
