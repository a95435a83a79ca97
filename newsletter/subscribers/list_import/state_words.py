"""Header words that mean a state, a consent or a subscription, in some sixty languages.

As names are compared: letters alone, without accents, case and marks, so that some scripts lose
their vowels. In a column of such a name a word that we do not know stops an import.
"""

from newsletter.lazy_pattern import lazy_pattern

_LONG = 6  # letters: longer words are known within other words, too

_STATES = (  # noqa: SIM905 - to be read at a glance
    "allapot bukle busena cyflwr durum durumu egoera gjendja hadhi hali holat "
    "kalagayan katayuan lage olek seisund situacao situacio situacion situatie "
    "situation situazione stadas stadus stanje stare starea status statusas statusi "
    "statuslangganan statuss statusz statut statuts stav stavoklis staða stoðu tila "
    "tilanne tillstand tilstand tinhtrang toestand trangthai vəziyyət zustand "
    "κατασταση күи состояние состојба стан стання статус стање състояние төлөв ҳолат "
    "կարգավիճակ վիճակ מצב סטטוס الحالة حالة حالت حیثیت سٹیٹس وضعیت अवसथ सटटस सथत অবসথ "  # noqa: RUF001
    "সটযটস ਸਥਤ સથત நல సథత ಸಥತ നല තතතවය สถานภาพ สถานะ ສະຖານະ အခအန მდგომარეობა სტატუსი "
    "配信状況 配信状態 購読状況 ሁኔታ សថនភព ステータス 情况 状态 状態 状況 狀態 상태 "
).split()
# A part of a country as well.
_STATES_ON_A_MAP = (  # noqa: SIM905 - to be read at a glance
    "delstat estado estat etat eyalet osavaltio stan state stato"
).split()
_CONSENTS = (  # noqa: SIM905 - to be read at a glance
    "acord baimena consenso consentement consentiment consentimento consentimiento "
    "consimtamant cydsyniad einwilligung hozzajarulas idhini instemming izin nousolek "
    "onay pahintulot pelqim persetujuan piekrisana privola razılıq rıza saglasnost "  # noqa: RUF001
    "samtycke samtykke samþykki soglasje souhlas suglasnost suhlas suostumus sutikimas "
    "suđongy toestemming toiliu zgoda zustimmung đongy συγκαταθεση συναινεση згода "
    "пристанак рұқсат сагласност согласие съгласие համաձայնություն אישור הסכמה "
    "الموافقة رضامندی رضایت موافقة موافقت सहमत সমমত ஒபபதல ความยนยอม ยนยอม თანხმობა 同意 "
    "授权 授權 동의 "
).split()
_SUBSCRIPTIONS = (  # noqa: SIM905 - to be read at a glance
    "aanmelding abbonamento abonament abonelik abonements abonim abonnemang abonnement "
    "anmeldung askrift assinatura berlangganan elofizetes feliratkozas inschrijving "
    "inscricao iscrizione langganan levelek mailen mailing mailings narocnina odber "
    "pamelding postanschreiben postitus predplatne prenumerata prenumeration pretplata "
    "subscricao subscripcio subscription suscripcion tellimus theodoi tilaus "
    "tilmelding utskick đangky εγγραφη συνδρομη абонамент абонемент гишүүнчлэл "
    "подписка претплата підписка рассылка розсилка הרשמה מנוי اشتراك اشتراک الاشتراك "
    "सदसयत সবসকরপশন சநத การสมคร สมครสมาชก 訂閱 订阅 購読 구독 "
).split()


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_AGREEMENTS = [*_CONSENTS, *_SUBSCRIPTIONS]
_INSIDE = _any_of([word for word in _AGREEMENTS if len(word) >= _LONG and "mail" not in word])
STATE_NAME = lazy_pattern(
    rf"^(?:{_any_of(_STATES)})$|^(?=.*(?:mail|newsl|post|{_INSIDE})).*(?:{_any_of(_STATES)})"
)
STATE_ON_A_MAP_NAME = lazy_pattern(
    rf"^(?:my|the|member|user|reader)?(?:{_any_of(_STATES_ON_A_MAP)})$"
)
AGREEMENT_NAME = lazy_pattern(rf"^(?:{_any_of(_AGREEMENTS)})$|{_INSIDE}")
# Logs of what people did: one of these in them is a leave.
EVENT_NAME = lazy_pattern(
    r"^(?:last)?(?:action|event|activity|operation|command|eventtype|aktion|evento|evenement|действие|操作|动作)$"
)
EVENT_OF_LEAVING = lazy_pattern(
    r"(?:auto ?)?(?:del|delete|deleted|remove|removed)|signoff|sign off|leave|left|quit|exit"
    r"|out|resign|unsub\w*|bounce\w*|complain\w*|spam\w*|opt ?out|drop(?:ped)?|expire[ds]?"
    r"|ban(?:ned)?|block(?:ed)?"
)
# How near somebody is: words of lapsing in it are a no.
NEARNESS_NAME = lazy_pattern(r"lifecycle|engagement|lebenszyklus")
LAPSED = lazy_pattern(r"unengag|disengag|sunset|lapsed|churn|inactiv|dormant|suppress")
# Whatever stands alone in these is somebody's or something's name.
NAME_OF_SOMEBODY = lazy_pattern(
    r"(?:(?:first|last|full|given|family|middle|user|nick|display|company|sur|contact|f|l)?names?"
    r"|vorname|nachname|familienname|nom|prenom|nomdefamille|apellidos?|nombres?|cognome|nome|sobrenome"
    r"|achternaam|voornaam|naam|navn|fornavn|efternavn|etternavn|namn|fornamn|efternamn|nimi|etunimi"
    r"|sukunimi|imie|nazwisko|jmeno|prijmeni|keresztnev|vezeteknev|ad|soyad|имя|фамилия|姓名|姓|名|名前"
    r"|氏名|이름|성명|company|firma|entreprise|empresa|azienda|bedrijf|organi[sz]ation|organisation"
    r"|employer|city|town|ort|stadt|ville|ciudad|citta|cidade|stad|by|miasto|mesto|город|城市|市|country"
    r"|land|pays|pais|paese|kraj|страна|国家|国|street|strasse|address|jobtitle|job|occupation|beruf|profession)"
)
