"""What most tests of the Airtel adapter do first: pay, give back, pay out."""

ASHA = "+255784000123"
REFERENCE = "ATT00000001"


def pay(adapter, reference=REFERENCE, *, msisdn=ASHA, amount_minor=2_500_000):
    return adapter.push(
        reference=reference, msisdn=msisdn, amount_minor=amount_minor, description="Order ORD-1!"
    )


def paid(airtel, adapter, reference=REFERENCE, **changes) -> str:
    """A payment that was made; its receipt."""
    pay(adapter, reference, **changes)
    airtel.settle()
    return airtel.entry(reference).receipt


def refund(adapter, receipt, reference="REF00000001", *, msisdn=ASHA):
    return adapter.reverse(
        reference=reference,
        receipt=receipt,
        amount_minor=2_500_000,
        payment_reference=REFERENCE,
        msisdn=msisdn,
    )


def payout(adapter, msisdn=ASHA, reference="POY00000001"):
    return adapter.disburse(
        reference=reference, msisdn=msisdn, amount_minor=1_800_000, description="Payout"
    )
