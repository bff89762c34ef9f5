"""The tables of the deliveries' file. It is a log that may be thrown away: another version of the program begins a new one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text

VERSION: Final = 3
WITHOUT_NOTICED: Final = 2  # the version that lacks one column: it is given to that, and nothing is lost
OURS: Final = 0x4F564448  # the application id in its header: "OVDH"

LIMITED: Final = "limited"
"""What is counted by the minute beside the verdicts: answered with 429, and not among the deliveries."""

metadata: Final = MetaData()

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False, index=True),  # microseconds since 1970, UTC
    Column("verdict", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("match_id", BigInteger),
    Column("subscription_id", BigInteger),
    Column("path", Text, nullable=False),
    Column("size", Integer),
    Column("answer", Integer),
    Column("took", Integer),  # microseconds
    Column("reason", Text, nullable=False),
    Column("copy_of", Integer, nullable=False),
    Column("refetched", Text, nullable=False),  # paths, one a line
    Column("is_pinned", Boolean, nullable=False),
    Column("noticed", BigInteger),  # as at; of what was missed
)

letters: Final = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("headers", LargeBinary, nullable=False),  # JSON
    Column("body", LargeBinary, nullable=False),
    Column("full_size", Integer, nullable=False),
)

minutes: Final = Table(
    "minutes",
    metadata,
    Column("minute", BigInteger, primary_key=True, autoincrement=False),  # since 1970, UTC
    Column("whose", Text, primary_key=True),  # the subscription's number; empty: of none
    Column("verdict", Text, primary_key=True),  # or `LIMITED`
    Column("number", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),  # as deliveries.at
)
"""How many came, whatever has been removed since."""

counter: Final = Table("counter", metadata, Column("name", Text, primary_key=True), Column("last", Integer, nullable=False))
"""The number of the last delivery: a number is never given twice, whatever was removed."""
