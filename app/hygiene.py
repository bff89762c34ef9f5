"""Keeps this process's memory, where its secrets lie, out of core dumps and out of other programs' sight.

Two locks, because either leaves a gap. The limit on core files stops the kernel from writing one, but a kernel that pipes dumps into a
program (systemd-coredump, apport) does so whatever the limit is; a process that is not dumpable is not dumped into a pipe either, and no
other program of the same user may attach to it or read its memory under /proc.

What the second one costs, on Linux: a debugger, py-spy and strace do not attach without the administrator's rights (`is_debuggable` leaves
it out), and other programs of the user cannot read /proc/<pid>/exe, fd, environ and root of this process. Itself it reads /proc/self/fd,
exe and maps as before (measured as an ordinary user), but not environ, which nothing here does. A desktop portal (the sandboxed packagings'
way to dialogs and links) looks at /proc/<pid>/root of whoever asks it and may refuse then.
The mark ends with an exec, so each process that holds secrets calls this for itself; the limit is inherited.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def keep_memory_private(*, is_debuggable: bool = False) -> tuple[str, ...]:
    """Call it first in a process that holds secrets; a sentence for each thing that could not be done. It never raises.

    Nothing on Windows, which writes no dump of a program unless an administrator has asked for it.
    """
    words: list[str] = []
    if sys.platform != "win32":
        words += _no_core_file()
    if sys.platform == "linux" and not is_debuggable:
        words += _not_dumpable()
    return tuple(words)


if sys.platform != "win32":
    import resource

    def _no_core_file() -> list[str]:
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except (OSError, ValueError) as problem:
            return [f"Core dumps could not be switched off: {problem}"]
        return []


def _not_dumpable() -> list[str]:
    try:
        failed = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError) as problem:
        return [f"The process could not be hidden from other programs: {problem}"]
    return [f"The process could not be hidden from other programs: error {ctypes.get_errno()}"] if failed else []
