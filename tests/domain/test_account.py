"""What is free of the cash, by the account's rule of deduction."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.account import Balance, Deduction, formula, free

BALANCE = Balance(Decimal("1000.00"), matched=Decimal("120.50"), unmatched=Decimal("79.50"))


@pytest.mark.parametrize(("rule", "amount"), [(Deduction.ON_MATCH, "879.50"), (Deduction.ON_PLACEMENT, "800.00")])
def test_free_is_cash_less_what_the_rule_holds(rule: Deduction, amount: str) -> None:
    assert free(BALANCE, rule) == Decimal(amount)


@pytest.mark.parametrize(
    ("rule", "words"), [(Deduction.ON_MATCH, "cash − matched."), (Deduction.ON_PLACEMENT, "cash − matched − unmatched.")]
)
def test_the_formula_says_what_free_reckons(rule: Deduction, words: str) -> None:
    assert words in formula(rule)


def test_the_rule_is_read_from_its_setting() -> None:
    assert Deduction("match") is Deduction.ON_MATCH
    assert Deduction("placement") is Deduction.ON_PLACEMENT
