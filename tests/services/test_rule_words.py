"""Every rule speaks in the words of the account that it was made for."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import pytest

from app.domain.account import Balance
from app.domain.errors import UnknownError
from app.domain.labels import LABELS, Labels
from app.domain.ladder import from_american_list
from app.domain.offer import Offer
from app.domain.order import OrderDraft
from app.domain.profile import Provider
from app.domain.risk import Limits
from app.services.rule import Rule
from app.services.rules import all_rules
from tests.services.fakes import Desk, draft, money

STRANGE = {
    Provider.TRADING: re.compile(r"\b(odds|stakes?|selections?)\b", re.IGNORECASE),
    Provider.OMNIBUS: re.compile(r"\b(quantit(y|ies)|participants?)\b", re.IGNORECASE),
}
NARROW = Limits(stake=Decimal(5), to_win=Decimal(1), selection=Decimal(1), user_order=Decimal(1), leap_factor=Decimal(2))
BIDS = {
    "STAKE": [msgspec.structs.replace(draft(), stake=Decimal(stake)) for stake in ("10", "0", "1.005", "NaN")],
    "TO_WIN": [draft(stake="10"), draft(-200, "0.00")],
    "SELECTION": [draft()],
    "USER_ORDER": [draft()],
    "MARKET_CLOSED": [draft(selection_id="f" * 32)],
    "UNKNOWN": [draft()],
    "LEAP": [draft(stake="100")],
}
"""Orders that each rule has something against whose sentence names one of the three."""


@pytest.fixture
async def desk() -> Desk:
    """Where all of these rules have something to say."""
    desk = Desk()
    desk.venue.offers |= {Offer.USERS}
    desk.ready()
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(msgspec.structs.replace(draft(), external_user="cust-1"), frozenset({"USER_NEW"}))
    desk.controls.limit_to(NARROW)
    desk.controls.last_stake = money(10)
    return desk


def made(provider: Provider) -> dict[str, Rule]:
    return {rule.code: rule for rule in all_rules(LABELS[provider])}


def said(desk: Desk, rule: Rule, bid: OrderDraft) -> str:
    return rule.objection(msgspec.structs.replace(bid, external_user="cust-1"), desk.controls)


@pytest.mark.parametrize("provider", list(STRANGE))
@pytest.mark.parametrize("code", list(BIDS))
async def test_a_denial_is_in_the_words_of_the_account(desk: Desk, provider: Provider, code: str) -> None:
    for bid in BIDS[code]:
        words = said(desk, made(provider)[code], bid)
        assert words
        assert not STRANGE[provider].search(words), words


@pytest.mark.parametrize("code", ["STAKE", "SELECTION", "USER_ORDER", "MARKET_CLOSED", "UNKNOWN", "LEAP"])
async def test_a_denial_that_names_one_of_the_three_differs_between_the_accounts(desk: Desk, code: str) -> None:
    trading, omnibus = (said(desk, made(provider)[code], BIDS[code][0]) for provider in STRANGE)
    assert trading != omnibus


@pytest.mark.parametrize("provider", list(STRANGE))
def test_titles_of_rules_are_in_the_words_of_the_account(provider: Provider) -> None:
    titles = [rule.title for rule in made(provider).values()]
    assert [title for title in titles if STRANGE[provider].search(title) or "{" in title] == []
    words: Labels = LABELS[provider]
    assert {f"{words.stake} of an order", f"At risk on a {words.selection_low}"} <= set(titles)


async def test_two_accounts_side_by_side_keep_their_own_words(desk: Desk) -> None:
    trading, omnibus = made(Provider.TRADING)["STAKE"], made(Provider.OMNIBUS)["STAKE"]
    assert said(desk, trading, draft(stake="10")) == "A quantity of 10.00 is above the limit of 5.00 an order"
    assert said(desk, omnibus, draft(stake="10")) == "A stake of 10.00 is above the limit of 5.00 an order"


def test_a_participant_that_is_called_like_a_word_keeps_its_name() -> None:
    assert LABELS[Provider.TRADING].fill("{Stake}: {selection}") == "Quantity: participant"
    rule = made(Provider.TRADING)["USER_ORDER"]
    desk = Desk()
    desk.venue.offers |= {Offer.USERS}
    desk.controls.limit_to(NARROW)
    bid = msgspec.structs.replace(draft(), external_user="Stake")
    assert rule.objection(bid, desk.controls) == "A quantity of 10.00 is above the limit of 1.00 an order for Stake"


async def test_the_ladder_is_said_without_a_word_of_either(desk: Desk) -> None:
    desk.controls.ladder = from_american_list([100, 101])
    for provider, strange in STRANGE.items():
        assert not strange.search(said(desk, made(provider)["OFF_LADDER"], draft(150)))
