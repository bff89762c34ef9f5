"""The wizard's pages, and the list of them that stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from app.services.setup.draft import AccountDraft


class Page(StrEnum):
    WHO = "who"
    ENVIRONMENT = "environment"
    KEYS = "keys"
    REGISTER = "register"
    WHERE = "where"
    PROOF = "proof"
    DONE = "done"

    @property
    def heading(self) -> str:
        return HEADINGS[self]


HEADINGS: Final = {
    Page.WHO: "Accounts",
    Page.ENVIRONMENT: "Environment",
    Page.KEYS: "Keys",
    Page.REGISTER: "Register",
    Page.WHERE: "Where it is kept",
    Page.PROOF: "Proof run",
    Page.DONE: "Done",
}


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    TO_COME = "to come"

    @property
    def mark(self) -> str:
        return {"done": "✓", "now": "▸", "to come": "○"}[self.value]


class Step(msgspec.Struct, frozen=True):
    """One line of the list; `is_inner`: a page of the account above it."""

    title: str
    state: StepState
    is_inner: bool = False


def pages_of(account: AccountDraft) -> tuple[Page, ...]:
    """The pages of one account; one that gets new keys keeps its environment."""
    first = () if account.rotates else (Page.ENVIRONMENT,)
    middle = (Page.REGISTER,) if account.is_registering else ()
    return (*first, Page.KEYS, *middle, Page.WHERE, Page.PROOF)


def steps(page: Page, accounts: Sequence[AccountDraft], place: int, *, has_cards: bool) -> tuple[Step, ...]:
    """Every step, the pages only of the account under way. `place` is which of `accounts` that is, `has_cards` whether one can choose."""
    found = [Step(Page.WHO.heading, _state(page is Page.WHO, is_done=True))] if has_cards else []
    for at, account in enumerate(accounts):
        is_under_way = at == place and page not in {Page.WHO, Page.DONE}
        found.append(Step(account.provider.called, _state(is_under_way, is_done=account.is_kept)))
        if is_under_way:
            found += _inner(page, pages_of(account))
    return (*found, Step(Page.DONE.heading, _state(page is Page.DONE, is_done=False)))


def _inner(page: Page, pages: Sequence[Page]) -> list[Step]:
    now = pages.index(page)
    return [Step(one.heading, _state(at == now, is_done=at < now), is_inner=True) for at, one in enumerate(pages)]


def _state(is_now: bool, *, is_done: bool) -> StepState:
    if is_now:
        return StepState.NOW
    return StepState.DONE if is_done else StepState.TO_COME
