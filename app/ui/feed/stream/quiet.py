"""Keeps FFmpeg from writing every address it opens to the standard error: Twitch's addresses carry a token."""

from __future__ import annotations

import ctypes
import logging
import os
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

LOADED_ONLY = getattr(os, "RTLD_NOLOAD", 0) | getattr(os, "RTLD_NOW", 0)

log = logging.getLogger(__name__)

FATAL_ONLY = 8  # AV_LOG_FATAL of libavutil/log.h: its errors name addresses too


def hush_ffmpeg() -> bool:
    """Whether the library was found and told. Qt ships it beside its own; it logs at the level INFO unless told otherwise.

    Called when a player has been built: only a library that is loaded already is spoken to, for another copy is not the one that plays.
    """
    for folder in (QLibraryInfo.LibraryPath.LibrariesPath, QLibraryInfo.LibraryPath.BinariesPath):
        for path in sorted(Path(QLibraryInfo.path(folder)).glob("*avutil*")):
            if _hush(path):
                return True
    return False


def _hush(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path), mode=LOADED_ONLY).av_log_set_level(FATAL_ONLY)
    except (OSError, AttributeError) as problem:
        log.debug("%s could not be told to be quiet: %s", path.name, problem)
        return False
    return True
