"""The log file: one line an entry, rotated, and only as talkative as it should be."""

from __future__ import annotations

import logging
import logging.handlers
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.redact import HIDDEN
from app.domain.secret import Secret
from app.store import logs
from app.store.paths import root

CANARY = f"canary-{secrets.token_hex(12)}"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    root, own = logging.getLogger(), logging.getLogger("app")
    levels = root.level, own.level
    handler = logs.to_file(tmp_path)
    yield tmp_path
    root.removeHandler(handler)
    handler.close()
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def lines(folder: Path) -> list[str]:
    return (folder / "overround.log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "a\\nb"),
        ("a\r\nINFO forged", "a\\r\\nINFO forged"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\x00", "nul\\x00"),
        ("bell\x07\x85\u2028", "bell\\x07\\x85\\u2028"),
        ("rtl\u202egnp", "rtl\\u202egnp"),
        ("Zürich −110", "Zürich −110"),
    ],
)
def test_no_text_from_outside_can_forge_an_entry(folder: Path, text: str, written: str) -> None:
    logging.getLogger("app.venues").warning("%s", text)
    (line,) = lines(folder)
    assert line.endswith(f"WARNING app.venues {written}")


def test_a_traceback_is_one_line_too(folder: Path) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("app").exception("it failed")
    (line,) = lines(folder)
    assert "ValueError: two\\nlines" in line


def test_our_own_code_is_heard_from_info_and_others_from_warning(folder: Path) -> None:
    logging.getLogger("app.services").info("ours")
    logging.getLogger("app.services").debug("not this")
    logging.getLogger("somebody.else").info("nor this")
    logging.getLogger("somebody.else").warning("theirs")
    assert [line.rsplit(" ", 1)[1] for line in lines(folder)] == ["ours", "theirs"]


class Leaky:
    """Something whose own words hold a secret: an exception of a library, a response."""

    def __repr__(self) -> str:
        return f"<request with {CANARY}>"


def fail_with(problem: Exception, cause: Exception | None = None) -> Callable[[logging.Logger], None]:
    def write(log: logging.Logger) -> None:
        try:
            raise problem from cause
        except Exception:
            log.exception("it failed")

    return write


@pytest.mark.parametrize(
    "write",
    [
        lambda log: log.warning(f"sent {CANARY}"),
        lambda log: log.warning("sent %s", CANARY),
        lambda log: log.warning("sent %r", {"any": [CANARY]}),
        lambda log: log.warning("sent %s", Leaky()),
        lambda log: log.warning("sent", extra={"request": CANARY}),
        lambda log: log.warning("sent", stack_info=True),
        fail_with(ValueError(CANARY)),
        fail_with(ValueError("no"), OSError(f"at {CANARY}")),
    ],
    ids=["message", "argument", "in a mapping", "its own words", "extra", "stack", "exception", "cause"],
)
@pytest.mark.parametrize("name", ["app.venues", "httpx", "asyncio", "uvicorn.error", "keyring.backend", "pysher.connection"])
def test_a_known_secret_is_in_no_line_whoever_writes_it(folder: Path, name: str, write: Callable[[logging.Logger], None]) -> None:
    logs.hide(Secret(CANARY))
    log = logging.getLogger(name)
    level, log.disabled = log.level, False
    log.setLevel(logging.WARNING)  # pysher sets its own, when it is used
    write(log)
    log.setLevel(level)
    (line,) = lines(folder)
    assert name in line
    assert CANARY not in line


def test_what_looks_like_a_secret_is_left_out_though_nobody_named_it(folder: Path) -> None:
    logging.getLogger("httpx").warning("POST with authorization: Bearer %s", CANARY)
    logging.getLogger("app").warning('{"secret_key": "%s"}', CANARY)
    said = lines(folder)
    assert CANARY not in "".join(said)
    assert '{"secret_key":' in said[1]


def test_a_handler_after_this_one_finds_no_traceback_with_a_secret_in_the_record() -> None:
    logs.hide(Secret(CANARY))
    record = logging.makeLogRecord({"msg": "it failed", "exc_info": (ValueError, ValueError(CANARY), None)})
    logs.OneLine().format(record)
    assert record.exc_text == f"ValueError: {HIDDEN}"


def test_an_entry_without_an_end_is_cut(folder: Path) -> None:
    logging.getLogger("app").warning("%s", "word " * 100_000)
    (line,) = lines(folder)
    assert len(line) < logs.LONGEST + 100
    assert line.endswith("characters more")


def test_without_a_log_file_stderr_is_without_secrets_too() -> None:
    body = """
import logging, sys
from app.domain.secret import Secret
from app.store import logs
logs.to_stderr()
logs.hide(Secret(sys.argv[1]))
logging.getLogger("keyring").warning("read %s", sys.argv[1])
"""
    done = subprocess.run([sys.executable, "-c", body, CANARY], cwd=root(), capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == f"WARNING keyring read {HIDDEN}\n"


def test_a_full_file_is_rotated_and_the_oldest_goes(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, logging.handlers.RotatingFileHandler)]
    assert (handler.maxBytes, handler.backupCount) == (logs.SIZE, logs.FILES)
    monkeypatch.setattr(handler, "maxBytes", 500)
    for number in range(200):
        logging.getLogger("app").warning("entry %d with some words to fill it", number)
    assert len(list(tmp_path.iterdir())) == logs.FILES + 1
