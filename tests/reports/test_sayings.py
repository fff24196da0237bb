"""What the system wrote down stands in a Swahili reader's report in Swahili, whoever says it: PostgreSQL or we."""

import re

import pytest
from django.utils.translation import override

from marketplace.payments.explanations import WRITTEN
from marketplace.reconciliation.sentences import BECAUSE, CLOSED, FOUND
from marketplace.shared.rows import Selection, fetch
from marketplace.shared.sayings import KEPT_IN, NUMBERS, Sayings
from reports.base import CellKind, Column, Group, Report
from reports.streams import csv_lines, preview
from reports.texts import quoted

pytestmark = pytest.mark.django_db
ODD = ["", "Called twice, she waits", r"100 %s \1 of it", "Receipt"]


def written_by(sayings: Sayings) -> list[str]:
    """Each sentence as it is kept, with something in its places."""
    with override(KEPT_IN):
        return [
            re.sub(
                r"%\((\w+)\)s",
                lambda place: "12" if place[1] in NUMBERS else f"{place[1]} of 7",
                str(sentence),
            )
            for sentence in sayings.sentences
        ]


@pytest.mark.parametrize("sayings", [BECAUSE, FOUND, CLOSED, WRITTEN])
def test_postgresql_says_the_same_again_as_we_do(sayings):
    written = written_by(sayings)

    with override("sw"):
        said = fetch(
            f"SELECT {sayings.in_sql('kept', quoted)} FROM unnest(%(kept)s::text[])"
            " WITH ORDINALITY AS given (kept, place) ORDER BY place",
            kept=[*written, *ODD],
        )
        ours = [sayings.again(text) for text in [*written, *ODD]]

        assert [text for (text,) in said] == ours
    assert not set(ours) & set(written)
    assert ours[len(written) :] == ODD


def test_a_report_says_it_in_its_cells_and_keeps_formulas_harmless():
    report = Report(
        code="one", title="One", description="", permission="", parameters=(), group=Group.WALLETS,
        icon="", columns=(Column("Why", said=BECAUSE), Column("Amount", CellKind.MONEY)),
        selections=lambda values: [
            Selection("SELECT %(why)s, 100 UNION ALL SELECT '=1+1', 200", {"why": "Receipt 8FD5"})
        ],
    )  # fmt: skip

    with override("sw"):
        assert list(csv_lines(report, {}, guarded=True)) == [b"Risiti 8FD5,1.00\n", b"'=1+1,2.00\n"]
        assert preview(report, {}, rows_max=1).rows == [["Risiti 8FD5", "1.00"]]
    assert next(csv_lines(report, {}, guarded=True)) == b"Receipt 8FD5,1.00\n"
