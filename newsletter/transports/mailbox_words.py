"""How servers say that there is no such mailbox, in the languages other than English.

A noun for a mailbox or its owner and a word for not being there, near each other within a sentence,
in either order; none for whoever sent the mail stands between or right after.
"""

# Stems; `.{1,2}` where an accent may have been lost on the way.
_LANGUAGES = (
    (
        r"benutzer|empf\W{0,3}\w{0,2}nger|postfach|mailbox|adresse|konto|teilnehmer",
        (
            r"unbekannt|existiert (?:\w+ ){0,5}nicht|nicht (?:\w+ )?(?:existiert|gefunden|vorhanden"
            r"|bekannt)|ung\W{0,3}\w{0,2}ltig|gibt es (?:\w+ ){0,4}nicht"
        ),
    ),
    (
        r"gebruiker|ontvanger|postvak|mailbox|adres|geadresseerde",
        r"onbekend|bestaat (?:\w+ ){0,5}niet|niet (?:gevonden|bekend)|bestaat\W*$",
    ),
    (
        r"utilisateur|destinataire|adresse|bo.{1,2}te|compte",
        r"inconnue?|inexistant|invalide|introuvable|n['\u2019]existe (?:pas|plus)",
    ),
    (
        r"usuario|destinatario|direcci.{1,2}n|cuenta|buz.{1,2}n|casilla",
        r"no (?:existe|(?:se )?(?:encontr|ha sido encontrad))|inexistente|desconocid|no v.lid",
    ),
    (
        r"usu.{1,2}rio|destinat.{1,2}rio|endere.{1,2}o|conta\b|caixa",
        r"n.{1,2}o (?:existe|(?:foi )?encontrad)|inexistente|desconhecid|inv.{1,2}lid",
    ),
    (
        r"utente|destinatario|casella|indirizzo|account",
        r"non (?:esist|(?:. )?(?:stat\w )?trovat)|inesistent|sconosciut",
    ),
    (
        r"u\wytkownik|odbiorc|adresat|adres|kont|skrzynk",
        r"nie (?:istnieje|(?:zosta\w+ )?znalezion)|nieznan|nie ma takie",
    ),
    (
        r"пользовател|получател|адресат|ящик|адрес|аккаунт|абонент",
        (
            r"не (?:найден|существует|зарегистрирован|известен)|отсутствует|неизвестн|несуществующ"
            r"|нет так\w+"
        ),
    ),
    (
        r"користувач|одержувач|отримувач|адрес|скринь",
        r"не (?:існує|знайден|зареєстрован)|невідом|неіснуюч|немає так\w+",
    ),
    (
        r"потребител|получател|адрес|кути",
        r"не (?:съществува|\w намерен)|несъществуващ|непознат|няма такъв",
    ),
    (
        r"u.{1,2}ivatel|p.{1,2}.jemc|adres|schr.{1,2}nk|.{1,2}.et\b|prij.mate.",
        r"neexist|nezn.{1,2}m|nenalezen|nen.{1,2}jden|nebyl\w? nalezen",
    ),
    (
        r"korisnik|primate.j|primalac|prejemnik|adresa|naslov|uporabnik",
        r"ne (?:postoji|obstaja)|nepoznat|nije prona.en|neznan|nepostoje.",
    ),
    (
        r"mottagar|modtager|mottaker|adress|bruger|bruker|anv.{1,2}ndar|postkass|konto|brevl.{1,2}d",
        (
            r"(?:finns|finnes|findes|existerar|eksisterer) (?:\w+ ){0,4}(?:inte|ikke)|ok.{1,2}nd"
            r"|ukendt|ukjent|(?:hittades|hittas) inte|ikke (?:funnet|fundet)|ej funnen"
        ),
    ),
    (
        r"vastaanottaja|k.{1,2}ytt.{1,2}j.{1,2}|osoite|postilaatikko",
        r"ei (?:l.{1,2}ydy|ole olemassa|l.{1,2}ytynyt)|tuntematon",
    ),
    (
        r"c.{1,2}mzett|felhaszn.{1,2}l|postafi|c.{1,2}m\b|postal.{1,2}da",
        r"nem (?:l.{1,2}tezik|tal.{1,2}lhat)|ismeretlen|nem l.{1,2}tez",
    ),
    (
        r"destinatar|utilizator|adres|cutia|c.su.{1,2}|cont",
        r"nu (?:exist|a fost g.{1,2}sit)|necunoscut|inexistent",
    ),
    (
        r"al.{1,2}c.|kullan.{1,2}c.|posta kutusu|adres|hesap|hesab",
        r"(?:bulunam|bulunmu|mevcut de|ge.{1,2}ersiz|bilinmiyor|tan.nm)",
    ),
    (
        r"παραλήπτη|χρήστη|διεύθυνση|γραμματοκιβώτιο|λογαριασμ",
        r"δεν (?:υπάρχει|βρέθηκε)|άγνωστ|ανύπαρκτ",
    ),
    (r"ה?(?:משתמש|נמען|כתובת|תיבת|תיבה)", r"(?:לא|אינו|אינה|איננו) (?:קי+מ?[םת]|נמצא)|לא ידוע"),
    (
        r"المستلم|المستخدم|العنوان|صندوق|عنوان|الحساب|مستخدم",
        r"غير (?:موجود|معروف|صالح)|لا يوجد|لم يتم العثور",
    ),
    (r"کاربر|گیرنده|آدرس|صندوق", r"وجود ندارد|یافت نشد|ناشناخته"),
    (r"người (?:nhận|dùng)|địa chỉ|hộp thư|tài khoản", r"không (?:tồn tại|tìm thấy|hợp lệ)"),
    (r"penerima|pengguna|alamat|kotak surat|akun", r"tidak (?:ditemukan|ada|dikenal|valid)"),
)
_SENDER = (
    r"absender|afzender|expéditeur|remitente|remetente|mittente|nadawc|отправител|відправник"
    r"|odes.latel|afsender|avsändar|avsender|lähettäj|feladó|expeditor|gönderen|αποστολ|שולח"
    r"|المرسل|pengirim|gửi|nachricht|message\b|mensaje|messaggio|wiadomo|сообщени|письмо"
)
_NEAR = rf"\w{{0,8}}(?:[^\w.;!?]+(?!{_SENDER})\w+){{0,6}}?[^\w.;!?]+"


def _either_way(noun: str, gone: str) -> str:
    return (
        rf"\b(?:{noun}){_NEAR}(?:{gone})|\b(?:{gone}){_NEAR}(?:{noun})(?!\w* +\w+ +(?:{_SENDER}))"
    )


IN_SPACED_LANGUAGES = "|".join(_either_way(*words) for words in _LANGUAGES)
# Nothing between words.
IN_UNSPACED_LANGUAGES = (
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
