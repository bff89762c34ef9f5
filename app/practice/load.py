"""Genuine payloads in the venue's own shapes, turned into tradable events: what `--load` takes.

What a payload leaves out is inferred and said in `Loaded.notes`. A level at price p on one outcome becomes a makers' order on the
other at -p, so that the served levels are the loaded ones to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.practice.book import Book, Resting
from app.practice.clock import SECOND
from app.practice.ladder import LAST, RUNG, win_of
from app.practice.loose import LoadError, Row, cents, integer, moment, number, payload_files, read_json, renamed, rows, text
from app.practice.model import (
    Category,
    Competitor,
    Event,
    EventStatus,
    Market,
    MarketStatus,
    Outcome,
    Sport,
    Strike,
    Tournament,
)

LOADED_TOURNAMENT = 990_000_001
_DAY = 24 * 3600 * SECOND
_SIDES = {4: "home", 1714: "home", 5: "away", 1715: "away"}


class LoadedEvent(msgspec.Struct):
    event: Event
    books: list[Book]


class Loaded(msgspec.Struct):
    """`notes` are sentences about what was missing or left out."""

    tournaments: dict[int, Tournament]
    events: dict[int, LoadedEvent]
    notes: list[str]


def load_payloads(path: Path, now: int) -> Loaded:
    """Read a multiple-markets file, or a folder with any of tournaments*, sport_events* and multiple_markets*.json.

    Raises LoadError with the file and what is wrong with it. `now` (ns) stands in for missing times.
    """
    reading = _Reading(now)
    read: dict[str, Callable[[Any], None]] = {
        "tournaments": reading.tournaments,
        "sport_events": reading.sport_events,
        "multiple_markets": reading.markets,
    }
    for kind, file in payload_files(path):
        try:
            read[kind](read_json(file))
        except LoadError as error:
            sentence = str(error)
            raise LoadError(sentence if file.name in sentence else f"{file.name}: {sentence}") from error
    if not reading.loaded.events:
        raise LoadError(f"{path} holds no events: no sport_events*.json or multiple_markets*.json with any.")
    return reading.loaded


class _Reading:
    """What has been read so far."""

    def __init__(self, now: int) -> None:
        self.loaded = Loaded({}, {}, [])
        self._now = now

    def _note(self, sentence: str) -> None:
        if sentence not in self.loaded.notes:
            self.loaded.notes.append(sentence)

    # tournaments

    def tournaments(self, data: Any) -> None:
        for row in rows(_inner(data, "tournaments"), "tournaments"):
            sport = row.get("sport") or {}
            category = row.get("category") or {}
            tournament = Tournament(
                integer(row, "id"),
                text(row, "name"),
                Sport(integer(sport, "id"), text(sport, "name")),
                Category(integer(category, "id"), text(category, "name"), text(category, "countryCode")),
                integer(row, "updated_at", self._now),
            )
            self.loaded.tournaments[tournament.id] = tournament

    def _tournament_of(self, row: Row) -> int:
        """The id of an event's tournament, which is made up where it is not known."""
        tournament_id = integer(row, "tournament_id", LOADED_TOURNAMENT)
        if tournament_id not in self.loaded.tournaments:
            name = text(row, "tournament_name", "Loaded")
            sport = Sport(0, text(row, "sport_name", "Loaded"))
            self._note(f'Tournament {tournament_id} "{name}" is not among the tournaments; it was made from its events.')
            self.loaded.tournaments[tournament_id] = Tournament(tournament_id, name, sport, Category(0, "", ""), self._now)
        return tournament_id

    # events

    def sport_events(self, data: Any) -> None:
        for row in rows(_inner(data, "sport_events"), "sport_events"):
            event_id = integer(row, "event_id")
            if not event_id:
                raise LoadError("a sport event has no event_id.")
            competitors = tuple(_competitor(side) for side in rows(row.get("competitors"), "competitors"))
            self._add(self._event(event_id, row, competitors))

    def _event(self, event_id: int, row: Row, competitors: tuple[Competitor, ...]) -> Event:
        if not text(row, "scheduled"):
            self._note(f"Event {event_id} has no start; it is scheduled for a day from now.")
        return Event(
            event_id,
            self._tournament_of(row),
            text(row, "name") or text(row, "display_name") or _versus(competitors) or f"Event {event_id}",
            competitors,
            moment(row, "scheduled", self._now + _DAY),
            EventStatus.NOT_STARTED,
            integer(row, "updated_at", self._now),
            sub_type=text(row, "sub_type") or None,
        )

    def _add(self, event: Event) -> LoadedEvent:
        return self.loaded.events.setdefault(event.id, LoadedEvent(event, []))

    # markets

    def markets(self, data: Any) -> None:
        for event_id, markets in _by_event(data):
            found = rows(markets, f"the markets of event {event_id}")
            if not found:
                self._note(f"Event {event_id} has no markets.")
            entry = self.loaded.events.get(event_id) or self._unknown_event(event_id, found)
            for row in found:
                self._market(entry, row)

    def _unknown_event(self, event_id: int, markets: list[Row]) -> LoadedEvent:
        competitors = _competitors_in(markets)
        self._note(f"Event {event_id} is not among the sport events; its name and {len(competitors)} competitors come from its markets.")
        return self._add(self._event(event_id, {}, competitors))

    def _market(self, entry: LoadedEvent, row: Row) -> None:
        event_id, market_id = entry.event.id, integer(row, "id")
        children = rows(row.get("market_strikes"), f"the strikes of market {market_id}")
        kind = text(row, "type") or next((text(child, "type") for child in children if text(child, "type")), "")
        sub_type = text(row, "sub_type") or next((text(child, "sub_type") for child in children), "")
        name = text(row, "name") or sub_type.replace("_", " ").title() or f"Market {market_id}"
        if not text(row, "name") or not text(row, "type"):
            self._note(f'Market {market_id} of event {event_id} lacks its name or type; it is shown as "{name}".')
        market = Market(
            event_id,
            market_id,
            name,
            kind or "moneyline",
            sub_type,
            text(row, "category_name"),
            text(row, "group_name"),
            [],
            _status(row),
            integer(row, "player_id"),
            integer(row, "updated_at", self._now),
        )
        for strike_row in children or _split(row, market.type):
            self._strike(entry, market, strike_row)

    def _strike(self, entry: LoadedEvent, market: Market, row: Row) -> None:
        sides = _sides(row, market.id)
        if len(sides) < 2:
            if sides:
                self._note(f"Market {market.id} of event {market.event_id} has a strike with one outcome; it was left out.")
            return
        outcomes = tuple(_outcome(side[0]) for side in sides)
        strike = Strike(
            market.event_id,
            market.id,
            number(row, "strike", outcomes[0].strike),
            text(row, "name", market.name),
            outcomes,
            _status(row),
            row.get("favourite") is True,
            cents(row, "total_filled_quantity") or 0,
            market.updated_at,
        )
        market.strikes.append(strike)
        book = Book(market, strike)
        entry.books.append(book)
        for place, levels in enumerate(sides):
            for level in levels:
                self._level(book, place, level)

    def _level(self, book: Book, place: int, row: Row) -> None:
        resting = self._resting(book, row)
        if resting is None:
            return
        book.offer(place, resting)
        if book.is_crossed():
            book.offers[place].remove(resting)
            book.touch(place)
            self._note(f"{_where(book, row)} crosses the other side; that level was left out.")

    def _resting(self, book: Book, row: Row) -> Resting | None:
        """The makers' order behind a level; None for a placeholder."""
        price = integer(row, "price")
        if not price:
            return None
        if price not in RUNG:
            self._note(f"{_where(book, row)} is not on the price ladder; that level was left out.")
            return None
        own = LAST - RUNG[price]
        quantity, value = cents(row, "quantity"), cents(row, "value")
        if value is None:
            self._note("Levels without a value take it from their quantity.")
            value = win_of(own, quantity or 0)
        if value <= 0:
            return None
        open_now = max(1, win_of(RUNG[price], value))
        at = integer(row, "updated_at", self._now)
        return Resting(own, len(book.offers[0]) + len(book.offers[-1]), quantity or open_now, open_now, value, at)


