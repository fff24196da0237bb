"""Excel files from outside, opened in a process of their own.

A reader gives a sheet the memory of its whole rectangle: two cells in far corners are 5 KB on disk and
500 GB in memory, and a reader that gets no memory ends its process. So that is not ours.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from threading import Timer
from typing import BinaryIO

_CHILD = Path(__file__).with_name("excel_child.py")
PATIENCE_S = 60


class ExcelUnreadable(Exception):
    """It is no workbook, or one that asks for more memory or time than an honest one."""


def read_excel(
    data: bytes, *, rows_max: int, skip_empty_area: bool = False
) -> list[list[str | float]]:
    """All rows at once; see `excel_rows`."""
    return list(excel_rows(BytesIO(data), rows_max=rows_max, skip_empty_area=skip_empty_area))


def excel_rows(
    file: BinaryIO, *, rows_max: int, skip_empty_area: bool = False
) -> Iterator[list[str | float]]:
    """The first sheet's rows, at most `rows_max`, from A1 or from its first cell that is not empty.

    Holds one row in memory. Raises ExcelUnreadable, also after some rows.
    """
    area = "skip" if skip_empty_area else "keep"
    with TemporaryFile() as given:
        file.seek(0)
        copyfileobj(file, given)
        given.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", str(_CHILD), str(rows_max), area],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            patience = Timer(PATIENCE_S, child.kill)
            patience.start()
            try:
                assert child.stdout is not None
                for row in child.stdout:
                    yield json.loads(row)
                child.wait()
            finally:
                patience.cancel()
                child.kill()
        if child.returncode:
            raise ExcelUnreadable(f"its reader ended with {child.returncode}")
