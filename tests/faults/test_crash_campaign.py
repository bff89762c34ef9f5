"""A small campaign of kills holds, and the judge of the large one finds what it is there to find."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from app.domain.market import MarketKey
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft, Outcome
from app.domain.record import Ended, Entry, Intended, Resent
from app.practice.truth import Line
from tests.faults.crash.campaign import Campaign, turns
from tests.faults.crash.judge import STARTED, Evidence, Verdict, Written, judge
from tests.faults.crash.points import NAMED, Point

SECOND = 1_000_000_000
NOON = datetime(2026, 9, 12, 12, tzinfo=UTC)


def order(ref: str = "ov-1", order_id: str = "v-1", click: str = "click 1.1") -> Order:
    """As a recovered terminal shows it when the venue has it open."""
    draft = OrderDraft(MarketKey(1, 219, Decimal(0)), "home", Odds(3, 2), Decimal("10.00"), selection_name=click)
    return Order(ref, draft, NOON, Outcome.SENT, venue_order_id=order_id, status="open", quantity=draft.stake)


def unsent(ref: str = "ov-1", outcome: Outcome = Outcome.PRESUMED) -> Order:
    return msgspec.structs.replace(order(ref), outcome=outcome, venue_order_id="", status="")


def line(at: int, name: str = "submit", ref: str = "ov-1", order_id: str = "v-1", verdict: str = "accepted") -> Line:
    """What the exchange wrote `at` seconds after the start."""
    return Line(at * SECOND, at * SECOND, "POST", name, "me", verdict, 200, ref, order_id if verdict == "accepted" else "")


def intended(ref: str = "ov-1", click: str = "click 1.1") -> Intended:
    return Intended(msgspec.structs.replace(order(ref, "", click), outcome=Outcome.SENDING, status=""))


def rows(*written: tuple[int, Entry]) -> list[Written]:
    """A journal of one run that started at second 0; each entry with its second."""
    return [Written(0, STARTED), *(Written(at * SECOND, entry) for at, entry in written)]


READ = (line(1, "orders", ""), line(2, "orders", ""))
"""The two readings that each start makes."""


def verdict(truth: tuple[Line, ...], journal: list[Written], blotter: tuple[Order, ...], shown: dict[str, str] | None = None) -> Verdict:
    return judge(Evidence((*READ, *truth), journal, {each.ref: each for each in blotter}, shown or {}))


def test_an_order_that_all_agree_on_is_clean() -> None:
    found = verdict((line(4),), rows((3, intended())), (order(),), {"ov-1": "v-1"})

    assert found.is_clean
    assert (found.sent, found.accepted, found.acknowledged, found.unknown, found.resolved) == (1, 1, 1, 0, 0)


def test_an_order_at_the_exchange_that_the_blotter_does_not_show_is_lost() -> None:
    found = verdict((line(4),), rows((3, intended())), ())

    assert found.lost == ("ov-1 is at the exchange, and the blotter does not show it",)
    assert not found.is_clean


@pytest.mark.parametrize(
    "outcome", [Outcome.PRESUMED, Outcome.NOT_SENT, Outcome.DENIED, Outcome.REJECTED, Outcome.UNKNOWN, Outcome.SENDING]
)
def test_an_order_at_the_exchange_that_is_shown_as_anything_else_is_lost(outcome: Outcome) -> None:
    assert len(verdict((line(4),), rows((3, intended())), (unsent(outcome=outcome),)).lost) == 1


def test_an_order_shown_under_another_number_is_lost() -> None:
    assert len(verdict((line(4),), rows((3, intended())), (order(order_id="v-9"),)).lost) == 1


def test_an_acknowledged_order_that_the_exchange_never_accepted_is_lost() -> None:
    found = verdict((), rows((3, intended())), (unsent(),), {"ov-1": "v-1"})

    assert found.lost == ("ov-1 was shown as placed under v-1, and the exchange never accepted that",)


def test_an_order_that_only_the_blotter_has_is_lost() -> None:
    assert len(verdict((), rows((3, intended())), (order(),)).lost) == 1


def test_a_reference_that_was_accepted_twice_is_doubled() -> None:
    found = verdict((line(4), line(6, order_id="v-2")), rows((3, intended()), (5, Resent("ov-1"))), (order(),))

    assert found.doubled == ("ov-1 was accepted 2 times: v-1, v-2",)
    assert not found.is_clean


def test_a_click_that_was_accepted_under_two_references_is_doubled() -> None:
    truth = (line(4), line(6, ref="ov-2", order_id="v-2"))
    found = verdict(truth, rows((3, intended()), (5, intended("ov-2"))), (order(), order("ov-2", "v-2")))

    assert found.lost == ()
    assert found.doubled == ("click 1.1 was accepted under 2 references: ov-1, ov-2",)


def test_a_second_reference_that_the_exchange_refused_is_no_double() -> None:
    truth = (line(4), line(6, ref="ov-2", verdict="insufficient_amount"))
    found = verdict(truth, rows((3, intended()), (5, intended("ov-2"))), (order(), unsent("ov-2", Outcome.REJECTED)))

    assert found.is_clean


def test_an_order_that_was_sent_without_a_row_is_told() -> None:
    assert len(verdict((line(4),), rows(), (order(),)).unjournaled) == 1


def test_an_order_whose_row_came_after_it_was_sent_is_told() -> None:
    assert len(verdict((line(4),), rows((5, intended())), (order(),)).unjournaled) == 1


def test_an_order_that_was_sent_again_without_a_wish_is_told() -> None:
    twice = (line(4), line(5, verdict="order_external_id_existed"))

    assert len(verdict(twice, rows((3, intended())), (order(),)).unjournaled) == 1
    assert verdict((line(4), line(7, verdict="order_external_id_existed")), rows((3, intended()), (6, Resent("ov-1"))), (order(),)).is_clean


def test_the_repetition_after_a_401_needs_no_row_of_its_own() -> None:
    assert verdict((line(4, verdict="unauthorized"), line(5)), rows((3, intended())), (order(),)).is_clean


def test_a_request_whose_body_never_arrived_is_no_order() -> None:
    found = verdict((line(4, ref="", verdict="invalid_request"),), rows((3, intended())), (unsent(),))

    assert found.is_clean
    assert found.sent == 0


def test_an_order_that_left_before_the_venue_was_read_is_early() -> None:
    late = (line(4), line(5, "orders", ""))
    found = judge(Evidence((line(1, "orders", ""), *late), rows((3, intended())), {"ov-1": order()}, {}))

    assert found.early == ("run 0 of the journal let an order through before it had read the venue's orders",)


def test_a_reading_of_the_run_before_does_not_count() -> None:
    second = [Written(5 * SECOND, STARTED), Written(6 * SECOND, intended("ov-2", "click 2.1"))]
    found = verdict(
        (line(4), line(7, ref="ov-2", order_id="v-2")), [*rows((3, intended())), *second], (order(), order("ov-2", "v-2", "click 2.1"))
    )

    assert len(found.early) == 1


@pytest.mark.parametrize(
    ("truth", "shown", "is_resolved"),
    [
        ((line(4),), order(), True),
        ((), unsent(), True),
        ((), unsent(outcome=Outcome.UNKNOWN), False),
        ((line(4),), unsent(), False),
    ],
)
def test_an_unknown_order_is_resolved_when_the_blotter_says_what_the_exchange_says(
    truth: tuple[Line, ...], shown: Order, is_resolved: bool
) -> None:
    found = verdict(truth, rows((3, intended()), (5, Ended("ov-1", Outcome.UNKNOWN, "the program ended"))), (shown,))

    assert (found.unknown, found.resolved) == (1, int(is_resolved))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL to strike with")
@pytest.mark.timeout(240)
def test_a_terminal_killed_at_every_point_recovers_all_of_its_orders(tmp_path: Path) -> None:
    points = (*NAMED, Point.RANDOM)

    report = Campaign(tmp_path, points, seed=7).run()

    assert report.words == []
    assert report.is_clean
    assert sum(report.points.values()) == report.kills == len(points)
    assert report.unknown == report.resolved > 0
    assert 0 < report.acknowledged <= report.accepted <= report.sent <= report.intents


def test_half_of_a_campaigns_kills_are_at_random_moments_and_the_rest_at_each_point_in_turn() -> None:
    points = turns(200)

    assert points.count(Point.RANDOM) == 100
    assert {points.count(point) for point in NAMED} == {16, 17}
