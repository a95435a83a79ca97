"""What a model is told to do: a template for each language, ours or the operator's."""

import traceback
from pathlib import Path

from babel import Locale
from jinja2 import StrictUndefined, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from newsletter import paths
from newsletter.config import Settings
from newsletter.errors import WrongUseError, did_you_mean
from newsletter.text_file import MissingFileError, read_text

LANGUAGE = "{language}"  # in the name of a file: one for each
_SHOWN = ("language", "code")  # "Chinese", "zh"
_MOST_CHARACTERS = 20_000
_TEMPLATE_FRAME = "<template>"  # as Jinja calls the code that it makes of a text


class Prompts:
    """The instruction in each language; every text is checked when it is read."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._read: dict[str, str] = {}

    def instruction(self, language: str) -> str:
        """What a model is told when it shall answer in that language.

        Raises:
            WrongUseError: the text cannot be used; the line names file, line and reason.
        """
        if language not in self._read:
            self._read[language] = render_prompt(self._path(language), language)
        return self._read[language]

    def _path(self, language: str) -> Path:
        if self._file is not None:
            return Path(str(self._file).replace(LANGUAGE, language))
        ours = paths.templates() / "summaries"
        own = ours / f"prompt.{language}.txt"
        return own if own.is_file() else ours / "prompt.txt"


def from_settings(settings: Settings) -> Prompts:
    """The prompts of the newsletters' languages, all of them read.

    Raises:
        WrongUseError: one cannot be used.
    """
    file = settings.summarizer.prompt
    prompts = Prompts(settings.folder / file if file else None)
    for newsletter in settings.newsletters:
        prompts.instruction(newsletter.language)
    return prompts


def render_prompt(file: Path, language: str) -> str:
    """The text of a prompt's file, its blanks filled.

    Raises:
        WrongUseError: it cannot be used; the line names file, line and reason.
    """
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        text = read_text(file)
        _refuse_unknown(environment.parse(text), file)
        names = {"language": Locale.parse(language).english_name, "code": language}
        instruction = environment.from_string(text).render(names).strip()
    except TemplateSyntaxError as error:
        raise WrongUseError(f"{file}, line {error.lineno}: {error.message}") from error
    except MissingFileError:
        raise WrongUseError(
            f"{file}: no such file; summarizer.prompt names the prompt, {LANGUAGE!r} in it"
            " stands for the newsletter's language"
        ) from None
    except WrongUseError:
        raise
    except Exception as error:  # a template is code: it can divide by zero
        raise WrongUseError(f"{file}{_line_of(error)}: {error}") from error
    if not 0 < len(instruction) <= _MOST_CHARACTERS:
        raise WrongUseError(
            f"{file}: a prompt of {len(instruction):,} characters;"
            f" 1 to {_MOST_CHARACTERS:,} can be used"
        )
    return instruction


def _refuse_unknown(template: nodes.Template, file: Path) -> None:
    unknown = meta.find_undeclared_variables(template) - set(_SHOWN)
    for name in template.find_all(nodes.Name):
        if name.name in unknown:
            hint = did_you_mean(name.name, _SHOWN)
            raise WrongUseError(f"{file}, line {name.lineno}: there is no {name.name!r}{hint}")


def _line_of(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == _TEMPLATE_FRAME]
    return f", line {lines[-1]}" if lines else ""
