"""What the files of lookouts share: the sentence when one cannot be written."""

from __future__ import annotations

from pathlib import Path

from app.store import settings


def keep(path: Path, kept: object, noun: str) -> str:
    """Write the settings file `kept`; a sentence about these `noun` when that could not be done."""
    try:
        settings.write(path, kept)
    except OSError as problem:
        return f"The {noun} hold until the end of the program, but could not be kept: {problem.strerror or problem}"
    except ValueError:
        return f"The {noun} hold until the end of the program, but they are too many to be kept: remove some"
    return ""
