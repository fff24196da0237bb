"""What each side has to show, by the reason of the case. Pure: it asks, it refuses nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from marketplace.disputes.models import Evidence, StagedEvidence
from marketplace.disputes.numbers import NUMBERS_OF
from marketplace.disputes.states import DisputeReason, EvidenceKind, EvidenceNumber, Party

REQUIRED: Mapping[DisputeReason, Mapping[Party, tuple[EvidenceKind, ...]]] = {
    # Nobody can photograph what never came: the proof lies with who sent it.
    DisputeReason.NOT_RECEIVED: {
        Party.SELLER: (EvidenceKind.TRACKING, EvidenceKind.HANDOVER, EvidenceKind.DELIVERY),
    },
    DisputeReason.NOT_AS_DESCRIBED: {
        Party.BUYER: (EvidenceKind.UNBOXING, EvidenceKind.GOODS),
        Party.SELLER: (EvidenceKind.PACKING,),
    },
    DisputeReason.DAMAGED: {
        Party.BUYER: (EvidenceKind.UNBOXING, EvidenceKind.GOODS),
        Party.SELLER: (EvidenceKind.PACKING, EvidenceKind.HANDOVER),
    },
    DisputeReason.COUNTERFEIT: {
        Party.BUYER: (EvidenceKind.GOODS, EvidenceKind.SERIAL),
        Party.SELLER: (EvidenceKind.INVOICE, EvidenceKind.SERIAL),
    },
    DisputeReason.OTHER: {},
    # What a provider wants to see before it gives money back.
    DisputeReason.TAKEN_BACK: {
        Party.SELLER: (
            EvidenceKind.TRACKING,
            EvidenceKind.HANDOVER,
            EvidenceKind.DELIVERY,
            EvidenceKind.INVOICE,
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a side has to show, and whether it has, or has prepared it at least."""

    party: Party
    kind: EvidenceKind
    is_shown: bool
    is_staged: bool = False

    @property
    def numbers(self) -> tuple[EvidenceNumber, ...]:
        """What may be copied instead of a picture, if anything."""
        return NUMBERS_OF.get(self.kind, ())


def checklist(
    reason: str, evidence: Iterable[Evidence], staged: Iterable[StagedEvidence] = ()
) -> list[Item]:
    """Buyer's items first. What one side shows never ticks the other side's item."""
    shown = {(each.party, each.kind) for each in evidence}
    prepared = {(each.party, each.kind) for each in staged}
    return [
        Item(party, kind, (party, kind) in shown, (party, kind) in prepared)
        for party, kinds in REQUIRED[DisputeReason(reason)].items()
        for kind in kinds
    ]


def shown_by_side(
    reason: str, shown: Collection[tuple[str, str]]
) -> dict[Party, tuple[list[EvidenceKind], list[EvidenceKind]]]:
    """Of each side that is asked for something: what of it is shown, and what is missing.

    `shown` are (party, kind), as `queries.with_evidence_shown` reads them for a whole list.
    """
    return {
        party: (
            [kind for kind in kinds if (party, kind) in shown],
            [kind for kind in kinds if (party, kind) not in shown],
        )
        for party, kinds in REQUIRED[DisputeReason(reason)].items()
    }
