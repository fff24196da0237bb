"""Disputes, their thread and evidence."""

from typing import Any

from pydantic import Field

from api.schemas.base import (
    Choice,
    In,
    Moment,
    Money,
    MoneyIn,
    Out,
    Text,
    choice,
    line,
    money,
    reference_of,
)
from marketplace.disputes.checklist import Item, checklist
from marketplace.disputes.numbers import agreement
from marketplace.disputes.policies import appeal_ends
from marketplace.disputes.queries import Thread, tracking_of
from marketplace.disputes.states import IN_TALKS, AppealStatus, DisputeReason, EvidenceKind

MESSAGE_LENGTH_MAX = 4000


class DisputeIn(In):
    seller_order: Text = line(1, 20, "SO-7K3M9QX2")
    reason: DisputeReason = Field(examples=["damaged"])
    claimed: MoneyIn
    message: Text = line(1, MESSAGE_LENGTH_MAX, "The screen came broken.")


class MessageIn(In):
    message: Text = line(1, MESSAGE_LENGTH_MAX, "I sent photos of the parcel.")


class EvidenceIn(In):
    """Beside the file, in the same form. `kind` ticks the item of the checklist."""

    kind: EvidenceKind = Field(EvidenceKind.OTHER, examples=["goods"])
    note: Text = Field("", max_length=300, examples=["The broken corner"])


class MessageOut(Out):
    party: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    author: str = Field(examples=["Asha Mushi"])
    message: str = Field(examples=["The screen came broken."])
    written_at: Moment

    @classmethod
    def of(cls, row: Any) -> "MessageOut":
        return cls(
            party=choice(row, "party"),
            author=row.author.name,
            message=row.body,
            written_at=row.created_at,
        )


class NumberOut(Out):
    """What was copied from a thing instead of photographing it."""

    kind: Choice = Field(examples=[{"code": "imei", "label": "IMEI"}])
    value: str = Field(examples=["356938035643809"])

    @classmethod
    def of(cls, row: Any) -> "NumberOut | None":
        return cls(kind=choice(row, "number_kind"), value=row.number) if row.number else None


class ShownOut(Out):
    """A file, a number, or both. `url` works for some minutes only; without a file there is none."""

    kind: Choice = Field(examples=[{"code": "goods", "label": "Photo of the goods"}])
    number: NumberOut | None
    name: str = Field(examples=["screen.jpg"])
    content_type: str = Field(examples=["image/jpeg"])
    size_bytes: int = Field(examples=[284_113])
    note: str = Field(examples=["The broken corner"])
    url: str | None = Field(examples=["/files/ImV2aWRlbmNlLy4uLiI:1u:c2ln/screen.jpg"])
    uploaded_at: Moment


class EvidenceOut(ShownOut):
    party: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    is_same: bool | None = Field(
        description="Whether a number is the parcel's own, or the one that the other side has shown;"
        " none where there is nothing to compare it with."
    )
    is_taken_down: bool = Field(
        description="The side told us the number, and our staff wrote it down.", examples=[False]
    )

    @classmethod
    def of(cls, row: Any, is_same: bool | None = None) -> "EvidenceOut":
        return cls(
            **shown_values(row),
            party=choice(row, "party"),
            is_same=is_same,
            is_taken_down=row.is_taken_down,
        )


def shown_values(row: Any) -> dict[str, Any]:
    """Of evidence, and of what is only prepared."""
    return {
        "kind": choice(row, "kind"),
        "number": NumberOut.of(row),
        "name": row.original_name,
        "content_type": row.content_type,
        "size_bytes": row.size_bytes,
        "note": row.note,
        "url": row.file.url if row.file else None,
        "uploaded_at": row.uploaded_at,
    }


class RequiredOut(Out):
    """What a side has to show for the reason of the case."""

    party: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    kind: Choice = Field(examples=[{"code": "goods", "label": "Photo of the goods"}])
    is_shown: bool = Field(examples=[True])

    @classmethod
    def of(cls, item: Item) -> "RequiredOut":
        return cls(
            party=Choice(code=item.party.value, label=str(item.party.label)),
            kind=Choice(code=item.kind.value, label=str(item.kind.label)),
            is_shown=item.is_shown,
        )


class ProposalIn(In):
    """What of the seller order is to be given back."""

    amount: MoneyIn


class ProposalOut(Out):
    party: Choice = Field(examples=[{"code": "seller", "label": "Seller"}])
    amount: Money
    status: Choice = Field(examples=[{"code": "open", "label": "Open"}])
    made_at: Moment

    @classmethod
    def of(cls, row: Any) -> "ProposalOut":
        return cls(
            party=choice(row, "party"),
            amount=money(row.amount_minor),
            status=choice(row, "status"),
            made_at=row.made_at,
        )


