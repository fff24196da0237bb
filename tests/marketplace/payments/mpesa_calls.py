"""What most tests of the M-Pesa adapter do first: pay, and pay out."""

from marketplace.payments.ports import Answer

ASHA = "+255754000123"


def pay(adapter, reference="ATT00000001", *, msisdn=ASHA, amount_minor=2_500_000) -> Answer:
    return adapter.push(
        reference=reference, msisdn=msisdn, amount_minor=amount_minor, description="Order ORD-1!"
    )


def paid(mpesa, adapter, reference="ATT00000001", **changes) -> Answer:
    """A payment that was made, as an enquiry tells it."""
    pay(adapter, reference, **changes)
    mpesa.settle()
    return adapter.enquire(reference=reference)


def payout(adapter, msisdn, reference="POY00000001") -> Answer:
    return adapter.disburse(
        reference=reference, msisdn=msisdn, amount_minor=1_800_000, description="Payout"
    )


def refund(adapter, receipt, reference="REF00000001", *, amount_minor=500_000) -> Answer:
    return adapter.reverse(
        reference=reference,
        receipt=receipt,
        amount_minor=amount_minor,
        payment_reference="ATT00000001",
        msisdn=ASHA,
    )
