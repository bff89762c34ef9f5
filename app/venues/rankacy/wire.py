"""Shapes of the answers of Rankacy's feed."""

from __future__ import annotations

import msgspec


class WirePing(msgspec.Struct):
    status: str
    partner_id: int
    partner_name: str
    server_time: str


class WireMarket(msgspec.Struct):
    code: str
    name: str = ""
    description: str = ""
    sides: list[str] = []
