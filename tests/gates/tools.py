"""The public tools that judge our mails and pages: where they are, and what brings a missing one.

`python -m tests.gates.tools` prints a line for each that is missing. A test that needs one is
skipped where it is absent, but fails where `NEWSLETTER_GATES=required`, as in CI.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
NPM = "npm ci --prefix tests/gates"
_NODE_NEEDED = 22
_JAVA_NEEDED = 17


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def node() -> str | None:
    """A Node that caniemail runs on: the machine's own, or the one that npm brought."""
    brought = [str(each) for each in sorted(MODULES.glob("node-*/bin/node"))]
    candidates = filter(None, [shutil.which("node"), *brought])
    return next((each for each in candidates if _major(each, "--version") >= _NODE_NEEDED), None)


def java() -> str | None:
    found = shutil.which("java")
    return found if found and _major(found, "-version") >= _JAVA_NEEDED else None


def spamassassin() -> str | None:
    return shutil.which("spamassassin")


def _major(program: str, option: str) -> int:
    told = subprocess.run(  # noqa: S603 - a program found on this machine, asked for its version
        [program, option], capture_output=True, text=True, check=False, timeout=30
    )
    found = re.search(r"(\d+)\.\d+", told.stdout + told.stderr)
    return int(found[1]) if found else 0


def _there(file: Path) -> Callable[[], str | None]:
    return lambda: str(file) if file.exists() else None


# What to look for, and the command that brings it (Debian's names).
TOOLS: dict[str, tuple[Callable[[], str | None], str]] = {
    "chromium": (chromium, "apt-get install chromium fonts-noto-cjk"),
    "java": (java, "apt-get install openjdk-17-jre-headless"),
    "spamassassin": (spamassassin, "apt-get install spamassassin"),
    "axe-core": (_there(AXE), NPM),
    "vnu-jar": (_there(VNU), NPM),
    "caniemail": (_there(MODULES / "caniemail"), NPM),
    "node": (node, NPM),
}


def need(*names: str) -> tuple[str, ...]:
    """Where these tools are; without one of them the test is skipped, or fails in CI."""
    found = []
    for name in names:
        find, cure = TOOLS[name]
        where = find()
        if where is None:
            reason = f"{name} is missing: {cure}"
            if os.environ.get("NEWSLETTER_GATES") == "required":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        found.append(where)
    return tuple(found)


def missing() -> list[str]:
    return [f"{name} is missing: {cure}" for name, (find, cure) in TOOLS.items() if find() is None]


if __name__ == "__main__":
    told = missing()
    sys.stdout.write("".join(f"{line}\n" for line in told))
    sys.exit(bool(told))
