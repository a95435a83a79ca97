r"""Quantities and their units: \SI{5}{\giga\electronvolt}, \num{1e-5}."""
# ruff: noqa: RUF001 - units need their own signs

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.chemistry import CHEMISTRY_HANDLERS
from newsletter.tex.math import MathPart, Role, signed
from newsletter.tex.spans import Span

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.output_formats import OutputFormat
    from newsletter.tex.spans import Style


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


# Names of the siunitx package, https://ctan.org/pkg/siunitx.
_PREFIXES = _pairs("""
    yocto y zepto z atto a femto f pico p nano n micro μ milli m centi c deci d deca da hecto h
    kilo k mega M giga G tera T peta P exa E zetta Z yotta Y kibi Ki mebi Mi gibi Gi tebi Ti
""")
_UNITS = _pairs("""
    metre m meter m gram g kilogram kg second s ampere A kelvin K mole mol candela cd hertz Hz
    newton N pascal Pa joule J watt W coulomb C volt V farad F ohm Ω siemens S weber Wb tesla T
    henry H celsius °C degreeCelsius °C lumen lm lux lx becquerel Bq gray Gy sievert Sv radian rad
    steradian sr litre L liter L minute min hour h day d hectare ha tonne t electronvolt eV dalton u
    astronomicalunit au parsec pc bel B decibel dB neper Np degree ° arcminute ′ arcsecond ″
    percent % angstrom Å barn b bar bar gauss G atomicmassunit u bit bit byte B
    m m cm cm mm mm um μm nm nm pm pm km km s s ms ms us μs ns ns ps ps fs fs g g kg kg mg mg
    Hz Hz kHz kHz MHz MHz GHz GHz THz THz eV eV meV meV keV keV MeV MeV GeV GeV TeV TeV K K mK mK
    J J kJ kJ W W mW mW kW kW MW MW V V mV mV kV kV A A mA mA N N Pa Pa kPa kPa MPa MPa GPa GPa
    L L l l mL mL ml ml h h dB dB F F pF pF T T mT mT
""")
_POWERS = {"squared": "2", "cubed": "3"}
_POWERS_AHEAD = {"square": "2", "cubic": "3"}
_UNIT_PART = re.compile(
    r"(?:\\tothe|\^)\{?(?P<power>[-+]?\d{1,3})\}?|\\(?P<name>[A-Za-z]+)"
    r"|(?P<degree>\^\s*\{?\\circ\}?\s*)|(?P<dot>[.~]|\\[,;:!/ ])|(?P<plain>[^\\^.~{}\s]+)|."
)
_NUMBER = re.compile(
    r"(?P<value>[-+]?\d*\.?\d*)\s?(?:\((?P<error>\d+)\))?(?:[eEdD](?P<power>[-+]?\d+))?\Z"
)


