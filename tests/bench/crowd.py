# SPDX-License-Identifier: Apache-2.0
"""Many people at once over HTTP/1.1: so many connections, each with one task under way; a task is a generator that yields
requests and is sent (status, body)."""
import json
import selectors
import socket

TRIES = 5


def request(method, path, fields=None, token=None, key=None):
    """The bytes of one request."""
    body = b"" if fields is None else json.dumps(fields, ensure_ascii=False).encode()
    head = "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Length: %d\r\n" % (method, path, len(body))
    if fields is not None:
        head += "Content-Type: application/json\r\n"
    if token:
        head += "Authorization: Bearer %s\r\n" % token
    if key:
        head += "Idempotency-Key: %s\r\n" % key
    return head.encode() + b"\r\n" + body


class Seat:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.task, self.read, self.asked, self.tries = None, b"", b"", 0

    def ask(self, request):
        self.asked, self.tries = request, 0
        self.socket.sendall(request)

    def again(self):
        """The same with the same key, where the server had no time for it."""
        self.tries += 1
        self.socket.sendall(self.asked)

    def answer(self):
        """(status, body) when all of it has come, else None."""
        block = self.socket.recv(262144)
        if not block:
            raise SystemExit("bench: the server closed a connection")
        self.read += block
        end = self.read.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.read[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        length = int(head[at + 17:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.read) < end + 4 + length:
            return None
        got = int(self.read[9:12]), self.read[end + 4:end + 4 + length]
        self.read = self.read[end + 4 + length:]
        return got


def run(port, tasks, connections=48):
    """Does all tasks; the number of requests it took."""
    tasks = iter(tasks)
    asked = 0
    with selectors.DefaultSelector() as ready:
        def begin(seat):
            nonlocal asked
            for task in tasks:
                first = next(task, None)
                if first is not None:
                    seat.task = task
                    seat.ask(first)
                    asked += 1
                    return
            ready.unregister(seat.socket)
            seat.socket.close()

        for _ in range(connections):
            seat = Seat(port)
            ready.register(seat.socket, selectors.EVENT_READ, seat)
            begin(seat)
        while ready.get_map():
            for key, _ in ready.select():
                seat = key.data
                answer = seat.answer()
                if answer is None:
                    continue
                if answer[0] == 503 and seat.tries < TRIES:
                    seat.again()
                    continue
                try:
                    seat.ask(seat.task.send(answer))
                    asked += 1
                except StopIteration:
                    begin(seat)
    return asked
