"""The reconciliation report over a million statement lines, line by line, as CSV and as XLSX.

The floor is `COPY … TO STDOUT` of the query of its rows, read and thrown away, in the same run. The
summary, which that query does not ask for, has a figure of its own. Nothing in our books stands
beside these lines, so that its causes have all of them to look for.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from marketplace.shared import clock
from reports.reconciliation import REPORT
from tests.bench.recorder import record_figure
from tests.bench.statement_lines import FIRST_AT, statement_lines
from tests.servers import superuser

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
LINES = 1_000_000
TIMES = 3
ANSWERS = {"provider": "mpesa", "period": "custom", "since": "2026-03-01", "until": "2026-03-31"}

# In a process of its own, as in a worker: its memory is the report's.
MAKER = """
import dataclasses, json, sys, time, django
django.setup()
from pathlib import Path
from reports.exporter import digest, export
from tests.memory import peak_kb
from reports.reconciliation import REPORT
form, path, answers = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
values = REPORT.parse(answers)
began = time.perf_counter()
made = export(dataclasses.replace(REPORT, summary=None), values, form, path)
digest(path)
rows_s = time.perf_counter() - began
began = time.perf_counter()
REPORT.summary(values)
print(made.rows, rows_s, time.perf_counter() - began, peak_kb() / 1024)
"""


@pytest.fixture
def a_million_lines():
    """Made and analysed, as autovacuum would have done by the time of a month's report."""
    statement_lines(LINES)
    with superuser() as server:
        server.autocommit = True
        server.execute("VACUUM ANALYZE")


def floor_s() -> float:
    """How long PostgreSQL takes to write the same rows where nobody formats or keeps them."""
    values = REPORT.parse(ANSWERS)
    began = time.perf_counter()
    for selection in REPORT.selections(values):
        with connection.cursor() as cursor:
            statement = f"COPY ({selection.sql}) TO STDOUT (FORMAT csv)"
            with cursor.copy(statement, selection.values) as copy:
                for _row in copy:
                    pass
    return time.perf_counter() - began


def made(form: str, folder) -> tuple[float, float, float]:
    """Seconds of the file, seconds of the summary, and peak memory in MB."""
    ran = subprocess.run(
        [sys.executable, "-c", MAKER, form, str(folder / f"report.{form}"), json.dumps(ANSWERS)],
        env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows, seconds, summary_s, peak = ran.stdout.split()
    assert int(rows) == LINES
    return float(seconds), float(summary_s), float(peak)


def test_a_million_lines_as_csv_and_as_a_workbook(a_million_lines, tmp_path):
    assert clock.EAT is FIRST_AT.tzinfo
    floor = min(floor_s() for _ in range(3))

    for form in ("csv", "xlsx"):
        seconds, summary_s, peak = min(made(form, tmp_path) for _ in range(TIMES))

        record_figure(f"report.1m_{form}.rows_s", LINES / seconds, "rows/s")
        record_figure(f"report.1m_{form}.times_floor", seconds / floor, "times", aim="<= 2")
        record_figure(f"report.1m_{form}.peak_mb", peak, "MB", aim="<= 150")
    record_figure("report.1m_summary.s", summary_s, "s")
