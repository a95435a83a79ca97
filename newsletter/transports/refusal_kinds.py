"""The words with which servers refuse a mail, by kind: about the reader, or about us.

The words are those of real servers: the common programs, the large providers, and the gateways
before them. The first kind whose words are found counts, so their order is part of their meaning.
"""

import re
from enum import StrEnum
from typing import NamedTuple, Protocol

from newsletter.lazy_pattern import lazy_pattern
from newsletter.transports.missing_subjects import (
    MAILBOX,
    MESSAGE,
    NOT_THE_MAILBOX,
    OURS,
    SOMETHING_OF_OURS,
    SentencePattern,
)


class RefusalCause(StrEnum):
    """The cause of a server's refusal."""

    NO_MAILBOX = "no such mailbox"  # there will never be one: suppressed
    READER = "this mailbox"  # full, disabled, or nothing that can be told
    SENDER = "the sender"  # our network, account, volume, content or size, or the way between


class Words(Protocol):
    """A pattern of one kind or another."""

    def search(self, said: str, /) -> object: ...


class RefusalKind(NamedTuple):
    """A kind of refusal: its words and its cause."""

    name: str
    cause: RefusalCause
    words: Words
    # Servers say 5.1.1 and 5.2.1 of a blocklist, too. Where these words stand, the code is wrong.
    outweighs_code: bool = True


_UNITS = r"e-?mails?|mails?|messages?|recipients?|connections?|deliveries|defers and failures"
_REFUSED = r"(?:listed|blocked|banned|denied|rejected|refused|not (?:allowed|permitted|accepted))"


def _about_us(name: str, *words: str, outweighs_code: bool = True) -> RefusalKind:
    pattern = lazy_pattern("|".join(words), re.IGNORECASE)
    return RefusalKind(name, RefusalCause.SENDER, pattern, outweighs_code)


