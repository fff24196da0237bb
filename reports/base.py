"""What a report is: its parameters, its columns, and where its rows come from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.shared import clock
from marketplace.shared.money import format_minor
from marketplace.shared.rows import Selection
from marketplace.shared.sayings import Sayings
from reports.errors import ParameterInvalid
from reports.periods import LABELS, LABELS_OF_DAYS, Preset, days_of

PERIOD_DAYS_MAX = 366
TEXT_CHARACTERS_MAX = 80
# Days near the ends of the calendar have no neighbours, and nothing happened there.
YEAR_MIN, YEAR_MAX = 2000, 2999

type Cell = str | int | date | datetime | None
type Values = Mapping[str, Any]


class CellKind(StrEnum):
    """How a cell is written: money is minor units in, shillings with two decimals out."""

    TEXT = "text"
    MONEY = "money"
    INTEGER = "integer"
    INSTANT = "instant"
    DATE = "date"


class Format(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    PDF = "pdf", "PDF"


# A report that somebody reads, signs or files, and that is short.
FOR_PEOPLE = (Format.CSV, Format.XLSX, Format.PDF)


class Group(models.TextChoices):
    """What a report is about: how the console orders the catalogue."""

    WALLETS = "wallets", gettext_lazy("Wallets and reconciliation")
    BOOKS = "books", gettext_lazy("Books")
    TRADE = "trade", gettext_lazy("Trade")
    CONTROL = "control", gettext_lazy("Control")


@dataclass(frozen=True, slots=True)
class Column:
    """`labels` turns codes into words in the reader's language; unknown codes stay as they are.

    `said` does the same with sentences that the system wrote down.
    """

    label: Any
    kind: CellKind = CellKind.TEXT
    width: int = 16
    is_totalled: bool = False
    labels: Mapping[str, Any] = field(default_factory=dict)
    said: Sayings | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the summary. `is_good` is a verdict, where the line gives one."""

    label: Any
    value: Cell
    kind: CellKind = CellKind.TEXT
    is_good: bool | None = None


