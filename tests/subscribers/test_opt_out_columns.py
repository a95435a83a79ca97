"""Whoever said no in another system stays out, however that system writes it."""

import csv
import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.database.db import Database
from newsletter.errors import WrongUseError
from newsletter.subscribers.addresses import normalize_address, unwrap_address
from newsletter.subscribers.list_import import opt_out_columns
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_review import review_list
from newsletter.subscribers.list_import.import_rows import ImportOptions
from newsletter.subscribers.list_import.opt_out_columns import Answer, ColumnRules
from tests.conftest import Cli

ADA, BOB = "ada@reader.example", "bob@reader.example"
CONSENT = ("--consent", "moved here")
NO_RULES, NONE = ColumnRules(), nullcontext()
OPTIONS = ImportOptions("moved here", {"audio": "full"}, ["audio"], "en")
# A column, what it says of somebody who agreed, and of somebody who did not.
THEIR_WORD = (
    ("subscribed_to_emails", "true", "false"),  # Ghost
    ("email_disabled", "false", "true"),  # Substack
    ("blacklisted", "0", "1"),  # phpList
    ("optedin", "1", "0"),
    ("Is this subscriber blacklisted", "No", "Yes"),
    ("EMAIL BLACKLISTED", "No", "Yes"),  # Brevo
    ("unsubscribed", "0", "1"),
    ("opted_out", "f", "t"),
    ("HasOptedOutOfEmail", "False", "True"),  # Salesforce
    ("Unsubscribed from all email", "", "true"),  # HubSpot
    ("unsubscribed_at", "", "2024-01-02T10:00:00Z"),
    ("UNSUB_TIME", "", "2024-01-02 10:00:00"),  # Mailchimp
    ("UNSUB_CAMPAIGN_ID", "", "ab12"),
    ("unsubscription_date", "0000-00-00 00:00:00", "2024-01-02"),  # Buttondown
    ("subscriber_type", "regular", "unsubscribed"),
    ("status", "enabled", "blocklisted"),  # listmonk
    ("Group status", "member", "unsubscribed"),
    ("subscription_status", "confirmed", "unsubscribed"),
    ("Delivery status", "enabled", "by_user"),  # Mailman
    ("reception", "digest", "nomail"),  # Sympa
    ("Email preference", "Abridged", "No email"),  # Google Groups
    ("Email preference", "email", "none"),
    ("delivery_settings", "ALL_MAIL", "NONE"),
    ("Email Delivery", "Full Featured Daily Digest", "No Email"),  # Groups.io
    ("Email notifications", "Enabled", "Disabled"),  # Substack
    ("status", "subscribed (double opt-in)", "unsubscribed by admin"),
    ("status", "re-subscribed", "Subscribed, unsubscribed"),
    ("email_digests", "t", "f"),  # Discourse
    ("Accepts Email Marketing", "yes", "no"),  # Shopify
    ("Email Marketing Consent", "SUBSCRIBED", "UNSUBSCRIBED"),  # Klaviyo
    ("newsletter", "yes", "no"),
    ("Do Not Email", "0", "1"),
    ("Abgemeldet am", "", "02.01.2024"),
    ("Désabonné", "non", "oui"),
    ("Fecha de baja", "", "02/01/2024"),
    ("Статус", "подписан", "отписан"),
    ("是否订阅", "是", "否"),
    ("退订时间", "", "2024-01-02"),
    ("状态", "已订阅", "已退订"),
    ("수신거부", "아니오", "예"),
    ("ABONELİKTEN ÇIKTI", "Hayır", "Evet"),
    ("Peruutettu", "ei", "kyllä"),
    ("leiratkozott", "nem", "igen"),
    ("odhlášen", "ne", "ano"),
    ("dezabonat", "nu", "da"),
    ("berhenti langganan", "tidak", "ya"),
    ("Hủy đăng ký", "không", "có"),
    ("Διαγράφηκε", "όχι", "ναι"),
    ("הוסר", "לא", "כן"),
    ("ألغى الاشتراك", "لا", "نعم"),
    ("account_unsubscribed", "no", "yes"),
    ("Account opted out", "0", "1"),
    ("Discount opt-out", "no", "yes"),
    ("Opted out of membership", "no", "yes"),
    ("Unsubscribed from all lists", "no", "yes"),
    ("unsubscribed from email and SMS", "no", "yes"),
    ("isSubscriber", "yes", "no"),
    ("page_opt_out", "0", "1"),
    ("Unsubscribed from price alerts", "0", "1"),
    ("refus", "non", "oui"),
    ("DNM", "0", "1"),
    ("n'envoyer rien", "non", "oui"),
    ("meldete sich ab", "nein", "ja"),
    ("Cancelou assinatura", "não", "sim"),
    ("Canceló suscripción", "no", "sí"),
    ("Assinatura cancelada em", "", "2024-01-13"),
    ("Abonnement annulé", "non", "oui"),
    ("Inscription résiliée", "non", "oui"),
    ("Ha annullato iscrizione", "no", "sì"),
    ("Anmeldung storniert", "nein", "ja"),
    ("Inschrijving geannuleerd", "nee", "ja"),
    ("Abonnement opgezegd", "nee", "ja"),
    ("Подписка отменена", "нет", "да"),
    ("Согласие отозвано", "нет", "да"),
    ("購読停止", "0", "1"),
    ("購読状態", "購読中", "解除"),
    ("Prenumeration avslutad", "nej", "ja"),
    ("Abonelik iptal", "hayır", "evet"),
    ("Abonnement opsagt", "nej", "ja"),
    ("Souhlas odvolán", "ne", "ano"),
    ("Tilaus päättynyt", "ei", "kyllä"),
    ("Ακύρωση συνδρομής", "όχι", "ναι"),
    ("구독 중지", "아니요", "예"),
    ("Відписався", "ні", "так"),
    ("Data rezygnacji", "", "2024-01-13"),
    ("Baixa", "no", "sí"),
    ("Allow Email", "Allow", "Do Not Allow"),
    ("Allow Email", "Allow", "Disallow"),
    ("Unsubscribed subscriber", "", "2024-03-01"),
    ("Utmeldt", "nei", "ja"),
    ("Utmeldingsdato", "", "01.03.2024"),
    ("Email Delivery", "Individual", "No Email"),  # Groups.io
    ("Statut global", "Abonné", "Désabonné"),  # MailPoet
)
OTHERS_WORD = (
    ("confirmed", "1", "0"),
    ("disabled", "0", "1"),
    ("deleted_at", "", "2024-01-02"),
    ("active", "true", "false"),
    ("email_verified", "yes", "no"),
    ("status", "active", "pending"),
    ("Stato iscrizione", "attivo", "In attesa di conferma"),
    ("Estado", "activo", "pendiente de confirmación"),
    ("undeliverability_date", "", "2024-01-02"),
    ("Is this account disabled?", "0", "1"),  # phpList
    ("type", "regular", "unactivated"),  # Buttondown
    ("type", "premium", "undeliverable"),
    ("role", "member", "nonmember"),  # Mailman
    ("GDPR erased", "0", "1"),
    ("staged", "false", "true"),  # Discourse
    ("Is excluded from campaigns", "false", "true"),  # Mailjet
    ("Group status", "owner", "banned"),
    ("status", "registered", "pending confirmation"),
    ("status", "manager", "not receiving"),
    ("Email permission status", "Implicit", "Temporary hold"),  # Constant Contact
    ("Inactive subscriber", "no", "yes"),
    ("inactivesubscription", "0", "1"),
    ("Status", "aktiv", "Hardbounce"),  # Rapidmail
    ("Delivery status", "Enabled", "Disabled by bounces"),  # Mailman
)
NOT_UNDERSTOOD = (
    ("status", "2"),  # Mailtrain: unsubscribed; elsewhere, anything
    ("unsubscribed", "perhaps"),
    ("DOUBLE_OPT-IN", "2"),
    ("not_unsubscribed", "1"),
    ("note", "please do not mail him"),
    ("tags", "vip, Unsubscribed"),
    ("cancelled_at", "2024-01-02"),
    ("newsletter unsubscribe page", "yes"),
    ("status", "to be confirmed"),
    ("status", "not unsubscribed"),
    ("email_level", "2"),  # Discourse: never
)
NO_OPT_OUT = (
    ("name", "Donotelli"),
    ("active_subscription", "false"),  # Substack: does not pay
    ("digest_enabled", "false"),
    ("SMS BLACKLISTED", "Yes"),
    ("DoNotCall", "1"),  # Salesforce
    ("HasOptedOutOfFax", "true"),
    ("donotpostalmail", "Do Not Allow"),  # Dynamics
    ("unsubscribe_link", "https://there.example/unsubscribe/ab"),
    ("bouncecount", "3"),
    ("complimentary_plan", "false"),
    ("state", "CA"),
    ("Attended", "no"),
    ("created_at", "2024-01-02"),
    ("SMS Marketing Status", "Not Subscribed"),  # Mailchimp
    ("Push Subscription Status", "Unsubscribed"),
    ("Send this subscriber HTML emails", "0"),  # phpList
    ("Did this subscriber manually confirm", "0"),
    ("Subscriber wants HTML", "no"),
    ("Subscriber rating", "0"),
    ("subscriber_score", "0"),
    ("subscription_mode", "as_address"),  # Mailman
    ("status_change", "2024-01-02 10:00:00"),  # Mailtrain
    ("Double Opt In Status", "not required"),  # Beehiiv
)

