"""Applications to sell, sellers, and their money."""

from datetime import date
from typing import Any

from pydantic import Field

from api.schemas.base import (
    Choice,
    In,
    Moment,
    Money,
    Out,
    Text,
    choice,
    line,
    money,
    reference_of,
)
from marketplace.payouts.queries import Outlook, Reason
from marketplace.sellers.details import masked
from marketplace.sellers.queries import ChecklistItem
from marketplace.sellers.states import ApplicantKind, DocumentKind

_TEXT = {
    "tin": line(1, 20, "123-456-789"),
    "nida": line(1, 40, "19900415-14112-00001-23"),
    "number": line(1, 30, "0754 123 456"),
}


class ApplicationIn(In):
    kind: ApplicantKind = Field(examples=["individual"])
    business_name: Text = line(1, 120, "Kariakoo Electronics")
    tin: Text = _TEXT["tin"]
    nida_number: Text = _TEXT["nida"]
    vat_number: Text = Field("", max_length=20, examples=["40-012345-A"])
    region: Text = line(1, 60, "Dar es Salaam")
    address: Text = line(1, 200, "Kariakoo, Mtaa wa Msimbazi 7")
    phone: Text = _TEXT["number"]
    payout_provider: Text = line(1, 20, "mpesa")
    payout_msisdn: Text = _TEXT["number"]
    payout_name: Text = line(1, 120, "Asha Mushi")
    about: Text = Field("", max_length=2000, examples=["Phones and accessories."])


class ApplicationEdit(In):
    """What is left out stays as it is."""

    kind: ApplicantKind | None = Field(None, examples=["business"])
    business_name: Text | None = Field(None, max_length=120, examples=["Kariakoo Electronics"])
    tin: Text | None = Field(None, max_length=20, examples=["123-456-789"])
    nida_number: Text | None = Field(None, max_length=40, examples=["19900415-14112-00001-23"])
    vat_number: Text | None = Field(None, max_length=20, examples=["40-012345-A"])
    region: Text | None = Field(None, max_length=60, examples=["Dar es Salaam"])
    address: Text | None = Field(None, max_length=200, examples=["Mtaa wa Msimbazi 7"])
    phone: Text | None = Field(None, max_length=30, examples=["0754 123 456"])
    payout_provider: Text | None = Field(None, max_length=20, examples=["mpesa"])
    payout_msisdn: Text | None = Field(None, max_length=30, examples=["0754 123 456"])
    payout_name: Text | None = Field(None, max_length=120, examples=["Asha Mushi"])
    about: Text | None = Field(None, max_length=2000, examples=["Phones and accessories."])


class DocumentIn(In):
    """Beside the file, in the same form."""

    kind: DocumentKind = Field(examples=["nida"])
    expires_on: date | None = Field(None, examples=["2031-04-15"])


class DocumentOut(Out):
    reference: str = reference_of("DOC")
    name: str = Field(examples=["nida.pdf"])
    status: Choice = Field(examples=[{"code": "uploaded", "label": "Uploaded"}])
    note: str = Field(examples=[""], description="Why it was not accepted.")
    expires_on: date | None = Field(examples=["2031-04-15"])
    uploaded_at: Moment

    @classmethod
    def of(cls, row: Any) -> "DocumentOut":
        return cls(
            reference=row.reference,
            name=row.original_name,
            status=choice(row, "status"),
            note=row.note,
            expires_on=row.expires_on,
            uploaded_at=row.uploaded_at,
        )


class ChecklistOut(Out):
    """One document that we ask for or take."""

    kind: str = Field(examples=["nida"])
    label: str = Field(examples=["National ID (NIDA)"])
    required: bool
    is_satisfied: bool
    document: DocumentOut | None

    @classmethod
    def of(cls, item: ChecklistItem) -> "ChecklistOut":
        return cls(
            kind=item.kind,
            label=item.label,
            required=item.required,
            is_satisfied=item.is_satisfied,
            document=DocumentOut.of(item.document) if item.document else None,
        )


