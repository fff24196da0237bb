"""What most tests of the Mixx adapter do first: pay, give back, pay out."""

JUMA = "+255713000123"
REFERENCE = "ATT00000001"


def pay(adapter, reference=REFERENCE, *, msisdn=JUMA, amount_minor=2_500_000):
    return adapter.push(
        reference=reference, msisdn=msisdn, amount_minor=amount_minor, description="Order ORD-1!"
    )


def paid(mixx, adapter, reference=REFERENCE, **changes) -> str:
    """A payment that was made; its receipt."""
    pay(adapter, reference, **changes)
    mixx.settle()
    return mixx.entry(f"MKT{reference}").receipt


def refund(adapter, receipt, reference="REF00000001", *, amount_minor=2_500_000, msisdn=JUMA):
    return adapter.reverse(
        reference=reference,
        receipt=receipt,
        amount_minor=amount_minor,
        payment_reference=REFERENCE,
        msisdn=msisdn,
    )


def payout(adapter, msisdn=JUMA, reference="POY00000001"):
    return adapter.disburse(
        reference=reference, msisdn=msisdn, amount_minor=1_800_000, description="Payout"
    )
