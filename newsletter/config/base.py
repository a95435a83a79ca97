"""What every table of newsletter.toml has."""

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """A table of newsletter.toml; a name it does not know is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
