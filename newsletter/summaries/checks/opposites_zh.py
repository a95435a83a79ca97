"""A Chinese answer that says the opposite of its English abstract: worse for better, not for so.

What is said to get worse, or is called bad, must be borne out by the abstract: near the word for
the same thing where the abstract has one, else anywhere in it.
"""

import re
from typing import NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.opposites import denies, is_only_said, is_said

_SPARED = r"(?<![不未免止需非无])"  # "without", "avoids": then nothing is turned round
_UP, _DOWN = (
    "提升|提高|增强|改善|增加|优化|加快|加剧|放大|增多",
    "降低|减少|削弱|损害|恶化|减弱|下降|拉低|拖累",
)
_ON = "[并且而以]|同时"  # another thing is said from here
_GOOD = {
    "性能": "perform|result|accura|score",
    "准确率": "accura|precision|rate",
    "准确性": "accura|precision",
    "精度": "accura|precision|resolution",
    "质量": "quality|fidelity",
    "效率": "efficien|speed|cost|throughput",
    "鲁棒性": "robust",
    "稳健性": "robust",
    "泛化": "generali",
    "能力": "abilit|capabilit|capacit|skill|reason|understand",
    "效果": "effect|perform|result|quality|accura",
    "可解释性": "interpretab|explainab",
    "自然度": "natural",
    "稳定性": "stabil|stable",
    "表现": "perform|result",
    "可靠性": "reliab|trust|confiden",
    "安全性": "safe|secur",
    "速度": "speed|fast|slow|time|latenc|efficien",
    "一致性": "consisten|coheren",
    "个性化": "personal",
    "适用性": "applica|appli",
    "通用性": "general|univers",
    "准确": "accura|precis|correct",
}
_BAD = {
    "误差": "error|deviation",
    "错误": "error|mistake|wrong|incorrect",
    "延迟": "latenc|delay|lag",
    "成本": "cost|expens|budget",
    "计算量": "comput|flop|cost",
    "复杂度": "complex",
    "开销": "overhead|cost|comput|memory",
    "内存": "memory",
    "显存": "memory",
    "噪声": "noise|noisy",
    "风险": "risk|threat|harm",
    "偏差": "bias|deviation|error",
    "耗时": "time|slow",
    "能耗": "energy|power",
    "幻觉": "hallucinat",
    "失真": "distort|artifact",
    "负担": "burden|load|cost|overhead",
}
_WORSENS = lazy_pattern(
    rf"{_SPARED}(?:{_DOWN})(?:(?!{_ON})[^，。；、]){{0,9}}?({'|'.join(_GOOD)})(?!.{{0,3}}(?:{'|'.join(_BAD)}))"
)
_RAISES = lazy_pattern(
    rf"{_SPARED}(?:{_UP})(?:(?!{_ON})[^，。；、]){{0,6}}?({'|'.join(_BAD)})(?!.{{0,2}}(?:{'|'.join(_GOOD)}|鲁棒))"
)
_NEAR = 25  # characters between a thing and what is said of it, where the paper itself is meant
_CLAUSE = lazy_pattern("[，。；]")
# Of what was there before: a problem may be called bad in many words.
_OF_OTHERS = lazy_pattern(
    "解决|针对|应对|克服|避免|缓解|由于|导致|传统|现有|以往|问题|难题|挑战|不足"
)
_SAYS_WORSE = (
    "degrad|drop|decreas|reduc|declin|deteriorat|wors|hurt|harm|los[es]|impair|weak|suffer|limit"
    "|fail|poor|low|compromis|sacrific|diminish|undermin|insufficien|inadequa|challeng|struggl"
)
_SAYS_MORE = "increas|rais|grow|higher|more|rise|improv|reduc|ampli|exacerbat|large|high|add"


class _Fault(NamedTuple):
    """A way of calling something bad, and the English of an abstract that does so too."""

    said: re.Pattern[str]
    borne_out: re.Pattern[str]


def _fault(said: str, borne_out: str) -> _Fault:
    return _Fault(lazy_pattern(said), lazy_pattern(borne_out, re.IGNORECASE))


