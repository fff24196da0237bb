"""Reports as files, read back."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl

from reports.exporter import export
from reports.registry import get_report


def parts(code: str, raw: dict[str, Any], folder: Path) -> list[list[list[str]]]:
    """The CSV's rows, what was asked for, and its summary: what empty lines part."""
    report, path = get_report(code), folder / "report.csv"
    export(report, report.parse(raw), "csv", path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    found: list[list[list[str]]] = [[]]
    for row in rows:
        if row:
            found[-1].append(row)
        else:
            found.append([])
    return found


def table(code: str, raw: dict[str, Any], folder: Path) -> list[dict[str, str]]:
    """The rows by heading."""
    heading, *rows = parts(code, raw, folder)[0]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def summary(code: str, raw: dict[str, Any], folder: Path) -> dict[str, str]:
    """The figures by label, in their order."""
    return dict(parts(code, raw, folder)[2])


def workbook(code: str, raw: dict[str, Any], folder: Path) -> openpyxl.Workbook:
    report, path = get_report(code), folder / "report.xlsx"
    export(report, report.parse(raw), "xlsx", path)
    return openpyxl.load_workbook(path)


def minor(text: str) -> int:
    return int(text.replace(".", "") or 0)
