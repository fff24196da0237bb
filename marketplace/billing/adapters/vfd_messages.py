"""The bodies of VFD messages, field by field in TRA's order, without whitespace between the tags."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from marketplace.billing.ports import Customer, Day, Numbers, Registration, Sums
from marketplace.shared import clock

# TAXCODE and VATRATE (PROVIDERS 7.4): A is the standard rate, C is zero-rated or not VAT's business.
TAXED, UNTAXED = ("1", "A"), ("3", "C")
BY_TIN, BY_NOTHING = "1", "6"
# The commission was kept from what buyers paid by mobile money.
PAID_BY = "EMONEY"
PAYMENTS = ("CASH", "CHEQUE", "CCARD", "EMONEY", "INVOICE")
RATES = ("A-18.00", "B-0.00", "C-0.00", "D-0.00", "E-0.00")
TIN_DIGITS = 9
NAME_CHARS = 100

type Pair = tuple[str, str]


def receipt(
    registration: Registration,
    numbers: Numbers,
    sums: Sums,
    *,
    tin: str,
    customer: Customer,
    item: str,
) -> str:
    at = numbers.at.astimezone(clock.EAT)
    number = str(numbers.gc)
    customer_tin = "".join(filter(str.isdigit, customer.tin))
    has_tin = len(customer_tin) == TIN_DIGITS
    root = _filled(
        Element("RCT"),
        [
            ("DATE", f"{at:%Y-%m-%d}"),
            ("TIME", f"{at:%H:%M:%S}"),
            ("TIN", tin),
            ("REGID", registration.registration_id),
            ("EFDSERIAL", registration.serial),
            ("CUSTIDTYPE", BY_TIN if has_tin else BY_NOTHING),
            ("CUSTID", customer_tin if has_tin else ""),
            ("CUSTNAME", customer.name[:NAME_CHARS]),
            ("MOBILENUM", "".join(filter(str.isdigit, customer.phone))),
            ("RCTNUM", number),
            ("DC", str(numbers.dc)),
            ("GC", number),
            ("ZNUM", f"{at:%Y%m%d}"),
            ("RCTVNUM", f"{registration.receipt_code}{number}"),
        ],
    )
    parts = [
        (TAXED, sums.taxed_minor, sums.vat_minor),
        (UNTAXED, sums.untaxed_minor, 0),
    ]
    items = SubElement(root, "ITEMS")
    for place, ((code, _rate), net_minor, vat_minor) in enumerate(_present(parts), 1):
        _filled(
            SubElement(items, "ITEM"),
            [
                ("ID", str(place)),
                ("DESC", item),
                ("QTY", "1"),
                ("TAXCODE", code),
                ("AMT", amount(net_minor + vat_minor)),
            ],
        )
    _filled(
        SubElement(root, "TOTALS"),
        [
            ("TOTALTAXEXCL", amount(sums.total_minor - sums.vat_minor)),
            ("TOTALTAXINCL", amount(sums.total_minor)),
            ("DISCOUNT", amount(0)),
        ],
    )
    paid = [("PMTTYPE", PAID_BY), ("PMTAMOUNT", amount(sums.total_minor))]
    _filled(SubElement(root, "PAYMENTS"), paid)
    rates = SubElement(root, "VATTOTALS")
    for (_code, rate), net_minor, vat_minor in _present(parts):
        _filled(rates, _of_rate(rate, net_minor, vat_minor))
    return _written(root)


def report(registration: Registration, day: Day, *, tin: str, at: datetime) -> str:
    """Five rates and five kinds of payment, also where nothing stands."""
    at, sums = at.astimezone(clock.EAT), day.sums
    root = _filled(Element("ZREPORT"), [("DATE", f"{at:%Y-%m-%d}"), ("TIME", f"{at:%H:%M:%S}")])
    _filled(SubElement(root, "HEADER"), [("LINE", line) for line in day.header])
    registered = day.registered_at.astimezone(clock.EAT)
    _filled(
        root,
        [
            ("VRN", day.vrn),
            ("TIN", tin),
            ("TAXOFFICE", registration.fields.get("TAXOFFICE", "")),
            ("REGID", registration.registration_id),
            ("ZNUMBER", f"{day.day:%Y%m%d}"),
            ("EFDSERIAL", registration.serial),
            ("REGISTRATIONDATE", f"{registered:%Y-%m-%d}"),
            ("USER", registration.fields.get("UIN", "")),
            ("SIMIMSI", "WEBAPI"),
        ],
    )
    nothing = amount(0)
    _filled(
        SubElement(root, "TOTALS"),
        [
            ("DAILYTOTALAMOUNT", amount(sums.total_minor)),
            ("GROSS", amount(day.gross_minor)),
            ("CORRECTIONS", nothing),
            ("DISCOUNTS", nothing),
            ("SURCHARGES", nothing),
            ("TICKETSVOID", "0"),
            ("TICKETSVOIDTOTAL", nothing),
            ("TICKETSFISCAL", str(day.receipts)),
            ("TICKETSNONFISCAL", "0"),
        ],
    )
    by_rate = {"A": (sums.taxed_minor, sums.vat_minor), "C": (sums.untaxed_minor, 0)}
    rates = SubElement(root, "VATTOTALS")
    for rate in RATES:
        _filled(rates, _of_rate(rate, *by_rate.get(rate[0], (0, 0))))
    payments = SubElement(root, "PAYMENTS")
    for kind in PAYMENTS:
        paid_minor = sums.total_minor if kind == PAID_BY else 0
        _filled(payments, [("PMTTYPE", kind), ("PMTAMOUNT", amount(paid_minor))])
    _filled(SubElement(root, "CHANGES"), [("VATCHANGENUM", "0"), ("HEADCHANGENUM", "0")])
    _filled(root, [("ERRORS", ""), ("FWVERSION", "3.0"), ("FWCHECKSUM", "WEBAPI")])
    return _written(root)


def amount(minor: int) -> str:
    """`118000.00`."""
    return f"{minor // 100}.{minor % 100:02d}"


def _present(parts: list[tuple[Pair, int, int]]) -> list[tuple[Pair, int, int]]:
    return [part for part in parts if part[1] or part[2]]


def _of_rate(rate: str, net_minor: int, vat_minor: int) -> list[Pair]:
    return [("VATRATE", rate), ("NETTAMOUNT", amount(net_minor)), ("TAXAMOUNT", amount(vat_minor))]


def _filled(parent: Element, pairs: Iterable[Pair]) -> Element:
    for name, text in pairs:
        SubElement(parent, name).text = text
    return parent


def _written(root: Element) -> str:
    text: str = tostring(root, encoding="unicode", short_empty_elements=False)
    return text
