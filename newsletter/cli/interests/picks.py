"""interests --picks: what comes first of a day by these interests, and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.preview.previewed_issue import content_of
from newsletter.cli.printing import output
from newsletter.text import counted, short_day

if TYPE_CHECKING:
    from newsletter.config import Settings
    from newsletter.interests import Interests, Pick


def show_picks(
    settings: "Settings",
    slug: str,
    ranked_by: "Interests",
    day: date | None,
    as_json: bool,
    *,
    of_newsletter: bool = False,
) -> None:
    """Show the picks of a day of that newsletter by these interests, each with its reasons."""
    newsletter = options.chosen_newsletter(settings, slug)
    with resources.open_services(settings, sends=False) as services:
        content = content_of(services, newsletter, day)
    picks = _picks([entry.paper for entry in content.entries], ranked_by, of_newsletter)
    if as_json:
        output.print_json([_pick_as_json(pick) for pick in picks])
        return
    click.echo(f"{newsletter.slug}, {short_day(content.day)}: {counted(len(picks), 'pick')}")
    for pick in picks:
        click.echo(f"{pick.score:.3f}  {pick.paper.id.arxiv_id}  {pick.paper.title}")
        for reason in pick.reasons:
            click.echo(f"       {reason}")


def _picks(papers: Sequence[Any], ranked_by: "Interests", of_newsletter: bool) -> "list[Pick]":
    from newsletter.interests import DayIndex, compile_profile, pick_papers

    return [
        replace(
            pick,
            reasons=tuple(replace(why, of_newsletter=of_newsletter) for why in pick.reasons),
        )
        for pick in pick_papers(DayIndex(papers), compile_profile(ranked_by))
    ]


def _pick_as_json(pick: "Pick") -> dict[str, Any]:
    return {
        "arxiv_id": pick.paper.id.arxiv_id,
        "title": pick.paper.title,
        "score": round(pick.score, 4),
        "reasons": [
            {"kind": reason.kind, "about": reason.about, "words": reason.words, "text": str(reason)}
            for reason in pick.reasons
        ],
    }
