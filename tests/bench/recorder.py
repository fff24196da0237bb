"""Where a benchmark puts its figures: a table for people, one JSON line each for machines."""

import json
import time
from pathlib import Path

from django.conf import settings

LEDGER: Path = settings.BASE_DIR / ".data" / "bench.jsonl"
_rows: list[str] = []


def record_figure(name: str, value: float, unit: str, *, aim: str = "") -> None:
    """Add one figure to the table, and `{"name", "value", "unit", "at"}` to .data/bench.jsonl."""
    rounded = round(value, 3)
    LEDGER.parent.mkdir(exist_ok=True)
    line = json.dumps({"name": name, "value": rounded, "unit": unit, "at": int(time.time())})
    with LEDGER.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    _rows.append(
        f"  {name:<34} {rounded:>14,.3f} {unit:<12} {f'aim {aim}' if aim else ''}".rstrip()
    )
    print(f"\n{_rows[-1]}", end="")


def figures_of_this_run() -> list[str]:
    """The table's rows so far."""
    return list(_rows)


def percentile(values: list[float], percent: float) -> float:
    """The nearest-rank percentile of some measurements."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
