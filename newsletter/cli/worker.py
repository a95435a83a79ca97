"""worker: one machine's share of everything, on PostgreSQL."""

import os
from functools import partial
from pathlib import Path

import click

from newsletter.cli import options, resources


@click.command()
@click.option(
    "--queue",
    "queues",
    type=click.Choice(["care", "send"]),
    multiple=True,
    help="Only do this work: send batches, or care for all else.  [default: both]",
)
@options.with_config
def worker(queues: tuple[str, ...], config_file: Path | None) -> None:
    """Do a machine's share of everything.

    Fetch, compose and freeze each day, send the batches of all issues, answer sign-ups, read
    bounces: on as many machines as share one PostgreSQL. Needs the extra `cluster`. Runs
    until it is stopped. Exit code 1 where it cannot go on, as without its database: let a
    supervisor start it again.
    """
    from newsletter.cluster import queue_tables

    settings = resources.load_settings(config_file)
    with resources.open_services(settings) as services:
        app = queue_tables.open_app(services.database)
        from newsletter.cluster.worker import ClusterWorker
        from newsletter.periodic_work import work_of_worker

        chosen = queues or ("care", "send")
        click.echo(f"working on {' and '.join(chosen)} (stop with Ctrl-C)", err=True)
        others = partial(work_of_worker, settings)
        ClusterWorker(settings, services, app, others, os._exit).run(chosen)
