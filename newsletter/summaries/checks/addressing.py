"""An answer that speaks to its reader, by the forms that each language has for that.

No summary of a paper says "you" or "I", asks for anything, or exclaims; an English one may say so
where its abstract does. What English and Chinese answers ask for has a longer list of its own.
"""

import re

from newsletter.lazy_pattern import lazy_pattern

_EXCLAIMED = r"|(?<=[^\W\d_]{2})\s?[!！](?=\W*(?:\Z|[^\W\d_]))"
_FORMS = {
    "zh": r"(?<![自忘])我(?![们国])|(?<!迷)你",
    # "Sie" is "they" where a sentence begins.
    "de": r"(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihr|Ihren?)\b|\b(?:[Ii]ch(?!-)|[Bb]itte|[Dd]anke)\b"
    r"|\b(?:zu|bitte) ignorieren\b|\b(?:Jetzt|Heute|Hier) [^.]{0,40}(?:buchen|sichern|anmelden)\b",
    "fr": r"\b(?:[Vv]ous|[Vv]otre|[Vv]os|[Jj]e|[Mm]erci)\b|\b[Jj]['\u2019]"
    r"|\b(?!chez\b|assez\b|nez\b)[a-zéèê]{2,}ez\b|(?:\A|(?<=[.!?;] ))(?!Chez\b|Assez\b)\w+ez\b"
    r"|\b[Ii]gnorer (?:\w+ ){0,2}(?:consignes|instructions)\b",
    "es": r"\b(?:[Uu]sted(?:es)?|[Ll]o siento|[Gg]racias|[Ee]spero|[Yy]o)\b|\b[Pp]or favor\b|[¡¿]"
    r"|\b[Ll]e sirv|\b\w+[áéí]\w+(?:ase|ese|[ae]me|[ae]nos)\b"
    r"|\b[Ii]gnor(?:a|e|ar|en) (?:\w+ ){0,2}instrucciones\b"
    r"|(?:\A|(?<=[.!?] ))(?:Compra|Visita|Descarga|Suscríbete|Aprovecha|Ignora|Recuerda)\b"
    r"|\bAquí (?:termina|está|tienes)\b",
    "ja": r"ください|下さい|お知らせ|お役に|ご(?:登録|購入|連絡|覧|利用)|ましょう|あなた"
    r"|(?:以前|上記|これまで|前)の指示は|無視せよ|受けよう|(?:以上が|これが)[^。]{0,6}まとめ|でしょうか",
}
# Of English, unless the abstract speaks so; "Type I error" and "I(X; Y)" are no person.
_PERSON = lazy_pattern(
    r"(?<![\w.-])(?<!ype )(?<!art )(?<!ase )(?<!lass )(?<!vel )(?<!age )I [a-z]+"
    r"|\b(?:[Mm]y|[Yy]ours?|[Yy]ou)\b"
)
_PATTERNS = {code: lazy_pattern(forms + _EXCLAIMED) for code, forms in _FORMS.items()}
_ANY: re.Pattern[str] = lazy_pattern(_EXCLAIMED.removeprefix("|"))


def speaks_to_reader(text: str, source: str, language: str) -> str:
    """The words that do; empty where none does. A source with "Yahoo!" may be told of so."""
    if language == "en":
        found = None if _PERSON.search(source) else _PERSON.search(text)
        return f"talks to somebody, {found[0]}" if found else ""
    if "!" in source:
        text = text.replace("!", "")
    found = _PATTERNS.get(language, _ANY).search(text)
    return f"talks to somebody, {found[0].strip()}" if found else ""
