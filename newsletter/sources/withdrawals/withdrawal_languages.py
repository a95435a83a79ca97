"""Notices of withdrawal by authors who write their comments in the language of their paper.

As in English, a submission to a conference, an earlier version or a theorem is not the paper. Those
of more languages are told by their stems (withdrawal_stems.py).
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.withdrawals.withdrawal_stems import STEMS, is_notice_by_stem
from newsletter.sources.withdrawals.withdrawal_venue import KNOWN_VENUE

_PAPER = (
    r"(?:articles?|papier|pr[ée]publication|manuscrit|texte|travail|document|soumission|version"
    r"|art[ií]culo|trabajo|manuscrito|documento|art[ií]go|trabalho|articolo|lavoro|manoscritto"
    r"|versi[óo]n|vers[ãa]o|versione|artikk?el\w*|artikle[nr]\w*|arbeit|aufsatz"
    r"|manus[ck]ript\w*|versie|paper|preprint\w*|beitrag|bijdrage|stud(?:ie|io|y)|стать[яиюе]|работ[аыу]"
    r"|препринт|рукопись"
    r"|статт[яюі]|статият?а?|makale\w*|çalışma\w*|bildiri\w*|artyku\w+|prac[aęy]|articol\w*|lucrare\w*"
    r"|článe?k\w*|člán[oe]?k\w*|příspěve?k\w*|práce|prác[uai]|julkaisu\w*|käsikirjoitu\w+"
    r"|cikk\w*|kézirat\w*|άρθρο|εργασία|rad|članak|مقاله|پژوهش|članek\w*|člank\w*|straipsn\w*|rakst\w*)"
)
# Whatever says that a paper is withdrawn holds one of these.
HINT = (
    r"撤|r[ei]tir|retrait|retra[sg]|zurück|rücknahme|getrokken|отозв|отзыв|сня[лт]|снима|відклик"
    r"|оттегл|取り?下げ|철회|geri çek|wycof|tillbaka|tilba[kg]e|stažen|stahuj|stáhl|stiah|sťahuj"
    r"|vedetty|vetä|veti|vedämme|peruutettu|visszavon|απ[οέό]σ[υύ]ρ|povu[kč]|povlač|trekk?t?|trok"
    rf"|پس[\s\u200c]?گرفت|umak|atsauk|atšauk|{STEMS}"
)
# What is done to a paper, in forms that also tell who does it: "stahujeme", "ziehen ... zurück".
_DO = (
    r"(?:retir(?:ad[oa]|at|ée?)|ritirat[oa]|retra(?:s[ăa]?|gem?)"
    r"|zurückgezogen|zurückziehen|ingetrokken|teruggetrokken|dra(?:r|git|gits) tillbaka"
    r"|drog tillbaka|tillbakadrage[nt]|tr(?:ekk|ækk|ukk)\w* tilba[kg]e"
    r"|отозван[аоы]?|снят[аоы]?|відкликан\w+|оттегл\w+"
    r"|geri çek(?:ti|miş|iyor|il(?:di|miş|iyor|ecek))\w*"
    r"|wycof(?:uj|a)\w+|stahuj\w+|stáhl\w*|stažen[aoy]?|sťahuj\w+|stiah(?:l|nut)\w*"
    r"|ved(?:etty|ämme|än) (?:pois|takaisin)|peruutettu|visszavon(?!ás)\w+|απ[οέό]σ[υύ]ρ\w+"
    r"|povuk\w+|povučen\w*|povlač\w+"
    r"|پس[\s\u200c]?گرفت\w*(?!\w|[\s\u200c]*ن)|umak(?:nil|njen)\w*|atsaukt\w*|atšauk[tė]\w*)(?!\w)"
)
# What somebody does, who is named before it: nothing that a paper itself does.
_ACTIVE = (
    r"(?:retir(?:er?|ent|ons|ar?|an|amos|am|ou|ó|aron|aram|en|em)|ritir(?:are|a(?:no)?|iamo|arono|o)"
    r"|отзыва(?:ю|е)\w+|отозва(?:ть|л[аи]?)|сня(?:ть|л[аи]?)|снима(?:ю|е)\w+|відклик\w+)"
)
# The same in two words, the paper between them.
_BEGINS = (
    r"(?:zieh(?:en?|t)|zog(?:en)?|tr(?:ekt?|ekken|ok|okken|ekker|ækker|akk?|ukket)|dra(?:r|git)|drog"
    r"|vet(?:ä|i)\w+|vedäm?me|vedän)"
)
_ENDS = r"(?:zurück|terug|in(?=\W*$|\s+(?:wegens|vanwege|omdat))|tillbaka|tilba[kg]e|pois|takaisin)"
_DONE = (
    r"(?:retir(?:[ée]e?|ad[oa]|at)|ritirat[oa]|zurückgezogen|zurückziehen|ingetrokken|teruggetrokken"
    r"|dragits tillbaka|trukket tilba[kg]e|отозван[аоы]?|снят[аоы]?|geri çekil(?:di|miş)\w*"
    r"|wycofan[aey]"
    r"|retras[ăa]?|tillbakadrage[nt]|stažen[aoy]?|stiahnut[ýáé]|vedetty (?:pois|takaisin)"
    r"|peruutettu|visszavonva|povučen\w*|відкликан[ао]?|оттеглена?)(?!\w)"
)
_AUTHORS = r"(?:auteurs?|autor(?:e[sn]?|i|a|as)?|nous|wir|авторы?|yazar\w*)"
_REASON = (
    r"(?=\s*(?:$|[.;,:(]|(?:par|por|pel[oa]s?|d[ae]gli|dal(?:l['’]|la|le)?|vom|von|door|przez|av|af)"
    r"(?:\s|(?<=['’]))|(?:à|sur|suite [àa]) |a (?:petición|pedido|solicitud|causa)|su richiesta"
    r"|auf wunsch|wegen|aufgrund|en raison|pour (?:cause|correction|révision)|debido|devido"
    r"|(?:de|del|d['’])\s?(?:l['’])?arxiv|autor|kvůli|z důvodu|z powodu|på grund"
    r"|автор|по просьбе|из[- ]за|в связи))"
)
_NOTICE = lazy_pattern(
    # A paper and what is done to it, whichever comes first; nothing of another clause between.
    rf"(?<!\bиз )\b{_PAPER}\b[^.;]{{0,60}}?(?<!\w)(?P<passive>{_DO})"
    rf"|(?<!\w)(?P<active>{_DO}|{_ACTIVE})\s+(?:[\w'’]+\s+){{0,2}}?(?:[ld]['’]\s?)?{_PAPER}(?!\w)"
    rf"|\b(?P<parted>{_BEGINS}\s+(?:(?!(?:aus|von|auf|mit|fra|från|uit|van)\b)\w+\s+){{0,3}}?{_PAPER}\b[^.;]{{0,60}}?\b{_ENDS})\b"
    rf"|^\W*(?P<alone>{_DONE}){_REASON}"
    rf"|\b{_AUTHORS}\b[^.;]{{0,30}}?\b(?P<behind>{_DONE})\W*$"
    r"|^\W*(?P<noun>retrait|retir(?:o|ada)|ritiro|rücknahme)\s+"
    rf"(?:d\w*['’\s]\s*)(?:[\w'’]+\s+)?(?:[ld]['’]\s?)?{_PAPER}\b"
    r"|(?P<cjk>撤稿|撤回|(?:论文|論文|本文|本稿|文章|稿件|作者|著者)[^。；]{0,12}?(?:撤销|撤下|取り?下げ)"
    r"|(?:^|[.。;])\W*(?:取り?下げ|철회)|(?:논문|저자)[^.;]{0,20}?철회)",
    re.IGNORECASE,
)
_ELSEWHERE = lazy_pattern(
    r"\b(?i:soumise?|envoyée?|présentée?|acceptée?|conf[ée]r[eê]n[cz]\w*|revue|revista|congr[eé]s\w*"
    r"|enviad[oa]|sometid\w+|presentad[oa]|aceptad[oa]|submetid[oa]|aceit[oa]|inviat[oa]"
    r"|sottopost[oa]|rivista|eingereicht|konferen\w+|konferans\w*|conferenti\w+|conferin\w+"
    r"|časopis\w*|tidskrift\w*|tidsskrift\w*|zeitschrift|angenommen|tagung|workshop|atelier"
    r"|конференц\w+|конференці\w+|журнал\w*|dergi\w*|czasopism\w*|συν[εέ]δρι\w+|folyóirat\w*"
    r"|کنفرانس|همایش|مجله|konferenc\w+|revij\w+)\b"
    rf"|(?<![A-Za-z]){KNOWN_VENUE[:-2]}(?![A-Za-z])|会议|會議|期刊|大会|学会|학회"
)
_ANOTHER = lazy_pattern(
    r"\b(?:pas|jamais|no|nunca|nicht|nie|non|n[ãa]o|не|niet|inte|ikke|není|nebyla?"
    r"|ei|ni|nav|nėra)\b|نسخه[\s\u200c]?\S{0,2}\s?(?:قبلی|پیشین|اول)|\bversi\w+ \d"
    r"|\b(?:premi[èe]re?|pr[ée]c[ée]dente?|ancienne?|anterior|primera?|primeira|prima|erste\w*"
    r"|frühere\w*|vorige\w*|eerste|eerdere|önceki|alte|první|předchozí|poprzedni\w*|предыдущ\w+|перв\w+)\b"
    r"|\b(?:th[ée]or[èe]me|teorem[aă]|section|secci[óo]n|satz|lemm[ea]"
    r"|cap[ií]tulo|chapitre|kapitel|figur[ae])\b|(?:从|自)(?![^。；，,]{0,20}arxiv)[^。；，,]{1,20}$"
    r"|(?:研究|分析|关于|數據|数据集)[^。；]{0,6}$|未$|没有$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\s+(?:des?|del|du|d[ao]s?|dalla|von|vom|aus|à|bei|beim|z|ze|od|fra|från|uit|van|aan|из|с|со"
    r"|від|от|in de|din)\b"
)
# "撤稿论文": papers that were withdrawn are what it is about.
_OF_OTHERS = re.compile(r"\s*(?:的?(?:论文|論文|文章|数据|研究|稿件|现象|問題|问题)|率|政策)")


def withdraws_in_another_language(sentence: str) -> bool:
    """Whether a sentence in another language than English withdraws this paper."""
    return _is_notice(sentence) or is_notice_by_stem(sentence)


def _is_notice(sentence: str) -> bool:
    found = _NOTICE.search(sentence)
    if found is None:
        return False
    begun = found.start(found.lastgroup or 0)
    before, behind = sentence[:begun], sentence[found.end() :][:60]
    if _ELSEWHERE.search(before) or _ANOTHER.search(before) or _OF_OTHERS.match(behind):
        return False
    within = "" if found["alone"] or found["noun"] or found["cjk"] else found[0]
    return not (_ELSEWHERE.search(within) or (_FROM.match(behind) and _ELSEWHERE.search(behind)))
