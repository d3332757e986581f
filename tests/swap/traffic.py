# SPDX-License-Identifier: Apache-2.0
"""What people and programs do meanwhile: 40 % scoped reads, 30 % durable writes with a key, the rest uploads and other reads, each
answer looked at; and the pump, which never lets relay's subscription come to rest while a swap is under way."""
import asyncio
import collections
import json
import os
import random
import sys
import time

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "api")]
from uploads import MULTIPART, multipart  # noqa: E402
from wire import Wire  # noqa: E402

LATE_S = 2
TICKET_FILES = 15
PERCENT = (("list", 40), ("add", 30), ("upload", 15), ("one", 5), ("repeat", 5), ("file", 3), ("ticket", 2))


class Versions:
    """Which version may answer whom. While a swap to @coming is under way both may, until the new one has answered: who asks after
    that, or after the swap was reported done, must hear the new one."""

    def __init__(self, first):
        self.now, self.coming, self.old, self.turned = first, None, None, 0

    def begin(self, coming):
        self.coming = coming

    def end(self, done):
        if done and self.coming is not None:
            self._turn(time.monotonic())
        self.coming = None

    def _turn(self, at):
        self.old, self.now, self.turned, self.coming = self.now, self.coming, at, None

    def fits(self, version, asked, answered):
        if version == self.coming:
            self._turn(answered)
        return version == self.now or (version == self.old and asked < self.turned)


class Book:
    """What was sent, acknowledged and found wrong."""

    def __init__(self):
        self.calls, self.kinds, self.seconds = 0, collections.Counter(), []
        self.faults, self.examples = collections.Counter(), collections.defaultdict(list)
        self.sent = {"entries": set(), "files": set()}
        self.acked = {"entries": {}, "files": {}}  # token: id
        self.last = 0                              # drop that is known to be given
        self.doing, self.stall = "nothing", 0      # what is under way beside the calls; seconds that this process itself was late

    def fault(self, kind, what):
        self.faults[kind] += 1
        if len(self.examples[kind]) < 3:
            self.examples[kind].append(f"{str(what)[:400]} (beside it: {self.doing})")

    async def watch(self, over):
        """A machine that stands still makes every answer late; this tells."""
        while not over.is_set():
            began = time.monotonic()
            await asyncio.sleep(0.02)
            self.stall = max(self.stall, time.monotonic() - began - 0.02)

    @property
    def failed(self):
        return sum(self.faults.values())


