"""Whether two spellings name the same person: pure, and strict where it matters.

Order, case, accents, apostrophes and further names do not matter, and an initial stands for a name
that begins with it. One name alone is too little: half of a market may be called Asha.
"""

import re
import unicodedata

NAMES_MIN = 2


def same_person(given: str, found: str) -> bool:
    """Whether every name of the shorter spelling has its own counterpart in the longer one."""
    shorter, longer = sorted((_names(given), _names(found)), key=len)
    if not shorter or (len(shorter) < NAMES_MIN and shorter != longer):
        return False
    left = list(longer)
    initials = []
    for name in shorter:
        if name in left:
            left.remove(name)
        else:
            initials.append(name)
    if len(initials) == len(shorter):
        return False  # Nothing but initials in common.
    for name in initials:
        match = next((other for other in left if _abbreviates(name, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _abbreviates(name: str, other: str) -> bool:
    return min(len(name), len(other)) == 1 and name[0] == other[0]


def _names(text: str) -> list[str]:
    """`Ng'wanza  Müller-K.` → ngwanza, muller, k."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return re.findall(r"[^\W\d_]+", re.sub(r"['’ʼ`]", "", letters))
