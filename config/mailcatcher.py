"""Catches the demo's mail: every message becomes a file in $VAR/mail, read at /demo/mail/.

`python -m config.mailcatcher FD` listens on a socket that the supervisor hands over.
"""

import asyncio
import os
import secrets
import socket
import sys
import time
from pathlib import Path


class Keep:
    """Writes each message whole or not at all; the name tells the order."""

    def __init__(self, folder):
        self.folder = folder

    async def handle_DATA(self, server, session, envelope):
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}.eml"
        half = self.folder / f".{name}"
        half.write_bytes(b"X-To: " + ", ".join(envelope.rcpt_tos).encode() + b"\r\n" + envelope.content)
        half.rename(self.folder / name)
        return "250 kept"


async def catch(listening, folder):
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(folder), loop=loop, enable_SMTPUTF8=True), sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    kept = Path(os.environ["VAR"]) / "mail"
    kept.mkdir(mode=0o700, exist_ok=True)
    asyncio.run(catch(socket.socket(fileno=int(sys.argv[1])), kept))