class ApplicationOut(Out):
    """NIDA and wallet numbers are shown by their last four characters."""

    reference: str = reference_of("APP")
    status: Choice = Field(examples=[{"code": "draft", "label": "Draft"}])
    kind: str = Field(examples=["individual"])
    business_name: str = Field(examples=["Kariakoo Electronics"])
    tin: str = Field(examples=["123456789"])
    nida_number: str = Field(examples=["…0123"])
    vat_number: str = Field(examples=[""])
    region: str = Field(examples=["Dar es Salaam"])
    address: str = Field(examples=["Kariakoo, Mtaa wa Msimbazi 7"])
    phone: str = Field(examples=["+255754123456"])
    payout_provider: str = Field(examples=["mpesa"])
    payout_msisdn: str = Field(examples=["…3456"])
    payout_name: str = Field(examples=["Asha Mushi"])
    about: str = Field(examples=["Phones and accessories."])
    message_to_applicant: str = Field(examples=[""])
    decision_reason: str = Field(examples=[""])
    created_at: Moment
    submitted_at: Moment | None
    decided_at: Moment | None
    checklist: list[ChecklistOut]

    @classmethod
    def of(cls, row: Any, checklist: list[ChecklistItem]) -> "ApplicationOut":
        plain = {
            name: getattr(row, name)
            for name in cls.model_fields
            if name not in {"status", "checklist", "nida_number", "payout_msisdn"}
        }
        return cls(
            **plain,
            status=choice(row, "status"),
            nida_number=masked("nida_number", row.nida_number),
            payout_msisdn=masked("payout_msisdn", row.payout_msisdn),
            checklist=[ChecklistOut.of(item) for item in checklist],
        )


class SellerOut(Out):
    """My own seller."""

    reference: str = reference_of("SEL")
    name: str = Field(examples=["Kariakoo Electronics"])
    slug: str = Field(examples=["kariakoo-electronics"])
    status: Choice = Field(examples=[{"code": "active", "label": "Active"}])
    status_reason: str = Field(examples=[""])
    region: str = Field(examples=["Dar es Salaam"])
    phone: str = Field(examples=["+255754123456"])
    payout_provider: str = Field(examples=["mpesa"])
    payout_msisdn: str = Field(examples=["…3456"])
    payout_name: str = Field(examples=["Asha Mushi"])
    wallet_rests_until: Moment | None = Field(
        description="Nothing is paid before; null where the wallet never changed."
    )
    approved_at: Moment

    @classmethod
    def of(cls, row: Any) -> "SellerOut":
        return cls(
            reference=row.reference,
            name=row.name,
            slug=row.slug,
            status=choice(row, "status"),
            status_reason=row.status_reason,
            region=row.region,
            phone=row.phone,
            payout_provider=row.payout_provider,
            payout_msisdn=masked("payout_msisdn", row.payout_msisdn),
            payout_name=row.payout_name,
            wallet_rests_until=row.wallet_rests_until,
            approved_at=row.approved_at,
        )


class ReasonOut(Out):
    """Why money is not paid yet. `release_at` is null where that depends on somebody."""

    code: str = Field(examples=["hold_period"])
    text: str = Field(examples=["The buyer may still complain."])
    release_at: Moment | None
    amount: Money | None = Field(description="Where it is only a part; null for all of it.")

    @classmethod
    def of(cls, reason: Reason) -> "ReasonOut":
        part = reason.amount_minor
        return cls(
            code=reason.code,
            text=str(reason.text),
            release_at=reason.release_at,
            amount=None if part is None else money(part),
        )


class ObstacleOut(Out):
    """What keeps the next payout from being prepared."""

    code: str = Field(examples=["cooling_off"])
    text: str = Field(examples=["The payout number has changed lately: 29 Nov 2026, 10:00"])


class BalanceOut(Out):
    """`available` is paid out next; it is negative after a late refund and then made up for."""

    pending: Money
    available: Money
    on_hold: Money
    in_reserve: Money = Field(description="The part of `on_hold` that is kept for refunds.")
    next_payout_on: date | None = Field(
        examples=["2026-11-30"], description="Null where payouts are made by hand."
    )
    minimum: Money
    obstacles: list[ObstacleOut] = Field(description="Empty: the next payout takes place.")

    @classmethod
    def of(cls, outlook: Outlook) -> "BalanceOut":
        return cls(
            pending=money(outlook.balance.pending_minor),
            available=money(outlook.balance.available_minor),
            on_hold=money(outlook.balance.on_hold_minor),
            in_reserve=money(outlook.in_reserve_minor),
            next_payout_on=outlook.next_payout_on,
            minimum=money(outlook.prospect.terms.minimum_minor),
            obstacles=[
                ObstacleOut(code=each.obstacle.value, text=str(each))
                for each in outlook.prospect.blocked
            ],
        )


