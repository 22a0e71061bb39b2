"""Words with what is written onto them, taken apart: endings of cases, clitics before and behind a word.

Only a word that the packs do not know as it stands is looked at, and only where what is left of it is a word that they
know, so that nothing is cut off by chance.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from consumers.classify.chunk import JOINT
from consumers.classify.lexicon import Entry, Token, without

_SHORTEST = 2  # letters of what is left
_APOSTROPHES = frozenset("'\u2019")
_CACHED = 65_536  # words whose parts are kept in mind

Split = Callable[[Sequence[Token]], list[Token]]


def splitter(
    known: frozenset[str], prefixes: Sequence[str], suffixes: Sequence[str], article: str, contracted: Mapping[str, str]
) -> Split:
    """A function that takes the tokens of a text apart; `known` are all tokens of the lexicon."""
    before = sorted(prefixes, key=len, reverse=True)
    behind = frozenset(suffixes)
    sizes = sorted({len(suffix) for suffix in behind})

    def ending(word: str) -> int:
        """The letters of the shortest ending that leaves a known word; 0 where none does."""
        for size in sizes:
            if size <= len(word) - _SHORTEST and word[-size:] in behind and word[:-size] in known:
                return size
        return 0

    @lru_cache(_CACHED)
    def parts(word: str) -> tuple[str, ...]:
        """The pieces of an unknown word, in order; endings bear the joint."""
        size = ending(word)
        if size:
            return word[:-size], JOINT + word[-size:]
        for short, long in contracted.items():
            if word.startswith(short):
                whole = parts(long + word[len(short) :])
                if len(whole) > 1:
                    return whole
        for prefix in before:
            rest = without(word[len(prefix) :], article)
            if not word.startswith(prefix) or len(rest) <= _SHORTEST:
                continue
            if rest in known:
                return prefix, rest
            deeper = parts(rest)
            if len(deeper) > 1:
                return prefix, *deeper
        return (word,)

    def split(tokens: Sequence[Token]) -> list[Token]:
        found: list[Token] = []
        for token in tokens:
            last = found[-1] if found else None
            if last is not None and last.text in _APOSTROPHES and token.norm in behind and last.end == token.start:
                found[-1] = Token(token.text, JOINT + token.norm, last.start, token.end)
            elif token.norm in known or not token.text[0].isalpha():
                found.append(token)
            else:
                found += _pieces(token, parts(token.norm))
        return found

    return split


def _pieces(token: Token, parts: Sequence[str]) -> list[Token]:
    if len(parts) == 1:
        return [token]
    if sum(len(part.removeprefix(JOINT)) for part in parts) != len(token.text):  # folding has changed its length
        return [Token(token.text, part, token.start, token.end) for part in parts]
    found, start = [], token.start
    for part in parts:
        end = start + len(part.removeprefix(JOINT))
        found.append(Token(token.text[start - token.start : end - token.start], part, start, end))
        start = end
    return found


def affix_entries(affixes: Mapping[str, Sequence[str]], roles: frozenset[str], joint: str) -> dict[str, Entry]:
    """The entries of affixes by how they stand in tokens. A name that is a role of words is one of the affix."""
    found: dict[str, Entry] = {}
    for name, texts in affixes.items():
        for text in texts:
            entry = found.setdefault(joint + text, Entry(joint + text))
            entry.roles |= {name} if name in roles else frozenset({"postposition"})
    return found
