"""What the roads of the kill matrix have in common: how one is walked, recovered from and judged."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from fixtures.simulators.core.entries import COMPLETED, Entry
from fixtures.simulators.core.faults import Product
from marketplace.payments.commands import enquire_due_attempts, enquire_due_refunds
from marketplace.payments.gateways import wire
from marketplace.payouts.commands import enquire_due_payouts
from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus
from tests.deliveries import deliver_all
from tests.verified import broken_invariants

# Enquiries have a ladder; what was never received is believed after ten minutes.
LATER_MIN = (1, 4, 12, 16)
DAY_MIN = 24 * 60


@dataclass
class Road:
    """One walk. `again` is what a client, a colleague or the buyer does who saw nothing happen."""

    mpesa: Any
    later_min: ClassVar[tuple[int, ...]] = LATER_MIN

    def begin(self) -> None:
        raise NotImplementedError

    def work(self) -> None:
        raise NotImplementedError

    def again(self) -> None:
        """Nothing, where the workers go on by themselves."""

    def wrong(self) -> list[str]:
        """What is not as it must be in the end."""
        raise NotImplementedError

    def leave(self) -> None:
        """Nothing of this walk may come into the next one's way."""

    def broken(self) -> list[str]:
        """Invariants that do not hold."""
        return broken_invariants()

    def recover(self) -> None:
        """Leases end, the workers and the sweeps go on, somebody asks again; minutes pass."""
        Delivery.objects.filter(status=DeliveryStatus.PENDING).update(next_attempt_at=clock.now())
        deliver_all()
        self.again()
        start = clock.now()
        for minutes in self.later_min:
            self.mpesa.settle()
            with clock.at(start + timedelta(minutes=minutes)):
                deliver_all()
                for sweep in (enquire_due_attempts, enquire_due_refunds, enquire_due_payouts):
                    sweep()
                deliver_all()
                self.again()
                deliver_all()

    def entries(self, product: Product, references: list[str]) -> list[Entry]:
        """What the provider's book has done under these references of ours."""
        names = [wire(reference) for reference in references]
        return [
            entry
            for entry in self.mpesa.book.entries(product)
            if entry.status == COMPLETED and entry.third_party_id.startswith(tuple(names))
        ]


def differing(**figures: tuple[Any, Any]) -> list[str]:
    """What is not what it must be, in words."""
    return [
        f"{name} is {found}, not {due}" for name, (found, due) in figures.items() if found != due
    ]
