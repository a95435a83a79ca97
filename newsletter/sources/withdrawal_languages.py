"""Notices of withdrawal by authors who write their comments in the language of their paper.

As in English, a submission to a conference, an earlier version or a theorem is not the paper.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.withdrawal_context import KNOWN_VENUE

_PAPER = (
    r"(?:articles?|papier|pr[ée]publication|manuscrit|texte|travail|document|soumission|version"
    r"|art[ií]culo|trabajo|manuscrito|documento|art[ií]go|trabalho|articolo|lavoro|manoscritto"
    r"|versi[óo]n|vers[ãa]o|versione|artikel[ns]?|arbeit|aufsatz|manuskript|paper|preprint|beitrag"
    r"|article|stud(?:ie|io|y)|стать[яиюе]|работ[аыу]|препринт|рукопись|makale|artykuł|praca"
    r"|articolul|lucrarea|artikkel\w*|článek|článku|příspěvek|práce|julkaisu|käsikirjoitus)"
)
_DONE = (
    r"(?:retir(?:[ée]e?|ad[oa]|at)|ritirat[oa]|zurückgezogen|zurückziehen|ingetrokken|teruggetrokken"
    r"|dragits tillbaka|trukket tilba[kg]e|отозван[аоы]?|снят[аоы]?|geri çekil\w+|wycofan[aey]"
    r"|retras[ăa]?|tillbakadrage[nt]|stažen[aoy]?|vedetty (?:pois|takaisin)|peruutettu)(?!\w)"
)
_AUTHORS = r"(?:auteurs?|autor(?:e[sn]?|i|a|as)?|nous|wir|авторы?)"
_REASON = (
    r"(?=\s*(?:$|[.;,:(]|(?:par|por|pel[oa]s?|d[ae]gli|dal(?:l['’]|la|le)?|vom|von|door|przez|av|af)"
    r"(?:\s|(?<=['’]))|(?:à|sur|suite [àa]) |a (?:petición|pedido|solicitud|causa)|su richiesta"
    r"|auf wunsch|wegen|aufgrund|en raison|pour (?:cause|correction|révision)|debido|devido"
    r"|(?:de|del|d['’])\s?(?:l['’])?arxiv|autor|kvůli|z důvodu|på grund"
    r"|автор|по просьбе|из[- ]за|в связи))"
)
_THIS_PAPER = (
    r"(?:(?:cet?(?:te)?|l[ea]|est[ea]|el|[oa]|nuestro|nosso|quest[oa]|il|dies\w+|de[nr]|die|das"
    rf"|unser\w*|notre|эту|свою)\s+|l['’])?{_PAPER}"
)
_NOTICE = lazy_pattern(
    rf"\b{_PAPER}\b[^.;]{{0,60}}?\b(?P<passive>{_DONE})|^\W*(?P<alone>{_DONE}){_REASON}"
    rf"|\b{_AUTHORS}\b[^.;]{{0,30}}?\b(?P<behind>{_DONE})\W*$"
    rf"|(?:^\W*se|\b(?:{_AUTHORS}|hemos|abbiamo|temos)\b)[^.;]{{0,30}}?"
    rf"\b(?P<active>retir(?:[ée]|er|ent|ons|ado|ar?|an|amos|am|ou|aron|aram)|ritir(?:at[oa]|are|ano|iamo)"
    rf"|ziehen|отозвали|отозвал)\s+{_THIS_PAPER}\b"
    rf"|^\W*(?P<noun>retrait|retir(?:o|ada)|ritiro|rücknahme)\s+(?:d\w*['’\s]\s*){_THIS_PAPER}\b"
    r"|(?P<cjk>撤稿|撤回|(?:论文|論文|本文|本稿|文章|稿件|作者|著者)[^。；]{0,12}?(?:撤销|撤下|取り?下げ)"
    r"|(?:^|[.。;])\W*(?:取り?下げ|철회)|(?:논문|저자)[^.;]{0,20}?철회)",
    re.IGNORECASE,
)
_ELSEWHERE = lazy_pattern(
    r"\b(?i:soumise?|envoyée?|présentée?|acceptée?|conf[ée]r[eê]n[cz]\w*|revue|revista|congres\w*"
    r"|enviad[oa]|sometid\w+|presentad[oa]|aceptad[oa]|submetid[oa]|aceit[oa]|inviat[oa]"
    r"|sottopost[oa]|rivista|eingereicht|konferen\w+|časopis\w*|tidskrift\w*|zeitschrift|angenommen|tagung|workshop|atelier)\b"
    rf"|\b{KNOWN_VENUE}"
)
_ANOTHER = lazy_pattern(
    r"\b(?:pas|jamais|no|nunca|nicht|nie|non|n[ãa]o|не|niet|inte|ikke|není|nebyla?"
    r"|ei)\b|\bversi\w+ \d"
    r"|\b(?:premi[èe]re?|pr[ée]c[ée]dente?|ancienne?|anterior|primera?|primeira|prima|erste\w*"
    r"|frühere\w*|vorige\w*|alte)\b|\b(?:th[ée]or[èe]me|teorem[aă]|section|secci[óo]n|satz|lemm[ea]"
    r"|cap[ií]tulo|chapitre|kapitel|figur[ae])\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s+(?:des?|del|du|d[ao]s?|dalla|von|vom|aus|à|bei|beim)\b")


def withdraws_in_another_language(sentence: str) -> bool:
    """Whether a sentence in another language than English withdraws this paper."""
    found = _NOTICE.search(sentence)
    if found is None:
        return False
    begun = found.start(found.lastgroup or 0)
    before, behind = sentence[:begun], sentence[found.end() :][:60]
    if _ELSEWHERE.search(before) or _ANOTHER.search(before):
        return False
    return not (_FROM.match(behind) and _ELSEWHERE.search(behind))
