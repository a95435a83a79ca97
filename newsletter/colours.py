"""Colours as #rrggbb: how well one reads on another (WCAG 2.2, 1.4.3), and what lies between."""

import re

LEGIBLE = 4.5  # WCAG's AA for text of any size

_HEX = re.compile(r"#[0-9a-f]{6}")


def colour(value: str) -> str:
    """`#9B1C1C` and `#abc` as six lower-case digits.

    Raises:
        ValueError: it is no such colour.
    """
    text = value.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    if not _HEX.fullmatch(text):
        raise ValueError(f"{value!r} is no colour; write it like '#9b1c1c'")
    return text


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """`share` of the other in the one."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def made_legible(text: str, paper: str) -> str:
    """The nearest darker (or, on dark paper, lighter) tone of `text` that reads on `paper`."""
    end = max("#000000", "#ffffff", key=lambda pole: contrast(pole, paper))
    tones = (mixed(text, end, step / 20) for step in range(21))
    return next((tone for tone in tones if contrast(tone, paper) >= LEGIBLE), end)


def _channels(value: str) -> tuple[int, int, int]:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _luminance(value: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(value))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own constants
