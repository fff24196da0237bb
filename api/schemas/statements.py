"""A provider's statement on its way in."""

from typing import Any

from pydantic import Field

from api.schemas.base import Choice, Moment, Out, choice, reference_of


class StatementOut(Out):
    """Lines are counted once it is imported; `refusal` says why it was not."""

    reference: str = reference_of("STM")
    provider: str = Field(examples=["mpesa"])
    file_name: str = Field(examples=["ORG_600600_UtilityAccount_All.csv"])
    status: Choice = Field(examples=[{"code": "imported", "label": "Imported"}])
    refusal: str = Field(examples=[""])
    lines: int = Field(examples=[1200])
    lines_seen_before: int = Field(examples=[0])
    period_start: Moment | None
    period_end: Moment | None
    uploaded_at: Moment

    @classmethod
    def of(cls, row: Any) -> "StatementOut":
        return cls(
            reference=row.reference,
            provider=row.provider,
            file_name=row.original_name,
            status=choice(row, "status"),
            refusal=row.refusal,
            lines=row.lines_total,
            lines_seen_before=row.lines_duplicate,
            period_start=row.period_start,
            period_end=row.period_end,
            uploaded_at=row.uploaded_at,
        )
