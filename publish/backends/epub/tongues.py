"""Which language a run of Latin letters is in, where that is certain.

English has its small words; where a title has none, common words and shapes that only English has:
several of five words and more, all of fewer. Pinyin shares some of them (he, you, can, -ing) and
is known by its syllables.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = re.compile(r"[a-zÀ-ɏ’']+")
_SMALL_WORDS = """
the and of to for with that this you your are from by how what why when which who has have had been
were they their there it its we our should would could can't don't doesn't don’t it's it’s i'm i’m
you're isn't into about than then these those every any some more most does did be as or if but not
all my me he she his her no yes too up out over after before using without between through at is
"""
_OTHERS_WORDS = """
der das und ist nicht ein eine mit von zu le la les des et une dans pour du el los las y que del di
il che per da het een van voor ik o os em um uma não och att det som
"""  # of languages that share its letters
_COMMON_WORDS = """
may can must get make let add use see go new free open good best old high low big small great large
first last next only just now here never always both each other another same such own one two three
while during since against under again very many much few billion million people world life peace
time year day work way home house city school history music language english book story letter paper
word words line state power water light night love heart mind game games play business company
market money price trade group member community committee foundation research lab labs university
institute student teacher source program programs network web user users client header headers
request response event events object objects storage memory file files graph generator reader writer
editor builder engine framework library tools toolkit guide overview introduction tutorial update
updates issue issues support custom default create method functions string value windows security
attack privacy license systems cloud container containers maintainer developer developers smart deep
learning learned fast simple modern case study splash screen screens phone search challenge scale
creative commons status send appendix ambassador
"""
_LENT_WORDS = """
a an in on via do also so was will war man set app apps code page image images text title name
public version type machine science art service services system software hardware computer computers
server servers browser browsers data team office manager performance mobile video live design
compiler function window target
"""  # of English, and of its neighbours as well
# Endings that English has for itself; French and Spanish share others.
_SHAPES = re.compile(
    r"[a-z]{2,}(?:ings?|[^aeiou]ed|[^aeiou]ly|ness|ity|ities|fully?|less|ships?|ights?|ck|cks|sh|th"
    r"|ware|ous|ics|ology|ery|ory|ary|ncy|phy|wards?|ways?|works?|books?|ee|eed|eeds|eep|oo[dklmpt]s?"
    r"|own|tions)"
)
_SHARED = re.compile(r"[a-z]{3,}(?:[ts]ion|ment|able|ible|ance|ence|ive|ture)s?")
_SYLLABLES = (
    r"[bpmf](?:[aou]|ai|ei|ao|ou|e?ng|an|en|ang|i|ie|iao|iu|ian|ing?)|me"
    r"|[dtnl](?:[aeiuvü]|[ae]i|ao|ou|[ae]ng?|ong|i[ae]|iao|iu|ian|iang|ing?|uo|ui|uan|un|[uvü]e)"
    r"|[gkh](?:[aeu]|[ae]i|ao|ou|[ae]ng?|ong|u[ao]|uai|ui|uang?|un)"
    r"|(?:[zcs]h?|r)(?:[aeiu]|[ae]i|ao|ou|[ae]ng?|ong|u[ao]|uai|ui|uang?|un)"
    r"|[jqx](?:[iuü]|i[ae]|iao|iu|iang?|ing?|iong|ue|uan|un)"
    r"|y(?:[aeiu]|ao|ou|ang?|ing?|ong|ue|uan|un)|w(?:[aou]|ai|ei|[ae]ng?)"
    r"|ai|ei|ao|ou|[ae]ng?|er|[aoe]"
)
_PINYIN = re.compile(rf"(?:(?:{_SYLLABLES})['’]?)+")
_DUMMY_WORDS = """
lorem ipsum dolor sit amet consectetur consectetuer adipiscing adipisicing elit eiusmod tempor
incididunt labore dolore magna aliqua enim minim veniam quis nostrud exercitation ullamco laboris
nisi aliquip commodo consequat duis aute irure reprehenderit voluptate velit esse cillum fugiat
nulla pariatur excepteur sint occaecat cupidatat proident sunt culpa officia deserunt mollit anim
laborum donec nunc augue aliquam hendrerit vitae odio accumsan facilisis turpis tincidunt ultricies
ullamcorper massa lacus pretium nisl aliquet faucibus porta fringilla vel aenean erat molestie
volutpat eget porttitor integer phasellus iaculis neque purus sodales vestibulum laoreet sem
tristique libero pellentesque habitant morbi senectus netus fames egestas mauris curabitur vivamus
suspendisse quisque praesent nullam sapien ligula
"""  # "Lorem ipsum": Cicero as printers have mangled him
_SMALL = frozenset(_SMALL_WORDS.split())
_OTHERS = frozenset(_OTHERS_WORDS.split())
_COMMON = frozenset(_COMMON_WORDS.split())
_LENT = frozenset(_LENT_WORDS.split())
_DUMMY = frozenset(_DUMMY_WORDS.split())
_MANY = 5  # words, some of which may be names; of fewer, each has to be known


def language(run: str) -> str:
    """Return "en", "la" or "", which is uncertain, for words with spaces between them."""
    tokens = [token for token in run.lower().split() if "." not in token.rstrip(".")]
    words = _LETTERS.findall(" ".join(tokens))  # without addresses
    small = [word for word in words if word in _SMALL]
    if sum(word in _DUMMY for word in words) >= max(3, 3 * len(small), len(words) // 3):
        return "la"
    if len(small) > sum(word in _OTHERS for word in words):
        return "" if all(map(_is_pinyin, small)) and _is_mostly_pinyin(words) else "en"
    return "en" if _has_english_words(words) else ""


def _has_english_words(words: list[str]) -> bool:
    """Tell whether words without small ones are English all the same."""
    if any(word in _OTHERS or not word.isascii() for word in words):
        return False
    own = shared = 0
    for word in dict.fromkeys(words):
        if word in _COMMON or (_SHAPES.fullmatch(word) and not _is_pinyin(word)):
            own += 1
        elif word in _LENT or _SHARED.fullmatch(word):
            shared += 1
    signs = 2 * own + shared
    if len(words) < _MANY:
        return own >= 2 and own + shared == len(words)
    return own >= 1 and signs >= 4 and signs >= 0.6 * len(words)


def _is_mostly_pinyin(words: list[str]) -> bool:
    return sum(map(_is_pinyin, words)) >= 0.75 * len(words)


def _is_pinyin(word: str) -> bool:
    if not word.isascii():  # tones
        parts = unicodedata.normalize("NFD", word)
        word = "".join(part for part in parts if not unicodedata.combining(part))
    return _PINYIN.fullmatch(word) is not None
