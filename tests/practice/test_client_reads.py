"""What the exchange lists, read by the program's own client: every market whole, and none of them locked for a flaw."""

from __future__ import annotations

from app.venues.prophetx import codec
from tests.practice.kit import Api


async def test_the_client_finds_no_fault_with_any_market(api: Api) -> None:
    tournaments = codec.read_tournaments((await api.get("/mm/get_tournaments", has_active_events="true")).content)
    seen = 0
    for tournament in tournaments:
        for event in codec.read_events((await api.get("/mm/get_sport_events", tournament_id=tournament.id)).content):
            read = codec.read_markets((await api.get("/v4/mm/get_markets", event_id=event.id)).content, event.id)
            assert read.faults == ()
            assert [market.flaw for group in read.groups for market in group.markets if market.flaw] == []
            seen += len(read.books)
    assert seen > 1000
