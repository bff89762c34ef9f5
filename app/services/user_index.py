"""Users as they are searched: built once for a roster, so that a letter typed costs nothing with fifty thousand of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from app.domain.user import User, called

_LOOKED_AT = 2000  # of those that begin so; what lies beyond is found as any other
_WEIGHED = 10  # times as many as are wanted are found, and the closest of them given


def searched(user: User) -> str:
    """Id and name as one line of small letters."""
    return f"{user.id} {user.name}".replace("\n", " ").casefold()


def has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def distance(text: str, words: Iterable[str]) -> int:
    """How far off a text is in which all the words occur: 0 where each is a whole word of it, 1 where each begins one, else 2."""
    return max((_distance(text, word) for word in words), default=0)


def _distance(text: str, word: str) -> int:
    found, at = 2, text.find(word)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            if not text[at + len(word) : at + len(word) + 1].isalnum():
                return 0
            found = 1
        at = text.find(word, at + 1)
    return found


def bare(name: str) -> str:
    """A name without what does not tell two of them apart."""
    return " ".join(name.split()).casefold()


class UserIndex:
    """`find` gives whole words before beginnings of words before mere parts of them; among equals, those whose id or name begins with the
    first word.
    """

    def __init__(self, users: Iterable[User]) -> None:
        pairs = sorted(((searched(user), user) for user in users), key=lambda pair: pair[0])
        self._texts = [text for text, _ in pairs]
        self._users = [user for _, user in pairs]
        self._all = "\n".join(self._texts)
        self._begins = [0, *accumulate(len(text) + 1 for text in self._texts)]
        names = sorted((user.name.casefold(), place) for place, user in enumerate(self._users) if user.name)
        self._names = [name for name, _ in names]
        self._named = [place for _, place in names]
        self._ids: dict[str, list[str]] = {}
        self._whole: dict[str, list[str]] = {}
        for user in self._users:
            if user.name:
                self._ids.setdefault(bare(user.name), []).append(user.id)
                self._whole.setdefault(bare(called(user)), []).append(user.id)

    def find(self, words: Sequence[str], most: int) -> list[User]:
        """At most so many in whom every word occurs; the words are small letters."""
        if not words:
            return self._users[:most]
        longest = max(words, key=len)
        places: dict[int, None] = {}
        for found in (self._starting(words), self._holding(words, f" {longest}"), self._holding(words, longest)):
            places |= dict.fromkeys(islice(found, most * _WEIGHED))
        closest = sorted(places, key=lambda place: distance(self._texts[place], words))
        return [self._users[place] for place in closest[:most]]

    def named(self, words: str) -> list[str]:
        """Ids of those who are called exactly so, by name or by name and id, whatever the case."""
        wanted = bare(words)
        return self._whole.get(wanted) or self._ids.get(wanted, [])

    def _starting(self, words: Sequence[str]) -> Iterator[int]:
        first = words[0]
        for keys, place_of in ((self._texts, None), (self._names, self._named)):
            begin = bisect_left(keys, first)
            for at in range(begin, min(begin + _LOOKED_AT, len(keys))):
                if not keys[at].startswith(first):
                    break
                place = place_of[at] if place_of else at
                if has_all(self._texts[place], words):
                    yield place

    def _holding(self, words: Sequence[str], part: str) -> Iterator[int]:
        """Those with all the words; this part of one, which all of them have, is what they are found by."""
        at = self._all.find(part)
        while at >= 0:
            place = bisect_right(self._begins, at) - 1
            if has_all(self._texts[place], words):
                yield place
            at = self._all.find(part, self._begins[place + 1])
