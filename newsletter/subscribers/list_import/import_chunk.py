"""Some lines of a list, looked up together and written together: one status a line."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from newsletter.interests import interest_store
from newsletter.models import ConsentRow, Rhythm, Standing, SubscriberRow, SubscriptionRow
from newsletter.reader_locks import lock_addresses
from newsletter.subscribers import consent_log, lifecycle, rhythm, suppression
from newsletter.subscribers.consent_log import ConsentAction
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_rows import (
    ImportOptions,
    ImportStatus,
    Person,
    RowReport,
    address_of,
)
from newsletter.subscribers.list_import.opt_out_readers import hear_opt_out


@dataclass(slots=True)
class _KnownSubscriber:
    """A subscriber who is here, or was just added by an earlier line."""

    standing: str
    created_at: datetime
    number: int | None = None
    left: dict[str, bool] = field(default_factory=dict)  # newsletter -> whether they left it


class ImportChunk:
    """Some lines, looked up together and written together."""

    def __init__(self, session: Session, plan: ImportOptions, now: datetime) -> None:
        self._session = session
        self._plan = plan
        self._now = now
        self._reasons: Mapping[str, str] = {}
        self._known: dict[str, _KnownSubscriber] = {}
        self._beginnings: dict[tuple[str, Rhythm], tuple[int | None, date | None]] = {}
        self._new: dict[str, Person] = {}
        self._more: list[tuple[str, Person, str]] = []  # address, line, newsletter
        self._out: list[str] = []

    def take(self, looked_at: Sequence[tuple[ImportEntry, Person | RowReport]]) -> list[RowReport]:
        """One status a line, in the order of the lines."""
        addresses = {
            address_of(row) for _, row in looked_at if isinstance(row, Person) or row.own_no
        }
        self._look_up(addresses)  # first: whoever is being erased is known as erased after it
        self._reasons = suppression.suppression_reasons(self._session, addresses)
        row_reports = [
            self._refused(row) if isinstance(row, RowReport) else self._row_report(entry, row)
            for entry, row in looked_at
        ]
        self._write()
        return row_reports

    def _look_up(self, addresses: Collection[str]) -> None:
        by_number = {}
        for row in lock_addresses(self._session, addresses):
            known = _KnownSubscriber(row.standing, row.created_at, row.id)
            self._known[row.email] = by_number[row.id] = known
        statement = select(
            SubscriptionRow.subscriber_id, SubscriptionRow.newsletter, SubscriptionRow.left_at
        ).where(SubscriptionRow.subscriber_id.in_(by_number))
        for number, newsletter, left_at in self._session.execute(statement):
            by_number[number].left[newsletter] = left_at is not None

    def _row_report(self, entry: ImportEntry, person: Person) -> RowReport:
        status, detail = self._decide(person)
        return RowReport(entry.line, entry.cells["email"], status, detail)

    def _refused(self, row: RowReport) -> RowReport:
        """Keep a line's no: of a person who is not here, or let a reader of ours go."""
        if not row.own_no:
            return row
        address = address_of(row)
        known = self._known.get(address)
        if known is None:
            self._out.append(address)
        elif known.number is not None:
            return hear_opt_out(self._session, known.number, row, self._now)
        return row

    def _decide(self, person: Person) -> tuple[ImportStatus, str]:
        reason = self._reasons.get(person.address)
        if reason is not None:
            kept_out = {
                suppression.ERASED: ImportStatus.ERASED,
                suppression.LEFT: ImportStatus.LEFT,
            }
            status = kept_out.get(reason, ImportStatus.SUPPRESSED)
            return status, reason if status is ImportStatus.SUPPRESSED else ""
        known = self._known.get(person.address)
        if known is None:
            self._new[person.address] = person
            here = _KnownSubscriber(
                Standing.CONFIRMED, self._now, left=dict.fromkeys(person.details, False)
            )
            self._known[person.address] = here
            lost = f"{person.interests_lost} interests not taken" if person.interests_lost else ""
            return ImportStatus.ADDED, "; ".join(filter(None, (person.note, lost)))
        if known.standing == Standing.PENDING:
            return self._confirm(known, person)
        return self._add_to(known, person)

    def _confirm(self, known: _KnownSubscriber, person: Person) -> tuple[ImportStatus, str]:
        """They were asked and have not answered; now there is proof."""
        request = SubscriptionRequest(
            list(person.details), next(iter(person.details.values())), person.language
        )
        row = lifecycle.add_subscriber(
            self._session, person.address, request, person.consent, self._now
        )
        known.standing = row.standing
        if row.standing != Standing.CONFIRMED:
            return ImportStatus.LEFT, "asked to come back, has not confirmed"
        known.left.update(dict.fromkeys(person.details, False))
        return ImportStatus.ADDED, "was asked by mail before"

    def _add_to(self, known: _KnownSubscriber, person: Person) -> tuple[ImportStatus, str]:
        if known.standing == Standing.LEFT:
            return ImportStatus.LEFT, ""
        missing = [slug for slug in person.details if slug not in known.left]
        self._more += [(person.address, person, slug) for slug in missing]
        known.left.update(dict.fromkeys(missing, False))
        if missing:
            return ImportStatus.SUBSCRIBED, " ".join(missing)
        departed = [slug for slug in person.details if known.left[slug]]
        if departed:
            return ImportStatus.LEFT, " ".join(departed)
        return (
            ImportStatus.DUPLICATE if known.created_at == self._now else ImportStatus.ALREADY
        ), ""

    def _write(self) -> None:
        if self._new:
            rows = [self._subscriber(person) for person in self._new.values()]
            self._session.execute(insert(SubscriberRow), rows)
        new_subscriptions = [
            *(
                (address, person, slug)
                for address, person in self._new.items()
                for slug in person.details
            ),
            *self._more,
        ]
        numbers = self._numbers({name for name, _, _ in new_subscriptions})
        if new_subscriptions:
            self._session.execute(
                insert(SubscriptionRow),
                [
                    self._subscription(numbers[name], person, slug)
                    for name, person, slug in new_subscriptions
                ],
            )
            self._session.execute(insert(ConsentRow), self._history(numbers, new_subscriptions))
        for name, person in self._new.items():
            if person.interests:
                interest_store.add(
                    self._session, numbers[name], person.interests, "import", self._now
                )
        suppression.suppress_all(self._session, self._out, suppression.LEFT, self._now)

    def _history(
        self, numbers: Mapping[str, int], new_subscriptions: Iterable[tuple[str, Person, str]]
    ) -> list[dict[str, object]]:
        """One act a person and line, as if they had been added one by one."""
        acts: dict[tuple[str, int], tuple[Person, list[str]]] = {}
        for name, person, slug in new_subscriptions:
            acts.setdefault((name, id(person)), (person, []))[1].append(slug)
        return [
            consent_log.consent_row(
                numbers[name],
                ConsentAction.CONFIRMED,
                slugs,
                consent_log.proof_of_consent(person.consent),
                person.confirmed_at,
            )
            for (name, _), (person, slugs) in acts.items()
        ]

    def _numbers(self, addresses: Iterable[str]) -> dict[str, int]:
        chosen = select(SubscriberRow.email, SubscriberRow.id).where(
            SubscriberRow.email.in_(addresses)
        )
        return {email: number for email, number in self._session.execute(chosen)}  # noqa: C416 - a Row is no pair to the type checker

    def _subscriber(self, person: Person) -> dict[str, object]:
        return {
            "email": person.address,
            "standing": Standing.CONFIRMED,
            "language": person.language,
            "consent": person.consent,
            "created_at": self._now,
            "confirmed_at": person.confirmed_at,
        }

    def _subscription(self, number: int, person: Person, slug: str) -> dict[str, object]:
        chosen = person.rhythms.get(slug, Rhythm.DAILY)
        if (slug, chosen) not in self._beginnings:
            began = rhythm.beginning(self._session, slug, chosen, None)
            self._beginnings[slug, chosen] = began
        had_issue, next_day = self._beginnings[slug, chosen]
        return {
            "subscriber_id": number,
            "newsletter": slug,
            "detail": person.details[slug],
            "paused_until": person.paused.get(slug),
            "rhythm": chosen,
            "left_out": person.left_out.get(slug, ""),
            "had_issue": had_issue,
            "next_day": next_day,
            "since": person.confirmed_at,
        }
