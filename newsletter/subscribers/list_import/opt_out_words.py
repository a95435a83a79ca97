"""The words of other systems for yes and no, in names of columns and in their cells.

Names are compared by their letters alone, without accents and case; words of a cell with one blank
between them.
"""

from enum import Enum

from newsletter.lazy_pattern import lazy_pattern

TRUE = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "1 true yes y t on x ✓ ✔ ✅ ja oui si sí sim da да ano tak igen evet kyllä ya có ναι כן نعم"  # noqa: RUF001 - Greek
        " ☑ sì 是 有 要 wahr vrai verdadero vero áno так ok はい 예 네"
    ).split()
)
FALSE = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "0 0.0 false no n f off nein non não nej nee нет ne nu nem hayır ei tidak không όχι לא لا"  # noqa: RUF001 - Turkish
        " 否 不 不是 关 无 無 falsch faux falso nie nao nei ні ikke inte ✗ ✘ ❌ × ☐"  # noqa: RUF001 - a cross
        " いいえ なし 아니오 아니요 ko"
    ).split()
)
# Yes in one language (ja, oui, sí), and any other word's first letter elsewhere.
YES_LETTERS = frozenset({"j", "o", "s"})
NOTHING = frozenset({"", "-", "–", "—", "null", "none", "nil", "n/a", "nan", "\\n", "[]", "{}"})

ALWAYS = frozenset({"always", "immer", "toujours", "siempre", "sempre", "всегда", "allowed"})
AGREED = TRUE | {"granted", "given", "accepted", "subscribed", "agreed", "opt-in", "opted in", "j"}
NEVER = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "never nie niemals jamais nunca mai nooit aldrig nigdy nikdy soha никогда 从不 off aus stop"
        " keine keiner aucun aucune nope 不可 拒否 거부 नहीं ninguna ninguno"
        " 受け取らない 受信しない 配信しない 希望しない 不要 いらない 不接收 不接受 不同意 不需要"
        " 안함 안받음 거절"
    ).split()
)

