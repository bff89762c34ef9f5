"""An account that is being set up: what was typed so far, and what is still wrong with it. Nothing here is kept anywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from app.domain.environment import Environment
from app.domain.keys import ACCESS, API_KEY, PRIVATE, SECRET, Credentials, KeyPair, Place
from app.domain.profile import Profile, ProfileError, Provider, TokenShape
from app.domain.secret import Secret
from app.domain.typed import cleaned_key, is_one_word, kind_of
from app.services.setup import claims, strength
from app.services.setup.ports import Prover

_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d\u201e\u201a\u00ab\u00bb"
_NAMES: Final = {Provider.TRADING: "ProphetX", Provider.OMNIBUS: "Omnibus", Provider.RANKACY: "Rankacy"}


class Source(StrEnum):
    """Where a B2B account's key comes from: made here, read from a file or a paste, or read and known to the venue already."""

    MAKE = "make"
    IMPORT = "import"
    REGISTERED = "registered"


class KeyPart(StrEnum):
    """A key that is typed or pasted, by its name on the screen."""

    ACCESS = "access key"
    SECRET = "secret key"
    API_KEY = "API key"


class AccountDraft:
    """One account. Every `objection_to_…` is a sentence for the person, empty when the page can be left."""

    def __init__(self, provider: Provider, prover: Prover, *, rotates: Profile | None = None) -> None:
        """`rotates`: the profile whose keys these will replace; environment, host and name are its own then."""
        self._prover = prover
        self.provider = provider
        self.rotates = rotates
        self.environment = rotates.environment if rotates else Environment.SANDBOX
        self.phrase = ""
        self.host = rotates.host if rotates else ""
        self.name = rotates.name if rotates else ""
        self.proxy = rotates.proxy if rotates else False
        self.source = Source.MAKE
        self.pair: KeyPair | None = None
        self.issuer = rotates.issuer if rotates else ""
        self.key_id = ""
        self.token = rotates.token if rotates else TokenShape()
        self.token_objection = ""
        self.access = Secret()
        self.secret = Secret()
        self.api_key = Secret()
        self.place: Place | None = None
        self.passphrase = Secret()
        self.passphrase_again = Secret()
        self.is_kept = False

    @property
    def default_name(self) -> str:
        return f"{_NAMES[self.provider]} {self.environment.lower()}"

    @property
    def needs_host(self) -> bool:
        return self.provider is not Provider.TRADING and self.environment is not Environment.PRACTICE

    @property
    def is_registering(self) -> bool:
        """Whether the venue has still to be told of the key."""
        return self.provider is Provider.OMNIBUS and self.source is not Source.REGISTERED

    @property
    def is_begun(self) -> bool:
        """Whether something was typed or made that would be lost."""
        texts = (self.host, self.name, self.issuer, self.key_id) if self.rotates is None else (self.key_id,)
        return self.has_keys or any(texts)

    @property
    def has_keys(self) -> bool:
        return bool(self.pair or self.access or self.secret or self.api_key)

    # Typing

    def choose_environment(self, environment: Environment) -> None:
        """Keys belong to one environment: those that were typed for another are forgotten."""
        if environment is self.environment:
            return
        self.environment, self.phrase = environment, ""
        self.pair, self.issuer, self.key_id = None, "", ""
        self.access = self.secret = self.api_key = Secret()

    def held(self, part: KeyPart) -> Secret:
        match part:
            case KeyPart.ACCESS:
                return self.access
            case KeyPart.SECRET:
                return self.secret
            case KeyPart.API_KEY:
                return self.api_key

    def type_key(self, part: KeyPart, text: str) -> str:
        """Hold a key as it was typed, without what copying leaves around it; what was taken off, as a sentence."""
        cleaned = cleaned_key(text)
        match part:
            case KeyPart.ACCESS:
                self.access = Secret(cleaned)
            case KeyPart.SECRET:
                self.secret = Secret(cleaned)
            case KeyPart.API_KEY:
                self.api_key = Secret(cleaned)
        return taken_off(text, cleaned)

    def shape_token(
        self, algorithm: claims.Algorithm, hash_claim: str, encoding: claims.Encoding, lifetime: str, lines: str, *, hash_empty: bool
    ) -> None:
        """Take the token's shape as it was typed; `token_objection` says what does not fit, and then the shape before stays."""
        self.token_objection = ""
        try:
            self.token = claims.shape_of(algorithm, hash_claim, encoding, lifetime, lines, hash_empty=hash_empty)
        except ProfileError as problem:
            self.token_objection = str(problem)

    # What it makes

    def address(self) -> str:
        """Where its requests will go; ValueError with a sentence."""
        return self._prover.address(self.provider, self.environment, self.host)

    def profile(self) -> Profile:
        """ProfileError or ValueError with a sentence while the fields do not make one."""
        if self.rotates is not None:
            changed = {"issuer": self.issuer, "key_id": self.key_id, "token": self.token} if self.provider is Provider.OMNIBUS else {}
            return msgspec.structs.replace(self.rotates, **changed)
        profile = Profile(
            self.name or self.default_name,
            self.environment,
            self.provider,
            host=self.address() if self.needs_host else "",
            proxy=self.proxy,
        )
        if self.provider is not Provider.OMNIBUS:
            return profile
        has_all = self.environment is Environment.PRACTICE  # what the guide speaks of and does not print, practice has
        return msgspec.structs.replace(
            profile, issuer=self.issuer, key_id=self.key_id, token=self.token, batches=has_all, many_events=has_all
        )

    def credentials(self) -> Credentials:
        """What the account is entered with; parts that are not there yet are empty."""
        match self.provider:
            case Provider.TRADING:
                parts = {ACCESS: self.access, SECRET: self.secret}
            case Provider.OMNIBUS:
                parts = {PRIVATE: self.pair.private if self.pair else Secret()}
            case Provider.RANKACY:
                parts = {API_KEY: self.api_key}
        return Credentials(parts, host=self.address() if self.needs_host else "")

    # Page by page

    def objection_to_environment(self) -> str:
        if self.environment is Environment.PRODUCTION and self.phrase.strip() != Environment.PRODUCTION:
            return f"Type {Environment.PRODUCTION} to set up an account for real money"
        return self._objection_to_profile()

    def objection_to_host(self) -> str:
        """What is wrong with the host alone."""
        if self.needs_host and not self.host.strip():
            return "Type the host that you were given"
        try:
            self.address()
        except ValueError as problem:
            return str(problem)
        return ""

    def _objection_to_profile(self) -> str:
        try:
            self.profile()
        except ValueError as problem:
            return self.objection_to_host() or str(problem)
        return ""

    def objection_to_keys(self) -> str:
        return self._objection_to_parts() or self.token_objection or self._objection_to_profile()

    def _objection_to_parts(self) -> str:
        for part in KeyPart:
            if kind := kind_of(self.held(part).reveal()):
                return f"What was pasted as the {part} is {kind}"
            if self.held(part) and not is_one_word(self.held(part).reveal()):
                return f"The {part} holds a blank, a line end or a sign that no key has"
        match self.provider:
            case Provider.TRADING if not (self.access and self.secret):
                return "Paste the access key and the secret key"
            case Provider.TRADING if self.access == self.secret:
                return "The access key and the secret key are the same text: one of them was pasted twice"
            case Provider.RANKACY if not self.api_key:
                return "Paste the API key"
            case Provider.OMNIBUS if self.pair is None:
                return "Make a key" if self.source is Source.MAKE else "Paste a private key, or open its file"
            case Provider.OMNIBUS if self.source is Source.REGISTERED and not self.issuer:
                return "Type the issuer id that Prophet gave you"
        return ""

    def objection_to_register(self) -> str:
        return self._objection_to_profile()

    def objection_to_where(self) -> str:
        if self.place is None:
            return "Choose where the keys are kept"
        return strength.objection(self.passphrase, self.passphrase_again) if self.place is Place.PASSPHRASE else ""

    def forget(self) -> None:
        """Drop every secret: the wizard was closed."""
        self.pair = None
        self.access = self.secret = self.api_key = self.passphrase = self.passphrase_again = Secret()


def taken_off(typed: str, cleaned: str) -> str:
    """What copying had left around a key, counted: `2 blanks and 1 quote were taken off`. A length is not said, nor any of the key."""
    start = typed.find(cleaned) if cleaned else len(typed)
    around = typed[:start] + typed[start + len(cleaned) :]
    quotes = sum(sign in _QUOTES for sign in around)
    ends = sum(sign in "\r\n\u2028\u2029\x85" for sign in around.replace("\r\n", "\n"))
    blanks = len(around.replace("\r\n", "\n")) - quotes - ends
    counts = ((blanks, "blank"), (quotes, "quote"), (ends, "line end"))
    said = [f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count]
    if not said:
        return ""
    verb = "was" if blanks + quotes + ends == 1 else "were"
    return f"{' and '.join(said)} {verb} taken off"
