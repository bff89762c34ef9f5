"""Looks for the mistake by which the signature would have come about, the likeliest first, within a bound of work."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from app.domain.mistakes.bodies import Form, edges, encodings, stand_ins
from app.domain.mistakes.cuts import completed
from app.domain.mistakes.headers import Reading
from app.domain.mistakes.keys import Key, keys_of_others, other_keys
from app.domain.mistakes.mistake import Mistake, Part
from app.domain.mistakes.rewriting import rewritten
from app.domain.secret import Secret
from app.domain.signature import key_of

BUDGET: Final = 320 * 1024 * 1024  # bytes that are hashed: a quarter of a second, or one on a slow computer
LARGEST_ENCODED: Final = 1024 * 1024  # bytes of a body that is tried in other letters
LARGEST_REWRITTEN: Final = 256 * 1024  # of one whose JSON is written again
LARGEST_PAIRED: Final = 16 * 1024  # of one for which two mistakes at once are tried
CUTS: Final = 64  # trailing bytes that may not have been signed
_PROBE: Final = 16  # hex digits that decide: less is no digest
_WHOLE: Final = 64
_SCHEME: Final = "sha256"
_BY_LENGTH: Final = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha3_256", 96: "sha384", 128: "sha512"}
_METHOD: Final = "Sign with HMAC-SHA256: the secret is the key, the body's raw bytes are the message."

Guess = tuple[str, tuple[Mistake, ...]]


class Stage(NamedTuple):
    """`name` is told where it was not tried, `largest` the size in bytes of a body above which it is not."""

    name: str
    guesses: Iterator[Guess]
    largest: int | None = None


class Found(NamedTuple):
    """`mistakes`: what was wrong, None where nothing explains it. `skipped`: what was not tried, because of the body's size."""

    mistakes: tuple[Mistake, ...] | None
    skipped: tuple[str, ...] = ()


