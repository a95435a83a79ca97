"""An operator's text file, or one line that says why it cannot be read."""

from pathlib import Path

from newsletter.errors import WrongUseError


class MissingFileError(WrongUseError):
    """There is no such file."""


def read_text(file: Path, named: str = "", most: int = -1) -> str:
    """The file's text, or its first `most` characters, without a mark of its encoding.

    An error calls the file `named`, where its path must not be told.

    Raises:
        MissingFileError: there is none.
        WrongUseError: it cannot be read, or is not in UTF-8.
    """
    named = named or str(file)
    try:
        with file.open(encoding="utf-8-sig") as stream:
            return stream.read(most)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(f"{named} cannot be read: {error.strerror}") from None
    except OSError as error:
        raise WrongUseError(f"{named} cannot be read: {error.strerror}") from None
    except ValueError:
        raise WrongUseError(f"{named} cannot be read: it is not in UTF-8; save it so") from None
