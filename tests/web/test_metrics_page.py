"""docs/metrics.md tells every figure of /metrics."""

import os
from datetime import UTC, datetime
from pathlib import Path

from newsletter.web.program_access import metrics
from tests.web.conftest import Site

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
HEADER = "| name | by | what it is |\n|---|---|---|\n"


def test_the_document_of_metrics_tells_every_figure(site: Site) -> None:
    """`make docs` writes it anew."""
    with site.client.application.app_context():
        families = metrics._families(datetime(2025, 7, 11, tzinfo=UTC))
    rows = {
        f"| `{family.name}{'_total' * (family.type == 'counter')}`"
        f" | {', '.join(f'`{label}`' for label in getattr(family, '_labelnames', ()))}"
        f" | {family.documentation} |\n"
        for family in families
    }
    before, _, _ = PAGE.read_text("utf-8").partition(HEADER)
    text = before + HEADER + "".join(sorted(rows))
    if "WRITE_DOCS" in os.environ:
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text
