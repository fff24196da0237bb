"""Payments, the pushes to wallets that make them, and refunds."""

from typing import Any

from pydantic import Field

from api.schemas.base import Choice, In, Moment, Money, Out, Text, choice, line, money, reference_of
from marketplace.payments.explanations import told


class AttemptIn(In):
    msisdn: Text = line(1, 30, "0754 123 456")
    provider: Text | None = Field(
        None, max_length=20, examples=["mpesa"], description="Default: by the number's prefix."
    )


class OptionOut(Out):
    """A provider for this payment and number. Where it is not available, `reason` says why."""

    provider: str = Field(examples=["mpesa"])
    label: str = Field(examples=["M-Pesa"])
    suggested: bool = Field(description="The number's prefix was given to this provider.")
    available: bool
    reason: str = Field(examples=[""], description="For people; empty where it is available.")
    reason_code: str = Field(
        examples=[""],
        description="`paused`, `unreachable`, `below_least`, `above_most`, `above_daily` or empty.",
    )

    @classmethod
    def of(cls, offer: Any) -> "OptionOut":
        return cls(
            provider=offer.provider,
            label=offer.label,
            suggested=offer.is_suggested,
            available=offer.is_available,
            reason=offer.why,
            reason_code=offer.code,
        )


class BillOut(Out):
    """How the buyer can pay without a prompt, from the phone's own menu. It becomes an attempt of the
    payment when the money is there: go on polling."""

    provider: str = Field(examples=["mixx"])
    label: str = Field(examples=["Mixx by Yas"])
    dial: str = Field(examples=["*150*01#"])
    company: str = Field(examples=["ZETUTECH"], description="Whom to choose in the menu.")
    reference: str = Field(examples=["PAY7K3M9QX2"], description="What to type as the reference.")
    amount: Money = Field(description="Exactly this is taken; any other amount is refused.")
    steps: str = Field(
        examples=["Dial *150*01# on your Mixx by Yas phone, choose to pay a bill, …"],
        description="All of it in one sentence, for people.",
    )

    @classmethod
    def of(cls, offer: Any, currency: str) -> "BillOut":
        return cls(
            provider=offer.provider,
            label=offer.label,
            dial=offer.dial,
            company=offer.company,
            reference=offer.reference,
            amount=money(offer.amount_minor, currency),
            steps=offer.steps,
        )


class OptionsOut(Out):
    """The providers to choose from, the suggested one first, and the bills that the buyer can pay
    from the phone's own menu (any number will do)."""

    items: list[OptionOut]
    bills: list[BillOut]


class AdviceOut(Out):
    """The wallet itself stood in the way: what the buyer can do."""

    code: str = Field(
        examples=["no_money"], description="`not_registered`, `no_money`, `limit` or `unreachable`."
    )
    message: str = Field(
        examples=["The M-Pesa wallet of +255754123456 has too little money."],
        description="For people.",
    )
    providers: list[str] = Field(
        examples=[["mixx", "airtel"]], description="Who can take the payment instead, now."
    )

    @classmethod
    def of(cls, advice: Any) -> "AdviceOut":
        others = [offer.provider for offer in advice.others]
        return cls(code=advice.hindrance, message=advice.sentence, providers=others)


class AttemptOut(Out):
    """One push to one wallet, or one bill paid from the phone's menu. `pending` means that the buyer
    has to answer on the phone."""

    reference: str = reference_of("ATT")
    provider: str = Field(examples=["mpesa"])
    msisdn: str = Field(examples=["+255754123456"])
    channel: Choice = Field(examples=[{"code": "push", "label": "Prompt on the phone"}])
    amount: Money
    status: Choice = Field(examples=[{"code": "pending", "label": "Waiting for the buyer"}])
    message: str = Field(
        examples=[""],
        description="Why, for people: explained, with the provider's own words quoted.",
    )
    try_another: AdviceOut | None = Field(
        description="Of the latest attempt, where it failed and another provider may do."
    )
    receipt: str = Field(examples=["8FD5H2K1LM"])
    created_at: Moment
    settled_at: Moment | None

    @classmethod
    def of(cls, row: Any, advice: Any = None) -> "AttemptOut":
        return cls(
            reference=row.reference,
            provider=row.provider,
            msisdn=row.msisdn,
            channel=choice(row, "channel"),
            amount=money(row.amount_minor, row.currency),
            status=choice(row, "status"),
            message=told(code=row.provider_code, message=row.provider_message),
            try_another=AdviceOut.of(advice) if advice else None,
            receipt=row.receipt,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


class RefundOut(Out):
    reference: str = reference_of("REF")
    amount: Money
    status: Choice = Field(examples=[{"code": "succeeded", "label": "Succeeded"}])
    reason: Choice = Field(examples=[{"code": "order_cancelled", "label": "Order cancelled"}])
    receipt: str = Field(examples=["8FD5H2K1LN"])
    created_at: Moment
    settled_at: Moment | None

    @classmethod
    def of(cls, row: Any) -> "RefundOut":
        return cls(
            reference=row.reference,
            amount=money(row.amount_minor, row.currency),
            status=choice(row, "status"),
            reason=choice(row, "reason"),
            receipt=row.receipt,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


class PaymentOut(Out):
    """The wish to be paid for one order, and every attempt at it, the newest first."""

    reference: str = reference_of("PAY")
    order: str = reference_of("ORD")
    amount: Money
    status: Choice = Field(examples=[{"code": "open", "label": "Open"}])
    attempts: list[AttemptOut]
    refunds: list[RefundOut]

    @classmethod
    def of(cls, intent: Any, refunds: list[Any], advice: Any = None) -> "PaymentOut":
        """`advice` is about the latest attempt."""
        attempts = sorted(intent.attempts.all(), key=lambda row: row.pk, reverse=True)
        advised = {attempts[0].pk: advice} if attempts else {}
        return cls(
            reference=intent.reference,
            order=intent.order.reference,
            amount=money(intent.amount_minor, intent.currency),
            status=choice(intent, "status"),
            attempts=[AttemptOut.of(each, advised.get(each.pk)) for each in attempts],
            refunds=[RefundOut.of(each) for each in refunds],
        )
