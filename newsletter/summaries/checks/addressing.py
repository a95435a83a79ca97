"""An answer that speaks to its reader, by the forms that each language has for that.

No summary of a paper says "you" or "I", asks for anything, or exclaims. English and Chinese have
their own, longer lists.
"""

import re

from newsletter.lazy_pattern import lazy_pattern

_EXCLAIMED = r"|(?<=[^\W\d_]{2})\s?[!！](?=\W*(?:\Z|[^\W\d_]))"
_FORMS = {
    # "Sie" is "they" where a sentence begins.
    "de": r"(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihr|Ihren?)\b|\b(?:[Ii]ch(?!-)|[Bb]itte|[Dd]anke)\b"
    r"|\bGutachter(?:innen)? (?:soll|müss)\w+",
    "fr": r"\b(?:[Vv]ous|[Vv]otre|[Vv]os|[Jj]e|[Mm]erci)\b|\b[Jj]['\u2019]"
    r"|\b(?!chez\b|assez\b|nez\b)[a-zéèê]{2,}ez\b|(?:\A|(?<=[.!?;] ))(?!Chez\b|Assez\b)\w+ez\b"
    r"|\b[Rr]electeurs (?:doivent|devraient)\b",
    "es": r"\b(?:[Uu]sted(?:es)?|[Gg]racias|[Ee]spero|[Yy]o)\b|\b[Pp]or favor\b|[¡¿]"
    r"|\b[Ll]e sirv|\b\w+[áéí]\w+(?:ase|ese|eme|enos)\b|\b[Rr]evisores (?:deben|deberían)\b",
    "ja": r"ください|下さい|お知らせ|お役に|ご(?:登録|購入|連絡|覧|利用)|ましょう|あなた|査読者は",
}
_PATTERNS = {code: lazy_pattern(forms + _EXCLAIMED) for code, forms in _FORMS.items()}
_ANY: re.Pattern[str] = lazy_pattern(_EXCLAIMED.removeprefix("|"))
_OWN_LISTS = frozenset(["en", "zh"])


def speaks_to_reader(text: str, source: str, language: str) -> str:
    """The words that do; empty where none does. A source with "Yahoo!" may be told of so."""
    if language in _OWN_LISTS:
        return ""
    if "!" in source:
        text = text.replace("!", "")
    found = _PATTERNS.get(language, _ANY).search(text)
    return f"talks to somebody, {found[0].strip()}" if found else ""
