"""Whom words without a name mean: "he", "them", "the envoy" mean the envoy that was named last."""

from collections.abc import Sequence

from consumers.classify.chunk import Node
from consumers.classify.nominal import Nouns, Phrase


def refer_envoys(nodes: Sequence[Node], last: Phrase | None, nouns: Nouns) -> Phrase | None:
    """Tell phrases which envoy they mean; the one named last, for the sentences behind."""
    offices = nouns.envoys - nouns.missions
    for node in nodes:
        if not isinstance(node, Phrase):
            continue
        is_envoy = not offices.isdisjoint(node.classes)
        if is_envoy and node.codes:
            last = node
        elif last is not None and not node.own and _refers(node, last, is_envoy):
            node.meant = last
    return last


def _refers(phrase: Phrase, envoy: Phrase, is_envoy: bool) -> bool:
    """Whether a phrase means the envoy named last: a pronoun, "the envoy", or a name at the head of its sentence."""
    if phrase.named and not phrase.start and _is_nameless(envoy):
        return True
    return _is_pronoun(phrase, envoy) or (is_envoy and _is_same(phrase, envoy))


def _is_pronoun(phrase: Phrase, envoy: Phrase) -> bool:
    alone = phrase.pronoun or not (phrase.classes or phrase.codes)
    return alone and (phrase.persons if _are_many(envoy) else phrase.personal)


def _is_same(phrase: Phrase, envoy: Phrase) -> bool:
    """Whether "the envoy" may be him that was named: one or several, as he is."""
    return phrase.definite and _are_many(phrase) == _are_many(envoy)


def _is_nameless(envoy: Phrase) -> bool:
    """Whether an envoy has not been named, so that a name behind may be his."""
    return not _are_many(envoy) and not any(word.entry is None and word.capital for word in envoy.words)


def _are_many(phrase: Phrase) -> bool:
    return phrase.many or (phrase.count or 1) > 1
