"""What all schemas share: money, references, texts that PostgreSQL can store."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from marketplace.shared.money import DEFAULT_CURRENCY

# Below what a bigint holds, with room for sums.
AMOUNT_MAX = 10**15


class In(Schema):
    """A request's body. A field that we do not know is a mistake that its sender wants to hear of."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(Schema):
    """An answer."""


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("string_nul", "A text must not contain the NUL character.")
    return text


def _whole(value: Any) -> Any:
    """JSON has one number type; 5.0 is no whole number to us, true is not 1, and "1" is a text."""
    if isinstance(value, bool | float | str):
        raise PydanticCustomError("int_type", "Use a whole number.")
    return value


Text = Annotated[str, AfterValidator(_storable)]
Whole = Annotated[int, BeforeValidator(_whole)]


def line(least: int, most: int, *examples: str) -> Any:
    """A text of one line."""
    return Field(min_length=least, max_length=most, examples=list(examples))


def reference_of(prefix: str) -> Any:
    """The human reference of a thing; machines' ids never leave the house."""
    return Field(examples=[f"{prefix}-7K3M9QX2"], max_length=20)


Moment = Annotated[datetime, Field(examples=["2026-11-24T09:30:00Z"])]


class Money(Out):
    """An amount in minor units (TZS 1,500 is 150000)."""

    amount: int = Field(examples=[150_000_00], description="Minor units: 1/100 of a shilling.")
    currency: str = Field(DEFAULT_CURRENCY, examples=[DEFAULT_CURRENCY])


class MoneyIn(In):
    """An amount in minor units; mobile money moves whole shillings, so it is a multiple of 100."""

    amount: Whole = Field(ge=0, le=AMOUNT_MAX, examples=[150_000_00])
    currency: Literal["TZS"] = Field("TZS", examples=["TZS"])


def money(amount_minor: int, currency: str = DEFAULT_CURRENCY) -> Money:
    return Money(amount=amount_minor, currency=currency)


class Choice(Out):
    """A code for programs and its label in the caller's language."""

    code: str = Field(examples=["paid"])
    label: str = Field(examples=["Paid"])


def choice(row: Any, field: str) -> Choice:
    """A column with choices, such as a status; its empty value is answered as it is."""
    label = getattr(row, f"get_{field}_display")()
    return Choice(code=str(getattr(row, field)), label=str(label))


class FieldError(Out):
    field: str = Field(examples=["lines.0.quantity"])
    code: str = Field(examples=["greater_than_equal"])
    message: str = Field(examples=["Use 1 or more."])


class Problem(Out):
    """RFC 9457. `code` is stable; `detail` is for people, in the caller's language."""

    type: str = Field(examples=["/api/v1/problems#stock_insufficient"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["stock_insufficient"])
    detail: str = Field(examples=["Only 2 of “Tecno Spark 20” are left."])
    errors: list[FieldError]
    request_id: str = Field(examples=["3f2a9c5d7e8b4f10a6c1d2e3f4a5b6c7"])
