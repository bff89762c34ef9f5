"""Who plays in the bot league, on what maps and with what: all invented but the maps and the weapons."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.practice.cs2.model import Team

TEAMS: tuple[Team, ...] = tuple(
    Team(number, name, name.lower().replace(" ", "_"))
    for number, name in enumerate(
        (
            "Kestrel",
            "Basalt",
            "Quorum",
            "Undertow",
            "Foxglove",
            "Saltire",
            "Palisade",
            "Tinderbox",
            "Cobalt Nine",
            "Driftwood",
            "Marrow",
            "Lantern",
        ),
        start=1,
    )
)
SEATS = 5
_BOTS = (
    "Abel",
    "Bryn",
    "Caro",
    "Dunn",
    "Elba",
    "Fitz",
    "Gale",
    "Hugo",
    "Inga",
    "Jory",
    "Kiva",
    "Lark",
    "Mose",
    "Nell",
    "Odin",
    "Pell",
    "Quin",
    "Rook",
    "Saga",
    "Tova",
    "Udo",
    "Vern",
    "Wren",
    "Xenia",
    "Yuri",
    "Zola",
    "Arlo",
    "Birk",
    "Cleo",
    "Drew",
    "Enzo",
    "Faye",
    "Gus",
    "Hale",
    "Iris",
    "Juno",
    "Knox",
    "Lumi",
    "Milo",
    "Nova",
    "Otis",
    "Pip",
    "Remy",
    "Sven",
    "Thea",
    "Ugo",
    "Vida",
    "Wolf",
    "Yara",
    "Zeke",
    "Ansel",
    "Beck",
    "Cove",
    "Dara",
    "Etta",
    "Flint",
    "Greta",
    "Hart",
    "Isla",
    "Jett",
)
MAPS: Mapping[str, float] = MappingProxyType(
    {
        "de_mirage": 0.02,
        "de_inferno": 0.0,
        "de_nuke": 0.07,
        "de_ancient": 0.04,
        "de_anubis": -0.05,
        "de_dust2": -0.02,
        "de_overpass": 0.04,
    }
)
"""Each map with what it adds for CT to a duel (logit)."""

SITES = ("A", "B")
PISTOLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"CT": ("USP-S", "P250", "Five-SeveN", "Desert Eagle"), "T": ("Glock-18", "P250", "Tec-9", "Desert Eagle")}
)
CHEAP: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"CT": ("MP9", "FAMAS", "XM1014", "UMP-45"), "T": ("MAC-10", "Galil AR", "UMP-45", "Nova")}
)
RIFLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"CT": ("M4A1-S", "M4A4", "M4A1-S", "AWP"), "T": ("AK-47", "AK-47", "AWP", "SG 553")}
)
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "de_mirage": ("mid", "palace", "ramp", "connector", "apartments"),
        "de_inferno": ("banana", "second mid", "pit", "arch", "library"),
        "de_nuke": ("lobby", "ramp", "outside", "secret", "hut"),
        "de_ancient": ("mid", "cave", "donut", "lane", "temple"),
        "de_anubis": ("mid", "canal", "palace", "bridge", "connector"),
        "de_dust2": ("mid", "long", "catwalk", "tunnels", "doors"),
        "de_overpass": ("bathrooms", "short", "monster", "heaven", "long"),
    }
)
UTILITY = ("Smoke", "Flash", "Molotov", "HE grenade")


def bots(team: Team) -> tuple[str, ...]:
    """The team's five players."""
    first = (team.id - 1) * SEATS
    return tuple(_BOTS[first : first + SEATS])
