"""An answer that speaks to its reader, by the forms that each language has for that.

No summary of a paper says "you" or "I", asks for anything, or exclaims; an English one may say so
where its abstract does.
"""

import re

from newsletter.lazy_pattern import lazy_pattern

_EXCLAIMED = r"|(?<=[^\W\d_]{2})\s?[!！](?=\W*(?:\Z|[^\W\d_]))"
_FORMS = {
    "zh": r"(?<![自忘])我(?![们国])|(?<!迷)你",
    # "Sie" is "they" where a sentence begins.
    "de": r"(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihr|Ihren?)\b|\b(?:[Ii]ch(?!-)|mi(?:r|ch)|[Bb]itte)\b"
    r"|\b[Dd]anke\b"
    r"|\b(?:zu|bitte) ignorieren\b|\b(?:Jetzt|Heute|Hier) [^.]{0,40}(?:buchen|sichern|anmelden)\b",
    "fr": r"\b(?:[Vv]ous|[Vv]otre|[Vv]os|[Jj]e|me|moi|[Mm]erci)\b|\b[Jj]['\u2019]"
    r"|\b(?!chez\b|assez\b|nez\b)[a-zéèê]{2,}ez\b|(?:\A|(?<=[.!?;] ))(?!Chez\b|Assez\b)\w+ez\b"
    r"|\b[Ii]gnorer (?:\w+ ){0,2}(?:consignes|instructions)\b",
    "es": r"\b(?:[Uu]sted(?:es)?|[Ll]o siento|[Gg]racias|[Ee]spero|[Yy]o|me)\b"
    r"|\b[Pp]or favor\b|[¡¿]"
    r"|\b[Ll]e sirv|\b\w+[áéí]\w+(?:ase|ese|[ae]me|[ae]nos)\b"
    r"|\b[Ii]gnor(?:a|e|ar|en) (?:\w+ ){0,2}instrucciones\b"
    r"|(?:\A|(?<=[.!?] ))(?:Compra|Visita|Descarga|Suscríbete|Aprovecha|Ignora|Recuerda)\b"
    r"|\bAquí (?:termina|está|tienes)\b",
    "ja": r"ください|下さい|お知らせ|お役に|ご(?:登録|購入|連絡|覧|利用)|ましょう|あなた"
    r"|(?:以前|上記|これまで|前)の指示は|無視せよ|受けよう|(?:以上が|これが)[^。]{0,6}まとめ|でしょうか"
    r"|私(?![立有的費])|[もこそとぼ]う(?=[。！]|\Z)",
}
# Of English, unless the abstract speaks so; "Type I error" and "I(X; Y)" are no person, and
# "all you need" is said of anybody.
_PERSON = lazy_pattern(
    r"(?<![\w.-])(?<!ype )(?<!art )(?<!ase )(?<!lass )(?<!vel )(?<!age )I [a-z]+"
    r"|\b(?:[Mm]y|[Yy]ours?|(?<!\ball )(?<!\b[Hh]ow )[Yy]ou)\b"
)
# Of chat and orders in English and Chinese, in an answer of any language.
_CHAT = lazy_pattern(
    r"\A\W*(?:i['’]?m sorry|i am sorry|sorry\b|i cannot\b|i can['’]?t\b|i['’]?m (?:unable|not able)"
    r"|i am (?:unable|not able)|unable to |unfortunately, i\b|i won['’]?t\b"
    r"|as an? (?:ai|large|language)|i don['’]t have"
    r"|(?:sure|okay|ok|certainly|of course|great)[,!.:]|here(?: is|['’]s) |no abstract"
    r"|抱歉|对不起|很遗憾|作为一个|作为(?:ai|人工智能)|我无法|我不能|无法(?:提供|概括|总结)|好的[，,。！:：]|当然[，,！]"
    r"|以下是|这是)"
    r"|previous instructions|language model,? i\b|provide the abstract"
    r"|\blet me know\b|\bhope (?:this|that|it) helps|\bfeel free to\b"
    r"|\bif you (?:need|want|have|would)|\b(?:would|do) you (?:like|want)"
    r"|\bi(?:['’]m| am| can|['’]d| would| will|['’]ll) |\b(?:visit|contact) (?:us|our|me)\b"
    r"|\A\W*(?:thinking|thoughts?|reasoning|思考)(?: process|过程)?\W{0,3}[:：]"
    r"|(?<!受)欢迎|点击(?:链接|这里|下方|此处)|(?<![例诸假譬比正犹])如(?:有(?![限效机向序理监界源氧])|需(?!求)|果您|果你)|希望(?:这|对你|对您|以上)|您|需要我(?![们国])|我可以|随时(?![间刻变空延频域])"
    r"|忽略(?:以上|上述|上面|之前|前面|所有)(?=\W|\Z|[^，。；]{0,4}(?:指令|指示|规则|要求|内容|提示|命令|说明|设定))|官网|谢谢|帮到|(?<![申邀聘提恳])请(?![求愿])|感谢"
    r"|(?:\A|[。；\n.] ?)(?:系统|用户|助手|system|user|assistant|human)\s?[:：]"
    r"|(?:\A|(?<=[。；，,.])|(?<=[。；.] ))以上(?:就是|是|为|即)|如上所述|吗[？?]"
    r"|(?<!迷)你|(?<![成基样文因彼如])[本此]消息(?!传)|[（(]完[)）]"
    r"|\A\W*(?:根据|按照)(?:要求|指示|提示)|\A\W*首先[，,]?(?:用户|我)|用户(?:要求|希望|让)(?:我|用?一句)"
    r"|\bignore (?:all |any |the )?(?:earlier|above|other) |\. (?:accept|reject) with\b"
    r"|\A\W*(?:let me|first, the user|the user (?:wants|asks)|okay\b|as requested)\b"
    r"|\A\W*(?:title|标题|题目)\s?[:：]"
    r"|\A\W*(?:error|warning|exception|错误|警告)\s?[:：]|请求(?:超时|失败)|稍后再试|照原文书写|换算或取整"
    r"|(?:未能|无法|不能)(?:完成|处理|响应)(?:[此该本]|这[个次])?请求|摘要[中里]?所述"
    r"|\bblocked by (?:\w+ ){0,2}(?:policy|filters?)\b|\binternal server error\b"
    r"|(?:\. |\A)(?:shall i|let['’]s (?:move|look|turn)|i hope)",
    re.IGNORECASE,
)
_QUOTED = lazy_pattern('["\u201c][^"\u201c\u201d]+["\u201d]')
_PATTERNS = {code: lazy_pattern(forms + _EXCLAIMED) for code, forms in _FORMS.items()}
_ANY: re.Pattern[str] = lazy_pattern(_EXCLAIMED.removeprefix("|"))


def chats(text: str, source: str, language: str) -> str:
    """What an answer says to somebody, by chat and orders too; empty where it says nothing so."""
    text = _QUOTED.sub(lambda quoted: "" if quoted[0][1:-1] in source else quoted[0], text)
    if _CHAT.search(text):
        return "talks to somebody"
    return speaks_to_reader(text, source, language)


def speaks_to_reader(text: str, source: str, language: str) -> str:
    """The words that do; empty where none does. A source with "Yahoo!" may be told of so."""
    if language == "en":
        found = None if _PERSON.search(source) else _PERSON.search(text)
        return f"talks to somebody, {found[0]}" if found else ""
    if "!" in source:
        text = text.replace("!", "")
    found = _PATTERNS.get(language, _ANY).search(text)
    return f"talks to somebody, {found[0].strip()}" if found else ""