class EarningOut(Out):
    """One seller order's way to the wallet: net of commission and the VAT on it."""

    seller_order: str = reference_of("SO")
    net: Money
    status: Choice = Field(examples=[{"code": "pending", "label": "Pending"}])
    earned_at: Moment
    release_at: Moment | None = Field(description="When it becomes available; null until delivery.")
    released_at: Moment | None
    reasons: list[ReasonOut] = Field(
        description="Why it, or a part of it, is not paid yet; empty: it goes with the next payout."
    )
    payout: str | None = Field(examples=[None])

    @classmethod
    def of(cls, row: Any, reasons: list[Reason]) -> "EarningOut":
        return cls(
            seller_order=row.seller_order.reference,
            net=money(row.net_minor),
            status=choice(row, "status"),
            earned_at=row.earned_at,
            release_at=row.release_at,
            released_at=row.released_at,
            reasons=[ReasonOut.of(reason) for reason in reasons],
            payout=row.payout.reference if row.payout else None,
        )


class WalletIn(In):
    """Where the money goes from now on; after a change nothing is paid there for a while."""

    payout_provider: Text = line(1, 20, "mpesa")
    payout_msisdn: Text = _TEXT["number"]
    payout_name: Text = line(1, 120, "Asha Mushi")


class PayoutLineOut(Out):
    """What of a payout comes from which seller order; a clawback is negative."""

    seller_order: str = reference_of("SO")
    amount: Money
    taken_back: Money = Field(
        description="Approved, and taken back or refunded before it was sent; not in the amount."
    )


class PayoutOut(Out):
    reference: str = reference_of("PO")
    amount: Money
    taken_back: Money = Field(
        description="What its lines lost between approval and sending; it is not in the amount."
    )
    status: Choice = Field(examples=[{"code": "paid", "label": "Paid"}])
    provider: str = Field(examples=["mpesa"])
    msisdn: str = Field(examples=["…3456"])
    receipt: str = Field(examples=["8FD5H2K1LM"])
    created_at: Moment
    settled_at: Moment | None
    lines: list[PayoutLineOut]

    @classmethod
    def of(cls, row: Any) -> "PayoutOut":
        return cls(
            reference=row.reference,
            amount=money(row.amount_minor, row.currency),
            taken_back=money(row.taken_back_minor, row.currency),
            status=choice(row, "status"),
            provider=row.provider,
            msisdn=masked("payout_msisdn", row.msisdn),
            receipt=row.receipt,
            created_at=row.created_at,
            settled_at=row.settled_at,
            lines=[
                PayoutLineOut(
                    seller_order=each.seller_order_reference,
                    amount=money(each.amount_minor),
                    taken_back=money(each.taken_back_minor),
                )
                for each in row.lines.all()
            ],
        )


class BillingLineOut(Out):
    """What of a document comes from which seller order, by which commission rule."""

    seller_order: str = reference_of("SO")
    kind: Choice = Field(examples=[{"code": "sale", "label": "Sale"}])
    title: str = Field(examples=["1 × Tecno Spark 20"])
    rule: str = Field(examples=["Phones 8 % (FEE-7K3M9QX2)"])
    base: Money
    rate_bp: int | None = Field(examples=[800], description="Basis points: 800 are 8 %.")
    commission: Money
    vat: Money
    happened_at: Moment

    @classmethod
    def of(cls, row: Any) -> "BillingLineOut":
        return cls(
            seller_order=row.seller_order.reference,
            kind=choice(row, "kind"),
            title=row.title,
            rule=row.rule,
            base=money(row.base_minor),
            rate_bp=row.rate_bp,
            commission=money(row.commission_minor),
            vat=money(row.vat_minor),
            happened_at=row.happened_at,
        )


class BillingDocumentOut(Out):
    """A commission invoice or credit note; a credit note's amounts are negative."""

    number: str = Field(examples=["INV-2026-000123"])
    kind: Choice = Field(examples=[{"code": "invoice", "label": "Commission invoice"}])
    period: date = Field(examples=["2026-10-01"], description="The first day of the month.")
    commission: Money
    vat: Money
    total: Money
    corrects: list[str] = Field(examples=[[]])
    issued_at: Moment

    @classmethod
    def of(cls, row: Any) -> "BillingDocumentOut":
        return cls(**cls.facts(row))

    @staticmethod
    def facts(row: Any) -> dict[str, Any]:
        return {
            "number": row.number,
            "kind": choice(row, "kind"),
            "period": row.period,
            "commission": money(row.commission_minor),
            "vat": money(row.vat_minor),
            "total": money(row.total_minor),
            "corrects": row.corrects,
            "issued_at": row.issued_at,
        }


class BillingDocumentDetail(BillingDocumentOut):
    lines: list[BillingLineOut]

    @classmethod
    def with_lines(cls, row: Any, lines: Any) -> "BillingDocumentDetail":
        return cls(**cls.facts(row), lines=[BillingLineOut.of(line) for line in lines])
