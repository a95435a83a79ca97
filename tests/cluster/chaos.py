"""Four workers, and everything that can befall machines, at random; then who got what.

    python -m tests.cluster.chaos [SECONDS [READERS [SEED]]]     (120 s, 20,000 readers)

Each is a real `newsletter worker` with a disk of its own. All are called the same and are process 1
(in name spaces of their own, which needs root), and their clocks are minutes apart. They are
killed, stopped for longer than a lease and then continued, replaced by a machine with an empty
disk, and PostgreSQL is restarted under them. The server that takes the mails writes each down.
"""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert

from newsletter import bootstrap, delivery_counters, scaffold
from newsletter.config import Settings
from newsletter.machine_clock import utc_now
from newsletter.models import Standing, SubscriberRow, SubscriptionRow
from newsletter.sending.reports import stats, totals
from tests import postgresql
from tests.sending.killing import CONNECTIONS, Found, freeze, hostile_server

_MACHINES = 4
_STOPPED_S = 60  # longer than a lease
_ENDS_WITHIN_S = 300  # after the last blow
_COPY_IS_OLD_S = 20
_HELD_S = 40  # until the operator comes
_WORKER = """
import sys
from datetime import timedelta
from newsletter.cli import resources
from newsletter.cli.main import main
from newsletter.sending import freezing
right = machine_clock.utc_now
machine_clock.utc_now = lambda: right() + timedelta(seconds=float(sys.argv.pop()))
freezing.BATCH_SIZE = 200
main()
"""
_MAIN = "from newsletter.cli.main import main; main()"


@dataclass
class Machine:
    """A worker, started again whenever it ends."""

    settings: Settings
    number: int
    environment: dict[str, str]
    disks: int = 0
    process: subprocess.Popen[bytes] | None = None
    continues_s: float = 0.0  # when it does, of one that is stopped
    ends: Counter[int] = field(default_factory=Counter)

    def look_after(self) -> None:
        if self.continues_s and time.monotonic() > self.continues_s:
            self.send(signal.SIGCONT)
            self.continues_s = 0.0
        if self.process is None or self.process.poll() is not None:
            if self.process is not None:
                self.ends[self.process.returncode] += 1
            self._start()

    @property
    def surroundings(self) -> dict[str, str]:
        disk = self.settings.folder / f"machine{self.number}-{self.disks}"
        disk.mkdir(exist_ok=True)
        mine = {"NEWSLETTER_SENDING__STATE_DIR": str(disk)}
        return {**os.environ, **self.environment, **mine}

    def _start(self) -> None:
        skew_s = (self.number - 1.5) * 240
        code = _WORKER.replace("sys.argv.pop()", f"'{skew_s}'")
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [*_apart(), sys.executable, "-c", code, "worker"],
            cwd=self.settings.folder,
            env=self.surroundings,
            stderr=(self.settings.folder / f"machine{self.number}.log").open("ab"),
        )

    def send(self, number: signal.Signals) -> None:
        """To the worker itself, also where it is alone in a name space."""
        if self.process is None or self.process.poll() is not None:
            return
        pid = self.process.pid
        inside = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        os.kill(int(inside[0]) if inside else pid, number)

    def kill(self) -> None:
        self.continues_s = 0.0
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=30)

    def replace(self) -> None:
        self.kill()
        self.disks += 1

    def stop(self) -> None:
        self.send(signal.SIGSTOP)
        self.continues_s = time.monotonic() + _STOPPED_S


def _apart() -> list[str]:
    """Each believes to be process 1 of a machine that is called as the others are."""
    if os.geteuid() != 0:
        return []
    named = 'hostname worker && exec "$@"'
    return ["unshare", "--uts", "--pid", "--fork", "--kill-child", "sh", "-c", named, "sh"]


