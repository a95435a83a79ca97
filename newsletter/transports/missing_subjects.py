"""Tells from a server's words what is missing: the reader's mailbox, or something of ours.

One table: for each language the words for a mailbox or its owner, for the sender of the mail, and
for being absent. They are looked for in one sentence of one line of a reply. A sentence that names
the sender, the client, its domain or a header is about us, even if it names the mailbox as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.lazy_pattern import lazy_pattern

# English. What a mailbox or its owner is called:
_WHO = (
    r"(?:local[- ]?part|user|recipient|account|mailbox|e?-?mail ?box|(?<!ip )address(?:ee)?|person"
    r"|login|alias)"
)
# What is ours, or came with our mail.
_OURS = (
    r"(?<!to )(?<!to the )(?<!inform the )senders?|sending(?! (?:\w+ )?to\b)|envelope"
    r"|originat(?:ors?|ing)|(?:return|reverse)[- ]?(?:path|address)|mail ?from"
    r"|from[-: ]+(?:header|add?ress\w*|field|line|domain)|(?:in|of) (?:the |your )?from"
    r"|(?:e-?mails?|messages?|newsletters?|receive|accept) from(?! (?:to|being)\b)|sources?"
    r"|headers?|message-id|(?<!in )reply[- ]?(?:to|address)|list-unsubscribe|errors-to"
    r"|(?:bounce|postmaster|abuse)@? (?:mailbox|address|account)|helo|ehlo|domains"
    r"|clients?|connecting[- ](?:host\w*|ip|address|name|server|domain)"
    r"|remote (?:host|mta)(?! (?:said|returned|replied))"
    r"|(?:tls|ssl|client) certificate|certificate|dns(?: (?:a|mx|ptr|resource))? records?"
    r"|(?:invalid|bad|missing|no|mismatched) (?:reverse )?dns"
    r"|your (?:own )?(?:e-?mail |ip |smtp |from |mail |sub)?-?(?:address(?:es)?|domain|host\w*|ip"
    r"|server|network|accounts?|mailbox|user|(?:server )?name|system|organi[sz]ation|list|mta|mx"
    r"|side)"
)
_GONE = (
    r"(?:(?:was|were|is|are|could|can)?(?:n[o'\u2019]?t| not)(?: be)? (?:found|known)"
    r"|not (?:exist\w*|registered|valid|listed|a valid)|no longer (?:exists"
    r"|valid|in use|available|active|here|on)|(?:does|do|did)(?: not|n['\u2019]?t) exist)"
)
# Before a noun these speak of that noun: an unknown error is none of an unknown user.
_UNKNOWN = (
    r"(?:unknown|invalid|non-?existent)(?! +(?!(?:in|at|on|here|for|to|by|with|from|and|or|any|this"
    r"|the|within|user|recipient|address|account|status|code)\b)[a-z]{3,})"
)
_NO_MAILBOX = (
    rf"\b{_WHO}\b[^\w.;]+(?:(?!messages?\b)\w+[^\w.;]+){{0,6}}?(?:{_GONE}|{_UNKNOWN})|"
    rf"\b(?:unknown|invalid|no such|non-?existent|not (?:a|our)(?: valid)?) (?:local |virtual )?"
    rf"{_WHO}(?! (?:format|error|list|type|status)\b)"
    rf"|\bno (?:such )?{_WHO} (?:here|by th|with th|of th|found)"
    rf"|(?<!your )\b{_WHO}\b(?: \S+){{0,3}}? (?:has been|have been|was|is|been)(?: \w+ly)?"
    r" (?:deleted|removed|erased|purged|terminated|cancell?ed|retired)\b"
    rf"|\b(?:deleted|retired) {_WHO}\b"
    rf"|\b(?:does|do)(?: not|n['\u2019]?t) have an? (?:\S+ ){{0,3}}{_WHO}"
    r"|\baddress not found|\bnosuchuser|\brecip(?:ient)?notfound|\bunrouteable address"
    r"|\bno one at this address|\bvalidrcptto\b"
)
# Beside a mailbox these say that it is not that which is missing, or only for now.
_OTHERWISE = (
    r"\btemporar|\b(?:try|again) later\b|\bat this time\b|\bauthori[sz]|\bsandbox|\btrial\b"
    r"|\brestricted\b|\bpassword|\bcredential|\b(?:for|to) relay\b"
    r"|\bin (?:the |this |your )?message\b|\bmessage (?:has (?!not |been )|contains)"
)
# Stems; `.{1,2}` where an accent may have been lost on the way.
_LANGUAGES = (
    (
        r"benutzer|empf\W{0,3}\w{0,2}nger|postfach|mailbox|adresse|konto|teilnehmer",
        r"absender|ihre? (?:\w+-)?(?:domain|server|host|rechner|adresse|ip)",
        (
            r"unbekannt|existiert (?:\w+ ){0,5}nicht|nicht (?:\w+ )?(?:existiert|gefunden|vorhanden"
            r"|bekannt)|ung\W{0,3}\w{0,2}ltig|gibt es (?:\w+ ){0,4}nicht"
        ),
    ),
    (
        r"gebruiker|ontvanger|postvak|mailbox|adres|geadresseerde",
        r"afzender|uw (?:domein|server|host|adres|ip)",
        r"onbekend|bestaat (?:\w+ ){0,5}niet|niet (?:gevonden|bekend)|bestaat\W*$",
    ),
    (
        r"utilisateur|destinataire|adresse|bo.{1,2}te|compte",
        r"exp.{1,2}diteur|votre (?:domaine|serveur|adresse|ip)|(?:adresse|chemin) de retour",
        r"inconnue?|inexistant|invalide|introuvable|n['\u2019]existe (?:pas|plus)",
    ),
    (
        r"usuario|destinatario|direcci.{1,2}n|cuenta|buz.{1,2}n|casilla",
        r"remitente|su (?:dominio|servidor|direcci.{1,2}n|host|ip)",
        r"no (?:existe|(?:se )?(?:encontr|ha sido encontrad))|inexistente|desconocid|no v.lid",
    ),
    (
        r"usu.{1,2}rio|destinat.{1,2}rio|endere.{1,2}o|conta\b|caixa",
        r"remetente|seu (?:dom.{1,2}nio|servidor|endere.{1,2}o|host|ip)",
        r"n.{1,2}o (?:existe|(?:foi )?encontrad)|inexistente|desconhecid|inv.{1,2}lid",
    ),
    (
        r"utente|destinatario|casella|indirizzo|account",
        r"mittente|(?:suo|tuo|vostro) (?:dominio|server|indirizzo|host|ip)",
        r"non (?:esist|(?:. )?(?:stat\w )?trovat)|inesistent|sconosciut",
    ),
    (
        r"u\wytkownik|odbiorc|adresat|adres|kont|skrzynk",
        r"nadawc|twoj\w+ (?:domen|serwer|adres|host)|pa.{1,2}stwa (?:domen|serwer|adres)",
        r"nie (?:istnieje|(?:zosta\w+ )?znalezion)|nieznan|nie ma takie",
    ),
    (
        r"пользовател|получател|адресат|ящик|адрес|аккаунт|абонент",
        r"отправител|ваш\w* (?:домен|сервер|адрес|хост|ip)",
        (
            r"не (?:найден|существует|зарегистрирован|известен)|отсутствует|неизвестн|несуществующ"
            r"|нет так\w+"
        ),
    ),
    (
        r"користувач|одержувач|отримувач|адрес|скринь",
        r"відправник|ваш\w* (?:домен|сервер|адрес)",
        r"не (?:існує|знайден|зареєстрован)|невідом|неіснуюч|немає так\w+",
    ),
    (
        r"потребител|получател|адрес|кути",
        r"подател|изпращач|ваш\w* (?:домейн|сървър|адрес)",
        r"не (?:съществува|\w намерен)|несъществуващ|непознат|няма такъв",
    ),
    (
        r"u.{1,2}ivatel|p.{1,2}.jemc|adres|schr.{1,2}nk|.{1,2}.et\b|prij.mate.",
        r"odes.{1,2}latel|odosielate",
        r"neexist|nezn.{1,2}m|nenalezen|nen.{1,2}jden|nebyl\w? nalezen",
    ),
    (
        r"korisnik|primate.j|primalac|prejemnik|adresa|naslov|uporabnik",
        r"pošiljatel|pošiljalac",
        r"ne (?:postoji|obstaja)|nepoznat|nije prona.en|neznan|nepostoje.",
    ),
    (
        r"mottagar|modtager|mottaker|adress|bruger|bruker|anv.{1,2}ndar|postkass|konto|brevl.{1,2}d",
        r"avs.{1,2}ndar|afsender|avsender",
        (
            r"(?:finns|finnes|findes|existerar|eksisterer) (?:\w+ ){0,4}(?:inte|ikke)|ok.{1,2}nd"
            r"|ukendt|ukjent|(?:hittades|hittas) inte|ikke (?:funnet|fundet)|ej funnen"
        ),
    ),
    (
        r"vastaanottaja|k.{1,2}ytt.{1,2}j.{1,2}|osoite|postilaatikko",
        r"l.{1,2}hett.{1,2}j",
        r"ei (?:l.{1,2}ydy|ole olemassa|l.{1,2}ytynyt)|tuntematon",
    ),
    (
        r"c.{1,2}mzett|felhaszn.{1,2}l|postafi|c.{1,2}m\b|postal.{1,2}da",
        r"felad.{1,2}\b",
        r"nem (?:l.{1,2}tezik|tal.{1,2}lhat)|ismeretlen|nem l.{1,2}tez",
    ),
    (
        r"destinatar|utilizator|adres|cutia|c.su.{1,2}|cont",
        r"expeditor",
        r"nu (?:exist|a fost g.{1,2}sit)|necunoscut|inexistent",
    ),
    (
        r"al.{1,2}c.|kullan.{1,2}c.|posta kutusu|adres|hesap|hesab",
        r"g.{1,2}nderen|g.{1,2}nderici",
        r"(?:bulunam|bulunmu|mevcut de|ge.{1,2}ersiz|bilinmiyor|tan.nm)",
    ),
    (
        r"παραλήπτη|χρήστη|διεύθυνση|γραμματοκιβώτιο|λογαριασμ",
        r"αποστολ",
        r"δεν (?:υπάρχει|βρέθηκε)|άγνωστ|ανύπαρκτ",
    ),
    (
        r"ה?(?:משתמש|נמען|כתובת|תיבת|תיבה)",
        r"ה?שולח",
        r"(?:לא|אינו|אינה|איננו) (?:קי+מ?[םת]|נמצא)|לא ידוע",
    ),
    (
        r"المستلم|المستخدم|العنوان|صندوق|عنوان|الحساب|مستخدم",
        r"المرسل",
        r"غير (?:موجود|معروف|صالح)|لا يوجد|لم يتم العثور",
    ),
    (
        r"کاربر|گیرنده|آدرس|صندوق",
        r"فرستنده",
        r"وجود ندارد|یافت نشد|ناشناخته",
    ),
    (
        r"người (?:nhận|dùng)|địa chỉ|hộp thư|tài khoản",
        r"người gửi",
        r"không (?:tồn tại|tìm thấy|hợp lệ)",
    ),
    (
        r"penerima|pengguna|alamat|kotak surat|akun",
        r"pengirim",
        r"tidak (?:ditemukan|ada|dikenal|valid)",
    ),
)
MESSAGE = r"nachricht|message\b|mensaje|messaggio|mensagem|wiadomo|сообщени|письм|bericht|viesti"
_SENDERS = "|".join(sender for _, sender, _ in _LANGUAGES)
# Nothing between words.
_OURS_UNSPACED = (
    r"发件人|發件人|寄件人|寄件者|发送者|發送者|发信人|發信人|您的(?:域名|域|地址|服务器|伺服器|邮箱|郵箱|IP)"
    r"|送信者|送信元|差出人|発信者|エンベロープ"
    r"|발신자|발신인|송신자|보낸 ?(?:사람|이)|발송인|발신 ?(?:주소|도메인|서버)|ผู้ส่ง"
)
_GONE_UNSPACED = (
    r"不存在|未知|无效|無效|未找到|找不到|不明|存在し(?:ません|ない)|見つかりません|無効|拒否"
    r"|존재하지|없습니다|없는|없음|찾을 수|알 수 없|ไม่พบ|ไม่มี"
)
_MAILBOX_UNSPACED = (
    r"(?:用户|用戶|使用者|邮箱|郵箱|信箱|收件人|帐号|账号|帳號|账户|地址).{0,8}?(?:不存在"
    r"|无效|無效|未找到|找不到)|(?:找不到|无此|無此|查无此|查無此)(?:用户|用戶|收件人|邮箱"
    r"|人|帳號|帐号|账号)"
    r"|(?:宛先|ユーザ|アドレス|受信者|メールボックス|アカウント).{0,12}?(?:存在し"
    r"|見つかりません|不明)"
    r"|(?:사용자|수신자|받는 ?사람|계정|주소|메일함).{0,10}?"
    r"(?:존재하지|없습니다|없음|찾을 수)"
    r"|(?:존재하지 않는|없는) ?(?:사용자|수신자|계정|메일|주소)"
    r"|(?:ไม่พบ|ไม่มี)(?:ผู้รับ|ผู้ใช้|ที่อยู่|บัญชี|กล่องจดหมาย)|(?:ผู้รับ|ผู้ใช้|ที่อยู่|กล่องจดหมาย).{0,12}?(?:ไม่มีอยู่|ไม่พบ)"
)
_NEAR = rf"\w{{0,8}}(?:[^\w.;!?]+(?!{_SENDERS}|{MESSAGE})\w+){{0,6}}?[^\w.;!?]+"


def _either_way(noun: str, gone: str) -> str:
    return rf"\b(?:{noun}){_NEAR}(?:{gone})|\b(?:{gone}){_NEAR}(?:{noun})"


OURS = rf"\b(?:{_OURS}|{_SENDERS})|{_OURS_UNSPACED}"
# What can be said of us beyond not being there.
_REFUSED = (
    rf"{_GONE}|\b(?:unknown|invalid|non-?existent|illegal|unregistered|unlisted|unverified|bad|missing"
    r"|mismatched|forged)\b|\bno (?:such|valid|(?:a|mx|ptr|postmaster|abuse)\b)|\bwithout an?\b"
    r"|\bun(?:routable|routeable|deliverable|resolvable|recogni[sz]ed|acceptable)\b"
    r"|\bnot? (?:deliverable|routable|resolv\w+|recogni[sz]ed|unknown|match)"
    r"|\bmust (?:exist|match)\b"
    r"|\b(?:do|does|can)(?: not|not|n['\u2019]?t) (?:know|resolve|match|verify)\b"
    r"|\b(?:denied|rejected|refused|blocked|banned)\b|\bnot (?:allowed|permitted|accepted|in)\b"
)
_OF_US = lazy_pattern(OURS, re.IGNORECASE)
_AGAINST_US = lazy_pattern(
    "|".join((_REFUSED, *(gone for _, _, gone in _LANGUAGES), _GONE_UNSPACED)), re.IGNORECASE
)
NOT_THE_MAILBOX = lazy_pattern(rf"{OURS}|{_OTHERWISE}", re.IGNORECASE)
_MISSING_MAILBOX = lazy_pattern(
    "|".join(
        (
            _NO_MAILBOX,
            *(_either_way(noun, gone) for noun, _, gone in _LANGUAGES),
            _MAILBOX_UNSPACED,
        )
    ),
    re.IGNORECASE,
)
# A reply of several lines bears its code before each of them (RFC 5321, 4.2.1).
_END = re.compile(r"[;!?]+|\.(?=\s|$)|\.{2,}|(?:(?<=\s)|^)[245]\d\d(?:-|\s+)(?=\S)")


@dataclass(frozen=True)
class SentencePattern:
    """Finds a sentence that has every one of some words, and none of others."""

    words: tuple[re.Pattern[str], ...]
    but_not: re.Pattern[str] | None = None

    def search(self, said: str, /) -> bool:
        """Whether a server said such a sentence."""
        return any(
            all(words.search(sentence) for words in self.words)
            and not (self.but_not and self.but_not.search(sentence))
            for sentence in _sentences(said)
        )


def _sentences(said: str) -> Iterator[str]:
    return (part for part in _END.split(said) if part.strip())


SOMETHING_OF_OURS = SentencePattern((_OF_US, _AGAINST_US))
MAILBOX = SentencePattern((_MISSING_MAILBOX,), but_not=NOT_THE_MAILBOX)
