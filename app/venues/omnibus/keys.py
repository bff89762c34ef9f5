"""Telling the venue of a public key, with the token of a person of the partner (the guide's step 1)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from app.domain.errors import NotSentError, RefusedError
from app.domain.keys import KeysFullError
from app.domain.proof import Registered
from app.domain.secret import Secret
from app.domain.typed import cleaned_key, is_one_word
from app.venues.hosts import Address
from app.venues.http import Http, accepted
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.codec import read_key, read_keys
from app.venues.omnibus.names import Paths

MOST_KEYS = 20
FULL = "keypair_num_exceed"
_SCHEME = "bearer"


async def register_key(
    address: Address, paths: Paths, token: Secret, name: str, public_pem: str, connect: Callable[[str], Http] = Http
) -> Registered:
    """One POST, never repeated. `token` is the partner's, with or without the word Bearer before it.

    NotSentError: it is no token, or not one the venue knows, or the venue was not reached. RefusedError: no, in words. UnknownError and
    UnreadableError: it may have been taken; the list of keys at the venue tells.
    """
    call, bearer = Calls(paths).register_key(name, public_pem), _bearer(token)
    http = connect(address.base_url + "/")
    try:
        reply = await http.send(call.method, call.path, body=call.body, headers={"Authorization": f"Bearer {bearer}"})
        return read_key(accepted(reply).body)
    except NotSentError as problem:
        if problem.status == 401:
            raise NotSentError("The venue does not know this partner token: copy it anew", status=401, code=problem.code) from None
        raise
    except RefusedError as problem:
        if problem.status == 404:
            words = f"The venue takes no keys at {call.path}: send the public key to Prophet instead"
            raise RefusedError(words, code=problem.code, status=404) from None
        if problem.code == FULL:
            words = f"Prophet has {MOST_KEYS} public keys of this partner and takes no more: one of them has to be removed first"
            raise KeysFullError(words, code=problem.code, status=problem.status) from None
        raise
    finally:
        await http.close()


async def remove_oldest(address: Address, paths: Paths, token: Secret, but: Collection[str], connect: Callable[[str], Http] = Http) -> str:
    """Withdraw the oldest registered key whose id is not among `but`; its name. Errors as above, and RefusedError where there is none."""
    headers = {"Authorization": f"Bearer {_bearer(token)}"}
    http = connect(address.base_url + "/")
    try:
        listed = read_keys(accepted(await http.send("GET", paths.keys, headers=headers)).body)
        oldest = min((key for key in listed if key.key_id not in but), key=lambda key: key.created_at, default=None)
        if oldest is None:
            raise RefusedError("Every key that is registered belongs to a profile of this computer: delete a profile first")
        accepted(await http.send("DELETE", f"{paths.keys}/{oldest.key_id}", headers=headers))
    finally:
        await http.close()
    return oldest.name


def _bearer(token: Secret) -> str:
    told = cleaned_key(token.reveal())
    scheme, _, rest = told.partition(" ")
    told = cleaned_key(rest) if scheme.lower() == _SCHEME else told
    if not is_one_word(told):
        raise NotSentError("This is no partner token: it is one long word of letters, digits and signs, without spaces")
    return told