class Search:
    """One body and one secret; `find` once."""

    def __init__(self, body: bytes, secret: Secret, others: Mapping[str, Secret], budget: int = BUDGET) -> None:
        self._body = body
        self._key = Key(key_of(secret))
        self._others = keys_of_others(others)
        self._keys = other_keys(secret)
        self._left = budget
        self._methods: tuple[str, ...] = (_SCHEME,)

    def find(self, readings: Sequence[Reading]) -> Found:
        known = {reading.digest[:_PROBE]: reading for reading in reversed(readings) if len(reading.digest) >= _PROBE}
        if not known:
            return Found(None)
        lengths = {len(reading.digest) for reading in known.values()}
        self._methods = (_SCHEME, *sorted({_BY_LENGTH[length] for length in lengths & _BY_LENGTH.keys()}))
        skipped: list[str] = []
        for stage in self._stages():
            mistakes = self._try(stage, known, skipped)
            if mistakes is not None:
                return Found(mistakes, ())
        return Found(None, tuple(skipped))

    def _try(self, stage: Stage, known: Mapping[str, Reading], skipped: list[str]) -> tuple[Mistake, ...] | None:
        if self._left <= 0 or (stage.largest is not None and len(self._body) > stage.largest):
            skipped.append(stage.name)
            return None
        for digest, mistakes in stage.guesses:
            reading = known.get(digest[:_PROBE])
            length = _by_length(digest, reading.digest) if reading else None
            if reading and length is not None:
                return (*reading.mistakes, *length, *mistakes)
            if self._left <= 0:
                skipped.append(stage.name)
                return None
        return None

    def _stages(self) -> Iterator[Stage]:
        yield Stage("the body as it is", self._forms(self._key, [Form(self._body, _NO_MISTAKE)]))
        yield Stage("bodies that were replaced", self._forms(self._key, stand_ins()))
        yield Stage("the ends of the body and of its lines", self._forms(self._key, edges(self._body)))
        yield Stage("bodies without their end", self._cut())
        yield Stage("what a cut body may have lost", self._forms(self._key, completed(self._body)), LARGEST_PAIRED)
        yield Stage("all of the other secrets", self._as_it_is(self._others))
        yield Stage("the secret read in other ways", self._as_it_is(self._keys))
        yield Stage("digests without a key", self._keyless())
        yield Stage("bodies in other letters", self._forms(self._key, encodings(self._body)), LARGEST_ENCODED)
        yield Stage("re-serialised JSON", self._forms(self._key, rewritten(self._body)), LARGEST_REWRITTEN)
        yield Stage("two mistakes at once", self._pairs(), LARGEST_PAIRED)

    def _as_it_is(self, keys: Iterable[Key]) -> Iterator[Guess]:
        for key in keys:
            yield from self._forms(key, [Form(self._body, _NO_MISTAKE)])

    def _forms(self, key: Key, forms: Iterable[Form]) -> Iterator[Guess]:
        for form in forms:
            told = () if form.mistake is _NO_MISTAKE else (form.mistake,)
            for method in self._methods:
                self._left -= len(form.body)
                digest = hmac.digest(key.bytes, form.body, method).hex()
                yield digest, (*_by_method(method), *key.mistakes, *told)

    def _cut(self) -> Iterator[Guess]:
        """Without each count of trailing bytes up to `CUTS`, and cut where buffers end; the whole is read twice."""
        size = len(self._body)
        ends = {size - cut for cut in range(1, CUTS + 1) if cut < size}
        ends |= {1 << power for power in range(8, 24) if 1 << power < size}
        self._left -= 2 * size
        signing = hmac.new(self._key.bytes, digestmod=_SCHEME)
        done = 0
        for end in sorted(ends):
            signing.update(memoryview(self._body)[done:end])
            done = end
            yield signing.copy().hexdigest(), (_shortened(end, size),)

    def _keyless(self) -> Iterator[Guess]:
        """Of the body with the secret in the wrong place or in none."""
        key, body = self._key.bytes, self._body
        of_body = hashlib.sha256(body)
        self._left -= 5 * len(body)
        yield of_body.hexdigest(), (_method("the digest is the plain SHA-256 of the body, without the secret"),)
        yield hashlib.sha256(key + body).hexdigest(), (_method("the digest is the plain SHA-256 of the secret and the body behind it"),)
        yield hashlib.sha256(body + key).hexdigest(), (_method("the digest is the plain SHA-256 of the body and the secret behind it"),)
        yield hmac.digest(body, key, _SCHEME).hex(), (_method("secret and body are in each other's place"),)
        for message in (of_body.digest(), of_body.hexdigest().encode()):
            yield hmac.digest(key, message, _SCHEME).hex(), (_method("it was signed over the SHA-256 of the body, not over the body"),)

    def _pairs(self) -> Iterator[Guess]:
        written = list(rewritten(self._body))
        forms = [*edges(self._body), *written, *encodings(self._body), *stand_ins()]
        yield from self._forms(self._key, (form for base in written for form in edges_of(base)))
        for key in (*self._others, *self._keys):
            yield from self._forms(key, forms)


_NO_MISTAKE: Final = Mistake(Part.BODY, "", "", "")


def edges_of(base: Form) -> Iterator[Form]:
    """A form that ends with a line break as well, as what prints a line leaves it."""
    words = f"{base.mistake.words}, with a line break behind it"
    yield Form(base.body + b"\n", Mistake(Part.BODY, words, base.mistake.proof, base.mistake.remedy))


def _by_method(method: str) -> tuple[Mistake, ...]:
    if method == _SCHEME:
        return ()
    name = method.upper().replace("_", "-")
    return (_method(f"the digest is an HMAC-{name}, not an HMAC-SHA256"),)


def _method(words: str) -> Mistake:
    return Mistake(Part.METHOD, words, "", _METHOD)


def _by_length(digest: str, given: str) -> tuple[Mistake, ...] | None:
    """What the given one's length says, where both begin alike; None where they are not the same."""
    if digest == given:
        return ()
    remedy = f"Send all {_WHOLE} hex digits of the digest, and no more."
    if digest.startswith(given):
        return (Mistake(Part.LENGTH, f"only the first {len(given)} of the digest's {len(digest)} hex digits were sent", "", remedy),)
    if given.startswith(digest):
        return (Mistake(Part.LENGTH, f"{len(given) - len(digest)} hex digits stand behind the digest", "the rest matches", remedy),)
    return None


def _shortened(end: int, size: int) -> Mistake:
    words = f"only the first {end:,} of the body's {size:,} bytes were signed"
    return Mistake(Part.BODY, words, "", "Sign the whole body, and send no more than what was signed.")
