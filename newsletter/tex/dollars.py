"""Whether a dollar sign opens a formula, is money, or was left over."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re

_LONGEST_FORMULA = 2000
_ENOUGH_WORDS = 2
_TEXT_IN_FORMULA = re.compile(
    r"\\(?:text|mathrm|mbox|hbox|operatorname|mathsf|mathtt|textsc|mathit|mathbf|boldsymbol)"
    r"[a-z]{0,6}\*?\s?\{[^{}]{0,300}\}"
)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_SMALL_WORDS = re.compile(
    r"(?:\A|[\s,;.)])(?:the|of|and|is|are|was|to|for|with|on|we|by|from|that|as|an|our|this|which|"
    r"where|or|be|than|per|vs|at|using|have|has)(?=[\s,;.(]|\Z)"
)
_WORD = re.compile(r"(?:\A|(?<=[\s(]))[A-Za-z]{2,}(?=[\s,.;]|\Z)")
_TEXISH = re.compile(r"[\\^_={}]")
_AMOUNT_THEN_PROSE = re.compile(r"\d[\d.,]*\s?(?:[A-Za-z]{1,12}\b)?.*(?:[^\w\s]|\s|[A-Za-z]{3})\Z")
_AMOUNT_FOLLOWS = re.compile(r"\s?\d|\s?\.\d")
_SHELL_NAME = re.compile(r"[A-Z][A-Z_]+\b|[A-Z]{1,3}(?=[\s.,;)/]|\Z)|\{[A-Z_]+\}|\(")
_CURRENCY = re.compile(r"(?:[A-Z]{2}|\b[ACS])\Z")
_AMOUNT_BEFORE = re.compile(r"(?<![=<>≈∼~±\d.,] )(?<![\w.,])\d[\d,]*(?:\.\d\d?)?[kKMB]?\Z")
_NOT_A_UNIT = re.compile(r"[\s.,;:)/]|\Z")


def holds_formula(inner: str, after: str) -> bool:
    """Whether the text between two dollar signs is a formula.

    Args:
        inner: what stands between them.
        after: the character behind the second one, or nothing.
    """
    if not inner.strip() or len(inner) > _LONGEST_FORMULA or "\n" in inner:
        return False
    if inner.lstrip()[0].isdigit() and not _TEXISH.search(inner):
        return not _is_amount(inner, after)
    if " " not in inner:
        return True
    prose = _COMMAND.sub("\\\\", _TEXT_IN_FORMULA.sub(" ", inner))
    return not _SMALL_WORDS.search(prose) and len(_WORD.findall(prose)) < _ENOUGH_WORDS


def _is_amount(inner: str, after: str) -> bool:
    if after.isdigit():
        return _AMOUNT_THEN_PROSE.match(inner) is not None
    words = " " in inner.strip() and re.search(r"[A-Za-z]{2,}", inner)
    return bool(words)


def is_money(before: str, after: str, *, tex_around: bool) -> bool:
    """Whether a lone dollar sign is one that a reader should see.

    Args:
        before: a few characters in front of it.
        after: a few characters behind it.
        tex_around: whether the text shows other signs of TeX.
    """
    if _AMOUNT_FOLLOWS.match(after) and not before[-1:].isalnum():
        return True
    if tex_around or _CURRENCY.search(before):
        return _CURRENCY.search(before) is not None
    return _AMOUNT_FOLLOWS.match(after) is not None or _is_plain_dollar(before, after)


def _is_plain_dollar(before: str, after: str) -> bool:
    """Whether the dollar sign of a text without TeX is a currency, a variable or a spelling."""
    if before.endswith("$") or after.startswith("$"):
        return True
    if _AMOUNT_BEFORE.search(before):
        return _NOT_A_UNIT.match(after) is not None
    if not before[-1:].isalnum():
        return _SHELL_NAME.match(after) is not None
    return before[-1:].isalpha() and after[:1].isalpha()