def main(seconds: float, readers: int, seed: int) -> None:
    where = postgresql.programs()
    assert where is not None, "PostgreSQL is not installed"
    with postgresql.running(where) as server, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # noqa: S103, PTH101 - for who PostgreSQL runs as
        url = {"NEWSLETTER_DATABASE__URL": server.url(server.create())}
        settings = scaffold.write_configuration(
            Path(folder) / "newsletter.toml", scaffold.DEMO, url
        )
        subscribe(settings, readers)
        with hostile_server(settings, seed) as (port, taken):
            issue_id, _ = freeze(settings)
            mails = {"USE": "smtp", "HOST": "127.0.0.1", "PORT": port, "SECURITY": "none"}
            mails |= {"CONNECTIONS": CONNECTIONS, "TIMEOUT_S": 5}
            there = {f"NEWSLETTER_TRANSPORT__{name}": str(value) for name, value in mails.items()}
            machines = [Machine(settings, number, url | there) for number in range(_MACHINES)]
            dice = random.Random(seed)  # noqa: S311 - moments, no secrets
            blows = misfortune(machines, seconds, dice, server.restart)
            server.keep_copy()
            blows += misfortune(machines, _COPY_IS_OLD_S, dice, server.restart)
            server.go_back()
            blows += misfortune(machines, _HELD_S, dice, server.restart)
            unknown = say_restored(machines[0])
            took_s = let_them_finish(settings, machines, issue_id)
            found = found_after(settings, issue_id, blows, taken(), unknown)
    uncertain, held = found.account.uncertain, Counter[int]()
    for machine in machines:
        held += machine.ends
    assert sum(found.taken.values()), "no worker sent anything"
    print(f"{dict(blows)}; workers ended with {dict(held)}; all was done {took_s:.0f} s later")  # noqa: T201
    print(f"{found.account}")  # noqa: T201
    print(f"complaints: {found.complaints() or 'none'}; uncertain {uncertain}")  # noqa: T201


def subscribe(settings: Settings, readers: int) -> None:
    """Named as the server that takes their mails expects them."""
    numbers = range(1, readers + 1)
    of_all = {"standing": Standing.CONFIRMED, "language": "en", "created_at": utc_now()}
    people = [{"id": each, "email": f"r{each - 1:05}@reader.example", **of_all} for each in numbers]
    each_has = {"newsletter": "audio", "detail": "titles", "since": utc_now()}
    with bootstrap.open_database(settings) as database, database.write.begin() as session:
        session.execute(insert(SubscriberRow), people)
        session.execute(
            insert(SubscriptionRow), [{"subscriber_id": each, **each_has} for each in numbers]
        )


def misfortune(
    machines: list[Machine], seconds: float, dice: random.Random, restart: Callable[[], None]
) -> Counter[str]:
    """Blow after blow, for so long."""
    blows = Counter[str]()
    ends_s, next_s = time.monotonic() + seconds, time.monotonic() + 15
    while time.monotonic() < ends_s:
        for machine in machines:
            machine.look_after()
        if time.monotonic() > next_s:
            next_s = time.monotonic() + dice.uniform(5, 15)  # a worker needs some seconds to begin
            blow = dice.choices(["kill", "replace", "stop", "restart"], [6, 2, 2, 1])[0]
            blows[blow] += 1
            if blow == "restart":
                restart()
            else:
                getattr(dice.choice(machines), blow)()
        time.sleep(0.2)
    return blows


def let_them_finish(settings: Settings, machines: list[Machine], issue_id: int) -> float:
    began_s = time.monotonic()
    with bootstrap.open_database(settings) as database:
        while time.monotonic() < began_s + _ENDS_WITHIN_S:
            for machine in machines:
                machine.look_after()
            with database.read() as session:
                if totals.delivery_totals(session, issue_id).balances:
                    break
            time.sleep(1)
    for machine in machines:
        machine.send(signal.SIGCONT)
        machine.kill()
    return time.monotonic() - began_s


def say_restored(machine: Machine) -> int:
    """What the operator types; how many nobody can know of now."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _MAIN, "send", "audio", "--restored"],
        cwd=machine.settings.folder,
        env=machine.surroundings,
        capture_output=True,
        check=False,
        text=True,
    )
    print(done.stderr.strip())  # noqa: T201
    said = re.search(r"(\d+) are uncertain now", done.stderr)
    assert said is not None, done.stderr
    return int(said[1])


def found_after(
    settings: Settings, issue_id: int, blows: Counter[str], taken: Counter[str], unknown: int
) -> Found:
    """`kills` are so many as left that much uncertain: a chunk, not two mails a connection."""
    at_once = blows["kill"] + _MACHINES * (blows["restart"] + 2) + unknown // (2 * CONNECTIONS) + 1
    for_good = blows["replace"] + blows["stop"]
    with bootstrap.open_database(settings) as database, database.read() as session:
        return Found(
            kills=at_once + for_good * 100 // (2 * CONNECTIONS),
            taken=taken,
            states={row[0]: row[1] for row in stats.list_deliveries(session, issue_id, None)},
            account=totals.delivery_totals(session, issue_id),
            counters_hold=delivery_counters.of_issue(session, issue_id)
            == delivery_counters.scanned(session, issue_id),
        )


if __name__ == "__main__":
    given = [*sys.argv[1:], *("120", "20000", "1")[len(sys.argv) - 1 :]]
    main(float(given[0]), int(given[1]), int(given[2]))