# Beside 5.1.1, and no words for a mailbox: what came, who sent it, or its way.
OUR_MAIL = lazy_pattern(
    r"\b(?:messages?|senders?|sending|tls|starttls|ssl|newsletters?|fingerprint|domains?)\b"
    r"|\b(?:host|server|gateway)\b(?!.{0,60}?\bsaid\b)|\b(?:allowed|permitted) to send\b"
    r"|\be?-?mail\b(?! ?-?(?:add?ress|box|account|user|recipient))|(?<!rejected: )\baccess denied"
    r"|\bbanned\b"
    r"|\b(?:un)?authori[sz]|\brestrict|\b(?:white|allow|safe) ?-?list|\bsecurity\b|\bprohibited\b"
    r"|\bforbidden\b|\b(?:to|from) you\b|\bcontent\b|\bfirewall"
    r"|\bcertificate|\bencrypt|\bmarketing\b|\bfilter|\bmx record"
    r"|\b(?:cloudmark|barracuda|proofpoint|mimecast|ironport|sophos|symantec|fortimail|vade)\b"
    rf"|\b(?:{MESSAGE}|werb(?:ung|email))|{OURS}",
    re.IGNORECASE,
)
# Beside a code for no mailbox, and no other words for it: these say so, all others say nothing.
SAYS_UNKNOWN = lazy_pattern(
    r"\bunknown|\bno(?:t|n)?(?: |-)?(?:one|body|found|known|exist|valid|local|here|such|recogni|"
    r"registered|listed|longer|a (?:valid|known|local)|our|mailbox|account|user|recipient|address"
    r"|available|match)\b"
    r"|\bnot? (?:exist|recogni|longer)|\bexist|\binvalid|\bbad(?:rcpt|dest| )|\bunrout|\bundeliver"
    r"|(?<!service )\bunavailable|\bnull mx|\b(?:has|have|was|is|been|user|mailbox) (?:moved|gone"
    r"|left|deleted|removed|closed|retired)|\bdisabled|\bdeactivated|\binactive|\bdisused|\billegal"
    r"|\bmisspel|\bmistyp|\bsyntax|\bmalformed|\b(?:recip\w*|address\w*) rejected\W*$"
    r"|unbekannt|existier|inconn|introuv|inexist|desconoc|desconhec|sconosci|onbekend|bestaat"
    r"|nieznan|istnie|неизвест|существу|найден|不存在|无效|無效|不明|없",
    re.IGNORECASE,
)
# What stands around a server's reason and is none.
FRAME = lazy_pattern(
    r"\bhost\b.{0,60}?\bsaid\b|\(?in reply to [a-z ]{1,40}command\)?|\bremote server returned\b"
    r"|\b(?:smtp )?error from (?:the )?(?:remote )?(?:mail )?server(?: after [\w ]{1,30})?"
    r"|\bafter (?:rcpt to|mail from|end of data|data)\b|\b(?:e?smtp|lmtp|rfc822|utf)\b",
    re.IGNORECASE,
)
_NAMED_MAILBOX = lazy_pattern(
    r"\b(?:user|recipient|account|mailbox|login|alias)(?: name)?[ :=<\"'\u201c]{1,4}"
    r"(?!(?:reputation|name|mailbox|account|address)\b)[\w.+-]+[ >\"'\u201d:]{1,4}(?:is |was )?"
    r"(?:unknown(?! error)|not (?:found|known|exist\w*)|(?:do|does|did)(?: not|n['\u2019]?t) exist"
    r"|could not be found|no longer exists)\b"
    r"|\b(?:no such|unknown) (?:user|recipient|account|mailbox|alias)[ :=<\"']{1,4}"
    r"(?:abuse|bulk|spam|junk|virus|scam|complaints?|policy)\b[>\"'.]{0,3}(?:$| [(\[])",
    re.IGNORECASE,
)
KINDS = (
    RefusalKind("something of ours", RefusalCause.SENDER, SOMETHING_OF_OURS),
    RefusalKind(  # a name without its domain, which is no word that says why
        "no mailbox of that name",
        RefusalCause.NO_MAILBOX,
        SentencePattern((_NAMED_MAILBOX,), but_not=NOT_THE_MAILBOX),
        outweighs_code=False,
    ),
    _about_us(
        "network",
        r"\b(?:black|block|deny)[- ]?list|\b(?:\w*rbl|\w*dnsbl|uribl|surbl)s?\b",
        r"\b(?:spamhaus|spamcop|sorbs)\b",
        r"\bip ?[=:] ?\S+ - ",
        r"\b(?:your|client|sending|sender|source|remote|connecting) ip\b",
        rf"\byour (?:mail ?)?(?:server|host|network|domain|subnet)\W+(?:\S+ ){{0,4}}?{_REFUSED}",
        rf"\bclient host\b.{{0,60}}?\b{_REFUSED}",
        rf"\bip(?: address(?:es)?)?\W+(?:\S+ ){{0,3}}?{_REFUSED}",
        r"(?<!not )(?<!n't )\blisted (?:at|by|as|in|on)\b",
        r"\b(?:dynamic|generic) ip\b|\bopen (?:relay|proxy)",
        r"чёрн\w+ спис|черн\w+ спис|黑名单|黑名單|ブラックリスト|\bliste noire|\blista neg?ra"
        r"|\bzwarte lijst|\bczarn\w+ li\w+|\bschwarze\w? liste|차단"
        r"|送信元.{0,12}(?:拒否|制限)",
    ),
    _about_us(
        "name of our server",
        r"\br(?:everse )?dns\b|\breverse (?:lookup|hostname)|\bptr\b|\b(?:helo|ehlo)\b",
        r"\bcannot find your (?:reverse )?host|\bip name lookup",
        r"\b(?:in reply to|after) (?:mail from|auth)\b",
    ),
    _about_us("reputation", r"\breputation\b|\babus(?:e|ive)\b|\bcomplaints?\b|\bspammer"),
    _about_us(
        "authentication",
        r"\b(?:spf|dkim|dmarc|arc)\b|\bauthenticat|\bunauthenticated|\bsender id\b",
    ),
    _about_us(
        "content",
        r"\bspam|\bunsolicited\b|\bbulk\b|\bjunk\b|\bphish|\bscam\b",
        r"(?<!for )(?<!no )(?<!anti-)\bvirus",
        r"\bmalware\b|\binfected\b|\btrojan|\bmalicious\b|\bsuspicious\b",
        r"\b(?:message|mail|bad|banned|unacceptable|inappropriate|prohibited|to|by)"
        r" content\b|\bcontent[- ](?:rejected|refused|denied|filter|not )|\bdt:spm\b",
        r"спам|垃圾|违规|違規|スパム|迷惑メール|스팸|\bind[ée]sirable|\bindesiderat|\bno deseado"
        r"|\bunwanted\b|\bpourriel|\bbasura\b|\blixo\b",
    ),
    _about_us("policy", r"\bpolic(?:y|ies)\b|\badministrative(?:ly)? (?:prohibit|denied)"),
    _about_us(
        "volume",
        r"\btoo (?:many|fast|frequent|much)\b(?! (?:messages|mails?) in)|\brate.?limit|\bthrottl",
        r"\breceiving (?:e?-?mails?|messages?) (?:at a rate|too (?:quickly|fast|often))",
        r"\bfrequency limit|\bunusual rate|\blimit exceeded\b|\bgr[ae]y.?list",
        r"\b(?:send(?:ing)?|daily|hourly|monthly|rate|outgoing|relay)\W+(?:\w+\W+){0,3}"
        r"(?:limit|quota|cap\b|maximum)",
        rf"\b(?:{_UNITS})\b(?:\W+\w+){{0,5}}?\W+(?:per|an?|each|every|this|for|in (?:an?|one))"
        r" (?:second|minute|hour|day|today|week|month)",
        rf"\bmax(?:imum)?\b(?:\W+\w+){{0,4}}?\W+(?:rate|{_UNITS})\b(?! (?:size|length))",
        rf"\b(?:number|volume|count|rate) of (?:{_UNITS})\b",
        rf"\bexceed\w* (?:\w+ ){{0,3}}(?:send|rate\b|{_UNITS})",
        r"слишком много|превышен лимит|频率|頻率|過多|过多"
        r"|\b(?:zu viele|trop de|demasiad[oa]s|tropp[ei]|te veel|zbyt wiele|muit[ao]s) (?:\w+ )?"
        r"(?:nachrichten|e-?mails|verbindungen|messages|courriels|connexions|mensajes|correos"
        r"|conexiones|messaggi|connessioni|berichten|verbindingen|wiadomości|połączeń|mensagens"
        r"|conexões)",
    ),
    _about_us(
        "relaying",
        r"\brelay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|refused|not (?:permitted"
        r"|allowed))|\b(?:unable|not (?:allowed|permitted)|cannot|refus\w+) to relay\b"
        r"|\b(?:do|does)(?: not|n['\u2019]?t) relay\b|\brelay not\b",
    ),
    _about_us(
        "sender",
        r"\bsender (?:address|domain|ip|verif|policy|is)|\bdomain of sender"
        r"|\bverif\w+ (?:failed|failure|error)?\W*(?:for|of) (?:the |your )?sender",
        r"\b(?:tls|ssl|encryption)\b(?: \w+){0,2} (?:required|mandatory|needed)\b"
        r"|\b(?:requires?|must (?:use|issue)|need) (?:an? )?(?:start)?(?:tls|encrypt)",
    ),
    _about_us(
        "size",
        r"\b(?:message|mail) (?:size|length|(?:is )?too (?:big|large|long))|\bsize limit",
    ),
    _about_us(  # neither the reader nor we: what stands between
        "loop",
        r"\b(?:mail|message|routing|forwarding) loop|\bloop(?:ing)? detected|\bloops? back\b"
        r"|\bhop count",
    ),
    RefusalKind(
        "full or shut",
        RefusalCause.READER,
        lazy_pattern(
            r"\b(?:mail ?box|inbox|recipient|user|storage)\W+(?:\w+\W+){0,4}?(?:full|blocked"
            r"|disabled|suspended|locked|closed|inactive|deactivated|(?:over|exceed\w*)\W+"
            r"(?:\w+\W+){0,2}quota|quota exceeded)\b|\b(?:over|exceed\w*)\W+(?:\w+\W+){0,2}quota"
            r"\b.{0,40}?\b(?:mail ?box|inbox|recipient|user)\b",
            re.IGNORECASE,
        ),
    ),
    _about_us(
        "account",
        r"\baccount\W+(?:\w+\W+){0,3}(?:suspended|disabled|locked|blocked|limited|closed)",
        r"\byour account\W+(?:\w+\W+){0,3}(?:deleted|removed|terminated|cancell?ed)",
        r"\b(?:over|exceed\w*)\W+(?:\w+\W+){0,2}quota|\bquota exceeded",
        outweighs_code=False,
    ),
    _about_us("blocked", r"\bblocked\b|заблокирован|\bgesperrt\b|\bgeblokkeerd\b|\bbloqu[ée]"),
    _about_us("access", r"(?<!rejected: )\baccess denied", outweighs_code=False),
    _about_us(  # a server asked ours, or the reader's own: that is not told
        "callout",
        r"\bcall(?:out|back) (?:verif|setup)",
        outweighs_code=False,
    ),
    RefusalKind(
        "no mailbox",
        RefusalCause.NO_MAILBOX,
        MAILBOX,
        outweighs_code=False,
    ),
    _about_us(
        "message",
        r"\b(?:message|e?-?mail)\b (?:was |is |has been )?(?:rejected|refused|denied|not accepted)",
        outweighs_code=False,
    ),
)
# The names of blocklists' own servers, which stand in links to look an address up.
BLOCKLIST_SERVERS = lazy_pattern(
    r"\b(?:spamhaus\.(?:org|net)|spamcop\.net|barracudacentral\.(?:org|com)|sorbs\.net|abuseat\.org"
    r"|uceprotect\.net|surbl\.org|uribl\.com|mailspike\.net|senderscore\.(?:org|com))\b",
    re.IGNORECASE,
)
