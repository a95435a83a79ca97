"""Words of ending, in many languages, and the words beside a yes that turn nothing around.

`Abonnement annulé` tells of a subscription, and of its end. Names are compared as elsewhere:
without accents and case, so that some scripts lose their vowels.
"""

import re
from collections.abc import Sequence

from newsletter.lazy_pattern import lazy_pattern

# Whatever ended: in a name that speaks of a subscription too, it is a column of leaving.
ENDING = lazy_pattern(
    r"cancel|resign|departed|departing|(?<!de)terminat|discontinu|revo[cgkq]|withdr[ae]w|de[sz]?a[ck]tiv|churn|abandon"
    r"|(?<!gr)an+ul+(?:ad|ac|at|az|e|o|u)|resci|retirad|desist|resili|retract|retire$|interromp|dis?det"
    r"|cessat|rinunci|storn|kundig|gekund|widerruf|beend|aufgehob|erlosch|zuruckgezog|zuruckgenom"
    r"|opgezeg|opzeg|beeindig|ingetrok|stopgezet"
    r"|avslut|up+sag|op+sag|op+sig|sag(?:t|d)up+|avbest|afbest|avbrut|avbrot|aterkall|tilbage(?:kald|truk)"
    r"|tilbake(?:kal|truk)|trukket|op+hort|av?slut[ta]|afslut"
    r"|peru(?:t|ut|nut)|paatty|lopet(?:et|an)|irtisan|rezygn|wycof|odwoł|wypowied|zakoncz|cofniet"
    r"|zrus|odvol|ukonc|stazen|vypoved|lemond(?:a|o|t|v)|megszun|torol(?:t|ve|es)|torles|visszavon|felmond|retras|retrag"
    r"|reziliat|renunt|incetat|otkaz|opozv|povuc|ponist|prekin|preklic|ukinj"
    r"|iptal|sonlandir|sonaer|vazgec|fesih|feshed|gericek|ακυρ|ανακλ|διακοπ|διεκοψ|ληξ"
    r"|отмен|отозв|отзыв|отзван|отказ|прекращ|прекрат|расторг|ан+ул[иь]|заверш|закрыт|закінч"
    r"|окончен|скасов"
    r"|відклик|відмов|припин|оттегл|спрян|повуч|раскин"
    r"|loobu|tuhist|lopet(?:a|u)|tagasivo|atteic|atcel|partrauk|atsauk(?:t|um)|atsisak|nutrauk|baixa"
    r"|ezezta|canslo|diddym|diliost|cealai|afskra|uppsog|afpont|anulu|terhiq"
    r"|berhenti|dibatal|batalkan|^batal|dicabut|đangung|ngungđang|ngungnhan|ยกเลก|เลกรบ|ถอน|หยด"
    r"|停止|停用|解约|解約|解除|取消|中止|中断|中斷|终止|終止|終了|撤回|撤销|撤銷|退出|结束|結束|作废|注销"
    r"|註銷|脱退|退会|辞退|キャンセル|取り消|取りやめ|辞め|やめ|취소|해지|중단|철회|정지|종료|탈퇴|해제|중지"
    r"|الغا|الغي|الغى|ملغ|ايقاف|انهاء|سحب|ביטול|בוטל|מבוטל|הפסק|משיכ|لغو|انصراف|रदद|समापत|बद"
)
# The same in short words, which other words begin and end with.
_ENDING_SHORT = (
    r"end(?:ed|ing|s|e|et|date)?|stop\w*|drop\w*|quit|left|leave\w*|laps\w+|expir(?:ed|es|ee?|ad[oa]|at[oa])|exit\w*|gone"
    r"|lost|closed|dead"
    r"|finish\w*|fine?|fim|fini\w*|slut\w*|loppu\w*|konec|koniec|vege|kraj|bitti\w*|bitis|konets"
    r"|huy|kill\w*|remov\w+|delet\w+|ablauf\w*|abgelauf\w*|auslauf\w*"
)
_SHORT_WORD = re.compile(_ENDING_SHORT)
MAILING = lazy_pattern(
    r"mail|newsl|nieuwsbr|nyhets|nyheds|rundbr|infolet|lettre|courri|boletin|boletim|bollett"
    r"|bulet|bulten"
    r"|correo|correio|assin|^abo|abo$|рассыл|розсил|メルマカ|メール|邮件|郵件|메일|뉴스|hirlev|uutis|zprav|biulet"
    r"|consen|permis|member|mitglied|verteiler"
)
_ENDS = ("ende", "end", "slut", "stop", "stopp", "fin", "einde", "konec", "koniec", "loppu")
# Beside a word of a yes these turn nothing around: what is small, who, what, that, and since when.
_HARMLESS_WORDS = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "the an our my your their this all any is are has have had be been can may will would"
        " does do"
        " did you we they he she it in to on of for from by via with at and or per as us me up"
        " der die das den dem des ein eine einer einen unser unsere mein ist hat im am fur und zu"
        " zum"
        " zur von vom mit ich sie wir bei auf uber le la les un une du de au aux et pour sur par"
        " mon"
        " ma notre nos est el los las una del al por para con mi su es il lo gli di da dal della"
        " alla"
        " ai ha mio em na nas dos ao het een van op voor heeft mijn onze och att till har vi jag er"
        " til pa som og av od ze se za ve ja sa на для от по из за у до"  # noqa: RUF001 - Russian
        " date dates time timestamp datum fecha data jour status state flag value field type kind"
        " level"
        " tier option options choice answer yes ja oui si sim id ids key number current latest last"
        " first new list lists liste lista group groups segment audience topic topics category"
        " channel"
        " form source start since created added joined updated modified changed entered imported"
        " seit"
        " desde depuis vanaf sedan siden free mode frequency plan ip method again re"
        " user users customer customers client clients member members person people contact"
        " contacts"
        " kunde kunden kontakt kontakte account reader readers subscriber subscribers profile"
        " student"
        " company visitor guest mailing mailings news offers promo legal basis privacy policy terms"
        " processing mercadeo email emails mail mails gdpr dsgvo rgpd lgpd ccpa daily weekly"
        " monthly"
        " active activo activa ativo attivo actief valid verified given granted get gets opt opts"
        " opted"
        " optin double single express explicit written implied enabled checked ticked box checkbox"
        " signed signup sign registered erteilt vorhanden gegeben liegt vor donne donnee recu"
        " dado dada"
        " gegeven verleend дано данных durum durumu tila stav stan stato estado statut etat"
        " situacao trang thai"
    ).split()
)
_HARMLESS_STEM = re.compile(
    r"(?:newsletter|bulletin|digest|update|alert|notif|announc|promotion|marketing|adverti"
    r"|campaign|informat"
    r"|communica|message|datenschutz|werb|courri|lettre|correo|electronic|boletin|boletim|bollett"
    r"|nieuwsbr|nyhetsbr|nyhedsbr|rundbr|uutiskirj|hirlev|biuletyn|zpravodaj|publicit|publicid"
    r"|comercial"
    r"|commercial|comunica|informa|рассыл|розсил|новост|новин|почт|пошт|письм|маркетинг|реклам"
    r"|обработк"
    r"|персональн|eposta|epost|sahkopost|poczt|marketingow|obchodn|aktiv|aktywn|confirm|accept"
    r"|agree|allow"
    r"|want|wish|receiv|begin|began|begun|erwunsch|gewunsch|otorgad|concess|concedid|udzielon"
    r"|wyrazon"
    r"|получ)\w*"
)
_OBJECT_AFTER = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "to for a au aux al alla allo alle ai para pour per fur zu zum zur an auf pa pa til till"
        " op voor"
        " для на do o к в e"
    ).split()
)
_HARMLESS_SIGNS = re.compile(  # of scripts without blanks between words
    r"是否|同意|授权|授權|允许|允許|愿意|願意|동의|状态|状態|狀態|状況|ステータス|日期|时间|時間|日時|邮件|郵件|电子|電子|电邮|通讯|简报|新闻|杂志|メールマカシン"
    r"|メルマカ|メール|ニュースレター"
    r"|ニュース|マーケティンク|案内|情報|個人|信息|资讯|营销|推广|用户|会员|客户|者|会員|顧客|お客様|希望|します|しています|しました|する|した|済み?|有無"
    r"|[的了已中我你您を의のはにへで日者可]|여부|상태|날짜|일자|일시|메일|이메일|뉴스레터|마케팅|광고|정보|개인|중|함|일|성|자|이|에"
    r"|가입|신청"
)
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def says_end(words: Sequence[str]) -> bool:
    """Whether one of a name's words means an end, be it a short one."""
    return any(ENDING.search(word) or _SHORT_WORD.fullmatch(word) for word in words)


def is_harmless(word: str) -> bool:
    """Whether the word is short, or one for a person, a thing or a time."""
    return len(word) == 1 or word in _HARMLESS_WORDS or bool(_HARMLESS_STEM.fullmatch(word))


def strange_words(words: list[str], yes: Sequence[re.Pattern[str]]) -> list[str]:
    """The unknown words of a name, which may turn its yes around.

    Words behind `to` or `for` name the thing agreed to, so they may be any.
    """
    strange: list[str] = []
    was_yes = False
    for place, word in enumerate(words):
        found = next(filter(None, (pattern.search(word) for pattern in yes)), None)
        if _SPACELESS.search(word):
            rest = word
            for pattern in (*yes, _HARMLESS_SIGNS):
                rest = pattern.sub("", rest)
            strange += [word] * bool(rest)
        elif found:
            was_yes = True
            strange += [word] * word[found.end() :].endswith(_ENDS)
        elif was_yes and word in _OBJECT_AFTER:
            return strange + [word for word in words[place + 1 :] if says_end([word])]
        elif is_harmless(word):
            was_yes |= word.startswith(("opt", "agree", "accept", "want", "wish", "allow"))
        else:
            strange.append(word)
    return strange
