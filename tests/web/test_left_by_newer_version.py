"""What a newer version of the program left in the database waits for it, and holds up nothing."""

import json

from sqlalchemy import select

from newsletter.feedback import webhook_queue
from newsletter.models import FeedbackRow, OutboxRow, QuarantineRow
from newsletter.periodic_work import work_of_pages
from newsletter.subscribers import signup_answers
from tests.feedback.samples import body, said
from tests.web.conftest import Site


def test_posted_events_of_an_unknown_provider_are_quarantined_and_the_others_act(
    site: Site,
) -> None:
    unknown = json.dumps({"what": "a provider of tomorrow"}).encode()
    webhook_queue.enqueue(site.database, "tomorrow", unknown, site.clock.now)
    webhook_queue.enqueue(site.database, "sendgrid", body([said("delivered", "r")]), site.clock.now)
    work = work_of_pages(site.settings, site.database, lambda: site.clock.now)
    assert not site.settings.feedback.sendgrid_public_key  # what was kept is read all the same
    work["webhooks"].act()
    with site.database.read() as session:
        (row,) = session.scalars(select(QuarantineRow))
        assert (row.source, row.content) == ("tomorrow", unknown.decode())
        assert "this version of newsletter reads no events of tomorrow" in row.reason
        assert len(session.scalars(select(FeedbackRow)).all()) == 1


def test_a_mail_of_an_unknown_kind_waits_and_the_others_leave(site: Site) -> None:
    site.sign_up("first@reader.example")
    site.sign_up("second@reader.example", network="192.0.2.9")
    details = {newsletter.slug: newsletter.detail for newsletter in site.settings.newsletters}
    with site.database.write.begin() as session:
        signup_answers.answer_signups(session, site.settings.signup, details, site.clock.now)
        session.flush()
        oldest = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).first()
        assert oldest is not None
        oldest.kind = "anniversary"
        waiting = oldest.email
    assert site.outbox_worker.run_once().sent == 1
    with site.database.read() as session:
        (row,) = session.scalars(select(OutboxRow))
        assert (row.email, row.attempts) == (waiting, 0)
