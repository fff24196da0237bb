"""How much memory this process took at most."""

import re
from pathlib import Path


def peak_kb() -> int:
    """Since this program began: what `getrusage` says includes the process that started it."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1])
