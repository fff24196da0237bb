"""What a side of a dispute prepares before it shows it."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from api.schemas.base import Choice, In, Moment, Out, Text
from api.schemas.disputes import ShownOut, shown_values
from marketplace.disputes.checklist import Item
from marketplace.disputes.states import EvidenceKind, EvidenceNumber

NUMBER_LENGTH_MAX = 60


class StagedIn(In):
    """Beside the file, in the same form; a number needs no file. The kinds say what they are shown by."""

    kind: EvidenceKind = Field(examples=["serial"])
    note: Text = Field("", max_length=300, examples=["From the label of the box"])
    imei: Text = Field(
        "",
        max_length=NUMBER_LENGTH_MAX,
        description="For the kind `serial`: 15 digits, which people may group as they like.",
        examples=[""],
    )
    serial_number: Text = Field(
        "",
        max_length=NUMBER_LENGTH_MAX,
        description="For the kind `serial`, where the device has no IMEI.",
        examples=[""],
    )
    tracking_number: Text = Field(
        "",
        max_length=NUMBER_LENGTH_MAX,
        description="For the kind `tracking`; it is compared with the parcel's own.",
        examples=[""],
    )

    def numbers(self) -> dict[str, str]:
        return {kind.value: getattr(self, kind.value) for kind in EvidenceNumber}


class StagedOut(ShownOut):
    """Only your side sees it until you submit."""

    reference: str = Field(examples=["EVD-7K3M9QX2"])

    @classmethod
    def of(cls, row: Any) -> "StagedOut":
        return cls(**shown_values(row), reference=row.reference)


class AskedOut(Out):
    """What is asked of your side for the reason of the case."""

    kind: Choice = Field(examples=[{"code": "serial", "label": "IMEI or serial number"}])
    numbers: list[EvidenceNumber] = Field(
        description="What you may copy from the thing; a file is always taken.",
        examples=[["imei", "serial_number"]],
    )
    is_shown: bool = Field(description="It is part of the case.", examples=[False])
    is_staged: bool = Field(description="It is prepared and not submitted.", examples=[True])
    is_missing: bool = Field(examples=[False])

    @classmethod
    def of(cls, item: Item) -> "AskedOut":
        return cls(
            kind=Choice(code=item.kind.value, label=str(item.kind.label)),
            numbers=list(item.numbers),
            is_shown=item.is_shown,
            is_staged=item.is_staged,
            is_missing=not (item.is_shown or item.is_staged),
        )


class DraftOut(Out):
    party: Choice = Field(examples=[{"code": "buyer", "label": "Buyer"}])
    is_my_turn: bool = Field(examples=[True])
    submits_itself_at: Moment | None = Field(
        description="When what you have prepared is submitted by itself, because your time is over."
    )
    asked: list[AskedOut]
    staged: list[StagedOut]

    @classmethod
    def of(
        cls, row: Any, party: Any, is_my_turn: bool, asked: Iterable[Item], staged: list[Any]
    ) -> "DraftOut":
        return cls(
            party=Choice(code=party.value, label=str(party.label)),
            is_my_turn=is_my_turn,
            submits_itself_at=row.due_at if is_my_turn and staged else None,
            asked=[AskedOut.of(item) for item in asked],
            staged=[StagedOut.of(each) for each in staged],
        )
