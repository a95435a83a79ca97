"""What stand-ins share: a server of the standard library, running while a test looks at it."""

import socketserver
import threading
from typing import Self


class Running(socketserver.BaseServer):
    """Serves from `with` on, in a thread of its own."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