def _where(book: Book, row: Row) -> str:
    return f"Event {book.strike.event_id}, market {book.strike.market_id}: price {row.get('price')}"


def _inner(data: Any, name: str) -> Any:
    return data.get(name) if isinstance(data, dict) else data


def _competitor(row: Row) -> Competitor:
    name = text(row, "name") or text(row, "display_name")
    return Competitor(integer(row, "id"), name, text(row, "abbreviation"), text(row, "side"), text(row, "country"))


def _versus(competitors: tuple[Competitor, ...]) -> str:
    home = next((one.name for one in competitors if one.side == "home"), "")
    away = next((one.name for one in competitors if one.side == "away"), "")
    return f"{away} at {home}" if home and away else ""


def _by_event(data: Any) -> Iterator[tuple[int, Any]]:
    """The events of a multiple-markets body: keyed by id, one event alone, or a list of either kind."""
    if isinstance(data, list):
        for entry in data:
            yield from _by_event(entry)
    elif isinstance(data, dict) and "markets" in data:
        yield integer(data, "event_id") or integer(data, "sport_event_id"), data["markets"]
    elif isinstance(data, dict) and all(str(key).isdigit() for key in data):
        yield from ((int(key), markets) for key, markets in data.items())
    else:
        raise LoadError("markets are neither keyed by event id nor listed with one.")


