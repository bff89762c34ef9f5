"""Which version of the tables a file has, and how it gets to this program's. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from app.store.journal import schema

FOLDER: Final = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str:
    """The file's revision; a database error when the file has no table of revisions."""
    return str(connection.execute(select(schema.revisions.c.version_num)).scalar_one_or_none() or "")


def upgrade(connection: Connection) -> None:
    """Bring the tables to this program's version, inside the transaction that `connection` is in."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, schema.HEAD)