# Their own word, in the name of a column.
OWN_NO_NAME = lazy_pattern(
    r"listenoire|listane[gr]+a|schwarzeliste|zwartelijst|чернспис|黑名单"
    r"|unsub|opt(?:s|ed|ing)?out|optedoff|blacklist|blocklist|denylist|suppress|complain|donot|^dnc|^dn[em]$"
    r"|nomail|noemail|nobulk|nonewsletter|nocontact|spamreport|reportedspam|markedasspam"
    r"|emails?disabled|disabledemail|revoke|withdr[ae]w|objected|objection|removeme|removalrequest"
    r"|^left$|^left(?:at|on|date|list|the|us|group)|^leave(?:d|time|date|at|on)|(?:mail|news\w*|list)leave|signoff"
    r"|keine?(?:e?mail|newsl|werb)|nicht(?:mehr)?(?:an)?(?:schreib|kontakt|mail)|robinson"
    r"|pasde(?:mail|news|courr|contact)|ne(?:pas|plus|rien)(?:envoy|contact|derang|ecri|recev)|^nenvoy"
    r"|^refus(?!ed|al)|rifiut|rechaz|verweiger|^weigert|(?:meldet?e?|trug|trage)(?:mich|sich)(?:ab|aus)"
    r"|no(?:enviar|contactar|molestar)|non(?:invi|contatt)|nao(?:envi|contat)|geen(?:mail|nieuws)"
    r"|nie(?:wysyl|kontakt)|ingen(?:mail|epost)|неприсыл|неписат|небеспоко|небажа"
    r"|abgemeldet|abmeld|abbestell|austrag|ausgetr|widerspr|widerruf|gekundigt|kundigung"
    r"|desinscri|desabonn|disiscri|disdett|cancellat|debaja|^baja|baja$|^baixa|baixa$|debaixa|descadastr|des+uscri|oppos"
    r"|uitgeschreven|afgemeld|afmeld|wypis|avregistr|avprenum|avmeld|utmeld|udmeld|frameld|отпис|отказ|відпис|відмов|loobu|atsisak|atteic|rezygn"
    r"|danysgrif|cregjistr|скасувавпідп"
    r"|odhlas|odjav|leiratkoz|dezabon|abonelikten|peruut|berhentilangganan|huyđangky|διαγραφ|απεγγραφ"
    r"|הוסר|הסרה|الغاء|الغى"
    r"|退订|退訂|取消订阅|取消訂閱|拒收|拒绝|拉黑|黑名单|屏蔽|(?:不|勿)(?:要|再|想)?(?:接收|接受|发|寄|打扰|联系)"
    r"|配信(?:停止|拒否|不要)|受信拒否|購読解除|退会|수신거부|수신안함|구독취소|구독해지"
)
# Somebody else's, or a machine's.
NO_NAME = lazy_pattern(
    r"disabled|deleted|erased|erasure|blocked|banned|bounced|hardbounce|undeliver|bounce(?:type|status|reason|date|time|at|categ)|^clean|cleaned|inactive|invalid"
    r"|malformed|removed|rejected|refused|declin|deactiv|deaktiv|gesperrt|gelosch|desactiv|suspend"
    r"|^(?:is)?staged$|exclu(?:ded|sion)|onhold|muted|deceased|verstorb|blockiert|supprim|eliminad|eliminat|quarantin|archived|^stop|notsubscri|nonsubscri|nosubscri|neversubscri|unconfirm"
    r"|notconfirm|nonconfirm|unverif|notverif|notactive|nichtbestatigt|notopt|nooptin|unopted"
)
# A no of a no; or an end of something that may be no mail.
AMBIGUOUS_NAME = lazy_pattern(
    r"(?:not|non|never|isnt|un)(?:yet|been)*(?:unsub|optedout|optout|black|blockl|blocked|suppress"
    r"|complain|disabled|deleted|bounced|inactive|removed)|^e?mail(?:messages?)?level$|cancel(?:ad[oa]$|l?ed|l?ation|l?edat)"
)
OWN_YES_NAME = lazy_pattern(
    r"subscri(?!ber)|^(?:is)?subscriber$|allows?(?:bulk)?(?:e?mail|newsl|market|contact)|opt(?:s|ed)?in(?!g|t)|consent|permission|accepts?(?:email|marketing|news|mail)"
    r"|wants?(?:e?mail|news)|^(?:is)?(?:e?mailable|contactable)|^(?:gdpr|dsgvo|rgpd|lgpd)(?:ok)?$|receives?(?:e?mail|news|market)|emaildigests|agreedto|abonn|angemeldet"
    r"|einwillig|zustimm|inscri|suscri|iscritt|aceptanews|ingeschreven|aangemeld|prenumer"
    r"|^can(?:e?mail|contact|send)|^e?mailnotifications?$|^marketinge?mails?$"
    r"|订阅|訂閱|接收|接受邮件|подпис|соглас|購読|配信希望|구독|수신동의"
)
YES_NAME = lazy_pattern(
    r"confirm|verif|^enabled|isenabled|(?:mail|delivery|account)enabled|isactive|^active$"
    r"|(?:mail|member|user|subscriber)active|doubleopt|(?<!re)activated|bestatig|确认|подтвержд"
    r"|(?:mail|address|mailis)valid|^(?:is)?valid$|deliverable|^(?:ist)?(?:aktiv|actief|aktif|aktywny)$"
    r"|^actif$|^activ[oa]$|^att?iv[oa]$|^актив|^有效$|^激活$"
)
_DELIVERY = r"(?:mail|delivery)(?:mode|preference|setting|option|frequency)s?$"
DELIVERY_NAME = lazy_pattern(_DELIVERY)  # where `none` says that they want no mail
STATUS_NAME = lazy_pattern(
    r"(?<!order)(?<!payment)(?<!plan)(?<!marital)(?<!billing)(?<!stripe)(?<!job)(?<!customer)"
    r"(?<!lead)(?<!task)status|standing|^statut|statut$|^stav$|حالة|статус|状态|狀態|ステータス|상태|reception$"
    rf"|^substate|subscriptionstate|{_DELIVERY}"
    r"|subscribertype|membertype|^e?maildelivery$"
)
# Of a purchase, a job, a role or an account elsewhere, and no word of mail or of being willing.
ELSEWHERE = lazy_pattern(
    r"order|booking|buchung|reservation|payment|invoice|rechnung|facture|factura|deal|contra[ck]?t(?!o)"
    r"|vertrag|licen[cs]e|ticket|attend|employ|\bjob|student|marital|publication|twitter|linkedin"
    r"|facebook|instagram|(?:is|es|am)?(?:an?)?a[ck]ti[vf]e?[oa]?r?(?:customer|kund|client)"
    r"|(?:customer|client|cliente|kunde)s?(?:aktiv|acti[vf]|actif)|identity|^id|^vat|vat$|tax"
    r"|agency|acceptedoffer|acceptedpaper|acceptedinvit|invitation(?:accepted|sent)|credit|callback|demo$|qualified|promotedto"
    r"|^(?:is)?promoted$|^nda|shipping|samedelivery|freedelivery|deliver(?:y|ies)(?:address|note)"
)
WILLING = lazy_pattern(
    r"mail|newsl|subscri|consen|permis|optin|optout|opted|market(?!ingagency|ingqualif)|promo(?!ted)"
    r"|gdpr|dsgvo|rgpd|notif|updates|alert|news|einwill|zustimm|einverst|erlaub|werbung|kontakt|contact"
    r"|abon|inscri|correo|courri|bulet|boletin"
)
PAID = lazy_pattern(
    r"paid|gift(?:ed|s)?(?:sub|$)|payant|depago|bezahl|kostenpfl|apagamento|付费|有料|유료"
)
ROLE_OR_LOOK = lazy_pattern(
    r"^(?:(?:is|has|ist|est|es|是否)?(?:(?:the|an?)?(?:primary|main|billing|technical|tech|shipping|account"
    r"|key|press|newsroom|test|sales|legal|emergency|haupt)(?:point|company)?contact|contactperson"
    r"|kontaktperson|hauptkontakt|ansprechpartner|(?:personne|persona)de(?:contact|contacto|contato)"
    r"|contact[eo]?princip\w+|(?:主要|主)?联系人|担当者?)"
    r"|contactiscompany|(?:is|has)?(?:secondary|disposable|role(?:based)?|free|wegwerf)e?mail(?:address)?|(?:last|first|letzter|dernier|ultimo)(?:contact(?:o|ed)?|kontakt)|contacted"
    r"|(?:show|hide|display)e?mail(?:address)?(?:publicly)?|(?:is)?e?mail(?:address)?"
    r"(?:is)?(?:public|visible|hidden|visibility|quality)"
    r"|newsletter(?:author|editor|contributor)|(?:permission|privacy)level"
    r"|(?:invoice|rechnung\w*|receipt)(?:by|per|via)e?mail|e?mail(?:invoice|receipt)s?)$"
)
NEWSLETTER_NAME = lazy_pattern(  # marks over letters are taken off, in Japanese and Russian too
    r"(?:our|the|unser)?(?:newsletters?|lists?|mailinglists?|メルマカ|メールマカシン|ニュースレター|뉴스레터|рассылк[аи]|розсилка"
    r"|boletin(?:es)?|boletim|bollettino|nieuwsbrief|nyhedsbrev|nyhetsbrev|uutiskirje|hirlevel|biuletyn"
    r"|infolettre|lettredinformation|rundbrief|bulten|buletin|zpravodaj|通讯|简报|电子报|電子報)"
    r"(?:erwunscht|gewunscht|wanted|yesno|janein|ouinon|sino|ok|希望)?"
)
# Names that speak of a no or a yes and say nothing by what stands in them.
TELLS_NOTHING = lazy_pattern(
    r"(?<!ac)(?<!dis)count(?!r)|country|(?<!corpo)rate$|pages?$|pageview|(?<!val)(?<!pa)id$|uuid|(?<!sh)(?<!v)ip$"
    r"|url$|link$|source|form$|method|price$|stripe|token|hash|code$|key$|text$|message$|subject$"
    r"|plan$|payment|activesubscri|paidsubscri|subscriberemail|track|posting|bounces$|history$|to(?:list|group)s?$|(?<!all)(?<!from)lists$"
)
# The same of names that speak of a yes: how they read, or are rated.
HOW_NOT_WHETHER = lazy_pattern(
    r"html|(?<!in)format|rating|score|(?<!la)test$|mode$|manual"
    r"|(?<=[a-z])(?<!^is)(?<!un)subscribers?$"
)
# Of another way than mail; what names both is about mail, too.
OTHER_CHANNEL = lazy_pattern(r"sms|whatsapp|phone|telef|push(?!ed)|^mms|fax|calls?$")
BY_CHANNEL = lazy_pattern(r"(?:by|via|per)(?:sms|whatsapp|phone|tele|push|fax|call)")
ELECTRONIC_MAIL = lazy_pattern(r"mail|newsl")
OTHER_MAIL = lazy_pattern(r"^smsmarketing|postalmail|directmail|bypost$")
WHEN_OR_WHY = lazy_pattern(
    r"(?:(?<!m)at|(?<!i)on|dates?|time|since|till|reasons?|campaign\w*|comments?|feedback|by|from|(?<!sh)ip"
    r"|source|datum|日期|时间|時間|日時)$|^dateof|^date(?:un|opt|sub|conf)|^fecha|datede"
)
FILE_NAME = lazy_pattern(
    r"unsub|opt(?:ed)?outs?|blacklist|blocklist|suppress|complain|donot(?:e?mail|contact|send)|^dnc"
    r"|nomail|cleaned|bounce|nonsubscri|abgemeldet|austrag|desinscri|desabonn|disiscri|debaja|spam"
    r"|退订|拉黑|黑名单|отпис|^left|left(?:member|subscr|reader|list)|(?:members|subscribers|readers)left"
    r"|uitschrij|^gone|lapsed|expired|^ex(?:member|subscr|reader|abon|mitgl)|former|ehemalig|^quit"
    r"|austritt|sperrlist|^dead|abgelehn|anciens"
)
DATE = lazy_pattern(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{9,13}(?:\.\d+)?$|\b(?:19|20)\d\d\b|^\d{8}$|年"
)
ZERO_DATE = lazy_pattern(
    r"[\-/.: ]*0[0\-/.: tz+]*"
    r"|19(?:70|00)-01-01(?:[t ]00:00(?::00(?:\.0+)?)?)?(?: ?z| ?utc|\+00:?00)?"
    r"|0001-01-01.*|never|nie|jamais|nunca"
)
_OPT_OUT = lazy_pattern(
    r"\b(?:un ?subscri|unsub\b|opt(?:ed|ing|s)? ?out|black ?list|block ?list|deny ?list|suppressed"
    r"|complain(?:ed|t)|reported (?:as )?spam|marked (?:as )?spam"
    r"|do(?: not|n[o'’]?t) ?(?:e ?)?(?:mail|contact|send|disturb|write)"
    r"|no (?:more )?(?:e ?)?mails?\b|no (?:more )?newsletters?\b|no ?mail\b|remove me|please remove"
    r"|withdr[ae]wn?\b|revoked|abgemeldet|abbestellt|ausgetragen|widerrufen|desinscri|desabonn"
    r"|disiscri|de baja\b|desuscri|descadastr|uitgeschreven|afgemeld|wypisan|avregistr"
    r"|(?:ask|want|wish|request|please|pls|must|should)\w* .{0,30}(?:remov|delet|off (?:the|all) )"
    r"|remov(?:e|ed|al) (?:him|her|them|from|request)|tak(?:e|en) (?:me |him |her |them )?off\b"
    r"|austragen\b|vom newsletter ab|aus (?:dem|der) (?:verteiler|liste)|uitschrijven|frameld"
    r"|avmeld"
    r"|leiratkoz|dezabon|odhlas|odjav(?:i|l)|abonelikten|listeden c|berhenti (?:ber)?langgan"
    r"|tilaukse\w* peru|peruut|peru(?:nut|ttu) tilau|loobunud|atsisak|atteic|donat de baixa"
    r"|cancelar (?:la |a )?(?:su|in)sc"
    r"|απεγγραφ|διαγραφ|відпис|отказал|huy đang ky|đa huy|plus recevoir"
    r"|nicht mehr (?:erhalten|bekommen)"
    r"|no recibir|non ricever|nao receber|no thank|nein danke|non merci|no gracias"
    r"|no grazie|nee bedankt"
    r"|nej tack|nei takk|nej tak|нет спасибо|спасибо нет|nie dziekuje"
    r"|stop (?:e ?)?(?:mail|send|writ|contact)|no longer (?:want|wish|interest|receiv)"
    r"|(?:not|n[o'’]t) (?:want|wish|interested|receive)|(?:doe?s?n|don)['’]?t want"
    r"|wants? (?:off|out)\b|said no\b|left (?:us|(?:the )?list)\b"
    r"|keine? (?:e ?)?(?:mails?|newsletter|werbung|post)"
    r"|nichts? (?:mehr )?(?:an)?(?:schreib|schick|mail|kontakt|zusend)"
    r"|bitte (?:loschen|entfernen)|mochte (?:keine|nicht)"
    r"|ne (?:plus|pas|veut|souhaite) |(?:plus|pas) d[e'](?: ?e)? ?(?:mail|courriel|news)"
    r"|no (?:quiere|desea|enviar|contactar|molestar)|non (?:vuole|invia|contatta|scriver)"
    r"|nao (?:quer|deseja|envia|contat)|geen (?:e ?)?(?:mail|nieuws)|niet (?:meer )?mailen"
    r"|nie (?:wysyl|chce|kontakt)|не (?:надо|писат|прис|беспок|хочет|желает|отправ|слать|рассыл))"
    r"|退订|退訂|取消订阅|取消訂閱|拒收|拉黑|黑名单|请勿|勿扰|受け取らない|受信しない|不(?:要|想|再)(?:再|继续)?(?:收|接|发|寄|联系|订)"
    r"|配信停止|配信拒否|配信不要|購読解除|送らない|送信不要|수신거부|구독취소|구독해지|보내지|отпис|удалит|ยกเลกการสมคร|ยกเลกการรบ"
    r"|لغو اشتراک|الغاء (?:ال)?اشتراك|सदसयत रद|הוסר|הסר[הת]? מ|解除済"
    r"|購読をやめ|不用了|구독 ?(?:취소|해지)"
)
# A cell that is nothing else, in a column of any name.
_OPT_OUT_ALONE = lazy_pattern(
    r"(?:ex|former)(?: )?(?:reader|subscriber|member|abonnent|abonne|leser)|signoff|auto del"
    r"|remov(?:e|ed|al)|deleted?|inactive|deactivated|blocked|banned|bounced|cleaned|unconfirmed"
    r"|opt out|stop(?:ped)?|left (?:the )?(?:list|us)|nomail|dnc|entfernt|geloscht|inaktiv|gesperrt"
    r"|supprime|eliminad[oa]|rimoss[oa]|removid[oa]|verwijderd|usuniety|удален.?|已删除|已移除|解除|停止|退会|탈퇴"
)
_NEGATED = lazy_pattern(r"\b(?:not|never|non|isn't|nicht|nie|pas|re) (?:yet |been )*(?:un|opt|b|s)")
_PARTS = lazy_pattern(r"[()\[\],;/|]")
_ELSEWHERE = lazy_pattern(r"://|\bmailto:|\bwww\.")


