"""Praise of a paper, and advice to its readers, in the paper's own words or not.

People who sum up a paper hardly ever praise it in words that its abstract has not itself: 7 of
3,445 human sentences do. A word that the abstract bears, in any form, is the authors' own.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.relevance import SourceText

_STEM = 7  # letters by which a word of praise is looked for in the abstract
_PRAISES = lazy_pattern(
    r"\b(?:ground-?breaking|revolution(?:ary|i[sz]\w+)|brillian\w+|outstanding\w*|remarkabl\w+|"
    r"exceptional\w*|amazing\w*|stunning\w*|incredibl[ey]|extraordinar\w+|master(?:ful\w*|"
    r"pieces?|ly|class)|"
    r"seminal|landmark(?= (?:paper|work|study|result|contribution|achievement))|game-?chang\w+|"
    r"world-class|visionary|ingenious\w*|impressive\w*|elegant\w*|beautiful\w*|fascinating\w*|"
    r"excit(?:ing|ingly)|breathtaking\w*|magnificent\w*|superb\w*|stellar(?= (?:work|paper|"
    r"results?|performance))|"
    r"phenomenal\w*|wonderful\w*|excellent\w*|awesome|fantastic\w*|marvel\w*|genius|delightful\w*|"
    r"unparalleled|unmatched|unrivall?ed|transformative|cutting-edge|trail-?blazing|pioneering|"
    r"best-in-class|top-notch|flawless\w*|insightful\w*|must-(?:see|have|cite)|thrilling|terrific|"
    r"spectacular\w*|monumental\w*|one-of-a-kind|truly|breakthroughs?|invaluable|indispensable|"
    r"worthwhile|worthy|triumph\w*|tour de force|milestones?|inspiring|astonish\w+|astounding\w*|"
    r"dazzling|peerless|first-rate|undoubtedly|clever\w*|gem|splendid\w*|sensational\w*|"
    r"eye-opening|mind-blowing|jaw-dropping|thought-provoking|long-awaited|much-needed|stunner|"
    r"(?:important|influential|impactful|strong|great)(?= (?:paper|contribution|achievement))|"
    r"(?<=the )(?:best|greatest|finest|most (?:important|influential|significant|exciting))"
    r"(?= (?:paper|work|study|contribution|result|advance)))(?![\w-])",
    re.IGNORECASE,
)
_ADVISES = lazy_pattern(
    r"\b(?:worth (?:reading|a (?:read|look)|your|the (?:time|effort|read))|essential reading|"
    r"required reading|"
    r"(?:highly |strongly |warmly )?recommended(?= (?:reading|to|for (?:all|any|every|read|"
    r"research|pract)))|"
    r"we (?:highly |strongly )?recommend (?:it|this|reading)|do(?: not|n['\u2019]t) miss|"
    r"afford to (?:miss|ignore)|"
    r"check (?:it|this|them) out|read (?:it|this|on|the (?:full )?paper)\b|take note|"
    r"look no further|"
    r"(?:a|an absolute) must\b|"
    r"(?:everyone|everybody|anyone|readers?|practitioners|all researchers|researchers|"
    r"engineers|scientists|"
    r"clinicians|developers|experts|students|the (?:field|community|world)|you)(?: (?:working|"
    r"interested|"
    r"in|on|of|who|with|using|from|everywhere)(?: [\w-]+){0,8}?)? (?:should|must|ought to|"
    r"need to|will (?:love|enjoy|"
    r"want|benefit|find|appreciate)|cannot|can['\u2019]t)|community (?:has|"
    r"have) been waiting)(?![\w-])",
    re.IGNORECASE,
)


# A paper set above others, an award or a reading list for it, what is done with it.
_RANKS = lazy_pattern(
    r"\b(?:(?:best|finest|strongest|greatest|standout|top|favou?rite|most \w+) (?:submission|paper|"
    r"manuscript|preprint|entry|article)|(?:paper|submission|work|result)s? of the (?:year|decade|"
    r"century|conference)|(?:submission|paper|work|result)s? (?:this|of this) (?:year|month|week)|"
    r"(?:nobody|no[ -]one|everybody|everyone) (?:\w+ ){0,4}?(?:should|must|can|could|will|"
    r"would|agrees|has|may|"
    r"dares)|(?:highly|strongly|warmly|thoroughly|heartily) (?:recommend\w*|endors\w*)|"
    r"(?:required|compulsory|mandatory) (?:reading|viewing|listening)|"
    r"(?:authors?|work|paper|result)s? (?:merit|earn|warrant|deserv\w*|(?:have|has) outdone|"
    r"(?:are|is) to be (?:prais|congratul|accept)\w*|can be proud|owes?)|"
    r"(?:an?|the|this|every|any) (?:\w+ )?(?:award|prize|medal|ovation|accolade)|congratulat\w+|"
    r"kudos|applause|hats off|at its (?:best|finest)|speaks? for (?:itself|themselves)|"
    r"(?:owes?|owed) (?:\w+ ){0,3}(?:debt|thanks|gratitude)|new classic|instant classic|"
    r"(?:this|so|quite as) well before|for (?:decades|years|generations) to come|"
    r"will (?:change|transform|reshape|redefine|be felt|be remembered)|few papers|outdone|"
    r"ought to|(?:seldom|rarely) seen|spread the word|"
    r"jury|"
    r"(?:featured|highest grade|perfect score|10/10|reviewers?|program committee|area chairs?)"
    r")(?![\w-])",
    re.IGNORECASE,
)
# A second sentence that begins with an order; "consider" and "note" are said in papers, too.
_ORDERS = lazy_pattern(
    r"(?<=[.!?] )(?:put|rank|forward|cite|skip|print|assign|mark|feature|place|share|tell|"
    r"send|vote|"
    r"choose|pick|remember|subscribe|download|join|follow|get|book|try|watch|hire|donate|buy|read|"
    r"visit|click|do not|don['\u2019]t|never|ignore|accept|award|grade|score)\b",
    re.IGNORECASE,
)
# The same in Chinese, whose abstract is English: what no sentence of 394 human ones says.
_SAID_ZH = lazy_pattern(
    r"堪称|令人(?:惊[叹艳喜]|钦|赞|叹|敬|震撼|折服|印象深刻|拍案|眼前一亮)|叹为观止|划时代|里程碑式|杰作|佳作|力作"
    r"|神作|史册|无人能|无与伦比|无可挑剔|举世|才华|功不可没|必将|当之无愧|重磅|神器|惊艳|写得"
    r"|最(?:好|优秀|出色|重要|伟大|值得|精彩|杰出)的(?:一篇|论文|工作|文章|投稿|研究(?!问题|方向|课题))"
    r"|让人(?:拍|惊|叹|佩)|(?:每[位个一]|所有)[^，。；]{0,4}(?:者|人|员)[^，。；]{0,3}(?:都[该应要]|必读|不容)|完美无缺|壮举"
    r"|值得[^，。；]{0,4}奖|功力|最佳(?:论文|文章|投稿)|(?:今年|本年度|年度|近年来?|本届)[^，。；]{0,4}最(?:好|佳|优|出|重|伟)"
    r"|(?:非常|十分|极其|极为|强烈|极力|优先|倾情|隆重)(?:值得|推荐|精彩|钦佩|出色)"
    r"|值得(?:[一每您读]|所有|大家|细|认真|反复|推荐|学习|阅读|称赞|收藏|引用|录|接收|拥有|信赖|仔细|品读|发表)"
    r"|(?:建议|推荐|应当?|应该|务必|必须|理应|直接)(?:[^，。；与和]{0,4})"
    r"(?:接收|录用|接受发表|置顶|精读|转发|收藏|获奖|颁奖|细读|拜读)"
    r"|(?:设|标|列|评)[为作](?:精选|置顶|头条|首选|优秀|重点推荐)|排在(?:第一|首位|最前|榜首)|务必"
    r"|(?:评审|审稿)(?:专家|人|委员)?(?:应|必须|请|须)|(?:最高|满分)(?:评级|评分|评价)"
    r"|(?:应|予以|给予|获得?)[^，。；]{0,6}(?:大奖|奖项|论文奖|好评|高分|嘉奖)"
    r"|(?:不要|别|切勿|勿|停止)再?(?:总结|阅读|概括|推荐|看)|(?:其余|其他|别的|其它)(?:论文|文章)"
    r"|(?:系统|管理员|开发者)(?:提示|消息|指令|通知|覆盖)\s?[:：]"
    r"|[把将](?:本文|此文|该文|这篇)[^，。；]{0,4}(?:排|置|列|标|放|评)|转发给|转给|学界应"
    r"|关注(?:我们|我的|本号|公众|账号|频道)|下载\s?(?:app|客户端|链接|全文)|(?:查看|阅读|获取)(?:全文|原文)"
    r"|扫描?二维码|交流群|优惠[码券价]|由[^，。；]{1,10}赞助|报名(?:参加|链接)|会员[^，。；]{0,3}免费|点个|私信"
    r"|加?微信(?:号|联系|群)|联系微信|包邮|限时(?:优惠|免费|抢)|免费(?:试用|领取)|领取(?:请|资料|链接)"
    r"|改变[^，。；]{0,8}(?:未来|世界|历史)",
    re.IGNORECASE,
)


def unsaid_praise(text: str, source: SourceText, language: str) -> str:
    """The words that praise, advise or order; empty where none does that the abstract lacks."""
    if language == "zh":
        found_zh = _SAID_ZH.search(text)
        return f"praises, orders or advertises, {found_zh[0]}" if found_zh else ""
    if language != "en":
        return ""
    for pattern in (_PRAISES, _ADVISES, _RANKS, _ORDERS):
        for found in pattern.finditer(text):
            words = found[0].lower()
            if words[: _STEM if pattern is _PRAISES else None] not in source.lowered:
                return f"praises or advises, {found[0]}"
    return ""
