"""A real Postfix in a folder of its own: takes mails by SMTP, bounces them by a genuine DSN."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.transports.smtp_standins import unused_port

DAEMONS = Path("/usr/lib/postfix/sbin")

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = {commands}
mail_owner = postfix
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.reader.example
mydestination = reader.example
alias_maps =
alias_database =
local_recipient_maps =
biff = no
virtual_mailbox_domains = papers.example.org
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ {{ daily@papers.example.org = daily/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
recipient_delimiter = +
"""
_MASTER = """\
{port}     inet n - n - - smtpd
cleanup    unix n - n - 0 cleanup
qmgr       unix n - n 300 1 qmgr
rewrite    unix - - n - - trivial-rewrite
bounce     unix - - n - 0 bounce
defer      unix - - n - 0 bounce
trace      unix - - n - 0 bounce
proxymap   unix - - n - - proxymap
local      unix - n n - - local
virtual    unix - n n - - virtual
error      unix - - n - - error
retry      unix - - n - - error
anvil      unix - - n - 1 anvil
postlog    unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    port: int
    maildir: Path  # of daily@papers.example.org
    log: Path


def is_here() -> bool:
    """Whether this machine can run one: installed, and we may start it."""
    return shutil.which("postfix") is not None and DAEMONS.is_dir() and os.geteuid() == 0


@contextmanager
def running() -> Iterator[Postfix]:
    with TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its parts run as users of their own
        port = unused_port()
        _configure(folder, port)
        command = [str(shutil.which("postfix")), "-c", str(folder / "etc")]
        try:
            _run(*command, "start")
            yield Postfix(port, folder / "boxes" / "daily", folder / "log")
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True)  # noqa: S603


def _configure(folder: Path, port: int) -> None:
    owner, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    for each in ("etc", "queue", "data", "boxes"):
        (folder / each).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    os.chown(folder / "boxes", nobody.pw_uid, nobody.pw_gid)
    main = _MAIN.format(
        folder=folder,
        daemons=DAEMONS,
        commands=Path(str(shutil.which("postfix"))).parent,
        uid=nobody.pw_uid,
        gid=nobody.pw_gid,
    )
    (folder / "etc" / "main.cf").write_text(main)
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=f"127.0.0.1:{port}"))


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
