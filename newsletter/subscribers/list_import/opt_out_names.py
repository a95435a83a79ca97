"""The words of other systems in names of columns and files: for a no, a yes, or anything else.

Names are compared by their letters alone, without accents and case.
"""

from newsletter.lazy_pattern import lazy_pattern

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

# Letters alone, without accents and case; so of Japanese and Russian, too.
ABOUT_MAIL = lazy_pattern(
    r"^receives?$|đangky|mail|newsl|bulletin|consen[st]|contact|gdpr|ccpa|(?<!in)valid"
    r"|(?<!inter)(?<!pro)(?<!re)(?<!attr)activ(?!it)"
    r"|permission|permitted|agree|marketing|promot|notif|communic|announc|campaign|adverti|^opt"
    r"|opt$|^(?:is)?alive|intouch|posted|(?<!auto)updates?$|alerts?$|offers$|angebote$|^subs?$|onlist|privacy"
    r"|subscr|deliver|reachable|frequen|status|standing|^(?:is)?approved|^accept(?!ed$|ance$)"
    r"|^column$"
    r"|^(?:flag|ok|okay|send|sendto|include|wants?|news|infos?|write|keep|allow|allowed|state)$"
    r"|rundbrief|rundschr|zustell|^bez[iu]|verteiler|werbung|zusend|zustimm|einverst|genehmig"
    r"|erlaub|kontakt|dsgvo"
    r"|datenschutz|gultig|aktiv|erwunscht|empfang|bezieht|nachricht|anschreib|benachricht"
    r"|courri|infolettre|lettre|abon(?:n|at)|abo$|^abo(?!ut|ve)|^nl$|rgpd|actif|envoi|recevoir|recoit|joignab|accord"
    r"|actualites"
    r"|correo|boletin|suscri|lopd|public?idad|recib|enviar|acept|permis|noticias|comunica"
    r"|^posta|bollett|notiziar|iscri|at+iv[oa]|contat|ricev|inviare|autorizz|comunicaz"
    r"|correio|boletim|inscri|receb|autoriza|lgpd|nieuws|toestemm|actief|geldig|ontvang"
    r"|poczt|biuletyn|zgod|^zapisan|aktywn|wazn|otrzym|subskry|^rodo|nyhet|nyhed|utskick|epost"
    r"|samtyck|samtykk"
    r"|giltig|gyldig|prenumer|sahkoposti|uutis|suostum|aktiivi|tilaus|zpravodaj|souhlas|suhlas"
    r"|platn"
    r"|odber|hirlev|hozzajar|ervenyes|felirat|buletin|eposta|bulten|^izin|iletisim|onay|aktif"
    r"|gecerli|abone|ενημερ|συναιν|ενεργ|εγκυρ|επικοιν|αποδοχ"  # noqa: RUF001 - Greek
    r"|рассыл|^опт|розсил|почт|пошт|письм|лист[ыи]|актив"
    r"|соглас|згод|подпис|підпис|контакт|деиств|уведомл|новост|получа"
    r"|邮|郵|订阅|訂閱|通讯|通訊|简报|电子报|電子報|接收|接受|同意|有效|活跃|激活|启用|联系|聯絡|授权|推送|发送|营销|通知"
    r"|メール|メルマカ|ニュース|配信|購読|同意|有効|アクティフ|連絡|受信|受け取|お知らせ|案内|会報|通知"
    r"|메일|뉴스|구독|동의|수신|유효|활성|연락|상태|소식|알림|דוא|מייל|ניוזלטר|הסכמ|פעיל|דיוור"
    r"|بريد|نشرة|موافق|نشط|मल|اشتراك|surel|langgan|setuju|bantin|đongy"
)
ABOUT_LEAVING = lazy_pattern(
    r"^forget|^(?:is)?expired(?:at|on)?$|^purged?(?:at|on)?$|^(?:is)?(?:out|gone)$"
    r"|leave|leaving|^end(?:ed|date|at|on)|^exit|^quit|removal|terminat|churn|dropout|paused|^pause"
    r"|snooz|^mute|^exclude|^skip|^dead(?!line)|frozen|^(?:on)?hold$|spam|junk|^stop|austritt"
    r"|ausgeschl|sortie|salida|uscita"
    r"|vertrek|выбыл|исключ|退出|离开|脱退|除外|탈퇴|제외|keine|nicht(?:an|kont|mail)|(?:not|dont|no)"
    r"(?:e?mail|send|contact)|(?:e?mail|newsletter|contact)(?:off|stopp?|no$|disab)"
    r"|sperr|unreach|unzustell|deced|fallec|^kill|^ruh(?:t|end)|resili|anulad|нет(?:рассыл|письм"
    r"|почт)"
)
ABOUT_OTHER_THINGS = lazy_pattern(
    r"(?<!ac)(?<!dis)count|(?<!corpo)rate$|(?<!val)(?<!pa)id$|(?<!sh)(?<!v)ip$|url|price|stripe|token"
    r"|hash|code$|plan$|payment|activesub|paidsub|track|language|locale|sprache"
    r"|rating|score|manual|(?<!la)test$"
    r"|^num(?:berof|email)|emails(?:dropped|received|seen|delivered)(?:mo|months?|d|days?|y|years?)$"
    r"|mailing(?:state|city|address)|opens?$|opened|click"
    r"|(?<!con)(?<!as)sent|bounces|source$|html|(?<!in)format|emergency|domain|digest|created|(?:owner|moderator)$"
    r"|updated"
)
NOTES = lazy_pattern(r"notes?$|notiz|bemerk|anmerk|comment|remark|observ|allerg|hobb|备注|備考")
NEVER_OTHERWISE = lazy_pattern(
    r"last|letzt|login|logged|seen|visit|smok|rauch|drink|alco|marri|chair|order|purch|sync|expir"
    r"|until"
)