# A column of a name or with a word that we do not know, by which somebody may have said no.
DOUBTFUL = """
Newsletter erwünscht=nein; aktiv=nein; メルマガ=いいえ; 接受邮件=否; 뉴스레터=아니오
mailable=false
frequency=never; LEAVE_TIME=2024-01-02 10:00:00; Notes=asked to be removed; actif=non; gdpr=no
email_valid=false; Рассылка=нет; boletín=no; Receive emails?=N; do_not_email=1; gdpr_consent=0
deleted=true; state=inactive; Werbung erlaubt=nein; Kontakt OK=0; Datenschutz=f; Rundbrief=n
lettre d'information=non; courriels=non; recevoir=non; valide=faux; acepta correos=no; activo=no
boletim=não; ativo=0; consenso=falso; attivo=no; nieuwsbrief=nee; actief=nee; zgoda=nie
aktywny=nie
samtycke=nej; aktiv=nei; suostumus=ei; souhlas=ne; hírlevél=nem; hozzájárulás=nem; abonat=nu
e-posta izni=hayır; aktif=hayır; ενεργός=όχι; Активный=нет; согласен=нет; розсилка=ні; פעיל=לא
نشط=لا; aktif=tidak; 同意=否; 有效=0; 营销邮件=关; 有効=いいえ; メール配信=off; 동의=아니요
mail=no; may we mail=disabled; Contactable=N; approved=false; opt=0; send=x/; news=yes/
contact ok=✓/; emailing=enabled/disabled; mailings=always/never; newsletter=x/
mail pref=daily/none
muted=yes; paused=true; rhythm=never; exclude=1; spam=yes; robinson=1; keine Mails=ja
ne pas contacter=oui; no contactar=sí; non inviare=sì; не беспокоить=да; 不再联系=是
配信不要=はい
exit_date=02.01.2024; removal=2024-01-02; date of leaving=2024-01-02; unsub date=2024-01-02
signoff=2024-01-02; 退出日期=2024-01-02; ended_at=2024-01-02; Austritt=02.01.2024
x=removed; x=never; x=unsubscribed; x=opted out; x=abgemeldet; x=désabonné; x=отписан; x=退订
x=配信停止; comment=please take me off the list; note=möchte keine Mails mehr
note=ne plus contacter; note=no desea recibir correos; note=не присылать; note=不要再发了
x=numquam/inactive; column 2=1/0
wants updates=false; alerts=off; email_notifications=off; zustellbar=nein; décédé=oui
Sperre=1; is_alive=false
left the group=yes; bounce_type=hard; subs=0; нет рассылки=да; Stay in touch=no; digest=never
Fecha baja=2020-01-01
Email Marketing Consent=granted/; Mail permission=granted/none; Abo=ja/nein; Newsletter J/N=J/N
Accord=O/N; ok_mail=S/N; sub=1/-1; sub_state=S/U; Marketing=ok/ko; kontaktsperre=J
お知らせ=受け取る/受け取らない; type=regular/unactivated/lapsed; role=member/nonmember/ghost
Customer consent=no; Order emails=no; Student mail=no; Job alerts=no; May be contacted=no
Contact ok=no; Secondary email opt in=no; Customer mailings=no; Special offers=no; User active=no
Contact type=unsubscribed/subscriber; Order status=unsubscribed; Role email=unsubscribed
Durum=Aktif/Abonelikten ayrıldı; Durum=Aktif/Bilinmiyor; Tila=Aktiivinen/Peruttu
Állapot=Aktív/Leiratkozott
Stare=Abonat/Dezabonat; Κατάσταση=Εγγεγραμμένος/Απεγγραφή; Stanje=Prijavljen/Odjavljen
Olek=Tellitud/Loobunud; Būsena=Prenumeruoja/Atsisakė; Trạng thái=Đã đăng ký/Đã hủy đăng ký
สถานะ=สมัครแล้ว/ยกเลิกการสมัคร; وضعیت=مشترک/لغو اشتراک; स्थिति=सदस्य/सदस्यता रद्द; סטטוס=רשום/הוסר
Estat=Subscrit/Donat de baixa; Etat=Actif/Résilié; Состояние=Подписан/Отказался
状態=購読中/解除済
Tilstand=ukjent ord; Läge=x1; Zustand=weg; Situación=fuera; E-posta durumu=xyz; 상태=떠남; מצב=עזב
Statusas=kitas; Toestand=weg; Стан=щось; Статус=нещо; სტატუსი=სხვა; Կարգավիճակ=այլ; حالة=xyz
অবস্থা=অন্য
Συγκατάθεση=ναι/όχι; Đăng ký=có/không; Zgoda marketingowa=tak/wycofana; Consent=expired
Souhlas=ano/odvoláno; Privola=da/povučena; Persetujuan=ya/dicabut; Onay=evet/geri alındı
Prenumeration=ja/uppsagd; Tilaus=kyllä/loppu; Abonelik=evet/bitti; Suostumus=annettu
הסכמה=כן/חזר בו
action=subscribe/signoff; action=add/del; action=add/auto_del; action=join/leave
Last event=open/complained
forget_at=2024-01-02; out=x; receives=1/0; Mail?=☑/☐; state=1/-1; state=0/1
wish=yes please/no thanks
expired=0/1; purge=0/1; member_state=ok/gone; Lifecycle=Unengaged / sunset
category=reader/ex-reader
Kommentar=bitte austragen; Poznámka=odhlásil se; Not=abonelikten çıktı; Notat=har avmeldt seg
Megjegyzés=leiratkozott; mail ok=yes/perhaps; EMAIL EN LISTE NOIRE=Non/Oui
Marketing emails=on/off
ended subscription=no/yes; dropped subscription=yes/no; Abo-Ende=nein/ja; no consent=yes
Data cancellazione=/2024-01-13; Loobus=2024-01-01/; foo=yes/no; weg=0/1; Raus=x/
Stornodatum=/01.01.2024; 解約日=/2024-01-01; Dad-danysgrifio=na/ie; Loobunud=ei/jah; foo=0/1/0
Atsisakė=ne/taip; ข่าว=รับ/ไม่รับ; Ημερομηνία διακοπής=/01.01.2024; İptal tarihi=/01.01.2024
หมวด=ก/ข/ก/ข/ก/ข/ก/ข; Datum X=01.02.2024/; aboard=aye/not aye; no longer since=/2024-01-02
formerly subscribed=yes/no; Abonnement suspendu=non/oui; 購読しない=いいえ/はい; 订阅已满=否/是
Anmeldung rückgängig=nein/ja; Bestätigung storniert=nein/ja
NL=j/n; E-Mail und SMS erlaubt=nein; Informationen per Mail=nein
Date left=/2024-03-01; Date left list=/01/03/2024; State left=no/yes; dateleft=/2024-03-01
Allows msgs=yes/no; Receives msgs=no/yes; allowsmsgs=yes/no; User ausgebucht=nein/ja
Unsubscribe Method=/One-click; Unsubscribe message=/too many mails; unsubscribe count=0/1
Unsubscribed from form=/Footer; Confirmed Opt-Out Source - other=/Contact; removed rate=no/yes
Unsubscribed by phone=no/yes; userleft=/2024-03-01
"""
ORDINARY = """
is_student=no; vegetarian=no; country=NO; member since=2024-01-02; has_phd=false; name=Never Mann
language=no; mailing country=NO; mailing_state=NE; emails_opened=0; active projects=0/7/11/2/n
emergency contact=no; phone_verified=false; two_factor=off; interactive=no; city=Nej
newsletter_count=0; reactive=0; attended=no; speaker=0; title=no title; x=0
last login=never; smoker=never; contact=Ann Only/Bob No; mail count=0; activities=none
note=likes the mails; Organisation=Stop AG
field=removable media; favourite=deleted scenes; birthday=1990-01-02; deadline=2024-01-02
created=2024-01-02; email_type=html/text; vip=no; email domain=no; email=; Opted for lunch=yes
weekend=yes; invited=no; send=; mailable=yes; newsletter=; handedness=left; order=cancelled
Emails dropped (6mo)=0; Emails received (6mo)=0/3; type=student/member; state=CA/NE/OK
Send this subscriber HTML emails=0; Subscriber rating=0; subscriber_score=0; GDPR erased=0
role=owner/member/moderator
Is Contact Person=no; Primary Contact=0; Hauptkontakt=nein; contacto principal=no; 主要联系人=否
Contact type=Customer/Lead; Last contact=never; Contacted=no; Is role email=false; Free Email=no
Disposable Email=no; Show email publicly=no; Email visible=no; Newsletter editor=no; NDA agreed=no
Active deals=0; Is Active Customer=no; Aktiver Kunde=nein; client actif=non; Twitter active=no
Marketing qualified lead=no; Promoted=no; Accepts credit cards=no; Accepted paper=no; VAT valid=no
Order status=cancelled; Job status=left; Student status=no; Employment status=left; ID verified=no
Booking confirmed=no; Suscripción de pago=no; Abonnement payant=non; Bemerkung=keine; Notes=aucune
Privacy level=none; Invoice by email=no; Opted in from=web/event; Auto update=no; List owner=no
Last name=No/Null/Stop; Surname=Nie/Leave; Nachname=Stop; City=Stop/Nein; Firma=Stop
Company=Left Bank/Removed
Job title=Removed parts buyer/Head; Beruf=keine; Ort=Aus; Ville=Jamais; Country=NO/DE; Land=Nie
Stadt=Leave
Medeni durum=Evli/Bekar; Stato civile=celibe; rodinný stav=ženatý; État civil=marié
Estado civil=soltero
Bundesland=Bayern; State=NY/NE/OK/OR; Estado=SP/RJ/MG; Etat=Genève/Vaud; Stato=Italia; Stan=Nevada
État=Rhône
Notes=met in 2023/likes coffee; Bemerkung=kommt gern; Notas=habla español; 備考=東京の会議で会った
Poznámky=z konference
Hobby=running/out of doors; Action items=call/write; Department=Outreach; Event=PyCon/ICASSP
Activity=chess
Accordion=yes; Occupation=doctor/nurse; Topic=spam detection/active learning
Category=reader/author
Lifecycle stage=lead/customer/opportunity; Situation familiale=marié; Cuisine=végétarien
Tags=vip;ml
vegetarian=yes/no; is_student=0/1; Birthday=1990-01-02/; created_at=2024-01-02/; ack=on/off
Last open=/2024-01-02; Geschlecht=m/f; Пол=м/ж; has_phd=true/false; VIP=x/; two_factor=on/off
first_payment_at=/2024-01-02; Geburtstag=01.02.1990/; Datum=/01.02.2024; 生日=/1990-01-02
Teilnahme=2024/; Handy=017612345678/; Authenticated by=web/phone; Authentic=a/b; foo=a/b
Subscribed to Weekly Owl=yes; Opted in for Product News=1; Consent to marketing emails=yes
Ich abonniere den Newsletter=ja; J'accepte de recevoir la newsletter=oui; 是否同意接收邮件=是
Согласие на обработку персональных данных=да; メルマガ購読を希望する=はい; 마케팅 수신동의 여부=예
Subscription tier=free; Subscribed=2023-01-02; isSubscribed=true; Opted In=yes
SMS Marketing Status=Not Subscribed; Did this subscriber manually confirm=0
Casino mail list=day/night; Customer=yes/no; Account year=2024/; bounced count=0/17/3; utm=x/
unsubscribe_link=a.example?1/a.example?2; utm_campaign=spring/
"""
WHOSE = "user account subscriber customer date year last state site rate update note mailing list"
LEAVING = "left resigned departed dead expired gone inactive unsubscribed removed utmeldt closed"


