"""Words of Vietnamese and English texts, compared without diacritics, and the clauses a text is made of.

A Vietnamese word is mostly two syllables written apart ('ươm tạo'), so two neighbours that both look like folded
Vietnamese syllables also count as one term. Measured as BM25, nDCG@10 on network_dev (dev) / XQuAD vi-vi / en-en:
syllables alone .164 / .934 / .959; all pairs .178 / .962 / .949; pairs of syllable shape and no stop words
.181 / .953 / .961. Not kept, because they gain too little for what they add: accented forms as further terms
(.194 / .950 / .961) and English plurals cut (.185 / .953 / .967).
"""

import re
from itertools import pairwise

from models.texts import fold

__all__ = ["fold", "spans", "tokens"]

_WORD = re.compile(r"[^\W_]+")
_SYLLABLE = re.compile(r"(?:ngh?|nh|ph|th|tr|ch|kh|gh|gi|qu|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?")
_BOUNDARY = re.compile(r"(?<=[.!?…;:,])\s+|\s+[–—-]\s+|\s*\n\s*")

SHORTEST_SPAN, LONGEST_SPAN = 3, 25  # words

_ENGLISH = """a an and are as at be been but by can could did do does for from had has have he her his how i in into
is it its me my no not of on or our she so than that the their them then there these they this to us was we were
what when where which who why will with would you your hello hi please thanks thank"""
_VIETNAMESE = """anh bị bởi các cái cho chúng chưa có còn của cũng đã đang đây để đó được hay hoặc khi không là lại
làm mà mình một này nào nên nếu như những ở ra rằng rất rồi sẽ tại thì tôi trên trong từ và vào vẫn với về vì
ạ chào dạ nhé ơi vâng xin"""
STOP_WORDS = frozenset(fold(f"{_ENGLISH} {_VIETNAMESE}").split())


def tokens(text: str) -> list[str]:
    """The terms of `text` in order: folded words without stop words, then folded pairs of syllables ('uom tao').

    A pair may hold one stop word: 'đầu tư' folds to the words 'dau' and 'tu', and 'tu' is also the folded 'từ'.
    """
    words = _WORD.findall(fold(text))
    could_pair = [_SYLLABLE.fullmatch(word) is not None for word in words]
    singles = [word for word in words if word not in STOP_WORDS]
    pairs = [
        f"{words[i]} {words[i + 1]}"
        for i in range(len(words) - 1)
        if could_pair[i] and could_pair[i + 1] and not (words[i] in STOP_WORDS and words[i + 1] in STOP_WORDS)
    ]
    return singles + pairs


def spans(text: str) -> list[str]:
    """`text` cut into its clauses, in order, each an exact substring of 3 to 25 words.

    Clauses end at sentence marks, commas, dashes and line breaks. One that is too short joins the next (the last one
    joins the one before), one that is too long is cut into equal parts. A text of one or two words is one span; a text
    without words has none.
    """
    clauses: list[list[tuple[int, int]]] = []  # of words, each (start, end)
    for start, end in _pieces(text):
        words = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])]
        words = [(a, b) for a, b in words if _WORD.search(text, a, b)]
        if clauses and len(clauses[-1]) < SHORTEST_SPAN:
            clauses[-1] += words
        elif words:
            clauses.append(words)
    if len(clauses) > 1 and len(clauses[-1]) < SHORTEST_SPAN:
        last = clauses.pop()
        clauses[-1] += last
    return [text[part[0][0] : part[-1][1]] for clause in clauses for part in _equal_parts(clause)]


def _pieces(text: str) -> list[tuple[int, int]]:
    """Start and end of what lies between the boundaries of `text`."""
    cuts = [m.span() for m in _BOUNDARY.finditer(text)]
    return list(zip([0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)], strict=True))


def _equal_parts(words: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """`words` in the fewest parts of at most LONGEST_SPAN, their sizes differing by one at most."""
    count = -(-len(words) // LONGEST_SPAN)
    cuts = [round(i * len(words) / count) for i in range(count + 1)]
    return [words[a:b] for a, b in pairwise(cuts)]
