"""/metrics for Prometheus, behind a token; it exists only where one is configured."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from newsletter import notice_queue
from newsletter.cluster import health as cluster_health
from newsletter.feedback import leave_requests
from newsletter.finding import Finding, Severity
from newsletter.health import last_runs, quick_checks
from newsletter.models import (
    AnswerCountRow,
    FeedbackRow,
    SubscriberRow,
    SuppressionRow,
)
from newsletter.sending.limits import pauses
from newsletter.sending.reports import stats, totals
from newsletter.web.pages import has_bearer_token, pages

blueprint = Blueprint("metrics", __name__)
_STATES = ("pending", "sent", "skipped", "failed", "uncertain")
_DAY = timedelta(days=1)


@blueprint.get("/metrics")
def metrics() -> Response:
    if not has_token():
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_MetricsCollector(_families(pages.clock())))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def has_token() -> bool:
    """Whether the request bears the token of [metrics]; False where none is configured."""
    token = pages.settings.metrics.token
    return bool(token.get_secret_value()) and has_bearer_token(token)


class _MetricsCollector(Collector):
    """Hands over what was read from the database for this one answer."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(now: datetime) -> list[Metric]:
    """All figures; where the database cannot be read, those that are known without it.

    It is an ordinary answer, since a scraper drops the figures of a 503.
    """
    found, figures = quick_checks.watched_with(
        pages.settings, pages.database, now, lambda session: list(_figures(session, now))
    )
    is_up = figures is not None
    up = _gauge("up", "1 while the database can be read; else its figures are not here.", is_up)
    return [up, *_health_metrics(found), *(figures or ())]


def _figures(session: Session, now: datetime) -> Iterable[Metric]:
    since = GaugeMetricFamily(
        "newsletter_last_seconds", "Since this last went well.", labels=("what",)
    )
    for act, succeeded_at in last_runs.last(session, now).items():
        since.add_metric([act], (now - succeeded_at).total_seconds())
    yield since
    yield from _issue_metrics(session, now)
    yield from _summarizer_metrics(session)
    yield from _cluster_metrics(session, now)
    yield _gauge("queue", "Mails of all issues that wait to be sent.", stats.count_waiting(session))
    in_trouble = [pauses.last_trouble(session, key) for key in (pauses.TRANSPORT, pauses.OUTBOX)]
    yield _gauge(
        "sending_paused",
        "1 while the provider is in trouble, until it takes a mail.",
        int(any(in_trouble)),
    )
    paused = len(pauses.running_pauses(session, now))
    yield _gauge("domains_paused", "Domains that get nothing now.", paused)
    yield _counts_by_column(
        session,
        "feedback_day",
        "Feedback received within a day, by kind.",
        ("kind", FeedbackRow.kind, FeedbackRow.received_at > now - _DAY),
    )
    yield _counts_by_column(
        session,
        "subscribers",
        "Subscribers by standing.",
        ("standing", SubscriberRow.standing, SubscriberRow.id > 0),
    )
    suppressed = session.scalar(select(func.count()).select_from(SuppressionRow)) or 0
    yield _gauge("suppressed", "Addresses that must not be mailed.", suppressed)
    yield from _notice_metrics(session)
    aside = leave_requests.count_events_aside(session)
    yield _gauge("set_aside", "Feedback that nothing here understands.", aside)


def _health_metrics(found: Iterable[Finding]) -> Iterable[Metric]:
    """The findings of `newsletter check` and /healthz, as figures."""
    levels = (Severity.WARNING, Severity.TROUBLE)
    counts = Counter(
        (finding.part, str(finding.level)) for finding in found if finding.level in levels
    )
    ill = any(level == Severity.TROUBLE for _, level in counts)
    yield _gauge("ill", "1 while something is not done until it is mended.", ill)
    findings = GaugeMetricFamily(
        "newsletter_findings", "What a check finds, by part and level.", labels=("part", "level")
    )
    for labels, number in counts.items():
        findings.add_metric(labels, number)
    yield findings


