"""The Trading API's markets as pydantic models: the peer of those who check types with it."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, TypeAdapter


class Level(BaseModel):
    strike_id: str
    name: str = ""
    outcome_id: int = 0
    strike: Decimal | None = None
    price: int | None = None
    quantity: Decimal = Decimal(0)
    value: Decimal = Decimal(0)


class Market(BaseModel):
    id: int
    name: str = ""
    type: str = ""
    sub_type: str = ""
    category_name: str = ""
    status: str = ""
    favourite: bool = False
    player_id: int = 0
    strike: Decimal | None = None
    selections: list[list[Level]] = []
    market_strikes: list[Market] = []
    total_filled_quantity: Decimal = Decimal(0)


class Answer(BaseModel):
    data: dict[str, list[Market]]


ANSWER = TypeAdapter(Answer)
