# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on one connection that is kept, and who follows events."""
import asyncio
import re
import selectors
import socket
import time

WAIT_S = 30 # then nothing will come any more; that it is late was clear before


class Wire:
    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, method, path, token, body=b"", **headers):
        """(status, body). Whatever the network says against it is raised; the next call then connects anew."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: application/json", f"Authorization: Bearer {token}",
                 f"Content-Length: {len(body)}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        try:
            return await asyncio.wait_for(self._ask("\r\n".join([*lines, "", ""]).encode() + body), WAIT_S)
        except BaseException:
            self.close()
            raise

    async def _ask(self, request):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"\r\ncontent-length: *(\d+)", head)
        body = await self.reader.readexactly(int(length[1])) if length else b""
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head[9:12]), body

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


# ---- streams ----

NUMBER = re.compile(rb'"data":{"number":(\d+),')


class Stream:
    """HTTP/1.0, so that the events come as they are. numbers: of the entries it told of, as they came."""

    def __init__(self, port, token):
        self.sock = socket.create_connection(("127.0.0.1", port), WAIT_S)
        self.sock.sendall(f"GET /kernel/events?topics=relay.entry.added HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        self.rest, self.numbers, self.fault, self.stands = b"", [], None, False

    def read(self):
        """FALSE: it has ended."""
        try:
            got = self.sock.recv(1 << 18)
        except OSError as error:
            self.fault = f"broke after {len(self.numbers)} events: {error}"
            return False
        if not got:
            self.fault = self.fault or f"ended after {len(self.numbers)} events: {self.rest[-200:]!r}"
            return False
        *blocks, self.rest = (self.rest + got).replace(b"\r\n\r\n", b"\n\n").split(b"\n\n")
        for block in blocks:
            found = NUMBER.search(block)
            if found:
                self.numbers.append(int(found[1]))
            elif b"event: " in block or (block.startswith(b"HTTP/") and not block.startswith(b"HTTP/1.1 200 ")):
                self.fault = f"says after {len(self.numbers)} events: {block[-200:].decode()}"
            self.stands = self.stands or b"\nid: " in block or block.startswith(b"id: ")
        return True


def follow(port, token, count, pipe):
    """In a process of its own: says "open" when all stand, and is sent the numbers that should have come; says of how many that
    is true, and the faults of the others."""
    streams = [Stream(port, token) for _ in range(count)]
    opened, wanted, end = False, None, 0
    with selectors.DefaultSelector() as ready:
        for stream in streams:
            ready.register(stream.sock, selectors.EVENT_READ, stream)
        ready.register(pipe, selectors.EVENT_READ)
        while wanted is None or (time.monotonic() < end and any(not s.fault and len(s.numbers) < len(wanted) for s in streams)):
            for key, _ in ready.select(0.1):
                if key.data is None:
                    wanted, end = pipe.recv(), time.monotonic() + WAIT_S
                    ready.unregister(pipe)
                elif not key.data.read():
                    ready.unregister(key.fileobj)
            if not opened and all(stream.stands or stream.fault for stream in streams):
                opened = True
                pipe.send("open")
        # What comes twice may come after what was waited for.
        end = time.monotonic() + 1
        while ready.get_map() and time.monotonic() < end:
            for key, _ in ready.select(0.1):
                if not key.data.read():
                    ready.unregister(key.fileobj)
    pipe.send([fault for fault in (stream.fault or differ(stream.numbers, wanted) for stream in streams) if fault])


def differ(found, wanted):
    """None, or what is wrong with the numbers a stream told of."""
    if found == wanted:
        return None
    seen, should = set(found), set(wanted)
    return (f"{len(found)} events where {len(wanted)} came to be; lost {sorted(should - seen)[:5]}, not there {sorted(seen - should)[:5]}, "
            f"{len(found) - len(seen)} repeated" + (", out of order" if found != sorted(found) else ""))