class Person:
    """One connection, one call at a time."""

    def __init__(self, index, port, session, town, book, versions):
        self.name, self.wire, self.token, self.town = f"p{index}", Wire(port), session.token, town
        self.book, self.versions = book, versions
        self.number, self.ticket, self.left = 0, None, 0
        self.done = []  # (path, body, headers, answer) of writes, to be sent again
        self.kept = []  # (id, token, kind) of what is there

    async def ask(self, kind, method, path, body=b"", versioned=True, **headers):
        """The answer's body as an object (as bytes unless @versioned); None: it is counted as failed."""
        asked = time.monotonic()
        self.book.calls += 1
        self.book.kinds[kind] += 1
        try:
            status, answer = await self.wire.ask(method, path, self.token, body, **headers)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            self.book.seconds.append(time.monotonic() - asked)
            self.book.fault("broken", f"{method} {path}: {error!r}")
            return None
        answered = time.monotonic()
        self.book.seconds.append(answered - asked)
        if answered - asked > LATE_S:
            self.book.fault("late", f"{method} {path}: {answered - asked:.1f} s")
        if status // 100 != 2:
            self.book.fault(f"status {status}", f"{method} {path}: {answer.decode(errors='replace')}")
            return None
        if not versioned:
            return answer
        answer = json.loads(answer)
        for version in {row["version"] for row in answer.get("items", [answer])}:
            if not self.versions.fits(version, asked, answered):
                self.book.fault("version", f"{method} {path}: {version} answered where {self.versions.now} should")
        return answer

    async def must(self, kind, *args, **headers):
        """Like one who was told to try again with the same key: what fails is counted, and must still have one effect."""
        for _ in range(100):
            answer = await self.ask(kind, *args, **headers)
            if answer is not None:
                return answer
            await asyncio.sleep(0.2)
        return None

    def next_token(self):
        self.number += 1
        return f"{self.name}-{self.number}"

    async def write(self, kind, table, path, token, body, headers):
        headers = {**headers, "Idempotency_Key": f"key-of-{table}-{token}"}
        self.book.sent[table].add(token)
        answer = await self.must(kind, "POST", path, body, **headers)
        if answer is None:
            return
        if answer["token"] != token:
            self.book.fault("answer", f"{path}: {answer} to {token}")
        self.book.acked[table][token] = answer["id"]
        self.done.append((path, body, headers, answer))
        self.kept.append((answer["id"], token, table))

    # ---- what they do ----

    async def list(self):
        answer = await self.ask("list", "GET", "/p/relay/entries")
        if answer is not None and {row["township"] for row in answer["items"]} != {self.town}:
            self.book.fault("answer", f"the list of {self.town}: {answer}")

    async def add(self):
        token = self.next_token()
        body = json.dumps({"township": self.town, "token": token}).encode()
        await self.write("add", "entries", "/p/relay/entries", token, body, {"Content_Type": "application/json"})

    async def upload(self):
        if self.left == 0:
            answer = await self.must("ticket", "GET", f"/p/relay/ticket?token={self.name}")
            self.ticket, self.left = answer and answer["ticket"], TICKET_FILES if answer else 0
        if self.left:
            self.left -= 1
            token = self.next_token()
            body = multipart(("_ticket", self.ticket), ("token", token), ("file", "a.bin", content_of(token)))
            await self.write("upload", "files", "/p/relay/files", token, body, MULTIPART)

    async def ticket_alone(self):
        await self.ask("ticket", "GET", f"/p/relay/ticket?token={self.name}")

    async def one(self):
        """An entry that is known to be there."""
        kept = [row for row in self.kept[-200:] if row[2] == "entries"]
        if kept:
            number, token, _ = random.choice(kept)
            answer = await self.ask("one", "GET", f"/p/relay/entries/{number}")
            if answer is not None and answer["token"] != token:
                self.book.fault("answer", f"entry {number} is {answer}, was {token}")

    async def file(self):
        kept = [row for row in self.kept[-200:] if row[2] == "files"]
        if kept:
            number, token, _ = random.choice(kept)
            answer = await self.ask("file", "GET", f"/p/relay/files/{number}", versioned=False)
            if answer is not None and answer != content_of(token):
                self.book.fault("answer", f"file {number} of {token} has other bytes")

    async def repeat(self):
        """The same with the same key, whoever answered it then: the same answer, made by the version of that time."""
        if self.done:
            path, body, headers, before = random.choice(self.done[-300:])
            answer = await self.ask("repeat", "POST", path, body, versioned=False, **headers)
            if answer is not None and json.loads(answer) != before:
                self.book.fault("repeated answer", f"{path}: {answer} where {before} was said before")

    async def run(self, pause_s, over):
        acts = {**{name: getattr(self, name, None) for name, _ in PERCENT}, "ticket": self.ticket_alone}
        names, weights = zip(*PERCENT)
        await asyncio.sleep(random.random() * pause_s)
        while not over.is_set():
            began = time.monotonic()
            await acts[random.choices(names, weights)[0]]()
            await asyncio.sleep(max(0, pause_s - (time.monotonic() - began)))
        self.wire.close()


def content_of(token):
    return (token.encode() + b"|") * 400


class Pump:
    """Gives drops. At rest a few; while a swap is under way so many that some always wait."""

    AHEAD = 4000

    def __init__(self, port, session, book):
        self.wire, self.token, self.book = Wire(port), session.token, book
        self.full = False  # a swap is under way

    async def get(self, path):
        status, answer = await self.wire.ask("GET", path, self.token)
        return json.loads(answer) if status == 200 else None

    async def run(self, over):
        """What fails here is counted at the people's calls; how far the pump came stands in its database."""
        while not over.is_set():
            try:
                counted = await self.get("/p/relay/count")
                waiting = self.book.last - counted["taken"] if counted else self.AHEAD
                if waiting < self.AHEAD:
                    status, answer = await self.wire.ask("POST", "/p/pump/drops", self.token,
                                                         b'{"count": %d}' % (self.AHEAD if self.full else 200), Content_Type="application/json")
                    if status == 200:
                        self.book.last = json.loads(answer)["last"]
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                pass
            await asyncio.sleep(0.01 if self.full else 0.1)
        self.wire.close()
