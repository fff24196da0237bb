"""Excel files from outside, opened in a process of their own.

A reader gives a sheet the memory of its whole rectangle: two cells in far corners are 5 KB on disk and
500 GB in memory, and a reader that gets no memory ends its process. So that is not ours.
"""

import json
import subprocess
import sys
from pathlib import Path

_CHILD = Path(__file__).with_name("excel_child.py")
PATIENCE_S = 60


class ExcelUnreadable(Exception):
    """It is no workbook, or one that asks for more memory or time than an honest one."""


def read_excel(
    data: bytes, *, rows_max: int, skip_empty_area: bool = False
) -> list[list[str | float]]:
    """The first sheet's rows, at most `rows_max`, from A1 or from its first cell that is not empty.

    Raises ExcelUnreadable.
    """
    area = "skip" if skip_empty_area else "keep"
    try:
        done = subprocess.run(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", str(_CHILD), str(rows_max), area],
            input=data,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExcelUnreadable("it takes too long") from error
    if done.returncode:
        raise ExcelUnreadable(f"its reader ended with {done.returncode}")
    return [json.loads(row) for row in done.stdout.splitlines()]
