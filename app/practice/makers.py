"""The makers: invented firms that quote the books around the fair chance, a little at a time, and remember what was taken.

Every quote is made for a taker's view: an outcome of fair chance c is offered at a price that implies c plus a margin, snapped to
the ladder away from fair, and deeper levels further away. Since the implied chances of all outcomes add up to more than one, the
makers never cross themselves. What a taker took shifts their opinion for about a minute and is not offered again at that price for
half of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp
from random import Random

from app.practice.book import MAKERS, Book, Quote, Resting
from app.practice.bulletin import Bulletin
from app.practice.clock import SECOND
from app.practice.games import RAIL, Game
from app.practice.ladder import IMPLIED, LAST, rung_not_better, win_of
from app.practice.matching import Matcher

FADE = 60 * SECOND  # a taker's push is down to a third after this
BAR = 30 * SECOND
_PUSH = 0.012  # of a chance, for taking one usual level
_MOST_PUSH = 0.06
_RECALL = 0.96  # of the drift is kept from one look to the next
_DEEPEST = 5
BUSY = 400_00  # cents a level from which a book is always quoted in depth
_MOST_WORTH = 10  # usual levels; nobody lays a fortune against a rounding error
_TABLE = 256  # pre-drawn random numbers
_ROUND = 5_00


class Makers:
    """Quotes books. All randomness is `rng`'s."""

    def __init__(self, bulletin: Bulletin, rng: Random) -> None:
        self.rng = rng
        self._bulletin = bulletin
        table = Random(7)
        self._noises = [table.gauss(0.0, 0.0016) for _ in range(_TABLE)]
        self._factors = [exp(table.gauss(0.0, 0.55)) for _ in range(_TABLE)]

    # a first look

    def take_on(self, book: Book, liquidity: int, rng: Random) -> None:
        """Decide how a book is quoted. `liquidity` is a usual level in cents; the best known books are never without quotes."""
        style = rng.random() if liquidity < BUSY else 1.0
        if style < 0.1:
            return
        count = len(book.offers)
        book.quote = Quote(
            size=int(liquidity * self._factors[rng.getrandbits(8)]),
            margin=rng.uniform(0.006, 0.019),
            gap=rng.uniform(0.007, 0.016),
            depth=rng.randint(1, 2) if style < 0.18 else rng.randint(3, _DEEPEST),
            pushed=(0.0,) * count,
            barred=(LAST + 1,) * count,
        )

    def fill(self, book: Book, game: Game, matcher: Matcher, now: int) -> None:
        """Quote all sides to their depth."""
        quote = book.quote
        if quote is None:
            return
        chances = self._opinion(book, quote, game, now)
        for outcome, chance in enumerate(chances):
            self._prune(book, outcome, _ask(chance, quote.margin))
        for outcome, chance in enumerate(chances):
            self._deepen(book, outcome, chance, matcher, now)

    def leave(self, book: Book) -> None:
        """Take all of the makers' offers off a book for good."""
        book.quote = None
        for outcome, offers in enumerate(book.offers):
            offers[:] = [resting for resting in offers if resting.order_id != MAKERS]
            book.touch(outcome)

    # one look after another

    def tick(self, book: Book, game: Game, matcher: Matcher, now: int) -> None:
        """Look at a book again: drop what became too good, then change one level of one side."""
        quote = book.quote
        if quote is None:
            return
        quote.drift = quote.drift * _RECALL + self._noises[self.rng.getrandbits(8)]
        chances = self._opinion(book, quote, game, now)
        asks = [_ask(chance, quote.margin) for chance in chances]
        for outcome, best in enumerate(asks):
            self._prune(book, outcome, best)
        outcome = self._neediest(book, asks)
        offers = book.offers[outcome]
        if len(offers) < quote.depth or LAST - offers[0].rung < asks[outcome] - 1:
            self._deepen(book, outcome, chances[outcome], matcher, now)
        else:
            self._resize(book, outcome, quote, now)

    def _neediest(self, book: Book, asks: list[int]) -> int:
        """The side that stands furthest from where it should; any, while all are near."""
        worst, behind = int(self.rng.random() * len(asks)), 2
        for outcome, best in enumerate(asks):
            offers = book.offers[outcome]
            away = best + offers[0].rung - LAST if offers else 2
            if away > behind:
                worst, behind = outcome, away
        return worst

    def taken(self, book: Book, outcome: int, rung: int, stake: int, now: int) -> None:
        """A user took `stake` cents of an outcome at the taker's rung."""
        quote = book.quote
        if quote is None:
            return
        pushed = list(self._pushed(quote, now))
        pushed[outcome] = min(_MOST_PUSH, pushed[outcome] + _PUSH * min(3.0, stake / quote.size))
        quote.pushed = tuple(pushed)
        quote.pushed_at = now
        barred = list(quote.barred if now < quote.barred_until else (LAST + 1,) * len(pushed))
        barred[outcome] = min(barred[outcome], rung)
        quote.barred = tuple(barred)
        quote.barred_until = now + BAR

    def delay(self, books: Iterable[Book], gap: int) -> None:
        """`gap` ns have passed that do not exist for the world: what was taken just before them is still just taken."""
        for book in books:
            if book.quote is not None and book.quote.pushed_at:
                book.quote.pushed_at += gap
                book.quote.barred_until += gap

    def forget(self, book: Book) -> None:
        """A score: yesterday's takers say nothing about today's price."""
        if book.quote is not None:
            book.quote.pushed = (0.0,) * len(book.offers)
            book.quote.barred_until = 0

    # parts

    def _opinion(self, book: Book, quote: Quote, game: Game, now: int) -> list[float]:
        question = book.question
        assert question is not None, "a quoted book has a question"
        chances = list(game.chances(question, now))
        chances[0] += quote.drift * 4.0 * chances[0] * (1.0 - chances[0])
        if quote.pushed_at:
            chances = [chance + push for chance, push in zip(chances, self._pushed(quote, now), strict=True)]
            whole = sum(chances)
            chances = [chance / whole for chance in chances]
        if len(chances) == 2:
            chances[0] = min(1.0 - RAIL, max(RAIL, chances[0]))
            chances[1] = 1.0 - chances[0]
        return chances

    def _pushed(self, quote: Quote, now: int) -> tuple[float, ...]:
        kept = exp((quote.pushed_at - now) / FADE)
        return tuple([push * kept for push in quote.pushed])

    def _prune(self, book: Book, outcome: int, best: int) -> None:
        """Drop makers' offers better than `best`, a taker's rung."""
        offers = book.offers[outcome]
        while offers and LAST - offers[0].rung > best:
            place = next((n for n, resting in enumerate(offers) if resting.order_id == MAKERS), -1)
            if place < 0 or LAST - offers[place].rung <= best:
                return
            offers.pop(place)
            book.touch(outcome)

    def _deepen(self, book: Book, outcome: int, chance: float, matcher: Matcher, now: int) -> None:
        """Offer what is missing of a side, from the best price down, and drop what stands too deep."""
        quote = book.quote
        assert quote is not None, "only quoted books are deepened"
        offers = book.offers[outcome]
        shown = {resting.rung for resting in offers if resting.order_id == MAKERS}
        for place in range(quote.depth):
            rung = self._rung(quote, outcome, chance, place, now)
            if LAST - rung in shown or rung < 0:
                continue
            self._offer(book, outcome, rung, int(quote.size * (1.0 + 0.5 * place)), matcher, now)
            shown.add(LAST - rung)
        self._trim(book, outcome, quote.depth)

    def _trim(self, book: Book, outcome: int, depth: int) -> None:
        offers = book.offers[outcome]
        ours = [place for place, resting in enumerate(offers) if resting.order_id == MAKERS]
        for place in reversed(ours[depth:]):
            del offers[place]
            book.touch(outcome)

    def _rung(self, quote: Quote, outcome: int, chance: float, place: int, now: int) -> int:
        """The taker's rung of the `place`-th level of a side."""
        room = 0.3 + 2.8 * chance * (1.0 - chance)
        rung = _ask(chance, quote.margin) if place == 0 else rung_not_better(chance + (quote.margin + quote.gap * place) * room)
        if now < quote.barred_until:
            rung = min(rung, quote.barred[outcome] - 1 - place)
        return rung

    def _offer(self, book: Book, outcome: int, rung: int, size: int, matcher: Matcher, now: int) -> None:
        stake = self._stake(size)
        own = LAST - rung
        worth = win_of(own, stake)
        if worth > _MOST_WORTH * size:
            stake = max(1, stake * _MOST_WORTH * size // worth)
        if win_of(own, stake):
            sequence = self._bulletin.sequence(now)
            matcher.offer(book, outcome, Resting(own, sequence, stake, stake, 0, now), now)

    def _resize(self, book: Book, outcome: int, quote: Quote, now: int) -> None:
        """Put another amount behind one of a side's levels, at the end of its queue."""
        offers = book.offers[outcome]
        place = int(self.rng.random() * len(offers))
        old = offers[place]
        if old.order_id != MAKERS or (now < quote.barred_until and LAST - old.rung >= quote.barred[outcome]):
            return
        stake = self._stake(int(quote.size * (1.0 + 0.5 * place)))
        worth = win_of(old.rung, stake)
        if 0 < worth <= _MOST_WORTH * quote.size:
            del offers[place]
            book.offer(outcome, Resting(old.rung, self._bulletin.sequence(now), stake, stake, worth, now))
            book.touch(outcome)

    def _stake(self, size: int) -> int:
        """A level's size as firms choose them: often round, sometimes what is left of something."""
        stake = max(2_00, int(size * self._factors[self.rng.getrandbits(8)]))
        return stake if self.rng.random() < 0.35 else max(_ROUND, stake - stake % _ROUND)


def _ask(chance: float, margin: float) -> int:
    """The best taker's rung the makers offer for a fair chance."""
    return rung_not_better(min(IMPLIED[0], chance + margin * (0.3 + 2.8 * chance * (1.0 - chance))))