class StatusWord(Enum):
    IN = "subscribed"
    NOT_IN = "not, or not yet"
    OUT = "left, or must not be mailed"


_STATUS_WORDS = {
    StatusWord.IN: (
        " confirmed subscribed subscriber active enabled verified regular member free paid"
        " comped premium gifted trialed vip approved express implied digest mail plain html"
        " txt summary normal valid accepted granted given opted|in opt|in double|opted|in"
        " email all|email each mime digests mime_digests plaintext_digests summary_digests"
        " non|suppressed ok transactional|and|marketing marketing|contact not|required"
        " allow allowed"
        " explicit implicit optin registered receiving engaged resubscribed trial unpaid churning"
        " owner manager moderator admin administrator abridged notice urlize not|me digestplain"
        " individual individual|messages daily weekly all single|opt|in double|opt|in"
        " abonniert aktiv bestatigt angemeldet abonne inscrit actif confirme activo suscrito"
        " confirmado iscritto attivo confermato ativo inscrito подписан активен подтвержден"
        " tilmeldt pameldt prenumererar tilmeldte aangemeld ingeschreven odebira prihlasen"
        " prihlaseny aktivni aktivny aktywny zapisany pretplacen prijavljen aktivan"
        " підписаний активний абониран feliratkozott aktiv|tag abonat"
        " activ abone aktif aktiivinen tilaaja tellitud εγγεγραμμενος ενεργος đa|đang|ky"
        " berlangganan subscrit actiu abonnerad 已订阅 订阅 订阅中 已确认 正常 有效 購読中"
        " 購読 有効 已訂閱 訂閱 訂閱中 구독중 구독"
    ),
    StatusWord.NOT_IN: (
        " pendiente|de|confirmacion in|attesa|di|conferma en|attente|de|confirmation"
        " hardbounce softbounce pending unconfirmed unverified unactivated inactive disabled"
        " blocked removed"
        " deleted archived invalid malformed undeliverable waiting new|unconfirmed"
        " not|confirmed awaiting|confirmation nonsubscribed non|subscribed not|subscribed"
        " never|subscribed non|member nonmember past|due not|active denied expired paused"
        " suspended banned hold on|hold validating by_bounces by_moderator bouncing"
        " soft|bounced hard|bounced non|marketing|contact unengaged failed bad dead staged"
        " excluded erased anonymized anonymised forgotten unreachable quarantined spamtrap invited"
        " needs|attention on|vacation vacation holiday suspend special|notices|only"
        " special|notices undelivered"
        " temp|hold temporary|hold no|permissions|set mailbox|full hard|bounce soft|bounce"
        " invitation|sent unspecified not|set unknown|permission transactional"
        " unbestatigt inaktiv gesperrt geloscht ausstehend inactif en|attente inactivo"
        " pendiente eliminado inattivo"
        " in|attesa pendente inativo неактивен не|подтвержден 未确认 待确认 未订阅 禁用"
        " 已禁用 无效 停用 未購読"
    ),
    StatusWord.OUT: (
        " left gone unsubscribed unsub opted|out optout opt|out suppressed blocklisted"
        " blacklisted complained complaint complaints bounced cleaned spam junk spammy"
        " spam|complaint nomail no|mail no|email noemail no|mails cancelled canceled"
        " withdrawn revoked refused declined rejected unsubscribe by_user abuse do|not|email"
        " do|not|mail do|not|contact abgemeldet ausgetragen widerrufen desabonne desinscrit"
        " baja dado|de|baja cancelado desuscrito disiscritto cancellato descadastrado"
        " uitgeschreven afgemeld wypisany отписан отписался отписана 退订 已退订 取消订阅"
        " 已取消 拉黑 拒收 黑名单 frameldt afmeldt avmeldt avregistrerad avslutad"
        " avprenumererad odhlasen odhlaseny odhlasena odhlaseno odjavljen odjavljena odjavio"
        " відписаний відписався відписано отписал leiratkozott lemondva dezabonat dezabonata"
        " peruttu peruutettu perunut|tilauksen perunut loobunud atteicies atsisake"
        " abonelikten|ayrıldı abonelikten|cıktı listeden|cıktı απεγγραφη donat|de|baixa"  # noqa: RUF001
        " disallow disallowed do|not|allow deny"
        " resilie desinscrite desabonnee отказался отказалась ausgetreten gekundigt"
        " berhenti|berlangganan đa|huy|đang|ky withdrawn|consent expired|consent wycofana"
        " wycofano odwołana odvolano odwolana geri|cekildi annulee abgelaufen|widerrufen"
        " opgezegd uitgeschreven|is ยกเลกการสมคร لغو|اشتراک הוסר הוסרה 解除済 解除 取消訂閱"
        " 已取消訂閱 退訂 已退訂 구독해지 해지 配信停止 購読解除 退会 수신거부 구독취소"
    ),
}
_BY_WORD = {
    word.replace("|", " ").replace("_", " ").casefold(): standing
    for standing, words in _STATUS_WORDS.items()
    for word in words.split()
}


