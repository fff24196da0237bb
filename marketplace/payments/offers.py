"""Which providers a buyer may pay through: by number, amount, switch, limits and reachability."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace.payments.errors import NoProviderOffered, NotAMobileNumber, ProviderNotOffered
from marketplace.payments.gateways import (
    bill_taker,
    gateway,
    is_mobile,
    provider_names,
    suggested_provider,
    wire,
)
from marketplace.payments.health import paused_providers, unreachable_providers
from marketplace.payments.models import Attempt, FeeBand, Intent, ProviderLimit
from marketplace.payments.states import AttemptStatus, IntentStatus, Provider
from marketplace.shared import clock
from marketplace.shared.money import format_minor, share


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider for one payment; `code` and `why` say why not, where it is not available."""

    provider: str
    label: str
    is_suggested: bool
    code: str = ""
    why: str = ""

    @property
    def is_available(self) -> bool:
        return not self.code


@dataclass(frozen=True, slots=True)
class BillOffer:
    """How to pay from the phone's own menu: what to dial, whom to choose, what to type."""

    provider: str
    label: str
    dial: str
    company: str
    reference: str
    amount_minor: int

    @property
    def steps(self) -> str:
        return _(
            "Dial %(dial)s on your %(provider)s phone, choose to pay a bill, and give the company"
            " %(company)s, the reference %(reference)s and the amount %(amount)s."
        ) % {
            "dial": self.dial,
            "provider": self.label,
            "company": self.company,
            "reference": self.reference,
            "amount": format_minor(self.amount_minor),
        }


def offers(*, msisdn: str, amount_minor: int) -> list[Offer]:
    """Every configured provider, the one of the number's prefix first. Raises NotAMobileNumber."""
    if not is_mobile(msisdn):
        raise NotAMobileNumber
    suggested = suggested_provider(msisdn)
    paused, unreachable = paused_providers(), unreachable_providers()
    limits = limits_on(clock.today())
    found = []
    for name in sorted(provider_names(), key=lambda each: each != suggested):
        if name in paused:
            code, why = "paused", _("It is out of use at the moment.")
        elif name in unreachable:
            code, why = "unreachable", _("It does not answer at the moment.")
        else:
            code, why = _beyond(limits.get(name), msisdn, amount_minor)
        found.append(Offer(name, str(Provider(name).label), name == suggested, code, why))
    return found


def bill_offers(intent: Intent) -> list[BillOffer]:
    """The menus of phones from which an open payment can be paid without a prompt."""
    if intent.status != IntentStatus.OPEN:
        return []
    paused, limits = paused_providers(), limits_on(clock.today())
    found = []
    for name in provider_names():
        fits = name not in paused and not _beyond_one(limits.get(name), intent.amount_minor)[0]
        if fits and gateway(name).capabilities.takes_bills:
            menu = bill_taker(name).bill_menu
            found.append(
                BillOffer(
                    name, str(Provider(name).label), menu.dial, menu.company,
                    wire(intent.reference), intent.amount_minor,
                )
            )  # fmt: skip
    return found


def require_offered(*, provider: str, msisdn: str, amount_minor: int) -> None:
    """Raises ProviderNotOffered, which names the others, or NoProviderOffered."""
    all_offers = offers(msisdn=msisdn, amount_minor=amount_minor)
    chosen = next(each for each in all_offers if each.provider == provider)
    if chosen.is_available:
        return
    others = [each.label for each in all_offers if each.is_available]
    if not others:
        raise NoProviderOffered(provider=chosen.label, why=chosen.why)
    raise ProviderNotOffered(provider=chosen.label, why=chosen.why, others=", ".join(others))


def limits_on(day: date) -> dict[str, ProviderLimit]:
    """The limits that apply on a day, by provider."""
    rows = ProviderLimit.objects.filter(valid_from__lte=day).order_by("provider", "valid_from")
    return {row.provider: row for row in rows}


def fee_schedule(*, provider: str, kind: str, on: date) -> Sequence[FeeBand]:
    """The bands that apply on a day, lowest first; empty where nobody has set any."""
    rows = FeeBand.objects.filter(provider=provider, kind=kind, valid_from__lte=on)
    latest = rows.order_by("-valid_from").values_list("valid_from", flat=True).first()
    return list(rows.filter(valid_from=latest).order_by("from_minor")) if latest else []


def expected_fee_minor(*, provider: str, kind: str, amount_minor: int, on: date) -> int | None:
    """What the provider should charge us (`FeeKind`); None where its schedule is not known."""
    return fee_of(fee_schedule(provider=provider, kind=kind, on=on), amount_minor)


def fee_of(schedule: Iterable[FeeBand], amount_minor: int) -> int | None:
    """By a schedule that was read once, for many amounts; None where there is none."""
    fits = [band for band in schedule if band.from_minor <= abs(amount_minor)]
    if not fits:
        return None
    band = max(fits, key=lambda each: each.from_minor)
    return band.fixed_minor + share(abs(amount_minor), band.rate_bp)


def _beyond(limit: ProviderLimit | None, msisdn: str, amount_minor: int) -> tuple[str, str]:
    """The limit that the amount breaks, as a code and a sentence; ("", "") where none."""
    code, why = _beyond_one(limit, amount_minor)
    if code or limit is None or limit.wallet_daily_minor is None:
        return code, why
    paid = Attempt.objects.filter(
        provider=limit.provider,
        msisdn=msisdn,
        status=AttemptStatus.SUCCEEDED,
        settled_at__gte=clock.midnight(clock.today()),
    )
    today: int = paid.aggregate(total=Sum("amount_minor", default=0))["total"]
    if today + amount_minor > limit.wallet_daily_minor:
        most = format_minor(limit.wallet_daily_minor)
        return "above_daily", _("This number has reached its %s a day.") % most
    return "", ""


def _beyond_one(limit: ProviderLimit | None, amount_minor: int) -> tuple[str, str]:
    """As `_beyond`, whoever pays."""
    if limit is not None and amount_minor < limit.min_minor:
        return "below_least", _("It takes at least %s.") % format_minor(limit.min_minor)
    if limit is not None and amount_minor > limit.max_minor:
        return "above_most", _("It takes at most %s at once.") % format_minor(limit.max_minor)
    return "", ""
