"""Starts Overround: the window, its tour, the practice exchange alone, the doctor, or a look at the journals."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Dispatch to a mode; each imports only what it needs, so the exchange starts without Qt."""
    mode, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if mode == "practice-server":
        from app.practice import server

        return server.main(rest)
    if mode == "webhook-receiver":
        from app.receiver import server as receiver

        return receiver.main(rest)
    if mode == "journal":
        from app import journal

        return journal.main(rest)
    if mode == "cancel-all":
        from app import cancel_all

        return cancel_all.main(rest)
    if mode == "test-connection":
        from app import connection

        return connection.main(rest)
    from app import doctor

    if mode == "doctor":
        return doctor.main(rest)
    words = doctor.bad_pair()
    if words:
        print(words, file=sys.stderr)
        return 3
    from app import bootstrap

    return bootstrap.main(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # before a mode has taken Ctrl+C into its own hands
        sys.exit(130)
