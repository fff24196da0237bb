"""The process that opens one Excel file: the file on stdin, a JSON array per row on stdout.

Run by `excel.read_excel` and by nobody else. It knows nothing of the marketplace, and may take only so
much memory and time: a workbook of a few kilobytes can ask for hundreds of gigabytes.
"""

import json
import resource
import sys
from datetime import datetime
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

MEMORY_BYTES = 1_500_000_000
SECONDS = 30
CELLS_MAX = 4_000_000
UNREADABLE = 3


def main(rows_max: int, skip_empty_area: bool) -> int:
    """The exit status: 0, or UNREADABLE. What breaks a limit dies by it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
        sheet = workbook.get_sheet_by_index(0)
        if min(sheet.total_height, rows_max) * sheet.total_width > CELLS_MAX:
            return UNREADABLE
        rows = sheet.to_python(skip_empty_area=skip_empty_area, nrows=rows_max)
    except (CalamineError, OSError, IndexError):
        return UNREADABLE
    for row in rows:
        sys.stdout.write(json.dumps([_plain(cell) for cell in row]) + "\n")
    return 0


def _plain(cell: object) -> object:
    """Numbers and texts as they are; times as people write them, to the second."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell if isinstance(cell, float) else str(cell).replace("\x00", "")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2] == "skip"))
