"""What the sides have shown in a dispute, what is still missing, and who is only preparing."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.admin.base import buttons
from backoffice.pages.blocks import Piece
from backoffice.pages.display import NOTHING
from marketplace.disputes.checklist import checklist, shown_by_side
from marketplace.disputes.models import Dispute, Evidence
from marketplace.disputes.numbers import agreement
from marketplace.disputes.queries import tracking_of
from marketplace.disputes.states import IN_TALKS, EvidenceKind, EvidenceNumber, Party

PREPARING = {
    Party.BUYER: gettext_lazy("The buyer has prepared evidence and not submitted it yet."),
    Party.SELLER: gettext_lazy("The seller has prepared evidence and not submitted it yet."),
}


def evidence(request: HttpRequest, dispute: Dispute, shown: list[Evidence]) -> Piece:
    """The checklist, the numbers and how they compare, the files."""
    tracking = tracking_of(dispute)
    return Piece(
        _("Evidence"),
        "console/blocks/evidence.html",
        {
            "files": [one for one in shown if one.file],
            "numbers": [
                (one, *_compared(one, agreement(one, shown, tracking), tracking))
                for one in shown
                if one.number
            ],
            "required": checklist(dispute.reason, shown),
            "actions": buttons(request, dispute, only=("evidence", "number")),
        },
    )


def shown_of_sides(dispute: Any) -> Any:
    """For a list, of `queries.with_evidence_shown`: each side that is asked, and how much it has shown."""
    shown = {tuple(pair.split(":")) for pair in dispute.shown}
    sides = shown_by_side(dispute.reason, shown)
    if not sides:
        return format_html(
            '<span title="{}">{}</span>', _("Nothing is asked of the sides."), NOTHING
        )
    return format_html_join("", "{}", ((_side(*side),) for side in sides.items()))


def _side(party: Party, kinds: tuple[list[EvidenceKind], list[EvidenceKind]]) -> Any:
    shown, missing = kinds
    names = ", ".join(str(kind.label) for kind in missing)
    return format_html(
        '<span class="zt-shown{}" title="{}"><span class="material-symbols-outlined" aria-hidden="true">'
        "{}</span> {} {}/{}</span>",
        "" if missing else " zt-shown-whole",
        _("Missing: %(names)s") % {"names": names} if missing else _("All is shown."),
        "radio_button_unchecked" if missing else "check_circle",
        party.label,
        len(shown),
        len(shown) + len(missing),
    )


def drafts(dispute: Any) -> list[tuple[str, Any]]:
    """That a side has more to show soon; what it is, nobody of us sees."""
    sides = dispute.preparing if dispute.status in IN_TALKS else []
    return [("info", PREPARING[Party(side)]) for side in sides]


def _compared(shown: Evidence, is_same: bool | None, tracking: str) -> tuple[bool | None, str]:
    """Whether the number is what it ought to be, and how we say that."""
    if is_same is None:
        return None, ""
    if shown.number_kind == EvidenceNumber.TRACKING:
        right, wrong = _("the parcel's own"), _("not the parcel's: %(number)s")
    else:
        right, wrong = _("both sides show the same"), _("the other side shows another")
    return is_same, right if is_same else wrong % {"number": tracking}
