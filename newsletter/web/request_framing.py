"""What waitress takes for one request: nothing that a proxy before it could cut otherwise."""

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class StrictParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Refuses a request that says its length twice (RFC 9112, 6.1).

    waitress believes `Transfer-Encoding` then, and takes what stands behind for a request of its
    own: whatever it says there of the client's address, no proxy has seen.
    """

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if (
            "CONTENT_LENGTH" in self.headers
            if self.chunked
            else "TRANSFER_ENCODING" in self.headers
        ):
            raise ParsingError("the length is said twice")


def be_strict() -> None:
    """In every server of this process."""
    HTTPChannel.parser_class = StrictParser
