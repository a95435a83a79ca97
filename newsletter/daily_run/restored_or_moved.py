"""The operator's word on a database that came back from a copy, or was moved here."""

from dataclasses import dataclass

from newsletter import delivery_counters
from newsletter.daily_run.daily import freeze_rest
from newsletter.errors import WrongUseError
from newsletter.models import IssueRow
from newsletter.sending.restore_guard import admission, restored, server_identity
from newsletter.sending.restore_guard.machine_memory import IssueDays
from newsletter.services import Services


@dataclass(frozen=True)
class AdmittedIssue:
    """The changes by the operator's word that the database was restored."""

    uncertain: int  # deliveries
    holds_others: bool = False  # all other issues up to now


def declare_issue_restored(services: Services, issue_id: int) -> AdmittedIssue:
    """The operator says that the database was restored: what may have been sent is uncertain.

    They are believed also where nothing else says so, as after a snapshot of the whole machine:
    then all other issues up to now are held, too.

    Raises:
        WrongUseError: it was said of this issue before, and nothing of it waits.
    """
    memory = services.memory
    if memory is None:
        return AdmittedIssue(0)
    freeze_rest(services, issue_id)  # else who was sent to since would come anew
    with services.database.read() as session:
        issue = session.get_one(IssueRow, issue_id)
        waits = delivery_counters.is_open(session, issue_id)
    found = restored.suspicion(services.database, memory, issue)
    found = found or restored.taken_by_provider(services.database, services.transport, issue)
    is_known = found is None and memory.knows(IssueDays.of(issue))
    if is_known and issue.admitted_at is not None and not waits:
        raise WrongUseError(
            f"the database knows of everything this machine sent of {issue.newsletter} {issue.day}"
        )
    with services.database.write.begin() as session:
        now = services.clock()
        if is_known:
            server_identity.say_restored(session, now)
        number = admission.admit_restored(
            session,
            memory,
            session.get_one(IssueRow, issue_id),
            now,
            only_here=found is not None and found.only_here,
        )
    return AdmittedIssue(number, holds_others=is_known)


def declare_restored(services: Services) -> None:
    """The operator says that all came back from a snapshot: issues up to now are held."""
    with services.database.write.begin() as session:
        server_identity.say_restored(session, services.clock())


def declare_issue_moved(services: Services, issue_id: int) -> None:
    """The operator says that the database was moved here, and nothing was sent since."""
    if services.memory is not None:
        with services.database.write.begin() as session:
            issue = session.get_one(IssueRow, issue_id)
            admission.admit_moved(session, services.memory, issue, services.clock())


def declare_moved(services: Services) -> None:
    """The same before there is an issue: what comes is sent from this machine."""
    if services.memory is not None:
        services.memory.make_known()
