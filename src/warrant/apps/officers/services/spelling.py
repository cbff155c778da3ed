"""How a name is ordered and what it can be found by: pinyin with a table of surnames that read differently."""

from __future__ import annotations

from functools import cache, lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from warrant.apps.officers.selectors.searching import LONGEST_TOKEN, is_short_token, search_form
from warrant.core.roster.text import NAME_DOT

LONGEST_SORT_KEY = 120
MOST_SUFFIXES = 12

SURNAME_READINGS = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "乐": "yue",
    "覃": "qin",
    "查": "zha",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "缪": "miao",
    "牟": "mu",
    "秘": "bi",
    "卜": "bu",
    "薄": "bo",
    "种": "chong",
    "都": "du",
    "黑": "he",
    "郇": "xun",
    "阚": "kan",
    "隗": "wei",
    "佴": "nai",
    "能": "nai",
    "粘": "nian",
    "乜": "nie",
    "繁": "po",
    "蕃": "pi",
    "员": "yun",
    "贠": "yun",
    "召": "shao",
    "折": "she",
    "么": "yao",
    "祭": "zhai",
    "长": "chang",
    "藏": "zang",
    "句": "gou",
}
"""The reading to order by, where the common reading of the character may differ or is uncertain."""

ALSO_READ = {
    "覃": "tan",
    "尉": "yu",
    "隗": "kui",
    "宓": "fu",
    "朴": "pu",
    "盖": "gai",
    "种": "zhong",
    "吕": "lu",
}
"""Second readings in use: found by them too, never ordered by them."""

COMPOUND_SURNAMES = {
    "尉迟": ["yu", "chi"],
    "长孙": ["zhang", "sun"],
    "万俟": ["mo", "qi"],
    "单于": ["chan", "yu"],
    "澹台": ["tan", "tai"],
    "令狐": ["ling", "hu"],
    "夏侯": ["xia", "hou"],
    "鲜于": ["xian", "yu"],
    "濮阳": ["pu", "yang"],
    "皇甫": ["huang", "fu"],
}


def _unread(characters: str) -> str:
    """A character without a known reading stands after all letters, in the order of its code point."""
    return "".join(f"~{ord(character):x}" for character in characters)


@cache
def _phrase_beginnings() -> frozenset[str]:
    """The first two characters of every phrase that has a reading of its own."""
    return frozenset(phrase[:2] for phrase in PHRASES_DICT if len(phrase) > 1)


@lru_cache(maxsize=1 << 14)
def _read_alone(character: str) -> str:
    read: list[str] = lazy_pinyin(character, errors=_unread)
    return read[0]


def _read(plain: str) -> list[str]:
    """Return what ``lazy_pinyin`` reads; character by character, many times faster, where no phrase can begin."""
    beginnings = _phrase_beginnings()
    is_simple = all(ord(character) in PINYIN_DICT for character in plain) and not any(
        plain[at : at + 2] in beginnings for at in range(len(plain) - 1)
    )
    if is_simple:
        return [_read_alone(character) for character in plain]
    read: list[str] = lazy_pinyin(plain, errors=_unread)
    return read


def syllables(name: str) -> list[str]:
    """Return the reading of each character of ``name`` in lower-case ASCII, name dots left out."""
    return list(_syllables(name))


@lru_cache(maxsize=1 << 13)
def _syllables(name: str) -> tuple[str, ...]:
    return tuple(_syllables_of(name))


def _syllables_of(name: str) -> list[str]:
    plain = name.replace(NAME_DOT, "")
    found = COMPOUND_SURNAMES.get(plain[:2])
    if found is not None and len(plain) > 2:
        return [*found, *_read(plain[2:])]
    if not plain:
        return []
    is_chinese = NAME_DOT not in name
    surname = SURNAME_READINGS.get(plain[0]) if is_chinese else None
    read = _read(plain)
    return [surname, *read[1:]] if surname else read


def sort_key(name: str) -> str:
    """Return the ASCII text by which ``name`` is ordered: syllables, then code points, so that equal names meet."""
    points = "".join(f"{ord(character):x}" for character in name)
    return f"{' '.join(syllables(name))} {points}"[:LONGEST_SORT_KEY]


def name_tokens(name: str) -> set[str]:
    """Return what ``name`` can be found by: every suffix of it, of its pinyin and of its initials.

    Besides, what :func:`is_short_token` takes for short: each character, syllable, initial and pair of initials.
    """
    plain = name.replace(NAME_DOT, "")
    readings = [syllables(name)]
    second = ALSO_READ.get(plain[:1])
    if second and readings[0]:
        readings.append([second, *readings[0][1:]])
    starts = range(min(len(plain), MOST_SUFFIXES))
    tokens = {plain[start:] for start in starts} | {plain[start] for start in starts}
    for reading in readings:
        initials = "".join(syllable[0] for syllable in reading)
        for start in range(min(len(reading), MOST_SUFFIXES)):
            tokens |= {"".join(reading[start:]), reading[start]}
            tokens |= {initials[start:], initials[start], initials[start : start + 2]}
    return {token[:LONGEST_TOKEN] for token in tokens if token}


def ordered_tokens(name: str, key: str) -> list[tuple[str, str | None]]:
    """Return the tokens of ``name`` in a fixed order, the short ones with the sort key ``key`` beside them."""
    return [(token, key if is_short else None) for token, is_short in _tokens_by_length(name)]


@lru_cache(maxsize=1 << 13)
def _tokens_by_length(name: str) -> tuple[tuple[str, bool], ...]:
    return tuple((token, is_short_token(token)) for token in sorted(name_tokens(name)))


__all__ = ["name_tokens", "ordered_tokens", "search_form", "sort_key", "syllables"]