def _quantity(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.option(span)
    number = _number_shown(renderer, span, style)
    unit = _unit_shown(renderer, span, style)
    return MathPart(Role.ORDINARY, _together(number, unit))


def _range(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    renderer.option(span)
    first, last = _number_shown(renderer, span, style), _number_shown(renderer, span, style)
    unit = "" if name == "numrange" else _unit_shown(renderer, span, style)
    return MathPart(Role.ORDINARY, _together(f"{first}–{last}", unit))


def _list(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\SIlist{1;2;3}{\metre}` as 1, 2, 3 m."""
    renderer.option(span)
    numbers = [
        _plain_number(part, renderer, style) for part in (renderer.raw(span) or "").split(";")
    ]
    unit = "" if name == "numlist" else _unit_shown(renderer, span, style)
    return MathPart(Role.ORDINARY, _together(", ".join(numbers), unit))


def _plain_number(raw: str, renderer: Renderer, style: Style) -> str:
    """A number outside of a group of its own."""
    found = _NUMBER.match(raw.strip())
    if found and not found["power"]:
        return signed(raw.strip())
    return renderer.aside(raw, style._replace(upright=True)).strip()


def _number(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.option(span)
    return MathPart(Role.ORDINARY, _number_shown(renderer, span, style))


def _angle(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    r"""`\ang{45;30;}`: degrees, minutes and seconds; any may be missing."""
    renderer.option(span)
    ahead = Span(span.at, span.end)
    parts = (renderer.raw(ahead) or "").split(";")
    if len(parts) == 1:
        return MathPart(Role.ORDINARY, _number_shown(renderer, span, style) + "°")
    span.at = ahead.at
    shown = [
        _plain_number(part, renderer, style) + sign
        for part, sign in zip(parts, "°′″", strict=False)
        if part.strip()
    ]
    return MathPart(Role.ORDINARY, "".join(shown))


def _unit(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    number = _bracketed_number(renderer, span, style)
    return MathPart(Role.ORDINARY, _together(number, _unit_shown(renderer, span, style)))


def _unit_fraction(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    r"""`\unitfrac[10]{km}{s}` as 10 km/s, `\unitfrac{J}{kg\,K}` as J/(kg K)."""
    number = _bracketed_number(renderer, span, style)
    top, bottom = _unit_shown(renderer, span, style), _unit_shown(renderer, span, style)
    bottom = f"({bottom})" if " " in bottom.strip() else bottom
    return MathPart(Role.ORDINARY, _together(number, f"{top}/{bottom}" if bottom else top))


def _bracketed_number(renderer: Renderer, span: Span, style: Style) -> str:
    r"""The number of `\unit[3.5]{GeV}`; settings, as in `\unit[per-mode=symbol]{...}`, are none."""
    raw = renderer.option(span)
    if raw is None or "=" in raw.replace("\\", ""):
        return ""
    return _plain_number(raw, renderer, style)


def _number_shown(renderer: Renderer, span: Span, style: Style) -> str:
    begin = span.at
    raw = renderer.raw(span)
    found = _NUMBER.match(raw.strip()) if raw is not None else None
    if found is None:
        span.at = begin
        return renderer.argument(span, style._replace(math=True, upright=True))
    shown = signed(found["value"]) + (f"({found['error']})" if found["error"] else "")
    if found["power"]:
        power = renderer.output.raised(signed(found["power"].removeprefix("+")))
        shown += (" × 10" if shown else "10") + power
    return shown


def _unit_shown(renderer: Renderer, span: Span, style: Style) -> str:
    begin = span.at
    raw = renderer.raw(span)
    if raw is None:
        is_cut = renderer.opens_unclosed(span)
        return renderer.argument(span, style._replace(math=True, upright=True)) if is_cut else ""
    if "$" in raw:
        span.at = begin
        return renderer.argument(span, style._replace(math=False))
    parts = _units(raw, renderer.output)
    if parts is None:
        span.at = begin
        return renderer.argument(span, style._replace(math=True, upright=True))
    return parts


def _units(raw: str, output: OutputFormat) -> str | None:
    r"""`\metre\per\second\squared` as "m s⁻²"; nothing where a name in it is not known."""
    done: list[str] = []
    symbol, power, inverse = "", "", ""
    for part in _UNIT_PART.finditer(raw):
        name = part["name"]
        if name in _POWERS or part["power"]:
            power = _POWERS.get(name or "") or part["power"] or ""
            done.append(_unit_set(symbol, inverse + power, output))
            symbol = power = inverse = ""
        elif name == "per" or part["dot"] or name in _POWERS_AHEAD:
            if symbol:
                done.append(_unit_set(symbol, inverse + (power or "1" * bool(inverse)), output))
                symbol = power = inverse = ""
            inverse = "-" if name == "per" else inverse
            power = _POWERS_AHEAD.get(name or "", power)
        elif name in _PREFIXES:
            if symbol:
                done.append(_unit_set(symbol, inverse + (power or "1" * bool(inverse)), output))
                symbol = power = inverse = ""
            symbol = _PREFIXES[name]
        elif name in _UNITS or part["plain"] or part["degree"]:
            symbol += _UNITS.get(name or "", part["plain"] or "°")
        elif name:
            return None
    if symbol:
        done.append(_unit_set(symbol, inverse + (power or "1" * bool(inverse)), output))
    return " ".join(done)


def _unit_set(symbol: str, power: str, output: OutputFormat) -> str:
    raised = output.raised(signed(power)) if power not in {"", "1", "+1"} else ""
    return output.words(symbol) + raised


def _together(number: str, unit: str) -> str:
    glued = not unit or unit in {"°", "′", "″"}
    return number + unit if glued else f"{number} {unit}"


SCIENCE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("SI", "qty"), _quantity),
    **dict.fromkeys(("SIrange", "qtyrange", "numrange"), _range),
    "num": _number,
    "ang": _angle,
    **dict.fromkeys(("si", "unit"), _unit),
    "unitfrac": _unit_fraction,
    **dict.fromkeys(("SIlist", "qtylist", "numlist"), _list),
    **CHEMISTRY_HANDLERS,
}