def _summarizer_metrics(session: Session) -> Iterable[Metric]:
    """The outcomes of asking models; their sum is the number of questions."""
    asked = CounterMetricFamily(
        "newsletter_model_asked",
        "Questions to a model, answered or not; one that is tried again counts once.",
        labels=("model",),
    )
    answers = CounterMetricFamily(
        "newsletter_model_answers",
        'Answers: "printed", "failed", "refused" by the provider, or by the check against it.',
        labels=("model", "outcome"),
    )
    tokens = CounterMetricFamily(
        "newsletter_model_tokens", "Tokens, by the way they went.", labels=("model", "way")
    )
    seconds = CounterMetricFamily(
        "newsletter_model_seconds", "Time until models had answered.", labels=("model",)
    )
    by_model: defaultdict[str, list[AnswerCountRow]] = defaultdict(list)
    for row in session.scalars(select(AnswerCountRow).order_by(AnswerCountRow.outcome)):
        answers.add_metric([row.summarizer, row.outcome], row.answers)
        by_model[row.summarizer].append(row)
    for model, rows in by_model.items():
        asked.add_metric([model], sum(row.answers for row in rows))
        tokens.add_metric([model, "asked"], sum(row.tokens_asked for row in rows))
        tokens.add_metric([model, "answered"], sum(row.tokens_answered for row in rows))
        seconds.add_metric([model], sum(row.seconds for row in rows))
    return asked, answers, tokens, seconds


def _cluster_metrics(session: Session, now: datetime) -> Iterable[Metric]:
    """Workers, batches and jobs of all machines."""
    status = cluster_health.read_status(pages.database, session, now)
    since = GaugeMetricFamily(
        "newsletter_worker_silent_seconds",
        "Since a worker said that it lives, by machine and process.",
        labels=("worker",),
    )
    for worker in status.workers:
        name = worker.name.rpartition(":")[0]
        since.add_metric([name], (status.now - worker.seen_at).total_seconds())
    yield since
    differing = len(status.differing())
    yield _gauge("workers_differing", "Workers with other settings than the last.", differing)
    yield _gauge("batches_open", "Batches that are not finished.", status.open_batches)
    oldest = (status.now - status.oldest_batch).total_seconds() if status.oldest_batch else 0
    yield _gauge("batches_oldest_seconds", "Since the oldest open batch was frozen.", oldest)
    yield _gauge("leases_ending", "Leases that end within 15 s.", status.leases_ending)
    jobs = GaugeMetricFamily(
        "newsletter_jobs",
        "Jobs of the queue, by its name and their state.",
        labels=("queue", "state"),
    )
    for labels, number in status.jobs.items():
        jobs.add_metric(labels, number)
    yield jobs


def _notice_metrics(session: Session) -> Iterable[Metric]:
    """Figures of each target of [notify]; empty without targets."""
    waiting = GaugeMetricFamily(
        "newsletter_notices_waiting", "Notices that wait, by target.", labels=("target",)
    )
    given_up = GaugeMetricFamily(
        "newsletter_notices_given_up", "Notices that were given up.", labels=("target",)
    )
    failing = GaugeMetricFamily(
        "newsletter_notices_failing", "Failures since the last success.", labels=("target",)
    )
    for backlog in notice_queue.backlogs(session, list(pages.settings.notify)):
        failures = backlog.trouble.failures if backlog.trouble else 0
        waiting.add_metric([backlog.name], backlog.waiting)
        given_up.add_metric([backlog.name], backlog.given_up)
        failing.add_metric([backlog.name], failures)
    return waiting, given_up, failing


def _issue_metrics(session: Session, now: datetime) -> Iterable[Metric]:
    """Of the newest issue of each newsletter."""
    deliveries = GaugeMetricFamily(
        "newsletter_deliveries",
        "Deliveries of the newest issue, by state.",
        labels=("newsletter", "state"),
    )
    age = GaugeMetricFamily(
        "newsletter_issue_age_seconds", "Since the newest issue was frozen.", labels=("newsletter",)
    )
    for issue in stats.newest(session):
        account = vars(totals.delivery_totals(session, issue.id))
        for state in _STATES:
            deliveries.add_metric([issue.newsletter, state], account[state])
        age.add_metric([issue.newsletter], (now - issue.frozen_at).total_seconds())
    return deliveries, age


def _counts_by_column(
    session: Session,
    name: str,
    text: str,
    counted: tuple[str, InstrumentedAttribute[str], ColumnElement[bool]],
) -> Metric:
    """Rows counted by one column."""
    label, column, where = counted
    family = GaugeMetricFamily(f"newsletter_{name}", text, labels=(label,))
    rows = session.execute(select(column, func.count()).where(where).group_by(column))
    for value, number in rows:
        family.add_metric([value], number)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newsletter_{name}", text, value=value)
