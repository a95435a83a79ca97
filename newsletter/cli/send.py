"""send: deliver what is still pending of an issue."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import options, resources
from newsletter.cli.printing import day_output, output
from newsletter.errors import NothingYetError

if TYPE_CHECKING:
    from newsletter.config import NewsletterSettings


@click.command()
@options.with_slug
@options.with_day
@click.option("--late", is_flag=True, help="Send also an issue that is held for its age.")
@click.option(
    "--restored",
    is_flag=True,
    help="The database comes from a copy: what may have been sent since is uncertain. Where nothing"
    " but you knows of it, or the issue of --day is not there, all issues up to now are held.",
)
@click.option(
    "--moved",
    is_flag=True,
    help="The database was moved here, and nothing was sent since; this machine goes on.",
)
@options.with_json
@options.with_config
def send(
    slug: str | None,
    day: date | None,
    late: bool,
    restored: bool,
    moved: bool,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Deliver what is still pending of an issue.

    Of the newest one, or that of --day. Nobody gets it twice. Tries at once, also where `run` is
    pausing for a provider in trouble.
    """
    from newsletter.daily_run import daily, restored_or_moved, rounds
    from newsletter.daily_run.day_report import DayReport
    from newsletter.issues import issue_days, issue_queries
    from newsletter.sending.context import Override

    settings = resources.load_settings(config_file)
    sent: list[dict[str, Any]] = []

    def send_newsletter(newsletter: "NewsletterSettings") -> bool:
        with services.database.read() as session:
            if restored and day and issue_days.find_issue(session, newsletter.slug, day) is None:
                restored_or_moved.declare_restored(services)
                output.warn(
                    f"issues up to now are held, {newsletter.slug} {day} too once it is there"
                )
                return False
            try:
                issue = issue_queries.get_issue(session, newsletter.slug, day)
            except NothingYetError:
                if not moved:
                    raise
                restored_or_moved.declare_moved(services)
                output.warn(f"this machine goes on; no issue of {newsletter.slug} is there yet")
                return True
        if moved:
            restored_or_moved.declare_issue_moved(services, issue.id)
        if restored:
            admitted = restored_or_moved.declare_issue_restored(services, issue.id)
            others = ", and other issues up to now are held" if admitted.holds_others else ""
            number = admitted.uncertain
            output.warn(f"{newsletter.slug} {issue.day}: {number} are uncertain now{others}")
        content = daily.load_frozen_issue(services, issue.id)
        result = daily.send_frozen_issue(
            services, issue.id, content, Override(late=late, waiting=True)
        )
        report = DayReport(issue.day, content, None, result)
        if as_json:
            sent.append(day_output.day_as_json(newsletter, report, services.llm_budget.prices))
        else:
            day_output.print_day(newsletter, report, services.llm_budget.prices)
        return result.is_done

    with resources.open_services(settings) as services, output.empty_json([], wanted=as_json):
        chosen = options.chosen_newsletters(settings, slug)
        done = rounds.for_each_mailed(settings, services, chosen, send_newsletter, output.warn)
    if as_json:
        output.print_json(sent)
    click.get_current_context().exit(0 if done else 1)
