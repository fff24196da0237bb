"""The project's files as these tests look at them."""

import subprocess
from functools import cache
from pathlib import Path

from backoffice.configuration import BASE_DIR

PACKAGES = ("marketplace", "reports", "tasks", "api", "backoffice", "fixtures", "tests")


@cache
def tracked_files() -> list[Path]:
    """What git knows or would add; without git (an unpacked archive), everything outside of hidden folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        found = (path for path in BASE_DIR.rglob("*") if path.is_file())
        return [
            path
            for path in found
            if not any(
                part.startswith(".") or part == "__pycache__"
                for part in path.relative_to(BASE_DIR).parts
            )
        ]
    return [BASE_DIR / name for name in listed.stdout.splitlines() if (BASE_DIR / name).is_file()]


@cache
def python_files() -> list[Path]:
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py" and path.relative_to(BASE_DIR).parts[0] in (*PACKAGES, "manage.py")
    ]


def shown(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))
