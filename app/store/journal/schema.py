"""The tables of the journal as this version of the program knows them. Nothing here is SQLite's alone."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, String, Table, Text

HEAD: Final = "0001"  # the migration that leads to these tables
KNOWN: Final = ("0001",)  # all migrations up to it, oldest first

# An integer key of SQLite is its row number, which saves an index; elsewhere a big integer is meant.
_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")

metadata: Final = MetaData()

entries: Final = Table(
    "entries",
    metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

orders: Final = Table(
    "orders",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("venue_order_id", Text, nullable=False, index=True),
    Column("is_live", Boolean, nullable=False, index=True),
    Column("touched_at", BigInteger, nullable=False, index=True),  # microseconds since 1970, UTC
    Column("seq", BigInteger, nullable=False),  # the newest entry about the order
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),  # of all but seq: what a disk changes is noticed
)

flags: Final = Table(
    "flags",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

revisions: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
