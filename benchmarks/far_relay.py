"""How much of a far relay's connections we use: each reply comes a round trip later.

    python -m benchmarks.far_relay [SUBSCRIBERS] [CONNECTIONS] [ROUND_TRIP_MS]     (20,000, 50, 20)

With pipelining (RFC 2920) a mail costs one round trip, so so many connections allow at most
CONNECTIONS / ROUND_TRIP mails a second; `smtp-source` says what a sender without pipelining gets.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks import sending
from benchmarks.light_server import light_server


def main(number: int, connections: int, round_trip_ms: int) -> None:
    most = connections / (round_trip_ms / 1000)
    sending.CONNECTIONS = connections
    with light_server(round_trip_ms / 1000) as port, tempfile.TemporaryDirectory() as folder:
        ours = sending.ours(sending.prepared(Path(folder), port, number, "brief"), "brief")
        theirs = sending.source(port, number // 4, ours.size, ["-d"])
    print(
        f"{number} mails of {ours.size} octets, {connections} connections, {round_trip_ms} ms:\n"
        f"  allowed       {most:6.0f}/s\n"
        f"  newsletter    {ours.rate:6.0f}/s, {ours.rate / most:.2f} of it"
        f" (CPU {1000 * ours.cpu_s / number:.3f} ms a mail)\n"
        f"  smtp-source -d{theirs:6.0f}/s"
    )


if __name__ == "__main__":
    chosen = [int(word) for word in sys.argv[1:]]
    main(*chosen, *(20_000, 50, 20)[len(chosen) :])
