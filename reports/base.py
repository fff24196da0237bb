"""What a report is: its parameters, its columns, and where its rows come from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.shared import clock
from reports.errors import ParameterInvalid

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


@dataclass(frozen=True, slots=True)
class Column:
    label: Any
    kind: CellKind = CellKind.TEXT
    width: int = 16
    is_totalled: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the summary."""

    label: Any
    value: Cell
    kind: CellKind = CellKind.TEXT


class ParameterKind(StrEnum):
    DATE = "date"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A question that the person who orders the report answers.

    `initial` is what a form proposes; `choices` are (value, label) pairs.
    """

    name: str
    label: Any
    kind: ParameterKind
    is_required: bool = True
    initial: Callable[[], str] = str
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None

    def parse(self, raw: object) -> date | str | None:
        """The typed value. Raises ParameterInvalid, naming the field."""
        text = str(raw if raw is not None else "").strip()
        if not text:
            if self.is_required:
                raise self._invalid(_("This is needed."))
            return None
        if self.kind == ParameterKind.DATE:
            try:
                day = date.fromisoformat(text)
            except ValueError as error:
                raise self._invalid(_("Give a date as 2026-10-31.")) from error
            if not YEAR_MIN <= day.year <= YEAR_MAX:
                raise self._invalid(_("Give a date as 2026-10-31."))
            return day
        if self.kind == ParameterKind.CHOICE:
            known = [value for value, _label in (self.choices() if self.choices else ())]
            if text not in known:
                raise self._invalid(_("Choose one of %(known)s.") % {"known": ", ".join(known)})
        if len(text) > TEXT_CHARACTERS_MAX or not text.isprintable():
            raise self._invalid(_("This is too long, or has characters that cannot be shown."))
        return text

    def _invalid(self, problem: str) -> ParameterInvalid:
        return ParameterInvalid(field=self.name, label=self.label, problem=problem)


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` yields one cell per column, in bounded memory; `permission` is the right to the data.

    `count` is how many rows there will be (for the progress), where that is cheap to say.
    """

    code: str
    title: Any
    description: Any
    permission: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Values], Iterator[Sequence[Cell]]]
    count: Callable[[Values], int] | None = None
    summary: Callable[[Values], list[Figure]] | None = None

    def parse(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, typed. Raises ParameterInvalid, also for one that is not asked for."""
        for name in raw.keys() - {parameter.name for parameter in self.parameters}:
            raise ParameterInvalid(field=name, label=name, problem=_("Nobody asked for this."))
        values = {p.name: p.parse(raw.get(p.name)) for p in self.parameters}
        if isinstance(values.get("since"), date) and isinstance(values.get("until"), date):
            _check_period(values)
        return values


def month_start() -> str:
    return clock.today().replace(day=1).isoformat()


def today() -> str:
    return clock.today().isoformat()


PERIOD = (
    Parameter("since", gettext_lazy("First day"), ParameterKind.DATE, initial=month_start),
    Parameter("until", gettext_lazy("Last day"), ParameterKind.DATE, initial=today),
)


def period(values: Values) -> tuple[datetime, datetime]:
    """The days from `since` to `until`, both included, as instants [from, to) in Tanzania."""
    return day_start(values["since"]), day_start(values["until"] + timedelta(days=1))


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.EAT)


def plain(values: Values) -> dict[str, str]:
    """Parameters as they are stored with the run; what was left out stays out."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in values.items()
        if value is not None
    }


def _check_period(values: dict[str, Any]) -> None:
    days = (values["until"] - values["since"]).days + 1
    until = PERIOD[1]
    if days < 1:
        raise ParameterInvalid(
            field=until.name,
            label=until.label,
            problem=_("The last day lies before the first one."),
        )
    if days > PERIOD_DAYS_MAX:
        raise ParameterInvalid(
            field=until.name,
            label=until.label,
            problem=_("A report covers at most %(days)s days.") % {"days": PERIOD_DAYS_MAX},
        )
