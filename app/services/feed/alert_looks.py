"""What an alert on the league sees when it looks: pure judgement on what the feed told; nothing is said or changed here."""

from __future__ import annotations

import msgspec

from app.domain.cs2 import Match, MatchStatus, Question
from app.domain.feed_alert import FeedOpenAlert, FeedPlan, FeedPriceAlert, FeedStatusAlert, PricedAlert, decimal_words, has_price, odds_on
from app.domain.odds import Odds
from app.services.feed.board import Quote
from app.services.feed.news import result
from app.services.feed.session import FeedSession
from app.services.verdict import Verdict, armed, expired, fired, stopped, waiting


class Reading(msgspec.Struct, frozen=True):
    """What an alert goes by, as it may be told now: odds, or words. `is_late`: as long ago as the video is behind."""

    odds: Odds | None = None
    words: str = ""
    is_late: bool = False


NOTHING = Reading()


class FeedSight:
    """Looks at matches and at prices by team."""

    def __init__(self, session: FeedSession) -> None:
        self._session = session

    def match(self, plan: FeedPlan) -> Match | None:
        return self._session.matches.matches.get(plan.match_id)

    def is_fresh(self, plan: FeedPlan) -> bool:
        """Whether the feed vouches for what it goes by; where no price was told there is nothing that could be old."""
        if self._session.is_late:
            return False
        match = self.match(plan)
        if match is None or isinstance(plan, FeedStatusAlert):
            return True
        quote = self._quote(match, plan)
        return quote is None or not self._session.is_stale(quote.snapshot.key)

    def look(self, plan: FeedPlan, match: Match) -> Verdict:
        """How it stands, what it goes by being fresh."""
        if isinstance(plan, FeedStatusAlert):
            return _status(plan, match)
        if match.is_settled:
            return expired("the match is over")
        if match.status not in MatchStatus.__members__.values():
            return waiting("the feed calls the match a word that nobody knows: nothing of it is priced")
        quote = self._quote(match, plan)
        if quote is None:
            is_between = plan.question is not Question.MATCH and match.round_number is None
            return waiting("no round is being played" if is_between else "the feed has told no price of it yet")
        return _open(plan, match, quote) if isinstance(plan, FeedOpenAlert) else _price(plan, match, quote)

    def reading(self, plan: FeedPlan) -> Reading:
        """What a person may be told of it now; nothing where nothing is known."""
        shown = self._session.told.shown(plan.match_id)
        is_late = self._session.told.is_held(plan.match_id)
        if shown is None:
            return Reading(is_late=is_late)
        if isinstance(plan, FeedStatusAlert):
            return Reading(words=shown.match.status, is_late=is_late)
        quote = shown.quotes[list(Question).index(plan.question)]
        if quote is None or not has_price(quote.snapshot):
            return Reading(words="no price", is_late=is_late)
        if isinstance(plan, FeedOpenAlert):
            return Reading(words="has a price", is_late=is_late)
        return Reading(odds_on(shown.match, quote.snapshot, plan.team_id), is_late=is_late)

    def _quote(self, match: Match, plan: PricedAlert) -> Quote | None:
        """The price of the round that is played, or comes next: never that of another round."""
        return self._session.board.current(match)[list(Question).index(plan.question)]


def _status(plan: FeedStatusAlert, match: Match) -> Verdict:
    if match.is_settled:
        if plan.status is MatchStatus.FINISHED:
            return fired(result(match))
        return expired("the match is over")
    if match.status == plan.status:
        return fired(f"it is {plan.status}{f' on {match.map_name}' if match.map_name else ''}")
    return armed()


def _open(plan: FeedOpenAlert, match: Match, quote: Quote) -> Verdict:
    if has_price(quote.snapshot) is not plan.is_open:
        return armed()
    return fired(f"it has {'a' if plan.is_open else 'no'} price{_round(match)}")


def _price(plan: FeedPriceAlert, match: Match, quote: Quote) -> Verdict:
    if plan.team_id is not None and match.team(plan.team_id) is None:
        return stopped("other teams play this match now")
    if not has_price(quote.snapshot):
        return waiting("it has no price now")
    odds = odds_on(match, quote.snapshot, plan.team_id)
    if odds is None:
        return waiting(f"no price can be told to be that of {plan.team_name}")
    return fired(f"{decimal_words(odds)}{_round(match)}") if plan.is_met(odds) else armed()


def _round(match: Match) -> str:
    return "" if match.round_number is None else f", in round {match.round_number}"