class ParameterKind(StrEnum):
    DATE = "date"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A question that the person who orders the report answers.

    `initial` is what a form proposes; `choices` are (value, label) pairs. `resolves` names the
    dates that the answer stands for, where it is a period by name.
    """

    name: str
    label: Any
    kind: ParameterKind
    is_required: bool = True
    initial: Callable[[], str] = str
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    resolves: tuple[str, ...] = ()
    characters_max: int = TEXT_CHARACTERS_MAX

    def parse(self, raw: object) -> date | str | None:
        """The typed value. Raises ParameterInvalid, naming the field."""
        text = str(raw if raw is not None else "").strip()
        if not text:
            if self.is_required:
                raise self.refused(_("This is needed."))
            return None
        if self.kind == ParameterKind.DATE:
            try:
                day = date.fromisoformat(text)
            except ValueError as error:
                raise self.refused(_("Give a date as 2026-10-31.")) from error
            if not YEAR_MIN <= day.year <= YEAR_MAX:
                raise self.refused(_("Give a date as 2026-10-31."))
            return day
        if self.kind == ParameterKind.CHOICE:
            known = [value for value, _label in (self.choices() if self.choices else ())]
            if text not in known:
                raise self.refused(_("Choose one of %(known)s.") % {"known": ", ".join(known)})
        if len(text) > self.characters_max or not text.isprintable():
            raise self.refused(_("This is too long, or has characters that cannot be shown."))
        return text

    def refused(self, problem: str) -> ParameterInvalid:
        return ParameterInvalid(field=self.name, label=self.label, problem=problem)


@dataclass(frozen=True, slots=True)
class Report:
    """`permission` is the right to the data.

    The rows come from `selections`, which PostgreSQL itself writes one after the other, or, where
    a report is worked out here and short, from `rows`; one cell per column either way. `count` is
    how many there will be (for the progress), where that is cheap to say.

    `for_person`: columns and rows depend on what is asked and by whom. It gives the report as that
    person sees it, who alone takes it.
    """

    code: str
    title: Any
    description: Any
    permission: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    group: Group
    icon: str
    rows: Callable[[Values], Iterator[Sequence[Cell]]] | None = None
    selections: Callable[[Values], Sequence[Selection]] | None = None
    count: Callable[[Values], int] | None = None
    summary: Callable[[Values], list[Figure]] | None = None
    formats: tuple[Format, ...] = (Format.CSV, Format.XLSX)
    for_person: Callable[[Values, UUID], "Report"] | None = None

    def parse(self, raw: Mapping[str, Any], *, today: date | None = None) -> dict[str, Any]:
        """All parameters, typed; periods by name become their days, seen from `today`.

        Raises ParameterInvalid, also for one that is not asked for.
        """
        for name in raw.keys() - {parameter.name for parameter in self.parameters}:
            raise ParameterInvalid(field=name, label=name, problem=_("Nobody asked for this."))
        values = {p.name: p.parse(raw.get(p.name)) for p in self.parameters}
        for parameter in self.parameters:
            if parameter.resolves:
                self._resolve(parameter, values, today or clock.today())
        if isinstance(values.get("since"), date) and isinstance(values.get("until"), date):
            _check_period(values)
        return values

    @property
    def asked(self) -> tuple[Parameter, ...]:
        """The parameters that have a value once they are parsed."""
        return tuple(parameter for parameter in self.parameters if not parameter.resolves)

    def _resolve(self, parameter: Parameter, values: dict[str, Any], today: date) -> None:
        preset = Preset(values.pop(parameter.name) or Preset.CUSTOM)
        if preset is Preset.CUSTOM:
            dates = {one.name: one for one in self.parameters if one.name in parameter.resolves}
            for name, one in dates.items():
                if values[name] is None:
                    raise one.refused(_("This is needed."))
            return
        days = days_of(preset, today)
        values |= dict(zip(reversed(parameter.resolves), reversed(days), strict=False))


def month_start() -> str:
    return clock.today().replace(day=1).isoformat()


def today() -> str:
    return clock.today().isoformat()


PERIOD = (
    Parameter(
        "period",
        gettext_lazy("Period"),
        ParameterKind.CHOICE,
        is_required=False,
        initial=lambda: Preset.THIS_MONTH.value,
        choices=lambda: [(preset.value, label) for preset, label in LABELS.items()],
        resolves=("since", "until"),
    ),
    Parameter(
        "since", gettext_lazy("First day"), ParameterKind.DATE, is_required=False,
        initial=month_start,
    ),
    Parameter(
        "until", gettext_lazy("Last day"), ParameterKind.DATE, is_required=False, initial=today
    ),
)  # fmt: skip
AS_OF = (
    Parameter(
        "day",
        gettext_lazy("At the end of"),
        ParameterKind.CHOICE,
        is_required=False,
        initial=lambda: Preset.TODAY.value,
        choices=lambda: [(preset.value, label) for preset, label in LABELS_OF_DAYS.items()],
        resolves=("on",),
    ),
    Parameter("on", gettext_lazy("Day"), ParameterKind.DATE, is_required=False, initial=today),
)


def period(values: Values) -> tuple[datetime, datetime]:
    """The days from `since` to `until`, both included, as instants [from, to) in Tanzania."""
    return clock.midnight(values["since"]), clock.midnight(values["until"] + timedelta(days=1))


def end_of_day(values: Values) -> datetime:
    """The first instant after the day `on`."""
    return clock.midnight(values["on"] + timedelta(days=1))


def plain(values: Values) -> dict[str, str]:
    """Parameters as they are stored with the run; what was left out stays out."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in values.items()
        if value is not None
    }


def period_in_words(parameters: Mapping[str, str]) -> str:
    """The days that a run is about, from its stored parameters: `2026-10-01 – 2026-10-31`."""
    days = [parameters[name] for name in ("since", "until", "on") if name in parameters]
    return " – ".join(dict.fromkeys(days))


def ties(*figures: tuple[Any, int, int]) -> list[Figure]:
    """The end of a report about money: (label, by this report, by the ledger), and the verdict."""
    other = gettext_lazy("%(figure)s, by the ledger")
    return compared(*figures, other=other, verdict=_("Ties to the ledger"))


def compared(*figures: tuple[Any, int, int], other: Any, verdict: Any) -> list[Figure]:
    """Figures of this report beside the same of another book, and whether they are the same."""
    difference = sum(report - book for _label, report, book in figures)
    is_good = all(report == book for _label, report, book in figures)
    no = _("No, difference %(amount)s") % {"amount": format_minor(difference)}
    lines = [
        line
        for label, report, book in figures
        for line in (
            Figure(_("%(figure)s, by this report") % {"figure": label}, report, CellKind.MONEY),
            Figure(other % {"figure": label}, book, CellKind.MONEY),
        )
    ]
    return [*lines, Figure(verdict, _("Yes") if is_good else no, is_good=is_good)]


def _check_period(values: dict[str, Any]) -> None:
    days = (values["until"] - values["since"]).days + 1
    until = PERIOD[2]
    if days < 1:
        raise until.refused(_("The last day lies before the first one."))
    if days > PERIOD_DAYS_MAX:
        raise until.refused(_("A report covers at most %(days)s days.") % {"days": PERIOD_DAYS_MAX})
