"""M3 and M18: shares of money always add up, and money never meets a float."""

import ast
import random

from backoffice.configuration import BASE_DIR
from marketplace.payments.refund_shares import Shares, split
from marketplace.shared.money import QUANTUM, allocate
from tests.architecture.tree import python_files

SPLITS, SEED = 200_000, 2026
LARGEST_MINOR = 10**12


def test_two_hundred_thousand_splits_add_up_and_no_part_is_a_quantum_off():
    dice, wrong = random.Random(SEED), 0
    for _split in range(SPLITS):
        amount = dice.randrange(LARGEST_MINOR)
        weights = [dice.randrange(10_000) for _part in range(dice.randint(1, 8))]
        weights[0] += 1
        parts, total = allocate(amount, weights), sum(weights)
        off = 2 * QUANTUM["TZS"] * total  # A quantum, and what is below one.
        wrong += sum(parts) != amount
        wrong += any(
            abs(part * total - amount * weight) >= off
            for part, weight in zip(parts, weights, strict=True)
        )

    assert wrong == 0


def test_refunds_in_any_steps_take_exactly_what_the_whole_would():
    dice = random.Random(SEED)
    for _order in range(5_000):
        left = Shares(*(100 * dice.randint(0, 10**6) for _share in range(3)))
        while whole := left.amount_minor:
            now = split(100 * dice.randint(1, whole // 100), left)
            rest = (
                left.seller_minor - now.seller_minor,
                left.commission_minor - now.commission_minor,
                left.commission_vat_minor - now.commission_vat_minor,
            )
            assert min(rest) >= 0
            left = Shares(*rest)
        assert left == Shares(0, 0, 0)


def test_no_amount_is_divided_into_a_float_or_multiplied_by_one():
    found = [
        f"{path.relative_to(BASE_DIR)}:{node.lineno}"
        for path in python_files()
        if path.relative_to(BASE_DIR).parts[0] == "marketplace" and "adapters" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _is_inexact(node)
    ]

    assert found == []


def test_control_what_is_inexact_is_recognised():
    inexact = ["total_minor / 2", "1.18 * row.price_minor", "float(amount_minor)"]

    assert [_is_inexact(ast.parse(line, mode="eval").body) for line in inexact] == [True] * 3
    assert not _is_inexact(ast.parse("total_minor // 2", mode="eval").body)


def _is_inexact(node: ast.AST) -> bool:
    """A true division of an amount, a product with a float, or `float(amount)`."""
    if isinstance(node, ast.Call):
        is_float = isinstance(node.func, ast.Name) and node.func.id == "float"
        return is_float and any(_is_amount(argument) for argument in node.args)
    if not isinstance(node, ast.BinOp):
        return False
    sides = [node.left, node.right]
    if isinstance(node.op, ast.Div):
        return _is_amount(node.left)
    floats = [s for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, float)]
    return bool(floats) and any(_is_amount(side) for side in sides)


def _is_amount(node: ast.AST) -> bool:
    name = getattr(node, "attr", getattr(node, "id", ""))
    return str(name).endswith("_minor")
