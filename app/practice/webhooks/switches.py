"""What goes wrong with deliveries: the script's faults, and switches that are set while the exchange runs."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from msgspec import UNSET, Meta, Struct, UnsetType

from app.practice.faults.script import Corrupt, Drop, Duplicate, Late, PushVerb, Upper

MOST_COPIES = 100


class Wishes(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change; what is not named stays."""

    drop: bool | UnsetType = UNSET
    """Nothing is sent."""
    duplicate: Annotated[int, Meta(ge=0, le=MOST_COPIES)] | UnsetType = UNSET
    """Each is sent so many times more, with the same bytes."""
    delay: Annotated[float, Meta(ge=0, le=3_600)] | UnsetType = UNSET
    """Seconds by which each is late."""
    corrupt: bool | UnsetType = UNSET
    """A bit of the body is turned over after it was signed."""
    upper: bool | UnsetType = UNSET
    """The signature's hex is in capitals."""


class Fate(NamedTuple):
    """What is done to one delivery; `fault` names it, empty for an honest one."""

    is_dropped: bool = False
    copies: int = 0
    delay: float = 0.0
    corrupt: Corrupt | None = None
    is_upper: bool = False
    fault: str = ""


class Switches:
    def __init__(self) -> None:
        self.drop = self.corrupt = self.upper = False
        self.duplicate = 0
        self.delay = 0.0

    def apply(self, wishes: Wishes) -> None:
        for name in wishes.__struct_fields__:
            if (value := getattr(wishes, name)) is not UNSET:
                setattr(self, name, value)

    @property
    def told(self) -> dict[str, object]:
        return {"drop": self.drop, "duplicate": self.duplicate, "delay": self.delay, "corrupt": self.corrupt, "upper": self.upper}

    def fate(self, struck: PushVerb | None) -> Fate:
        """The switches together with the script's fault, if one has struck."""
        standing = [name for name, value in self.told.items() if value]
        return Fate(
            is_dropped=self.drop or isinstance(struck, Drop),
            copies=self.duplicate + (struck.copies if isinstance(struck, Duplicate) else 0),
            delay=self.delay + (struck.seconds if isinstance(struck, Late) else 0.0),
            corrupt=struck if isinstance(struck, Corrupt) else Corrupt() if self.corrupt else None,
            is_upper=self.upper or isinstance(struck, Upper),
            fault=" ".join([*standing, *([struck.word] if struck is not None and struck.word not in standing else [])]),
        )
