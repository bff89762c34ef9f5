"""The odds history: by team over the swap, carried on live without a double, and honest about what is missing."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

import msgspec
import pytest

from app.domain.cs2 import MatchDetail, OddsHistory, OddsKey, OddsPoint, Question, Side, SideOdds, Snapshot
from app.domain.errors import NotSentError, TooLargeError, UnknownError
from app.services.feed.histories import AGAIN, KEPT, MANY, TOO_LONG, Drawing, Reading
from app.services.feed.odds_lines import BY_SIDE, BY_SIDE_YET, Sketch, Spell, traces_of
from tests.services.feed.kit import EVENING, LIVE, NOMADS, VERTEX, Feed, detail, match, play, point, price, rounds

WHOLE = OddsKey(LIVE, Question.MATCH)
ROUND_12, ROUND_13 = (OddsKey(LIVE, Question.ROUND, number) for number in (12, 13))
SIDES_NOW = {Side.CT: NOMADS.id, Side.T: VERTEX.id}  # Vertex began as CT


def at(seconds: float) -> datetime:
    return EVENING + timedelta(seconds=seconds)


def row(first_id: int, seconds: float, ct: str, t: str, draw: str | None = None) -> list[OddsPoint]:
    told = [(Side.CT, ct), (Side.T, t), *([(Side.DRAW, draw)] if draw else [])]
    return [point(first_id + place, side, odds, at(seconds)) for place, (side, odds) in enumerate(told)]


def heard(
    seconds: float, ct: str, t: str, *, key: OddsKey = WHOLE, teams: tuple[int, int] | None = None, is_there: bool = True
) -> Snapshot:
    ct_id, t_id = teams or (SIDES_NOW[Side.CT], SIDES_NOW[Side.T])
    sides = (SideOdds(Side.CT, ct_id, price(ct)), SideOdds(Side.T, t_id, price(t)))
    return Snapshot(key, is_there, sides, None, at(seconds), "LIVE")


def second_half() -> MatchDetail:
    """Round 13 is being played, the sides are swapped."""
    now = match(LIVE, round_number=13, score=(7, 5))
    now = msgspec.structs.replace(now, ct_team_id=NOMADS.id, t_team_id=VERTEX.id)
    return detail(now, rounds((7, 5)))


def over_the_swap(feed: Feed) -> MatchDetail:
    """At 140 the last price of round 12, at 160 the first of round 13."""
    told = second_half()
    points = [*row(1, 100, "1.50", "2.50", "9"), *row(4, 140, "1.40", "2.80", "9"), *row(7, 150, "7", "7", "7"),
              *row(10, 160, "2.90", "1.38", "9"), *row(13, 200, "3.00", "1.36", "9")]  # fmt: skip
    feed.venue.points[WHOLE] = OddsHistory(WHOLE, tuple(points))
    feed.venue.points[ROUND_12] = OddsHistory(ROUND_12, (*row(20, 100, "1.8", "2"), *row(22, 140, "1.8", "2")))
    feed.venue.points[ROUND_13] = OddsHistory(ROUND_13, tuple(row(24, 160, "1.8", "2")))
    feed.tell(told.match, told)
    return told


async def read(feed: Feed, told: MatchDetail, key: OddsKey = WHOLE) -> Drawing:
    feed.session.histories.want(key)
    for _turn in range(10):
        await asyncio.sleep(0)
        feed.session.histories.drawing(told.match, told, key)
    return feed.session.histories.drawing(told.match, told, key)


def prices(drawing: Drawing, name: str) -> list[tuple[float, float | None]]:
    """Seconds and odds of a line; None at a break."""
    line = next(line for line in drawing.lines if line.name == name)
    return [
        (moment - EVENING.timestamp(), round(odds, 3) if odds == odds else None) for moment, odds in zip(line.times, line.odds, strict=True)
    ]


def test_a_team_keeps_its_line_over_the_swap_which_breaks_it_and_what_is_between_belongs_to_nobody() -> None:
    async def scenario(feed: Feed) -> None:
        drawing = await read(feed, over_the_swap(feed))
        assert [line.name for line in drawing.lines] == ["Vertex", "Draw", "Nomads"]
        assert prices(drawing, "Vertex") == [(100, 1.5), (140, 1.4), (140, None), (160, 1.38), (200, 1.36)]
        assert prices(drawing, "Nomads") == [(100, 2.5), (140, 2.8), (140, None), (160, 2.9), (200, 3.0)]
        assert prices(drawing, "Draw") == [(100, 9), (140, 9), (140, None), (160, 9), (200, 9)]
        assert (drawing.swaps, drawing.note) == ((at(160).timestamp(),), "")

    play(scenario)


def test_nothing_is_drawn_by_side_while_the_swap_is_being_found_out() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.session.histories.want(WHOLE)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert feed.session.histories.state(WHOLE) is Reading.READ
        assert feed.session.histories.drawing(told.match, told, WHOLE).lines == ()
        assert feed.session.histories.drawing(told.match, None, WHOLE).lines == ()  # nor before the rounds are known

    play(scenario)


def test_a_swap_nobody_can_place_is_drawn_by_side_and_says_so() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.points[ROUND_12] = OddsHistory(ROUND_12)
        drawing = await read(feed, told)
        assert [line.name for line in drawing.lines] == ["CT", "T", "Draw"]
        assert drawing.note == BY_SIDE

    play(scenario)


def test_a_swap_that_is_still_to_be_read_says_so_until_it_was() -> None:
    async def scenario(feed: Feed) -> None:
        told, refuse = over_the_swap(feed), UnknownError("500")
        feed.session.histories.want(WHOLE)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        feed.venue.always["history"] = refuse
        drawing = await read(feed, told)
        assert ([line.name for line in drawing.lines], drawing.note) == (["CT", "T", "Draw"], BY_SIDE_YET)
        del feed.venue.always["history"]
        await asyncio.sleep(AGAIN + 1)
        drawing = await read(feed, told)
        assert ([line.name for line in drawing.lines], drawing.note) == (["Vertex", "Draw", "Nomads"], "")

    play(scenario)


def test_a_swap_that_was_read_and_is_not_told_is_not_awaited_any_more() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.points[ROUND_12] = OddsHistory(ROUND_12)
        feed.session.histories.want(WHOLE)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        feed.venue.always["history"] = UnknownError("500")
        assert (await read(feed, told)).note == BY_SIDE_YET
        del feed.venue.always["history"]
        await asyncio.sleep(AGAIN + 1)
        assert (await read(feed, told)).note == BY_SIDE

    play(scenario)


def test_a_round_waits_for_its_match_before_it_is_drawn_by_side() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.session.histories.want(ROUND_12)
        for _turn in range(5):
            await asyncio.sleep(0)
        assert feed.session.histories.drawing(told.match, None, ROUND_12).lines == ()
        assert [line.name for line in feed.session.histories.drawing(told.match, told, ROUND_12).lines] == ["Vertex", "Nomads"]
        feed.session.venue_is_gone("its process ended")
        assert feed.session.histories.drawing(told.match, None, ROUND_12).note == BY_SIDE

    play(scenario)


def test_rounds_whose_times_contradict_each_other_place_no_swap() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.points[ROUND_13] = OddsHistory(ROUND_13, tuple(row(24, 130, "1.8", "2")))
        assert (await read(feed, told)).note == BY_SIDE

    play(scenario)


def test_a_swap_heard_live_needs_no_other_history() -> None:
    async def scenario(feed: Feed) -> None:
        first = detail(match(LIVE, round_number=12, score=(7, 4)), rounds((7, 4)))
        feed.tell(first.match, first)
        await read(feed, first)
        feed.tell(heard(140, "1.40", "2.80", teams=(VERTEX.id, NOMADS.id)))
        told = second_half()
        feed.tell(told.match, told, heard(160, "2.90", "1.38"))
        drawing = await read(feed, told)
        assert prices(drawing, "Vertex") == [(140, 1.4), (140, None), (160, 1.38)]
        assert drawing.swaps == (at(160).timestamp(),)
        assert [call[0] for call in feed.venue.asked("history")] == [WHOLE]

    play(scenario)


def test_what_is_heard_goes_on_from_what_was_read_and_never_twice() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.tell(heard(200, "3.00", "1.36"))  # the newest point of the history, heard before it
        drawing = await read(feed, told)
        feed.tell(heard(205, "3.10", "1.34"))
        feed.tell(heard(205, "3.10", "1.34"))
        assert prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")[-2:] == [(200, 1.36), (205, 1.34)]
        assert feed.session.histories.drawing(told.match, told, WHOLE) is not drawing

    play(scenario)


def test_a_history_that_is_read_after_a_price_was_heard_does_not_have_it_twice() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.session.histories.want(WHOLE)  # on its way
        feed.tell(heard(160, "2.90", "1.38"))
        feed.tell(heard(200, "3.00", "1.36"))
        feed.tell(heard(210, "3.20", "1.30"))
        assert prices(await read(feed, told), "Vertex")[-3:] == [(160, 1.38), (200, 1.36), (210, 1.3)]

    play(scenario)


def test_every_price_of_a_page_is_taken_not_the_newest_alone() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        await read(feed, told)
        page = [heard(seconds, "3", "1.3") for seconds in (210, 212, 214)]
        feed.tell(*page)
        feed.session.histories.hear(page)
        feed.session.histories.hear([heard(900, "3", "1.3")])  # later than anything the board takes for possible
        drawing = feed.session.histories.drawing(told.match, told, WHOLE)
        assert [moment for moment, _odds in prices(drawing, "Nomads")][-4:] == [200, 210, 212, 214]

    play(scenario)


def test_a_question_without_a_price_breaks_the_lines_and_stays_a_break_when_the_history_is_read_again() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        await read(feed, told)
        feed.tell(heard(210, "3", "1.3", is_there=False))
        feed.tell(heard(220, "3", "1.3"))
        expected = [(200, 1.36), (210, None), (220, 1.3)]
        assert prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")[-3:] == expected
        feed.venue.points[WHOLE] = OddsHistory(WHOLE, (*feed.venue.points[WHOLE].points, *row(40, 220, "3", "1.3")))
        feed.board.lost(feed.clock.monotonic() + 1)
        await asyncio.sleep(AGAIN)
        assert prices(await read(feed, told), "Vertex")[-3:] == expected

    play(scenario)


def test_after_a_hole_in_the_changes_lines_break_until_the_history_is_read_again() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        await read(feed, told)
        feed.tell(heard(205, "3.1", "1.35"))
        feed.board.lost(feed.clock.monotonic() + 1)
        feed.tell(heard(220, "3.3", "1.3"))
        assert prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")[-3:] == [(205, 1.35), (205, None), (220, 1.3)]
        feed.venue.points[WHOLE] = OddsHistory(
            WHOLE, (*feed.venue.points[WHOLE].points, *row(40, 205, "3.1", "1.35"), *row(43, 212, "3.2", "1.32"))
        )
        feed.session.histories.want(WHOLE)
        assert len([key for (key,) in feed.venue.asked("history") if key == WHOLE]) == 1  # not more often than every ten seconds
        await asyncio.sleep(AGAIN)
        assert prices(await read(feed, told), "Vertex")[-3:] == [(205, 1.35), (212, 1.32), (220, 1.3)]
        assert len([key for (key,) in feed.venue.asked("history") if key == WHOLE]) == 2

    play(scenario)


def test_a_second_reading_that_fails_keeps_what_there_was_and_says_so() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        await read(feed, told)
        feed.board.lost(feed.clock.monotonic() + 1)
        feed.venue.always["history"] = NotSentError("no way to the feed")
        await asyncio.sleep(AGAIN)
        drawing = await read(feed, told)
        assert len(prices(drawing, "Vertex")) == 5
        assert drawing.note == "Reading it again failed, so prices may be missing: no way to the feed"

    play(scenario)


def test_a_history_that_could_not_be_read_says_why_and_is_tried_again() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.troubles["history"] = [NotSentError("no way to the feed")]
        await read(feed, told)
        assert feed.session.histories.state(WHOLE) is Reading.FAILED
        assert feed.session.histories.words(WHOLE) == "no way to the feed"
        feed.session.histories.again(WHOLE)
        assert len((await read(feed, told)).lines) == 3

    play(scenario)


def test_an_answer_that_was_asked_for_earlier_and_comes_later_is_not_taken() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        gates = [asyncio.Event(), asyncio.Event()]
        waiting = iter(gates)

        async def late(_method: str) -> None:
            if gate := next(waiting, None):
                await gate.wait()

        feed.venue.before = late
        feed.session.histories.want(WHOLE)
        await asyncio.sleep(0)
        feed.session.histories.again(WHOLE)
        await asyncio.sleep(0)
        gates[1].set()
        newest = await read(feed, told)
        feed.venue.points[WHOLE] = OddsHistory(WHOLE)
        gates[0].set()
        assert prices(await read(feed, told), "Vertex") == prices(newest, "Vertex") != []

    play(scenario)


def test_nothing_is_asked_while_the_venue_is_gone() -> None:
    async def scenario(feed: Feed) -> None:
        feed.session.venue_is_gone("the key is not known")
        feed.session.histories.want(WHOLE)
        await asyncio.sleep(0)
        assert feed.venue.asked("history") == []

    play(scenario)


def test_the_next_round_goes_by_the_teams_its_own_price_names() -> None:
    """Round 13 priced in round 12: its sides are those of the second half."""

    async def scenario(feed: Feed) -> None:
        told = detail(match(LIVE, round_number=12, score=(7, 4)), rounds((7, 4)))
        key = OddsKey(LIVE, Question.NEXT_ROUND, 13)
        feed.venue.points[key] = OddsHistory(key, tuple(row(1, 100, "1.5", "2.5")))
        feed.tell(told.match, told)
        assert [line.name for line in (await read(feed, told, key)).lines] == ["CT", "T"]
        feed.tell(heard(110, "1.6", "2.4", key=key))
        assert prices(feed.session.histories.drawing(told.match, told, key), "Nomads") == [(100, 1.5), (110, 1.6)]

    play(scenario)


def test_a_former_next_round_over_a_swap_is_by_side_and_another_by_team() -> None:
    async def scenario(feed: Feed) -> None:
        told = second_half()
        feed.tell(told.match, told)
        names = {}
        for number in (12, 13):
            key = OddsKey(LIVE, Question.NEXT_ROUND, number)
            feed.venue.points[key] = OddsHistory(key, tuple(row(1, 100, "1.5", "2.5")))
            names[number] = [line.name for line in (await read(feed, told, key)).lines]
        assert names == {12: ["Vertex", "Nomads"], 13: ["CT", "T"]}

    play(scenario)


def test_as_many_histories_as_are_kept_and_no_more() -> None:
    async def scenario(feed: Feed) -> None:
        for number in range(KEPT + 5):
            feed.session.histories.want(OddsKey(LIVE, Question.ROUND, number))
        feed.session.histories.want(OddsKey(LIVE, Question.ROUND, 10))
        assert len(feed.session.histories) == KEPT
        await asyncio.sleep(0)
        assert len(feed.venue.asked("history")) == KEPT + 5

    play(scenario)


def test_the_same_drawing_is_given_until_something_is_heard() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        drawing = await read(feed, told)
        assert feed.session.histories.drawing(told.match, told, WHOLE) is drawing

    play(scenario)


def test_points_in_any_order_at_one_time_and_of_no_price_make_lines_in_the_order_of_time() -> None:
    points = [*row(5, 30, "3", "1.5"), *row(1, 10, "2", "2"), *row(3, 10, "2.2", "1.9"), point(9, Side.CT, None, at(40))]
    trace = traces_of(points)[Side.CT]
    assert [moment - EVENING.timestamp() for moment in trace.times] == [10, 10, 30, 40]
    assert list(trace.odds[:3]) == [2.0, 2.2, 3.0]
    assert trace.is_broken


def test_silence_breaks_no_line_because_a_price_stands_until_the_next() -> None:
    trace = traces_of([*row(1, 0, "2", "2"), *row(3, 4_000, "2.1", "2"), *row(5, 90_000, "2.2", "2")])[Side.CT]
    assert list(trace.odds) == [2.0, 2.1, 2.2]


def test_a_price_that_stood_until_a_hole_is_drawn_up_to_the_last_moment_the_chain_vouched_for_it() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        begun = feed.clock.monotonic()
        await read(feed, told)
        start = feed.clock.now().timestamp() - EVENING.timestamp()
        feed.tell(heard(start + 1, "3.1", "1.35"))
        await asyncio.sleep(300)
        feed.tell()  # an empty page: five minutes later the price still stands
        feed.session.histories.want(WHOLE)
        stood = feed.clock.monotonic() - begun
        await asyncio.sleep(60)
        feed.board.lost(feed.clock.monotonic())
        feed.tell(heard(start + stood + 60, "3.3", "1.3"))
        last = prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")[-3:]
        assert [odds for _at, odds in last] == [1.35, None, 1.3]
        assert last[1][0] == pytest.approx(start + stood, abs=0.1)

    play(scenario)


def test_a_hole_before_the_first_price_that_is_heard_breaks_what_was_read() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.tell()
        await read(feed, told)
        feed.board.lost(feed.clock.monotonic() + 1)
        feed.tell(heard(220, "3.3", "1.3"))
        assert [odds for _at, odds in prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")][-3:] == [1.36, None, 1.3]

    play(scenario)


def test_a_reading_after_the_hole_joins_what_comes_then_without_a_break() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        await read(feed, told)
        feed.tell(heard(205, "3.1", "1.35"))
        feed.board.lost(feed.clock.monotonic() + 1)
        feed.venue.points[WHOLE] = OddsHistory(WHOLE, (*feed.venue.points[WHOLE].points, *row(40, 205, "3.1", "1.35")))
        await asyncio.sleep(AGAIN)
        await read(feed, told)
        feed.tell(heard(220, "3.3", "1.3"))
        assert prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex")[-2:] == [(205, 1.35), (220, 1.3)]

    play(scenario)


def test_a_history_too_long_to_be_read_goes_on_from_now_says_so_and_is_not_asked_for_again() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.always["history"] = TooLargeError("The venue's answer is larger than 32 MB and was not read")
        feed.venue.detailed[LIVE] = told
        feed.session.histories.want(ROUND_13)
        feed.tell(heard(205, "3.1", "1.35", key=ROUND_13))
        drawing = await read(feed, told, ROUND_13)
        assert prices(drawing, "Vertex") == [(205, 1.35)]
        assert drawing.note == TOO_LONG
        feed.board.lost(feed.clock.monotonic() + 1)
        await asyncio.sleep(AGAIN + 1)
        await read(feed, told, ROUND_13)
        assert len(feed.venue.asked("history")) == 1
        del feed.venue.always["history"]
        feed.session.histories.again(ROUND_13)  # a person asks
        assert prices(await read(feed, told, ROUND_13), "Vertex")[0] == (160, 2)

    play(scenario)


def test_a_lines_side_is_told_for_every_moment_over_a_swap_that_was_read_and_one_that_was_heard() -> None:
    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        drawing = await read(feed, told)
        vertex, draw, _nomads = drawing.lines
        sides = [drawing.side_of(vertex, at(seconds).timestamp()) for seconds in (100, 150, 200)]
        assert sides == [Side.CT, None, Side.T]
        assert drawing.side_of(draw, at(100).timestamp()) is Side.DRAW
        feed.tell(heard(230, "1.9", "1.9", teams=(VERTEX.id, NOMADS.id)))  # overtime, and the rounds do not tell it yet
        drawing = feed.session.histories.drawing(told.match, told, WHOLE)
        assert [drawing.side_of(vertex, at(seconds).timestamp()) for seconds in (200, 230)] == [Side.T, Side.CT]

    play(scenario)


def test_much_is_sorted_out_beside_the_loop() -> None:
    async def scenario(feed: Feed) -> None:
        beside: list[int] = []

        async def aside(work):  # type: ignore[no-untyped-def]  # any work
            made = work()
            beside.append(len(made))
            return made

        feed.session.histories._aside = aside
        told = second_half()
        feed.tell(told.match, told)
        feed.venue.points[ROUND_13] = OddsHistory(ROUND_13, tuple(point(n, Side.CT, "1.5", at(n)) for n in range(MANY)))
        await read(feed, told, ROUND_13)
        assert beside == [1]

    play(scenario)


def test_a_million_points_are_made_into_lines_within_the_time_of_a_frame_or_two() -> None:
    """What is done in the loop; sorting them out is not."""
    points = [point(1, Side.CT, "1.5", at(0))]
    traces = traces_of(points)
    traces[Side.CT].times.extend(EVENING.timestamp() + n for n in range(1_000_000))
    traces[Side.CT].odds.extend(1.5 + n % 7 for n in range(1_000_000))
    spells = (
        Spell(float("-inf"), at(500_000).timestamp(), VERTEX.id, NOMADS.id),
        Spell(at(500_010).timestamp(), float("inf"), NOMADS.id, VERTEX.id),
    )
    begun = time.perf_counter()
    sketch = Sketch((VERTEX, NOMADS), ROUND_13, traces, spells)
    assert time.perf_counter() - begun < 0.2
    assert [len(line.times) for line in sketch.drawing.lines] == [500_002, 499_990]


def test_before_the_match_its_own_price_names_the_sides() -> None:
    async def scenario(feed: Feed) -> None:
        told = MatchDetail(match(LIVE, "PREGAME"))
        feed.venue.points[WHOLE] = OddsHistory(WHOLE, tuple(row(1, 100, "1.5", "2.5", "9")))
        feed.tell(told.match, told)
        assert (await read(feed, told)).note == BY_SIDE
        feed.tell(heard(110, "1.6", "2.4", teams=(VERTEX.id, NOMADS.id)))
        assert prices(feed.session.histories.drawing(told.match, told, WHOLE), "Vertex") == [(100, 1.5), (110, 1.6)]

    play(scenario)


def test_a_hole_told_by_the_changes_themselves_reads_the_history_again() -> None:
    """A full page, through the whole session: F-R01 for the chart."""

    async def scenario(feed: Feed) -> None:
        told = over_the_swap(feed)
        feed.venue.put(told.match)
        feed.venue.detailed[LIVE] = told
        feed.session.start()
        feed.session.open(LIVE)
        await asyncio.sleep(2)
        await read(feed, told)
        asked = len(feed.venue.asked("history"))
        await asyncio.sleep(AGAIN + 1)
        await read(feed, told)
        assert len(feed.venue.asked("history")) == asked  # nothing was lost
        feed.venue.page_limit = 0  # every page is full
        await asyncio.sleep(4)
        feed.venue.page_limit = 1000
        await asyncio.sleep(AGAIN)
        await read(feed, told)
        assert [key for (key,) in feed.venue.asked("history")[asked:]].count(WHOLE) == 1

    play(scenario)
