"""What people call a scheduled sweep, and what it says it did.

Most sweeps answer with a number; here stands what it counts. Sentences of the others are said again by
`sayings.py`.
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice.sayings import said_again

TITLES: dict[str, Any] = {
    "accounts.forget": _("Forget expired tokens and codes"),
    "analytics.count": _("Count events for the figures"),
    "analytics.footfall": _("Write down searches, views and carts"),
    "analytics.forget_forwarded": _("Forget what analytics services were told"),
    "analytics.forward": _("Tell analytics services"),
    "billing.fiscal_reports": _("Report days to the tax authority"),
    "billing.fiscalise": _("Get fiscal receipts for invoices"),
    "billing.issue": _("Bill sellers for the month"),
    "casework.drafts": _("Let go of undecided bulk choices"),
    "casework.forget_bulk": _("Forget old bulk decisions"),
    "closing.open_months": _("Open a row for each month"),
    "data.verify": _("Check every invariant"),
    "disputes.deadlines": _("Mind the deadlines of disputes"),
    "disputes.forget_drafts": _("Forget evidence never submitted"),
    "idempotency.forget": _("Forget stored answers"),
    "jobs.forget": _("Forget failed jobs and dead workers"),
    "ledger.seal": _("Seal the log and the books"),
    "notifications.digest": _("Send finance its morning digest"),
    "notifications.revive": _("Try failed messages again"),
    "orders.expire": _("Expire unpaid orders"),
    "outbox.sweep": _("Deliver what was not hinted"),
    "payments.enquire": _("Ask about payments without an answer"),
    "payments.enquire_refunds": _("Ask about refunds without an answer"),
    "payments.forget_tallies": _("Forget old figures of providers"),
    "payouts.documents": _("Hold sellers whose papers expired"),
    "payouts.enquire": _("Ask about payouts without an answer"),
    "payouts.release": _("Release sellers' money after its hold"),
    "payouts.reserves": _("Release reserves that are due"),
    "payouts.run": _("Prepare the payout batch of the day"),
    "payouts.wallets": _("Ask whose wallets they are"),
    "reconciliation.fetch": _("Fetch movements from providers"),
    "reconciliation.look_again": _("Match waiting lines again"),
    "reconciliation.take_dropped": _("Take statements from the watched place"),
    "reports.abandoned": _("Give up reports that nobody makes"),
    "reports.expire": _("Delete old report files"),
    "reports.order_due": _("Order scheduled reports"),
    "sellers.holds": _("Lift holds that nobody confirmed"),
}

_ASKED = ngettext_lazy(
    "%(count)s settled by asking the provider", "%(count)s settled by asking the provider", "count"
)
_FORGOTTEN = ngettext_lazy("%(count)s row forgotten", "%(count)s rows forgotten", "count")
COUNTS: dict[str, Any] = {
    "accounts.forget": _FORGOTTEN,
    "analytics.count": ngettext_lazy(
        "%(count)s event counted", "%(count)s events counted", "count"
    ),
    "analytics.footfall": ngettext_lazy(
        "%(count)s counter written down", "%(count)s counters written down", "count"
    ),
    "analytics.forget_forwarded": _FORGOTTEN,
    "billing.fiscal_reports": ngettext_lazy(
        "%(count)s report acknowledged", "%(count)s reports acknowledged", "count"
    ),
    "billing.fiscalise": ngettext_lazy(
        "%(count)s receipt acknowledged", "%(count)s receipts acknowledged", "count"
    ),
    "billing.issue": ngettext_lazy(
        "%(count)s document issued", "%(count)s documents issued", "count"
    ),
    "closing.open_months": ngettext_lazy(
        "%(count)s month is new", "%(count)s months are new", "count"
    ),
    "disputes.deadlines": ngettext_lazy(
        "%(count)s case moved on", "%(count)s cases moved on", "count"
    ),
    "disputes.forget_drafts": _FORGOTTEN,
    "idempotency.forget": _FORGOTTEN,
    "orders.expire": ngettext_lazy("%(count)s order expired", "%(count)s orders expired", "count"),
    "outbox.sweep": ngettext_lazy(
        "%(count)s delivery hinted again", "%(count)s deliveries hinted again", "count"
    ),
    "payments.enquire": _ASKED,
    "payments.enquire_refunds": _ASKED,
    "payments.forget_tallies": _FORGOTTEN,
    "payouts.enquire": _ASKED,
    "payouts.release": ngettext_lazy(
        "%(count)s earning released", "%(count)s earnings released", "count"
    ),
    "payouts.reserves": ngettext_lazy(
        "%(count)s reserve released", "%(count)s reserves released", "count"
    ),
    "payouts.wallets": ngettext_lazy(
        "%(count)s wallet asked about", "%(count)s wallets asked about", "count"
    ),
    "sellers.holds": ngettext_lazy("%(count)s hold lifted", "%(count)s holds lifted", "count"),
}


# Of a digest that is told in full where it is to be kept.
_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b")


def sweep_title(name: str) -> str:
    """In words; its name where it has none (any more)."""
    return str(TITLES.get(name, name))


def sweep_said(name: str, result: str) -> str:
    """What a run of it did, in words: `0` is "0 events counted"."""
    counted = COUNTS.get(name)
    if counted is not None and result.isdecimal():
        return str(counted % {"count": int(result)})
    return _DIGEST.sub(r"\1…", said_again(result))