def table(lines: str) -> list[tuple[str, list[str]]]:
    """Columns with what stands in them."""
    pairs = (column.partition("=") for line in lines.splitlines() for column in line.split(";"))
    return [(name.strip(), cells.split("/")) for name, _, cells in pairs if name.strip()]


def taken_in(name: str, cells: list[str]) -> bool:
    """Whether everybody of a list with that column comes in."""
    entries = [
        ImportEntry(line, {"email": f"r{line}@reader.example"}, None, {name: cell})
        for line, cell in enumerate(cells, 2)
    ]
    try:
        review_list(entries, OPTIONS)
    except WrongUseError as error:
        assert f"the column {name!r}" in str(error)  # noqa: PT017 - both ends are right
        return False
    return all(opt_out_columns.find_opt_out(entry.others, NO_RULES) is None for entry in entries)


def written(name: str, *cells: str) -> str:
    rows = zip((ADA, BOB), cells, strict=False)
    with Path("people.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("email", name), *rows])
    return "people.csv"


@pytest.mark.parametrize(("name", "yes", "no"), [*THEIR_WORD, *OTHERS_WORD])
def test_a_column_s_no_is_heard_and_its_yes_too(name: str, yes: str, no: str) -> None:
    assert opt_out_columns.find_opt_out({name: yes}, NO_RULES) is None
    opt_out = opt_out_columns.find_opt_out({name: no}, NO_RULES)
    assert opt_out is not None
    assert opt_out.own is ((name, yes, no) in THEIR_WORD)


@given(
    st.sampled_from(THEIR_WORD),
    st.lists(st.sampled_from(["name", "country", "Ort", "id", "created_at"]), unique=True),
    st.sampled_from([str.upper, str.lower, str.title, str]),
    st.sampled_from(["{}", " {} ", "'{}'", '"{}"']),
)
def test_no_spelling_and_no_neighbour_hides_a_no(
    column: tuple[str, str, str], neighbours: list[str], case: type[str], around: str
) -> None:
    name, _, no = column
    cells = dict.fromkeys(neighbours, "12")
    said = {case(name): around.format(case(no))}
    opt_out = opt_out_columns.find_opt_out(cells | said | cells, NO_RULES)
    assert opt_out is not None
    assert opt_out.own


@pytest.mark.parametrize(("name", "value"), NOT_UNDERSTOOD)
def test_what_looks_like_a_no_and_is_not_understood_needs_the_operator_s_word(
    name: str, value: str
) -> None:
    with pytest.raises(WrongUseError, match=r"--refused-by .*--ignore-column"):
        opt_out_columns.find_opt_out({name: value}, NO_RULES)
    ignored = ColumnRules.from_options([], [name.upper()])
    assert opt_out_columns.find_opt_out({name: value}, ignored) is None
    refused = ColumnRules.from_options([f"{name}={value.upper()}"], [])
    assert opt_out_columns.find_opt_out({name: value}, refused) is not None
    assert opt_out_columns.find_opt_out({name: "other"}, refused) is None


def test_a_no_under_a_name_nobody_knows_stops_the_list_and_ordinary_columns_do_not() -> None:
    silent = [column for column in table(DOUBTFUL) if taken_in(*column)]
    wolves = [column for column in table(ORDINARY) if not taken_in(*column)]
    assert (silent, wolves) == ([], [])
    assert len(table(DOUBTFUL)) + len(table(ORDINARY)) > 150


@pytest.mark.parametrize("cells", [("no", "yes"), ("", "2024-03-01"), ("", "x")])
def test_an_ordinary_word_in_a_name_excuses_no_word_of_leaving(cells: tuple[str, str]) -> None:
    pairs = [f"{whose} {left}" for whose in WHOSE.split() for left in LEAVING.split()]
    names = [name for pair in pairs for name in (pair, " ".join(pair.split()[::-1]))]
    assert [name for name in names if taken_in(name, [*cells, cells[0]])] == []


def test_how_somebody_left_stops_no_list_that_says_that_they_left(
    cli: Cli, database: Database
) -> None:
    rows = f"{ADA},Active,\n{BOB},Unsubscribed,Contact"
    names = "Email address,Email status - other,Confirmed Opt-Out Source - other"
    Path("contacts.csv").write_text(f"{names}\n{rows}\n", encoding="utf-8")
    said = cli("subscribers", "import", "contacts.csv", *CONSENT)
    assert said.out.endswith("= 1 added, 1 not-subscribed\n")
    assert database


@pytest.mark.parametrize(("name", "value"), NO_OPT_OUT)
def test_what_is_no_no_takes_nobody_away(name: str, value: str) -> None:
    assert opt_out_columns.find_opt_out({name: value}, NO_RULES) is None


@given(st.text(max_size=20), st.text(max_size=60))
def test_any_column_with_anything_in_it_is_judged_or_named(name: str, value: str) -> None:
    answer = opt_out_columns.answer_of(name, value, NO_RULES)
    with (
        pytest.raises(WrongUseError, match="--ignore-column") if answer is Answer.UNKNOWN else NONE
    ):
        opt_out_columns.find_opt_out({name: value}, NO_RULES)


def test_who_said_no_there_stays_out_and_their_no_is_kept(cli: Cli, database: Database) -> None:
    list_ = written("opted_out", "0", "1")
    said = cli("subscribers", "import", list_, *CONSENT)
    assert said.out.endswith("= 1 added, 1 not-subscribed\n")
    assert "opted_out=1" in said.out
    list_ = str(Path(list_).rename("opt_out.csv"))  # its column says more than its name
    said = cli("subscribers", "import", list_, *CONSENT)
    assert said.out.endswith("= 1 already-in, 1 not-subscribed\n")
    again = cli("subscribers", "import", written("name", "Ada", "Bob"), *CONSENT)
    assert again.out.endswith("= 1 already-in, 1 left\n")
    assert "columns that were not used: name" in again.err
    kit = f"Subscriber,state,cancelled_at\nd{ADA},active,\ne{ADA},cancelled,2024-02-01 10:00 UTC\n"
    Path("kit.csv").write_text(kit, encoding="utf-8")  # the state says what the date means
    said = cli("subscribers", "import", "kit.csv", *CONSENT)
    assert said.out.endswith("= 1 added, 1 not-subscribed\n")
    merged = f"email,status\nc{ADA},active\nc{ADA},unsubscribed\n"
    Path("merged.csv").write_text(merged, encoding="utf-8")
    assert cli("subscribers", "import", "merged.csv", *CONSENT).out.endswith("= 2 not-subscribed\n")
    assert database


@pytest.mark.parametrize(
    "above",
    [
        "Members for group Audio\nEmail address,Nickname,Email preference",
        "Members for group Audio,,\nEmail address,Nickname,Email preference",
        "Who reads us\n\nlid,naam,Email preference",
        "member address,name,nomail [reason]",
    ],
)
def test_titles_above_the_columns_and_addresses_under_an_unknown_name_are_seen_through(
    cli: Cli, database: Database, above: str
) -> None:
    no = "[U]" if "nomail" in above else "No email"
    yes = "off" if "nomail" in above else "email"
    Path("members.csv").write_text(f"{above}\n{ADA},A,{yes}\n{BOB},B,{no}\n", encoding="utf-8")
    said = cli("subscribers", "import", "members.csv", *CONSENT)
    assert said.out.endswith("= 1 added, 1 not-subscribed\n")
    assert database


def test_whom_phplist_mails_though_others_entered_them_is_taken_in(
    cli: Cli, database: Database
) -> None:
    names = "email,confirmed,blacklisted,optedin,htmlemail,disabled"
    rows = f"{ADA},1,0,0,1,0\n{BOB},1,1,0,1,0\nc{ADA},0,0,0,1,0"
    Path("users.csv").write_text(f"{names}\n{rows}\n", encoding="utf-8")
    said = cli("subscribers", "import", "users.csv", *CONSENT)
    assert said.out.endswith("= 1 added, 2 not-subscribed\n")
    assert database


def test_a_list_that_is_not_understood_takes_nobody_in(cli: Cli, database: Database) -> None:
    list_ = written("status", "1", "2")
    stopped = cli("subscribers", "import", list_, *CONSENT)
    assert stopped.code == 2
    assert "the column 'status'" in stopped.err
    assert json.loads(cli("subscribers", "list", "--json").out) == []
    wrong = cli(
        "subscribers",
        "import",
        list_,
        *CONSENT,
        "--ignore-column",
        "status",
        "--ignore-column",
        "statos",
    )
    assert "did you mean 'status'?" in wrong.err
    told = cli("subscribers", "import", list_, *CONSENT, "--refused-by", "status=2")
    assert told.out.endswith("= 1 added, 1 not-subscribed\n")
    blank = cli("subscribers", "import", written("opt_in", "yes", ""), *CONSENT)
    assert "says nothing in line 3" in blank.err
    assert database


def test_a_date_that_cannot_be_read_is_named(cli: Cli, database: Database) -> None:
    list_ = written("confirm_time", "01/02/2024", "2024-02-01 10:00:00")
    said = cli("subscribers", "import", list_, *CONSENT, "--report", "report.csv")
    assert "1 date of confirmation could not be read (first: '01/02/2024', line 2)" in said.err
    assert "cannot be read as a date" in Path("report.csv").read_text(encoding="utf-8-sig")
    shown = json.loads(cli("subscribers", "import", list_, *CONSENT, "--json").out)
    assert (shown["unread_dates"], shown["unused_columns"]) == (1, [])
    assert database


@pytest.mark.parametrize("standing", ["left", "suppressed"])
def test_a_do_not_mail_list_keeps_everybody_in_it_out(
    cli: Cli, database: Database, standing: str
) -> None:
    cli("subscribers", "add", ADA, *CONSENT)
    list_ = Path(written("name", "Ada", "Bob")).rename("unsubscribed.csv")
    assert "--as left" in cli("subscribers", "import", str(list_), *CONSENT).err
    for _ in range(2):
        said = cli("subscribers", "import", str(list_), "--as", standing)
        assert said.out.endswith(f"= 2 {standing}\n")
    back = cli("subscribers", "import", str(list_), "--as", "subscribed", *CONSENT)
    assert back.out.endswith(f"= 2 {standing}\n")
    assert cli("subscribers", "import", str(list_), "--as", standing, "--to", "audio").code == 2
    assert database


@given(
    st.sampled_from(
        ["{}", "<{}>", "Ada Lovelace <{}>", '"Ada" <{}>', "mailto:{}", "'{}'", '"{}"', "“{}”"]
    ),
    st.text(st.sampled_from("\ufeff\u200b\u200e\u00a0 \t\u2060\u00ad"), max_size=3),
)
def test_what_stands_around_an_address_is_taken_off(around: str, unseen: str) -> None:
    assert (
        normalize_address(unwrap_address(unseen + around.format(f"{unseen}{ADA}") + unseen)) == ADA
    )


@pytest.mark.parametrize(
    "wrong", [f"'{ADA}", f'{ADA}"', f"<{ADA}", f"a\u200b{ADA}", f"{ADA}, {BOB}"]
)
def test_what_cannot_be_taken_off_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(WrongUseError, match="is no e-mail address: "):
        normalize_address(unwrap_address(wrong))