def _competitors_in(markets: list[Row]) -> tuple[Competitor, ...]:
    """Who plays, from the selections that carry a competitor: a moneyline's names without a number come first."""
    found: dict[int, Competitor] = {}
    for market in sorted(markets, key=lambda row: text(row, "type") != "moneyline"):
        for row in [market, *rows(market.get("market_strikes"), "market_strikes")]:
            for levels in _sides(row, integer(market, "id")):
                one = levels[0]
                competitor_id, side = integer(one, "competitor_id"), _SIDES.get(integer(one, "outcome_id"), "")
                if competitor_id and side:
                    name = _without_number(text(one, "name"))
                    found.setdefault(competitor_id, Competitor(competitor_id, name, name[:3].upper(), side))
    return tuple(sorted(found.values(), key=lambda one: one.side != "home"))


def _without_number(name: str) -> str:
    """The competitor of a spread's selection: "Chicago Bears +3.5" without its number."""
    head, _, tail = name.rpartition(" ")
    return head if head and tail[:1] in "+-" else name


def _sides(row: Row, market_id: int) -> list[list[Row]]:
    """A strike's outcomes, each as its levels; flat selections are grouped by strike id."""
    grouped: dict[str, list[Row]] = {}
    entries = row.get("selections") or []
    if not isinstance(entries, list):
        raise LoadError(f"the selections of market {market_id} are not a list.")
    for entry in entries:
        for level in rows(entry if isinstance(entry, list) else [entry], f"the selections of market {market_id}"):
            strike_id = text(level, "strike_id")
            if not strike_id:
                raise LoadError(f"a selection of market {market_id} has no strike_id.")
            grouped.setdefault(strike_id, []).append(level)
    return list(grouped.values())


def _split(row: Row, kind: str) -> list[Row]:
    """A market's own selections as strikes: one, or for spreads and totals without children one for each number."""
    sides = _sides(row, integer(row, "id"))
    if kind not in ("spread", "total") or len(sides) <= 2:
        return [row]
    by_number: dict[float, list[list[Row]]] = {}
    for side in sides:
        strike = number(side[0], "strike")
        away = kind == "spread" and _SIDES.get(integer(side[0], "outcome_id")) == "away"
        by_number.setdefault(-strike if away else strike, []).append(side)
    return [renamed({"selections": group, "strike": None, "status": row.get("status")}) for group in by_number.values()]


def _outcome(row: Row) -> Outcome:
    return Outcome(
        text(row, "strike_id"),
        integer(row, "outcome_id"),
        integer(row, "competitor_id"),
        text(row, "name") or text(row, "display_name"),
        number(row, "strike"),
    )


def _status(row: Row) -> MarketStatus:
    """An absent status counts as active, an unknown one as closed: nothing trades by mistake."""
    word = text(row, "status", "active")
    known = {status.value: status for status in MarketStatus}
    return known.get(word, MarketStatus.CLOSED)
