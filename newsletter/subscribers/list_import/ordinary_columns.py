"""Knows columns that are not about mail: names, places, work, dates of known kinds, and the like.

Any other column with yes and no, or with a date for some people only, may be a no under an unknown
name.
"""

import re
from collections.abc import Sequence
from operator import or_

from newsletter.lazy_pattern import lazy_pattern
from newsletter.subscribers.list_import import column_names, ending_words

# How a word begins that tells of something ordinary; as elsewhere without accents and case.
_ORDINARY_WORD = re.compile(
    # people
    r"gender|sex\Z|geschlecht|sexe|sexo|genero|sesso|kjonn|kon\Z|plec|пол\Z|стать\Z|性别|性別|성별|φυλο|מין|جنس"
    r"|title|titel|anrede|salutation|civilit|tratamiento|titolo|birth|born|geb\Z|geburt|naiss|nacim|nasc"
    r"|fodsel|fodd|urodz|narozen|syntym|szulet|рожд|народж|生日|誕生|生年|생년|생일|age\Z|alter\Z|edad|edad"
    r"|married|marital|verheirat|spouse|famil|child|kids|kind(?:er)?\Z|parent|nationalit|citizen"
    # where
    r"|address|adresse|street|stra[sß]|city|town|zip|postal|postcode|plz|post(?:leit|nummer)|codigo|cap\Z"
    r"|countr|land\Z|region|province|provinz|district|bezirk|location|lat(?:itude)?\Z|lon"
    r"|timezone|tz\Z|gmtoff|dstoff|utc|place|room|building|floor|office|haus|город|адрес|地址|住所|城市|国家|省|주소"
    # ways to them that are no mail
    r"|phone|mobile|cell\Z|handy|tel\Z|telef|fax|sms|whatsapp|push|skype|url|web\Z|website|homepage|blog"
    r"|twitter|linkedin|facebook|github|orcid|social|avatar|photo|picture|电话|手机|電話|전화|тел\Z|телефон"
    # work and study
    r"|compan|firm|organi|employ|job|position|departm|abteil|role|rolle|staff|admin|owner|moderat|manager"
    r"|student|phd|doctor|doktor|degree|universit|school|schule|alumn|facult|fellow|professor|teacher"
    r"|research|author|reviewer|scholar|academ|institut|affiliat|experience|seniority|职|学|部"
    r"|studier|etudiant|estudiant|studente|studentk|presse|press\Z|prensa|stampa|branche|industr|sector|secteur"
    # occasions
    r"|messe\Z|feria|salon|teilnehm|vortrag|attend|event|speak|talk|invit|conference|meeting|poster|paper|pc\Z|award|track\Z|tutorial|panel|chair|demo\Z|workshop|webinar|session|ticket|badge|seat|hotel"
    r"|arriv|departu|travel|visa|dinner|lunch|breakfast|meal|vegan|vegetar|diet|allerg|halal|kosher|gluten"
    r"|smok|drink|alcohol|t-?shirt|shirt|size|weekend|weekday|accessib|wheelchair|handedness"
    # trade
    r"|interessent|lieferant|rechnung|factur|facture|fornitor|lead|deal|order|purchas|paid|pay|price|plan\Z|premium|trial|gift|complimentary"
    r"|comped|invoice|billing|stripe|amount|total|currency|donat|donor|volunteer|sponsor|partner|vendor"
    r"|discount|coupon|close\Z|conver|revenue|ltv|tier|upgrade|renew|warranty|product|cart|refund|vip|loyal|points"
    # how they read, and what a program notes
    r"|lang|locale|sprache|langue|idioma|lingua|язык|语言|language|html|plain|text\Z|format|digest|ack\Z|metoo"
    r"|nodupes|dup|hide\Z|hidden|mod\Z|visible|public|private|open|click|sent\Z|send|seen|view|read\Z"
    r"|sequence|enrich|workflow|score|rating|rank|level|weight|interest|topic|tag|note|comment|remark|bemerk|source|medium|campaign"
    r"|utm(?:source|medium|campaign|term|content|id)?\Z|referr|segment|cohort|import|export|sync|upload|test\Z|id\Z|uuid|hash|token|key\Z"
    r"|external|foreign|custom|manual|auto|batch|version|device|browser|ip\Z|two|mfa|2fa|otp|factor"
    r"|password|login|complet"
    # dates of something that began or went on
    r"|creat|updat|modif|chang|join|start|begin|since|first|last|latest|recent|next|enter|regist|added|add\Z"
    r"|signup|sign\Z|signed|subscri|optin|opt\Z|confirm|verif|consent|approv|visit|activ|wait|met\Z"
    r"|erstell|angelegt|geander|eingetr|beginn|eintritt|seit|letzt|anmeld|angemeld|bestat|hinzu|kauf|bestell"
    r"|cree|ajout|inscri|modifi|dernier|debut|achat|arrivee|alta\Z|creac|cread|registr|ultim|compra"
    r"|creaz|aggiunt|iscri|adesion|criad|cadastr|aangemaakt|gewijzigd|toegevoegd|lid\Z|oprett|skapad|opprett"
    r"|ilmoit|luotu|utworz|dodan|zapis|vytvor|letrehoz|creat|olustur|kayit|kayıt|созда|добав"  # noqa: RUF001 - Turkish
    r"|регистр|обновл|створ|додан|реєстр|创建|建立|注册|加入|更新|登録|入会|作成|등록|가입|생성|최근|最終|最近|最后"
)
_WHOSE = re.compile(
    r"customer|client|kunde|account|user|profile|contact|group|list\Z|listid|state\Z|day\Z|years?\Z|has\Z"
)
_DENIALS = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "no not never non nicht kein keine pas sans sin nao sem ikke inte ei nie nem ne bez не"
        " нет без former formerly ex weg raus out off ab gone"
    ).split()
)
DATE_ALONE = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "date datum fecha data dato paivays päiväys дата 日期 日付 날짜 when time day tarih datum"
        " ημερομηνια timestamp"
    ).split()
)
DAY = lazy_pattern(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d)|\d{4}年\d{1,2}月")
# Yes and no in more languages; only where both stand in a column, since some mean more elsewhere.
_YES = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "jah taip jā já ie po bai iva sea hə bəli ha ndiyo oo opo kyllä joo así oo हाँ हां जी ใช่ بله"
        " آری جی হ্যাঁ ஆம் అవును ಹೌದು കി კი դա այո так да иә тийм oui si sí sì tak áno ano igen da"
        " allow allowed agree agreed accept accepted"
    ).split()
)
_NO = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "ei ne nē nei na jo ez le níl yox yoʻq yo'q hapana नहीं ไม่ ไม่ใช่ خیر نه نہیں না இல்லை"  # noqa: RUF001 - Uzbek
        " కాదు ಇಲ್ಲ არა ոչ ні не жоқ үгүй non no nie nem nu deny denied disallow disallowed"
    ).split()
) | {"do not allow", "don't allow", "not allowed"}
_NEGATION = re.compile(
    r"(?:no|non|not|do not|don['’]?t|does not|dis|un|in|im|ir|nicht|keine?|pas|ne|ne pas|n['’]"
    r"|nao|não|nu|ikke|inte|ei|nie|nem|bez|не|нет|ні|без|δεν|μη|не|不|未|无|無|非|勿|ไม่|không|tidak|bukan"
    r"|belum|غير|لا|לא|नहीं|안|미|비|불)[ -]*"
)
_NEGATED_END = re.compile(r"(.*?)(?:しない|ない|ません|안함|않음|아님)")


