"""What is left of mutated answers and pushes, in the real window: nothing of it fails in a slot or while it is painted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import UnreadableError
from app.domain.events import EventChanged, MarketsSeeded, OrderReported, TournamentChanged, VenueEvent
from app.venues.prophetx import codec
from app.venues.prophetx.pushes import parse_push
from tests.ui.kit import Desk
from tests.venues.inputs.kit import GAME, GOOD
from tests.venues.inputs.test_mutations import MUTATIONS, RECORDED_PUSHES, Draw, mutated
from tests.venues.samples import pushed, sample

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none


def answered(draw: Draw) -> list[VenueEvent]:
    """What a reading of mutated tournaments, events, markets or orders would tell."""
    name = draw(st.sampled_from(["mm/get_tournaments", "mm/get_sport_events", "v4/mm/get_markets", "v4/mm/get_order_history"]))
    body = mutated(GOOD[name], draw, MUTATIONS)
    try:
        match name:
            case "mm/get_tournaments":
                return [TournamentChanged(one) for one in codec.read_tournaments(body)]
            case "mm/get_sport_events":
                return [EventChanged(one) for one in codec.read_events(body)]
            case "v4/mm/get_markets":
                read = codec.read_markets(body, GAME)
                return [MarketsSeeded(GAME, read.groups, read.books, 1000.0), *read.faults]
        return [OrderReported(one) for one in codec.read_history(body).rows]
    except UnreadableError:
        return []


def told(draw: Draw) -> list[VenueEvent]:
    if draw(st.booleans()):
        return answered(draw)
    name = draw(st.sampled_from(sorted(RECORDED_PUSHES)))
    return parse_push(pushed(RECORDED_PUSHES[name], mutated(sample(name), draw, MUTATIONS)))


def test_no_mutation_fails_in_a_slot_or_while_it_is_painted(desk: Desk) -> None:
    """Slots that raise fail the test (pytest-qt), and so does a painter that Qt complains about."""
    (game,) = [one for one in codec.read_events(GOOD["mm/get_sport_events"]) if one.id == GAME]
    read = codec.read_markets(GOOD["v4/mm/get_markets"], GAME)
    desk.session.emit([EventChanged(game)])
    desk.window.open_event(GAME)

    async def emit(events: list[VenueEvent]) -> None:
        desk.session.emit(events)

    def say(events: list[VenueEvent]) -> None:
        """In the loop, as a venue does."""
        desk.tasks.start(emit(events))
        desk.frame()

    @given(st.data())
    @settings(max_examples=120)
    def feed(data: st.DataObject) -> None:
        say([EventChanged(game), MarketsSeeded(GAME, read.groups, read.books, desk.time.seconds)])
        say(told(data.draw))
        desk.beat()
        for view in (
            desk.window.at_hand.grid,
            desk.window.at_hand.events,
            desk.window.at_hand.blotter,
            desk.window.at_hand.ticket,
            desk.window.at_hand.status,
        ):
            view.grab()

    feed()
