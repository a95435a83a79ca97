"""Lists as other systems write them, in which nobody said no, are taken in as they are."""

import pytest

from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_review import review_list
from newsletter.subscribers.list_import.opt_out_columns import find_opt_out
from tests.subscribers.test_opt_out_columns import NO_RULES, OPTIONS

EXPORTS = {  # of whose columns hold something: a name, and what stands there for two people
    "Substack, of old": """
active_subscription|false|true; expiry||2025-01-02T10:00:00.000Z; plan|other|yearly;
email_disabled|false|false; created_at|2024-01-02T10:00:00.000Z|2024-01-02T10:00:00.000Z;
first_payment_at||2024-01-02T10:00:00.000Z
""",
    "Substack": """
Name|A|B; Type|Free|Author; Stripe plan||Yearly; Cancel date||2024-03-02;
Start date|2024-01-02|2024-01-02; Paid upgrade date||2024-02-02; Emails received (6mo)|3|3;
Emails dropped (6mo)|0|0; num_emails_opened|1|1; Emails opened (6mo)|1|1;
Emails opened (7d)|0|0; Emails opened (30d)|1|1; Last email open|2024-02-02|;
Links clicked|0|0; Last clicked at||2024-02-02; Unique emails seen (6mo)|2|2; Post views|0|0;
Post views (7d)|0|0; Comments|0|0; Shares|0|0; Subscriptions gifted|0|0;
First paid date||2024-02-02; Activity|5|5; Country|NO|US; State/Province||NY;
Expiration date||2025-02-02; Revenue|0|50; Days active (30d)|3|3;
Subscription source (free)|direct|direct; Subscription source (paid)||web; Sections||Main
""",
    "Ghost": """
id|1|2; name|A|B; note||x; subscribed_to_emails|true|true; complimentary_plan|false|true;
stripe_customer_id||cus_1; created_at|2024-01-02T10:00:00.000Z|2024-01-02T10:00:00.000Z;
labels|vip|; tiers||Gold
""",
    "Mailchimp": """
First Name|A|A; Last Name|B|B; Birthday|01/02|; MEMBER_RATING|2|2;
OPTIN_TIME|2023-03-04 10:00:00|; OPTIN_IP|1.2.3.4|;
CONFIRM_TIME|2023-03-04 10:01:00|2023-03-04 10:01:00; CONFIRM_IP|1.2.3.4|1.2.3.4;
LATITUDE|59.9|; LONGITUDE|10.7|; GMTOFF|1|; DSTOFF|2|; TIMEZONE|Europe/Oslo|; CC|NO|;
REGION|03|; LAST_CHANGED|2023-03-04 10:01:00|2023-03-04 10:01:00; LEID|1|1; EUID|a|a;
TAGS|vip|
""",
    "Mailman 2": """
name|A|B; mod|off|on; hide|off|on; nomail|off|off; ack|on|off; not metoo|off|on;
nodupes|on|off; digest|off|on; plain|on|off; language|en|de
""",
    "phpList": """
Is the email of this subscriber confirmed|1|1; Is this subscriber blacklisted|0|0;
Did this subscriber manually confirm|1|0; Number of bounces on this subscriber|0|1;
Entered|2023-01-01 10:00:00|2023-01-01 10:00:00; Last Modified|2023-01-01|; Unique ID|aa|aa;
UUID|u|u; Send this subscriber HTML emails|1|0; Subscribe page|1|1;
Last time password was changed||2023-01-01; Is this subscriber disabled|0|0;
List Membership|news|news
""",
    "listmonk": """
uuid|a|b; name|A|A; attributes|{"city":"No"}|{}; status|enabled|enabled;
created_at|2024-01-01T00:00:00Z|2024-01-01T00:00:00Z;
updated_at|2024-01-01T00:00:00Z|2024-01-01T00:00:00Z
""",
    "Buttondown": """
id|1|2; metadata|{}|{}; tags||x; secondary_id|1|1; type|regular|premium;
source|embedded_form|embedded_form; creation_date|2024-01-02T10:00:00Z|2024-01-02T10:00:00Z;
last_open_date|2024-01-02T10:00:00Z|; last_click_date||2024-01-02T10:00:00Z;
ip_address|1.2.3.4|1.2.3.4; upgrade_date||2024-01-03; risk_score|0.1|0.1
""",
    "MailerLite": """
Status|Active|Active; Sent|10|10; Opens|3|3; Clicks|1|1;
Subscribed|2023-01-02 10:00:00|2023-01-02 10:00:00; Location|Oslo|Oslo; Name|No|No;
Last name|Stop|Stop; Company||X; Country|NO|NO; City|Oslo|Oslo; Phone||1;
Opted In|2023-01-02 10:00:00|; Opt-in IP|1.2.3.4|; Signup date|2023-01-02 10:00:00|;
Last open||2023-01-02 10:00:00
""",
    "Brevo": """
CONTACT ID|1|2; FIRSTNAME|A|A; LASTNAME|B|B; SMS||47; EMAIL BLACKLISTED|No|No;
SMS BLACKLISTED|No|Yes; WHATSAPP BLACKLISTED|No|Yes; DOUBLE_OPT-IN|Yes|Yes; OPT_IN|true|true;
ADDED_TIME|2024-01-13|2024-01-13; MODIFIED_TIME|2024-01-14|; LAST_OPEN||2024-01-14; EXT_ID||7
""",
    "Kit": """
id|1|2; first_name|A|B; state|active|active;
created_at|2024-01-01T00:00:00Z|2024-01-01T00:00:00Z; tags||x; referrer||web;
First Seen|2024-01-01|2024-01-01; Last Seen||2024-01-02; Primary location|Oslo|
""",
    "HubSpot": """
Record ID|1|2; First Name|A|A; Last Name|B|B; Phone Number||1; Contact owner|O|O;
Last Activity Date|2024-01-01 10:00|; Lead Status|New|;
Marketing contact status|Marketing contact|Marketing contact;
Create Date|2024-01-01 10:00|2024-01-01 10:00; Associated Company||X;
Recent conversion date||2024-01-01; First conversion date||2024-01-01;
Became a Customer Date||2024-02-01; Close Date||2024-02-01; Date of birth|1990-01-01|;
Email Domain|x.org|x.org; Currently in Sequence|false|true; Is globally ineligible|false|false;
Last marketing email open date|2024-01-01|; Last marketing email click date||2024-01-01;
Next Activity Date||2024-05-01; Has been enriched|true|false;
Member has accessed private content|0|1; Sends Since Last Engagement|1|
""",
    "Mailtrain": """
cid|a|b; hash_email|h|h; opt_in_ip|1.1.1.1|1.1.1.1; opt_in_country|NO|NO; tz|utc|utc;
imported||2024-01-01; status|subscribed|subscribed; is_test|0|1;
status_change|2024-01-01 00:00:00|2024-01-01 00:00:00; latest_open||2024-01-01 00:00:00;
latest_click||2024-01-02; created|2024-01-01 00:00:00|2024-01-01 00:00:00; updated||2024-01-01
""",
    "a conference": """
name|A|B; affiliation|X|X; student|yes|no; vegetarian|no|yes; attended 2023|yes|no;
speaker|no|yes; poster|no|yes; t-shirt size|M|L; arrival date|2024-01-01|;
departure date|2024-01-05|; session chair|yes|no; visa letter||yes; paper id|12|;
dietary restrictions|none|vegan; reviewer|yes|no; PC member|no|yes; Award|yes|
""",
    "Google Contacts": """
First Name|A|A; Last Name|B|C; Phone 1 - Value|1|; Birthday|1990-01-01|; Organization Name||X;
Labels|* myContacts|* myContacts
""",
    "customers": """
Anrede|Herr|Frau; Vorname|A|A; Nachname|B|B; Firma|X|; Straße|Weg 1|Weg 1; PLZ|1|1;
Ort|Ulm|Ulm; Land|DE|DE; Geburtsdatum|01.02.1990|; Angelegt am|01.02.2020|01.02.2020;
Letzter Kontakt|02.03.2024|; Kunde seit|01.02.2021|; Interessent|ja|nein; Studierend|nein|ja;
Presse|nein|ja; Messe 2023|ja|nein; Rechnung per Mail|nein|ja; Bemerkung|kommt gern|
""",
    "members": """
氏名|山田|鈴木; 会社名|X|X; 部署|開発|; 役職|部長|; 電話番号|03|;
生年月日|1990-01-01|; 登録日|2020-01-01|2020-01-01;
最終更新日|2024-01-01|; 性別|男|女
""",
    "WordPress": """
ID|1|2; user_login|a|b; user_registered|2020-01-01|2020-01-01; role|subscriber|administrator;
first_name|A|A; last_name|B|B; nickname|a|b; rich_editing|true|true;
show_admin_bar_front|true|false; syntax_highlighting|true|true; last_login|2024-01-01|;
newsletter|1|1; verified|1|1
""",
}


@pytest.mark.parametrize("system", EXPORTS)
def test_nothing_ordinary_in_an_export_stops_it_or_takes_anybody_for_one_who_left(
    system: str,
) -> None:
    columns = [
        column.strip().split("|") for column in EXPORTS[system].replace("\n", " ").split(";")
    ]
    people = [{name: cells[who] for name, *cells in columns} for who in (0, 1)]
    entries = [
        ImportEntry(line, {"email": f"r{line}@reader.example"}, None, cells)
        for line, cells in enumerate(people, 2)
    ]
    review = review_list(entries, OPTIONS)
    assert not review.refused
    assert [find_opt_out(cells, NO_RULES) for cells in people] == [None, None]