_FAULTS = (
    _fault(
        "劣于|不如|逊于|差于|不及|落后于|低于",
        "wors|inferior|underperform|below|lower|less|fall|degrad|fail|behind|poor|weak|gap|under",
    ),
    _fault(
        "无效", "ineffect|invalid|fail|useless|not effective|void|insufficien|inadequa|redundan"
    ),
    _fault(
        "低效", "ineffic|slow|cost|expens|low|time-consum|burden|wast|prohibitiv|redundan|intensive"
    ),
    _fault("脆弱", "fragil|vulnerab|brittle|weak|attack|sensitiv|suscept|adversar|fail"),
    _fault("不稳定", "unstab|instab|stab|fluctuat|oscillat|collaps|variance|diverg"),
    _fault("不准确", "inaccura|error|imprecis|accura|wrong|mislead|incorrect|unreliab"),
    _fault("低质量", "low-?quality|low quality|poor|quality|nois|degrad"),
    _fault("(?:更|最|变|较)差", "wors|poor|lower|degrad|least|inferior|under|weak|limit|drop|fail"),
    _fault("(?<![半自弱])有监督", "(?<!un)(?<!self-)(?<!semi-)(?<!weakly )supervis"),
    _fault("加剧|恶化", "exacerbat|worsen|amplif|increas|intensif|aggravat|degrad|deteriorat"),
    _fault("拖慢", "slow|delay|bottleneck|latenc|time"),
    _fault("不支持", "not support|unsupport|lack|limit|fail|cannot|without"),
)


def reversed_words_zh(text: str, source: str) -> str:
    """What is said to be worse, and is not so in the abstract; empty where nothing is."""
    for clause in _CLAUSE.split(text):
        for said, things, supports in (
            (_WORSENS, _GOOD, _SAYS_WORSE),
            (_RAISES, _BAD, _SAYS_MORE),
        ):
            match = said.search(clause)
            near = not _OF_OTHERS.search(clause)
            if match and not _bears_out(source, things[match[1]], supports, near=near):
                return f"says {match[0]}, which the abstract does not"
        for fault in () if _OF_OTHERS.search(clause) else _FAULTS:
            match = fault.said.search(clause)
            if match and not fault.borne_out.search(source):
                return f"says {match[0]}, which the abstract does not"
    return ""


def _bears_out(source: str, thing: str, way: str, *, near: bool) -> bool:
    """In one sentence with the word for the thing, or near it, where there is such a word."""
    sentences = re.split(r"(?<=[.!?;])\s+", source)
    about = [part for part in sentences if re.search(thing, part, re.IGNORECASE)]
    way = rf"\b(?:{way})"
    if near and about:
        way = rf"(?:{thing}).{{0,{_NEAR}}}{way}|{way}.{{0,{_NEAR}}}(?:{thing})"
    return any(re.search(way, part, re.IGNORECASE) for part in about or sentences)


_ENGLISH = {
    "提升": "improv|enhanc|boost|increas",
    "提高": "improv|enhanc|boost|increas",
    "改善": "improv|enhanc",
    "增强": "improv|enhanc|strengthen|augment",
    "优于": "outperform|better|surpass|superior|exceed",
    "解决": "address|solv|resolv|tackl|overcom",
    "实现": "achiev|reach|attain|enabl|realiz",
    "达到": "achiev|reach|attain",
    "降低": "reduc|lower|decreas",
    "减少": "reduc|lower|decreas",
    "保持": "maintain|preserv|keep|retain",
    "提出": "propos|introduc|present",
    "支持": "support|enabl|allow",
    "验证": "demonstrat|validat|verif|show|confirm",
    "证明": "demonstrat|prov|show",
}
_DENIAL = (
    r"(?:未能|没能|无法|难以|不能|没有|从未|并未|并不|并没有|并非|不会|尚未|不足以|(?<![从尚并])未|(?<![并])不)"
    r"(?:能够?|有效|显著|明显|够|真正|充分|直接|进一步)?"
)
_ZH_DENIED = lazy_pattern(rf"{_DENIAL}({'|'.join(_ENGLISH)})")
# What a paper does, denied of itself: no paper's summary says so.
_OWN_DENIED = lazy_pattern(
    rf"旨在{_DENIAL}|\A(?:该论文|本文|论文|该研究|作者|以|并|且|从而|还)*{_DENIAL}"
    r"(?:提出|解决|构建|揭示|设计|引入|建立|开发|评估|探讨|分析|结合|利用|采用)"
)


def denied_words_zh(text: str, source: str) -> str:
    """What is denied though the abstract says it; empty where nothing is.

    Of what others cannot do, nowhere denied; of the paper itself, said somewhere without a denial.
    Where the abstract denies nothing at all, neither does the paper.
    """
    for clause in _CLAUSE.split(text):
        of_others = _OF_OTHERS.search(clause)
        is_borne_out = is_only_said if of_others else is_said
        if own := _OWN_DENIED.search(clause):
            return f"says {own[0]}, which the abstract does not"
        for match in _ZH_DENIED.finditer(clause):
            is_gain = match[1] not in {"降低", "减少"}  # "without lowering"
            denies_more = is_gain and not of_others and not denies(source)
            if denies_more or is_borne_out(_ENGLISH[match[1]], source):
                return f"says {match[0]}, which the abstract does not"
    return ""
