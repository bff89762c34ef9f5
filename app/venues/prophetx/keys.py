"""A pair of keys for an account, made with the web session of the person it belongs to (contract 1.1, row 25: Direct Linking).

The session and the pair are secrets: they are in no error's text, and an answer that cannot be read is not quoted.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from app.domain.errors import NotSentError, RedirectedError, RefusedError, UnknownError, UnreadableError
from app.domain.secret import Secret
from app.venues.hosts import Address
from app.venues.http import Http, Reply, accepted
from app.venues.prophetx import places, wire
from app.venues.prophetx.calls import Call
from app.venues.prophetx.names import Paths
from app.venues.prophetx.spelling import Reader

MOST_PAIRS = 20  # that an account may have (contract 5.4)
LONGEST = 16_384  # characters of a session or a key
SCHEME = "bearer"

_PAIR = Reader(wire.PairBody, places.PAIR)


class MadePair(msgspec.Struct, frozen=True):
    """What logs the account in from now on. The venue tells the secret this once."""

    access: Secret
    secret: Secret


async def make_keys(address: Address, paths: Paths, session: Secret, connect: Callable[[str], Http] = Http) -> MadePair:
    """One POST, never repeated: each one that arrives uses up one of the account's MOST_PAIRS.

    `session` is the bearer of the person's own web session, with or without the word Bearer before it. NotSentError: it is no session,
    or is over (401), or the venue was not reached. RefusedError: no, in the venue's words or ours. UnknownError and UnreadableError: a pair
    may have been made that nobody can use, and which the person can remove on the venue's page.
    """
    http = connect(address.base_url + "/")
    try:
        return read_pair(await _answer(http, keys_call(paths), _bearer(session)))
    finally:
        await http.close()


def keys_call(paths: Paths) -> Call:
    return Call("POST", paths.keys, body=b"{}")


def read_pair(body: bytes) -> MadePair:
    """UnreadableError unless both are texts that can log in."""
    try:
        told = _PAIR.body(body).data
    except UnreadableError:
        told = wire.Pair("", "")  # what was wrong with it is not said: nothing of such an answer may be quoted
    if not (_is_usable(told.access_key) and _is_usable(told.secret_key)):
        raise UnreadableError(f"The venue's answer holds no pair of keys that can be used. {_MAYBE}")
    return MadePair(Secret(told.access_key), Secret(told.secret_key))


_MAYBE = "A pair may have been made all the same: look on the venue's page, and remove it there before you try again"


async def _answer(http: Http, call: Call, bearer: str) -> bytes:
    try:
        return accepted(await _sent(http, call, bearer)).body
    except NotSentError as problem:
        raise _explained(problem) from None
    except RefusedError as problem:
        if problem.code == "keypair_num_exceed":
            words = f"{MOST_PAIRS} pairs of keys exist already for this account, and the venue makes no more: remove one on its page"
            raise RefusedError(words, code=problem.code, status=problem.status) from None
        if problem.status == 404 and problem.code in {"", "data_not_found"}:
            raise RefusedError(f"The venue does not know {call.path}: make the keys on its page", code=problem.code, status=404) from None
        raise
    except RedirectedError:
        raise
    except UnknownError as problem:
        raise UnknownError(f"{problem}. {_MAYBE}", status=problem.status) from None


async def _sent(http: Http, call: Call, bearer: str) -> Reply:
    return await http.send(call.method, call.path, body=call.body, headers={"Authorization": f"Bearer {bearer}"})


def _explained(problem: NotSentError) -> NotSentError:
    if problem.status != 401:
        return problem
    words = "The session of the web page is over, or is another one's: log in on the venue's page again and copy it anew"
    return NotSentError(words, status=401, code=problem.code)


def _bearer(session: Secret) -> str:
    """The session as a header may carry it; NotSentError for what cannot be one (a header that is refused would be quoted in an error)."""
    first, *rest = session.reveal().split() or [""]
    told = " ".join(rest if first.lower() == SCHEME else [first, *rest])
    if not _is_usable(told):
        raise NotSentError("This is no session of the web page: it is one long word of letters, digits and signs, without spaces")
    return told


def _is_usable(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= LONGEST
