"""Matches, odds and tables of the practice league as the feed's rows."""

from __future__ import annotations

from collections.abc import Sequence

from app.practice.cs2.model import MatchState, Point, Priced, Queued, RoundState, Season, Team
from app.practice.cs2.model import Row as TableRow
from app.practice.wire.rankacy_reading import moment_text
from app.practice.wire.rankacy_shapes import (
    Market,
    MarketCode,
    MarketOdds,
    MarketOddsSide,
    MatchDetail,
    MatchRound,
    MatchRoundEvent,
    MatchStatus,
    MatchSummary,
    OddsChange,
    OddsHistoryPoint,
    QueueStatus,
    SeasonSummary,
    Side,
    StandingRow,
    TeamSummary,
    UpcomingMatchSummary,
    WebhookEvent,
)

MARKETS: Sequence[Market] = (
    Market(MarketCode.MATCH, "Match winner", "Which team wins the match, or a draw", [Side.CT, Side.T, Side.DRAW]),
    Market(MarketCode.ROUND, "Round winner", "Which side wins the round being played", [Side.CT, Side.T]),
    Market(MarketCode.NEXT_ROUND, "Next round winner", "Which side wins the round after it", [Side.CT, Side.T]),
)


def team(each: Team) -> TeamSummary:
    return TeamSummary(each.id, each.name, each.logo_name)


def summary(match: MatchState) -> MatchSummary:
    status = MatchStatus(match.status)
    is_live = status is MatchStatus.LIVE
    return MatchSummary(
        match_id=match.id,
        unique_match_id=match.unique_id,
        map_name=match.map_name,
        status=status,
        team_1=team(match.team_1),
        team_2=team(match.team_2),
        team_1_score=match.score_1,
        team_2_score=match.score_2,
        ct_team_id=match.ct_team_id if is_live else None,
        t_team_id=match.t_team_id if is_live else None,
        current_round_number=match.round_number,
        season_id=match.season_id,
        starts_at=moment_text(match.starts_at),
        updated_at=moment_text(match.updated_at),
    )


def detail(match: MatchState, rounds: Sequence[RoundState], events: list[WebhookEvent]) -> MatchDetail:
    short = summary(match)
    fields = {name: getattr(short, name) for name in short.__struct_fields__}
    return MatchDetail(**fields, season_name=match.season_name, rounds=[_round(each) for each in rounds], webhook_events=events)


def _round(played: RoundState) -> MatchRound:
    events = [
        MatchRoundEvent(event.label, event.summary, event.category or None, event.timestamp, event.is_important) for event in played.events
    ]
    return MatchRound(played.number, played.ct_team_id, played.t_team_id, played.winner_team_id, played.win_reason or None, events)


def upcoming(queued: Queued) -> UpcomingMatchSummary:
    return UpcomingMatchSummary(
        queue_id=queued.queue_id,
        unique_match_id=queued.unique_id,
        queued_at=moment_text(queued.queued_at),
        season_id=queued.season_id,
        season_name=queued.season_name,
        team_1=team(queued.team_1),
        team_2=team(queued.team_2),
        status=QueueStatus(queued.status),
    )


def _sides(priced: Priced) -> list[MarketOddsSide]:
    return [MarketOddsSide(Side(side), team_id, odds) for side, team_id, odds in priced.sides]


def market_odds(priced: Priced) -> MarketOdds:
    return MarketOdds(
        market=MarketCode(priced.market),
        round_number=priced.round_number,
        is_available=priced.is_available,
        margin=priced.margin or None,
        updated_at=moment_text(priced.updated_at),
        sides=_sides(priced),
    )


def change(match: MatchState, priced: Priced) -> OddsChange:
    return OddsChange(
        match_id=match.id,
        match_status=MatchStatus(match.status),
        market=MarketCode(priced.market),
        round_number=priced.round_number,
        updated_at=moment_text(priced.updated_at),
        is_available=priced.is_available,
        sides=_sides(priced),
    )


def point(each: Point) -> OddsHistoryPoint:
    return OddsHistoryPoint(each.id, Side(each.side), each.decimal_odd, each.margin, moment_text(each.updated_at))


def season(each: Season) -> SeasonSummary:
    return SeasonSummary(each.id, each.name, each.is_active, moment_text(each.created_at))


def standing(row: TableRow) -> StandingRow:
    return StandingRow(row.rank, row.team.id, row.team.name, row.wins, row.draws, row.losses, row.points)