class AppealIn(In):
    reason: Text = line(1, MESSAGE_LENGTH_MAX, "The video shows that it was broken in the box.")


class AppealOut(Out):
    """Another look at the decision, by somebody else; once per case. Messages and files go on meanwhile."""

    party: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    reason: str = Field(examples=["The video shows that it was broken in the box."])
    status: Choice = Field(examples=[{"code": "open", "label": "Open"}])
    first_outcome: Choice = Field(examples=[{"code": "declined", "label": "Declined"}])
    kept: Money = Field(
        description="What the buyer keeps of the first refund beyond what the decision gives now."
    )
    appealed_at: Moment
    decided_at: Moment | None

    @classmethod
    def of(cls, row: Any) -> "AppealOut":
        # What waits for a colleague of ours is not decided for the sides.
        is_waiting = row.status == AppealStatus.WAITING
        return cls(
            party=choice(row, "party"),
            reason=row.reason,
            status=_named(AppealStatus.OPEN if is_waiting else row.status),
            first_outcome=choice(row, "first_outcome"),
            kept=money(row.kept_minor if row.status == AppealStatus.CHANGED else 0),
            appealed_at=row.appealed_at,
            decided_at=None if is_waiting else row.decided_at,
        )


class DisputeOut(Out):
    """A buyer's case against one seller order; until it is closed, the seller's money waits."""

    reference: str = reference_of("DSP")
    seller_order: str = reference_of("SO")
    seller: str = reference_of("SEL")
    seller_name: str = Field(examples=["Kariakoo Electronics"])
    reason: Choice = Field(examples=[{"code": "damaged", "label": "Damaged or defective"}])
    opened_by: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    claimed: Money
    taken_back: Money = Field(
        description="What the payment provider has given back to the buyer by itself."
    )
    status: Choice = Field(examples=[{"code": "open", "label": "Open"}])
    outcome: Choice | None = Field(examples=[None])
    fault: Choice | None = Field(
        description="Who caused it, once it is decided.",
        examples=[{"code": "seller", "label": "Seller"}],
    )
    refunded: Money
    resolution_note: str = Field(examples=[""])
    opened_at: Moment
    turn: Choice | None = Field(
        description="Who is to act next; none once it is closed.",
        examples=[{"code": "seller", "label": "Seller"}],
    )
    due_at: Moment = Field(description="Until when that side is to have acted.")
    closed_at: Moment | None
    appeal_until: Moment | None = Field(
        description="Until when the side that lost may appeal; none where it cannot."
    )
    appeal: AppealOut | None

    @classmethod
    def of(cls, row: Any) -> "DisputeOut":
        return cls(**dispute_values(row))


class DisputeDetail(DisputeOut):
    messages: list[MessageOut]
    evidence: list[EvidenceOut]
    proposals: list[ProposalOut]
    required: list[RequiredOut]

    @classmethod
    def with_thread(cls, row: Any, thread: Thread) -> "DisputeDetail":
        return cls(
            **dispute_values(row),
            messages=[MessageOut.of(each) for each in thread.messages],
            evidence=[
                EvidenceOut.of(each, agreement(each, thread.evidence, tracking_of(row)))
                for each in thread.evidence
            ],
            proposals=[ProposalOut.of(each) for each in thread.proposals],
            required=[RequiredOut.of(each) for each in checklist(row.reason, thread.evidence)],
        )


def dispute_values(row: Any) -> dict[str, Any]:
    """What both parties see of a case."""
    appeal = getattr(row, "appeal", None)
    return {
        "reference": row.reference,
        "seller_order": row.seller_order.reference,
        "seller": row.seller.reference,
        "seller_name": row.seller.name,
        "reason": choice(row, "reason"),
        "opened_by": choice(row, "origin"),
        "claimed": money(row.claimed_minor, row.currency),
        "taken_back": money(row.taken_back_minor, row.currency),
        "status": choice(row, "status"),
        "outcome": choice(row, "outcome") if row.outcome else None,
        "fault": choice(row, "fault") if row.fault else None,
        "refunded": money(row.refunded_minor, row.currency),
        "resolution_note": row.resolution_note,
        "opened_at": row.opened_at,
        "turn": choice(row, "turn") if row.status in IN_TALKS else None,
        "due_at": row.due_at,
        "closed_at": row.closed_at,
        "appeal_until": appeal_ends(row) if appeal is None else None,
        "appeal": AppealOut.of(appeal) if appeal is not None else None,
    }


def _named(status: str) -> Choice:
    known = AppealStatus(status)
    return Choice(code=known.value, label=str(known.label))
