"""Two spellings of a name: the same person, or not."""

import pytest

from marketplace.payouts.names import same_person

SAME = [
    ("Asha Mushi", "ASHA MUSHI"),
    ("Asha Mushi", "Mushi, Asha"),
    ("Asha Juma Mushi", "ASHA MUSHI"),
    ("A. Mushi", "Asha Mushi"),
    ("Asha J Mushi", "ASHA JUMA MUSHI"),
    ("José Müller", "JOSE MULLER"),
    ("Ng'wanza Peter", "NGWANZA PETER"),
    ("Anne-Marie Lema", "ANNE MARIE LEMA"),
    ("Kariakoo", "KARIAKOO"),
]
OTHERS = [
    ("Asha Mushi", "Asha Mollel"),
    ("Asha", "Asha Mushi"),
    ("A M", "Asha Mushi"),
    ("Asha Mushi", "Ashura Mushi"),
    ("Asha Asha", "Asha Mushi"),
    ("", "Asha Mushi"),
    ("Asha Mushi", "..."),
    ("Asha Mushi", "M. Ally Juma"),
]


@pytest.mark.parametrize(("given", "found"), SAME)
def test_the_same_person(given, found):
    assert same_person(given, found)
    assert same_person(found, given)


@pytest.mark.parametrize(("given", "found"), OTHERS)
def test_not_certainly_the_same_person(given, found):
    assert not same_person(given, found)
    assert not same_person(found, given)