_DENIALS = frozenset({"not", "never", "non", "no"})
_FILLERS = frozenset(
    (  # noqa: SIM905 - to be read at a glance
        "a the by from for via e email emails mail mails list lists user member manually"
        " automatically auto self re full bounces featured plain messages"
        " summary confirmation approval"
    ).split()
)
_WORSE = (StatusWord.IN, StatusWord.NOT_IN, StatusWord.OUT)


def status_word(plain: str) -> StatusWord | None:
    """The meaning of a status, of several words the worst; None where a word is unknown."""
    if plain in _BY_WORD:
        return _BY_WORD[plain]
    parts = [" ".join(part.split()) for part in _PARTS.split(plain)]
    return _worst([_BY_WORD.get(part) or _phrase(part) for part in parts if part])


def _worst(said: list[StatusWord | None]) -> StatusWord | None:
    """The worst of several meanings; None where there is none, or one is unknown."""
    known = [word for word in said if word is not None]
    return max(known, key=_WORSE.index) if known and len(known) == len(said) else None


def _phrase(part: str) -> StatusWord | None:
    """Of words of which each is known or says nothing: `unsubscribed by admin`, `not active`."""
    words = part.split()
    told = [word for word in words if word not in _DENIALS | _FILLERS]
    worst = _worst([_BY_WORD.get(word) for word in told])
    if worst is None or _DENIALS.isdisjoint(words):
        return worst
    return StatusWord.NOT_IN if worst is StatusWord.IN else None


def looks_like_opt_out(plain: str, *, is_name: bool = False) -> bool:
    """Whether the words of a cell speak of an opt-out; links and names are left out."""
    if not is_name and _OPT_OUT_ALONE.fullmatch(plain):
        return True
    return _OPT_OUT.search(plain) is not None and _ELSEWHERE.search(plain) is None


def is_opt_out(plain: str) -> bool:
    """Whether they say one, rather than deny it."""
    return looks_like_opt_out(plain) and _NEGATED.search(plain) is None
