"""Notices of withdrawal in languages whose grammar is not followed here.

A sentence that names a paper and has a stem of withdrawing is a notice, unless it also names a
conference, a journal, an earlier version or a part of the paper, or says that it is not so.
"""

import re
from dataclasses import dataclass
from functools import cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.withdrawals.withdrawal_venue import KNOWN_VENUE


@dataclass(frozen=True)
class _Stems:
    withdraws: str
    paper: str
    not_so: str  # what else is withdrawn, from where, and words of denial

    def is_notice(self, sentence: str) -> bool:
        says = _cached_pattern(self.withdraws).search(sentence) and _cached_pattern(
            self.paper
        ).search(sentence)
        return bool(says) and not _cached_pattern(self.not_so).search(sentence)


# fmt: off
_LANGUAGES = {
    "Hebrew": _Stems(r"נמשכ?[הךו]?\b|משכו|משכנו|מושכים|הוסרה?\b|הסרנו|הוסרו|בוטלה?\b|נסוג", r"מאמר|עבודה|כתב[ -]ה?יד|פרסום|הגשה", r"כנס|כתב[ -]ה?עת|ירחון|סדנה|סדנת|קודמת|ראשונה|משפט \d|\bלא\b|טרם"),
    "Arabic": _Stems(r"(?<!\w)(?:و|ت[مّ]+ |قد )?(?:سُ?ح[ِ]?ب|سحبنا|نسحب|إلغاء|أُلغي)", r"مقال|بحث|ورق|مخطوط|دراس", r"مؤتمر|مجل[ةه]|ورش[ةه]|سابق|الأول|مبرهن|(?<!\w)(?:لم|لن|ليس)(?!\w)"),
    "Urdu": _Stems(r"واپس لے|دستبردار|منسوخ", r"مقال|مضمون|پیپر|تحقیق", r"کانفرنس|جرید|جرنل|پہل|نہیں"),
    "Pashto": _Stems(r"بیرته (?:واخیست|اخیست)", r"مقال|لیکن", r"کنفرانس|مجل|نه "),
    "Kurdish": _Stems(r"کشاندنەوە|کشێنرا|hat(?:iye)? vekişandin|vekişand", r"وتار|توێژینەوە|gotar", r"کۆنفرانس|گۆڤار|konferans|kovar"),
    "Bengali": _Stems(r"প্রত্যাহার|ফিরিয়ে নে", r"প্রবন্ধ|নিবন্ধ|গবেষণা|পেপার|পাণ্ডুলিপি|কাজ", r"সম্মেলন|জার্নাল|সাময়িকী|সংস্করণ|হয়নি|করিনি"),
    "Assamese": _Stems(r"প্ৰত্যাহাৰ", r"প্ৰবন্ধ|গৱেষণা", r"সন্মিলন|আলোচনী"),
    "Marathi": _Stems(r"मागे घे", r"लेख|निबंध|पेपर|संशोधन", r"परिषद|नियतकालिक|जर्नल|नाही"),
    "Nepali": _Stems(r"फिर्ता", r"लेख|पेपर|पत्र|अनुसन्धान", r"सम्मेलन|जर्नल|पत्रिका|छैन"),
    "Hindi": _Stems(r"प्रत्याहार|वापस ल|निरस्त", r"लेख|शोध|पेपर|पत्र", r"सम्मेलन|पत्रिका|जर्नल|नहीं"),
    "Gujarati": _Stems(r"પાછ\S* (?:ખેંચ|લે|લી|લઈ)|પરત (?:લે|લી|ખેંચ)", r"લેખ|પેપર|સંશોધન|પત્ર", r"પરિષદ|જર્નલ|સામયિક|નથી"),
    "Punjabi": _Stems(r"ਵਾਪਸ ਲ", r"ਲੇਖ|ਪੇਪਰ|ਖੋਜ|ਪਰਚ", r"ਸੰਮੇਲਨ|ਕਾਨਫਰੰਸ|ਜਰਨਲ|ਨਹੀਂ"),
    "Tamil": _Stems(r"திரும்பப் ?பெற|மீளப் ?பெற|விலக்கி|வாபஸ்", r"கட்டுரை|ஆய்வ|தாள்", r"மாநா|இதழ்|பதிப்பு|இல்லை"),
    "Telugu": _Stems(r"ఉపసంహరిం|వెనక్కి తీసు", r"వ్యాస|పత్ర|పేపర|పరిశోధన", r"సమావేశ|సదస్సు|జర్నల్|లేదు"),
    "Kannada": _Stems(r"ಹಿಂಪಡೆ|ಹಿಂತೆಗೆ|ವಾಪಸ್", r"ಲೇಖನ|ಪ್ರಬಂಧ|ಸಂಶೋಧನ", r"ಸಮ್ಮೇಳನ|ಜರ್ನಲ್|ನಿಯತಕಾಲಿಕ|ಇಲ್ಲ"),
    "Malayalam": _Stems(r"പിൻവലി|പിന്‍വലി", r"ലേഖന|പ്രബന്ധ|പേപ്പ|പഠന", r"സമ്മേളന|ജേണ|ഇല്ല"),
    "Sinhala": _Stems(r"ඉවත් ?ක|ඉල්ලා අස්|ආපසු ග", r"ලිපි|පත්‍රිකා|පර්යේෂණ", r"සම්මන්ත්‍රණ|සඟරා|නැත"),
    "Thai": _Stems(r"ถอน(?!เงิน|ฟัน|ตัว|ราก)", r"บทความ|งานวิจัย|ต้นฉบับ|เอกสาร|ผลงาน", r"ประชุม|วารสาร|ฉบับก่อน|ไม่ได้|ยังไม่"),
    "Lao": _Stems(r"ຖອນ", r"ບົດ", r"ກອງປະຊຸມ|ວາລະສານ|ບໍ່"),
    "Khmer": _Stems(r"ដក(?:ចេញ|វិញ|ថយ)?", r"អត្ថបទ|ឯកសារ", r"សន្និសីទ|ទស្សនាវដ្តី|មិន"),
    "Burmese": _Stems(r"ရုပ်သိမ်း|ပြန်လည်?ရုပ်", r"စာတမ်း|ဆောင်းပါး", r"ညီလာခံ|ဂျာနယ်|မ\S*ပါ"),
    "Amharic": _Stems(r"ተነስቷል|ተሰርዟል|ተስቧል|አንስተ|ወደ ኋላ", r"ጽሑፍ|ወረቀት|ጥናት", r"ጉባኤ|መጽሔት|አልተ"),
    "Georgian": _Stems(r"გაწვეულ|გაიწვი|გამოხმობ|გამოიხმ|უკან (?:გა|წა|არის)|ამოღებ|ამოიღ|მოხსნ", r"სტატი|ნაშრომ|ხელნაწერ", r"კონფერენცი|ჟურნალ|თეორემ|არ "),
    "Armenian": _Stems(r"(?:հետ|ետ) (?:է |են )?(?:վերց|կանչ|քաշ|կոչ)|հանվ(?:ել|ած)", r"հոդված|աշխատանք|ձեռագիր", r"գիտաժողով|կոնֆերանս|ամսագ|չի |չէ"),
    "Azerbaijani": _Stems(r"geri (?:götür|çək|çağır)", r"məqalə|iş(?:i|imiz)?\b", r"konfrans|jurnal|deyil|mədi"),
    "Kazakh": _Stems(r"(?:қайтарып|кері) (?:ал|қайтар|шақыр)|алып таста", r"мақала|жұмыс|қолжазба", r"конференци|журнал|жоқ|ған жоқ"),
    "Kyrgyz": _Stems(r"(?:кайтарып|кайра|артка) (?:ал|чакыр)", r"макала|эмгек|иш", r"конференци|журнал|жок"),
    "Uzbek": _Stems(r"qaytarib (?:ol|chaqir)|olib tashlan", r"maqola|ish(?:imiz)?\b", r"konferensi|jurnal|emas|madi"),
    "Mongolian": _Stems(r"(?:буцаан|эргүүлэн|буцааж) (?:тат|ав)|буцаагд", r"өгүүл|ажил|бүтээл", r"хурал|сэтгүүл|үгүй|гүй\b"),
    "Tatar": _Stems(r"кире (?:ал|чакыр)", r"мәкалә|хезмәт", r"конференци|журнал|түгел"),
    "Belarusian": _Stems(r"адклік|адазван|адзыва|зня(?:т|л)|здыма", r"артыкул|прац[аыу]|рукапіс", r"канферэнцы|часопіс|журнал|\bне\b"),
    "Macedonian": _Stems(r"повле(?:ч|к)", r"труд|статиј|ракопис|работ", r"конференциј|списание|весник|верзија|\bне\b"),
    "Serbian": _Stems(r"пов(?:уч|ук|лач)", r"\bрад\w*|члан\w+|рукопис", r"конференциј|часопис|верзиј|\b(?:не|није|нисмо)\b"),
    "Albanian": _Stems(r"\btërh(?:eq|iq|oq)", r"artikull?|punim|dorëshkrim", r"konferenc|revist|\bnuk\b"),
    "Icelandic": _Stems(r"\bdr(?:eg|ó|aga)\w*\b.{0,40}til baka|afturk[aö]ll", r"grein|handrit|verk", r"ráðstefn|tímarit|ekki"),
    "Faroese": _Stems(r"tik\w*\b.{0,40}aftur|drig\w*\b.{0,40}aftur", r"grein", r"ráðstevn|tíðarrit|ikki"),
    "Irish": _Stems(r"\bt?h?arraing\w*\b.{0,40}\bsiar|tarraing\w* siar|aistarraing", r"páipéar|alt|saothar", r"comhdháil|iris|\b(?:níor|ní)\b"),
    "Welsh": _Stems(r"\b(?:d|t)yn(?:nu|nwyd|nodd|asom|nwn)\b.{0,40}ôl|\bthyn\w+\b.{0,40}ôl", r"papur|bapur|erthygl", r"cynhadledd|gynhadledd|cyfnodolyn|gyfnodolyn|\b(?:ni|nid|heb)\b"),
    "Basque": _Stems(r"erretira|kendu (?:dute|dugu|egin)|atzera bota", r"artikulu|lan(?:a|au|hau)\b|eskuizkribu", r"kongresu|konferentzi|aldizkari|\bez\b"),
    "Catalan": _Stems(r"\bretir(?:at|ada|em|en)\b", r"article|treball|manuscrit", r"congrés|conferènci|revist|versió|teorema|\bno\b"),
    "Estonian": _Stems(r"tagasi (?:võ|kutsu|tõmma)|tühistat", r"artik(?:kel|l)|töö|käsikir", r"konverents|ajakir|versioon|\bei\b"),
    "Afrikaans": _Stems(r"terug(?:ge)?trek|onttrek|herroep", r"artikel|referaat|manuskrip", r"konferensie|tydskrif|\bnie (?:terug|onttrek)"),
    "Frisian": _Stems(r"weromlutsen|ynlutsen", r"artikel|stik", r"konferinsje|tydskrift"),
    "Luxembourgish": _Stems(r"zréckge(?:zunn|zun)", r"artikel|pabeier", r"konferenz|zäitschrëft"),
    "Swahili": _Stems(r"\b\w*ondo(?:lew?|a)\w*|\b\w*futwa", r"makala|karatasi|andiko|utafiti", r"mkutano|jarida|\bhai|\bhatu|\bhawa"),
    "Hausa": _Stems(r"\bjany", r"takarda|maƙala|makala", r"taro|mujall|\bba a\b"),
    "Tagalog": _Stems(r"\b(?:binawi|babawiin|inurong|iniurong|iniatras)\b", r"papel|artikulo|manuskrito", r"kumperensy|komperens|journal|hindi"),
    "Indonesian": _Stems(r"\b(?:ditarik|dicabut|mencabut|tarik balik|menarik (?:kembali|balik))\b|\bmenarik (?:makalah|naskah|artikel)|penarikan (?:makalah|naskah|artikel)", r"makalah|naskah|artikel|kertas kerja|kertas ini|paper", r"konferensi|persidangan|jurnal|seminar|versi|\b(?:tidak|belum)\b"),
    "Vietnamese": _Stems(r"\b(?:đã|được|bị|xin|tôi|giả)\s+(?:được\s+)?rút\b|\brút (?:lại|bài|bản)|thu hồi|gỡ (?:bỏ|xuống)", r"bài báo|bài viết|bài này|bản thảo|công trình|nghiên cứu", r"hội nghị|hội thảo|tạp chí|phiên bản|định lý|không|chưa"),
    "Esperanto": _Stems(r"\bretir(?:it|is|as)|reprenit", r"artikol|verk|manuskript", r"konferenc|revu|\bne\b"),
    "Maltese": _Stems(r"\b(?:irtirat|ġie rtirat|rtirat|irtirajna)", r"artiklu|karta|xogħol", r"konferenza|ġurnal"),
}
# fmt: on
STEMS = "|".join(language.withdraws for language in _LANGUAGES.values())
_ANY = lazy_pattern(STEMS, re.IGNORECASE)
_VENUE = lazy_pattern(
    rf"(?<![A-Za-z]){KNOWN_VENUE}|\b(?!COVID)[A-Z]{{3,}}['’ -]{{0,2}}(?:20)?\d\d\b"
)


@cache
def _cached_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def is_notice_by_stem(sentence: str) -> bool:
    """Whether a sentence in one of these languages withdraws this paper."""
    if not _ANY.search(sentence) or _VENUE.search(sentence):
        return False
    return any(language.is_notice(sentence) for language in _LANGUAGES.values())
