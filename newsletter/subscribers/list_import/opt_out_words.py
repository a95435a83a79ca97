"""The words of other systems for yes and no, in the cells of a list: one blank between them."""

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
