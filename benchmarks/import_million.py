"""Import a list of people, good and dirty, and say how long it took and how much memory.

python benchmarks/import_million.py [ROWS]      (default 1,000,000; a folder of its own, gone after)
"""

import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory


def write(file: Path, rows: int) -> None:
    dice = random.Random(7)  # noqa: S311 - a sample, no secret
    with file.open("w", encoding="utf-8") as stream:
        stream.write("Name;E-Mail;Status\r\n")
        for number in range(rows):
            chance = dice.random()
            address = f"Reader.{number}+arxiv@mail{number % 4000}.reader.example"
            if chance < 0.02:  # noqa: PLR2004 - shares of a sample
                address = address.replace(str(number), str(dice.randrange(number + 1)))
            elif chance < 0.03:  # noqa: PLR2004
                address = f"r{number}@bücher{number % 50}.example"
            elif chance < 0.04:  # noqa: PLR2004
                address = dice.choice(["", "nobody", "a b@c", '"open', "x\0@reader.example", "a@b"])
            status = "unsubscribed" if chance > 0.97 else ""  # noqa: PLR2004
            stream.write(f"Näme {number};{address};{status}\r\n")


def timed(*args: str, folder: Path) -> None:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-m", "newsletter", *args], cwd=folder, check=False)  # noqa: S603
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  {time.perf_counter() - before:.1f} s, at most {peak:.0f} MB so far\n")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as name:
        folder = Path(name)
        timed("init", folder=folder)
        write(folder / "people.csv", rows)
        consent = ("--consent", "a benchmark")
        timed("subscribers", "import", "people.csv", *consent, "--report", "r.csv", folder=folder)
        timed("subscribers", "import", "people.csv", *consent, folder=folder)
        timed("subscribers", "export", "--output", "out.csv", folder=folder)


if __name__ == "__main__":
    main()