def is_denied(words: Sequence[str]) -> bool:
    """Whether one of a name's words may turn it around."""
    return not _DENIALS.isdisjoint(words) and "metoo" not in words  # Mailman's `not metoo`


def is_ordinary(words: Sequence[str]) -> bool:
    """Whether a name's words tell of something other than mail.

    "user" does not make an unknown word beside it harmless: a `User` may have `ausgebucht`.
    """
    if any(_is_of_other_things(word) for word in words):
        return True
    whose = [_WHOSE.match(word) is not None for word in words]
    small = [ending_words.is_harmless(word) for word in words]
    return any(whose) and all(map(or_, whose, small))


def _is_of_other_things(word: str) -> bool:
    return any(
        _ORDINARY_WORD.match(part) if is_latin else _ORDINARY_WORD.search(part)
        for part, is_latin in column_names.by_script(word)
    )


def are_yes_and_no(one: str, other: str) -> bool:
    """Whether two values are yes and no in some language, or one of them denies the other."""
    long, short = sorted((one, other), key=len, reverse=True)
    if {one, other} & _YES and {one, other} & _NO:
        return True
    if long.endswith(short) and len(short) > 1 and _NEGATION.fullmatch(long[: -len(short)]):
        return True
    denied = _NEGATED_END.fullmatch(long)
    return bool(denied and denied[1] and short.startswith(denied[1]))
