"""Answers of three packets and more are packed (gzip); a short one is sent as it is, and nothing is made ready for it."""

from litestar.enums import CompressionEncoding
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import Message, Scope, Send

WORTH_IT = 4096
"""Bytes. Less than three packets: packing them costs more than sending them."""


class Packing(CompressionMiddleware):
    """Litestar's own, which opens a compressor for every answer before it knows whether it will need one."""

    def create_compression_send_wrapper(
        self, send: Send, compression_encoding: CompressionEncoding | str, scope: Scope
    ) -> Send:
        start: Message | None = None
        onwards: Send | None = None

        async def sending(message: Message) -> None:
            nonlocal start, onwards
            if onwards is not None:
                await onwards(message)
            elif message["type"] == "http.response.start":
                start = message
            else:
                onwards = send if self._is_short(message) else self._packed(send, compression_encoding, scope)
                if start is not None:
                    await onwards(start)
                await onwards(message)

        return sending

    def _is_short(self, message: Message) -> bool:
        if message["type"] != "http.response.body":
            return True
        return not message.get("more_body") and len(message["body"]) < self.config.minimum_size

    def _packed(self, send: Send, encoding: CompressionEncoding | str, scope: Scope) -> Send:
        return super().create_compression_send_wrapper(send, encoding, scope)
