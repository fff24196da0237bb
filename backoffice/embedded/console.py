"""What `make run` prints: one line per event, with the part's name in front, coloured on a terminal."""

import os
import sys

NAME_WIDTH = 10
COLOURS = {
    "set-up": 2, "postgres": 34, "valkey": 35, "web": 32, "worker": 33, "bulk": 33,
    "mpesa": 36, "trouble": 31,
}  # fmt: skip
_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def line(name: str, text: str) -> None:
    prefix = f"{name:<{NAME_WIDTH}}"
    if _coloured:
        prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
    sys.stdout.write(f"{prefix} {text}\n")
    sys.stdout.flush()


def block(lines: list[str]) -> None:
    """Set apart, for what people look for after the log lines have gone by."""
    rule = "─" * max(60, *(len(text) for text in lines))
    sys.stdout.write("\n".join(["", rule, *lines, rule, "", ""]))
    sys.stdout.flush()
