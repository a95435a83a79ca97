"""Every message that a reader may see, out of templates and code, and the catalogues held to them.

`python -m tests.messages` (or `make messages`) adds to each `locales/*.po` what it lacks,
takes out what nobody asks for any more, and says what is left to translate.
"""

import ast
import io
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

import newsletter
from newsletter import paths
from newsletter.interests.files.reading_list import Refusal
from newsletter.interests.pick_reasons import REASON_TEMPLATES
from newsletter.languages import LANGUAGES, SOURCE

PACKAGE = Path(newsletter.__file__).parent
LOCALES = PACKAGE / "locales"
_SPOKEN = ("rendering", "web")  # the layers whose words reach a reader
_ONE = {"_", "gettext", "say", "_say"}
_BY_NUMBER = {"ngettext", "count", "_count"}
_JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}

Message = str | tuple[str, str]


@cache
def asked_for() -> Catalog:
    """A catalogue of all messages, without translations."""
    catalogue = Catalog()
    for message in (*_in_templates(), *_in_code()):
        catalogue.add(message)
    return catalogue


def _in_templates() -> Iterator[Message]:
    names = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for file in sorted(paths.templates().rglob("*")):
        if file.suffix in {".html", ".txt"}:
            source = io.BytesIO(file.read_bytes())
            for _, message, *_ in extract("jinja2", source, names, options=_JINJA):
                yield message if isinstance(message, str) else (message[0], message[1])


def _in_code() -> Iterator[Message]:
    """Literal arguments of `say("...")` and `count("...", "...", n)`, and two tables of words."""
    yield from map(str, chain(Refusal, *REASON_TEMPLATES.values()))
    for folder in _SPOKEN:
        for file in sorted((PACKAGE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _asked(node)


def _asked(call: ast.Call) -> Iterator[Message]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    said = [
        each.value
        for each in call.args[:2]
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if name in _ONE and said:
        yield said[0]
    elif name in _BY_NUMBER and len(said) == 2:
        yield said[0], said[1]


def update(file: Path, language: str) -> list[str]:
    """Bring a catalogue up to date, creating it where it is not there; what it lacks now."""
    locale = LANGUAGES[language].locale
    wanted = asked_for()
    known = read_po(io.BytesIO(file.read_bytes() if file.exists() else b""), locale=locale)
    updated = Catalog(locale=locale)
    for message in (*known, *wanted):  # in the order that they stand in, new ones last
        if message.id and message.id in wanted and message.id not in updated:
            added = updated.add(message.id, message.string, user_comments=message.user_comments)
            added.flags.clear()
    body = io.BytesIO()
    write_po(body, updated, width=100, omit_header=True, no_location=True)
    head = _HEAD.format(locale=locale, plural_forms=Catalog(locale=locale).plural_forms)
    file.write_text(f"{head}\n{body.getvalue().decode().strip()}\n", encoding="utf-8")
    return [str(each.id) for each in updated if each.id and not all(_forms(each.string))]


_HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {locale}\\n"
"Plural-Forms: {plural_forms}\\n"
"""


def _forms(string: object) -> tuple[str, ...]:
    return tuple(map(str, string)) if isinstance(string, tuple | list) else (str(string or ""),)


def main() -> int:
    lacking = {
        language: update(LOCALES / f"{language}.po", language)
        for language in LANGUAGES
        if language != SOURCE
    }
    for language, messages in lacking.items():
        sys.stdout.write(f"{language}.po: {len(messages)} to translate\n")
        sys.stdout.write("".join(f"  {message}\n" for message in messages))
    return int(any(lacking.values()))


if __name__ == "__main__":
    sys.exit(main())
