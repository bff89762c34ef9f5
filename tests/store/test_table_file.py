"""A file to import: nothing is read of what is no plain file, or too large."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from app.domain.table_text import MOST_BYTES, TableError
from app.store import table_file


async def test_a_plain_file_comes_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\xef\xbb\xbfa;b\r\n")
    assert await table_file.read(path) == b"\xef\xbb\xbfa;b\r\n"


async def test_the_largest_file_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"x" * MOST_BYTES)
    assert len(await table_file.read(path)) == MOST_BYTES
    path.write_bytes(b"x" * (MOST_BYTES + 100_000))
    with pytest.raises(TableError, match=r"It has 2\.1 MB: at most 2 MB are read"):
        await table_file.read(path)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are of POSIX")
async def test_a_pipe_a_device_a_socket_and_a_folder_are_refused_before_they_are_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (pipe, Path("/dev/zero"), tmp_path / "socket"):
            with pytest.raises(TableError, match="a device, a pipe or a socket"):
                await table_file.read(path)
    with pytest.raises(TableError, match="This is a folder"):
        await table_file.read(tmp_path)


async def test_a_missing_file_and_an_impossible_name_have_their_sentences(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="There is no such file"):
        await table_file.read(tmp_path / "nothing.csv")
    with pytest.raises(TableError, match="This is no name of a file"):
        await table_file.read(Path("a\0b"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.touch(mode=0)
    with pytest.raises(TableError, match="You are not allowed"):
        await table_file.read(path)
