# SPDX-License-Identifier: Apache-2.0
"""One call that does what it must not, in the middle of 63 that do nothing wrong, all in one batch: the 63 are answered 2xx and
stay, whatever becomes of the one."""
import json
import os
import socket
import sqlite3
import threading
import time

import recording as rec
from harness import Host, check

INNOCENT = 63
HOLD_MS = 150
STORE = "quota = 6M\ncache = 64K\nwal_limit = 4M"

# what it does, answers that are right for it, faults the disk adds
DEEDS = (
    ("or-rollback", (500,), None), ("or-replace", (500,), None), ("commit", (500,), None), ("end", (500,), None),
    ("rollback", (500,), None), ("begin", (500,), None), ("release", (500,), None), ("write-audit", (500,), None),
    ("quoted-audit", (500,), None), ("write-event", (500,), None), ("schema", (500,), None), ("attach", (500,), None),
    ("detach", (500,), None), ("pragma", (500,), None), ("vacuum", (500,), None), ("create", (500,), None),
    ("drop", (500,), None), ("two", (500,), None), ("extension", (500,), None),
    ("unreset", (200,), None), ("fill", (507,), None), ("twice", (409,), None), ("slow", (200,), None), ("interrupt", (503,), None),
    ("refuse", (409,), None), ("nonsense", (500,), None),
    # A page that cannot be written in the middle of the batch: SQLite itself ends the whole transaction.
    ("spill", (200,), "late eio:path=*hostile/data.db-wal,count=1"),
    # The commit of all of it fails once.
    ("pause", (200,), "late eiosync:path=*hostile/data.db-wal,count=1"),
)


def request(path, body):
    data = json.dumps(body).encode()
    return (b"POST /p/hostile/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (path.encode(), len(data))) + data


def read_answer(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise AssertionError("closed without an answer")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split(b" ")[1]), json.loads(body) if body else None


def batch(host, what, name, late):
    """Sends all of it while the writer is held, in order; then reads. @late: faults for the batch, not for the first call.
    Returns the answers of the one, of the others, and of the first."""
    def connect():
        return socket.create_connection(("127.0.0.1", host.port), 60)

    # The order in which they were opened is the order in which a loop that is behind looks at them.
    line = [connect() for _ in range(INNOCENT + 2)]
    hold, bad = line.pop(0), line.pop(INNOCENT // 2)
    others = line
    mark, end = host.control.seq, time.monotonic() + 20
    hold.sendall(request("hold", {"ms": HOLD_MS}))
    while host.control.seq == mark:
        check(time.monotonic() < end, "%s: the first call does not begin", name)
        time.sleep(0.001)
    for index, connection in enumerate(others):
        if index == INNOCENT // 2:
            bad.sendall(request("bad", {"what": what, "text": "%s-bad" % name}))
        connection.sendall(request("rows", {"text": "%s-%d" % (name, index), "n": index}))
    held = read_answer(hold)
    if late is not None:
        host.control.rules(late)
    answers = [read_answer(connection) for connection in others]
    result = read_answer(bad), answers, held
    for connection in others + [hold, bad]:
        connection.close()
    return result


def rows_of(data):
    path = os.path.join(data, "plugins", "hostile", "data.db")
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    entries = {row[0] for row in db.execute("SELECT text FROM entry")}
    events = [json.loads(row[0])["text"] for row in db.execute("SELECT body FROM _event")]
    audit = list(db.execute("SELECT seq, route, subject, outcome FROM _audit ORDER BY seq"))
    check(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the database is damaged")
    db.close()
    return entries, events, audit


def check_one(host, number, what, fine, fault):
    name = "%d-%s" % (number, what)
    late = fault[len("late "):] if fault is not None and fault.startswith("late ") else None
    if fault is not None and late is None:
        host.control.rules(fault)
    mark = host.control.seq
    (status, answer), answers, (held, _) = batch(host, what, name, late)
    hits = host.control.hits
    host.control.rules("")
    check(held == 200, "%s: the first call got %s", name, held)
    good = sum(1 for status_, _ in answers if status_ == 201)
    check(good == INNOCENT, "%s: %d of %d innocent calls answered 201: %s", name, good, INNOCENT,
          sorted({(status_, (body or {}).get("code")) for status_, body in answers}))
    check(status in fine, "%s: answered %s %s", name, status, answer)
    if fault is not None and hits == 0:
        raise Missed(name)
    entries, events, audit = rows_of(host.data)
    for index in range(INNOCENT):
        text = "%s-%d" % (name, index)
        check(text in entries and events.count(text) == 1, "%s: %s is not there with its event", name, text)
    kept = "%s-bad" % name in entries
    check(kept == (status < 400) and events.count("%s-bad" % name) == kept, "%s: half there after %d", name, status)
    mine = [row for row in audit if row[2].startswith(name + "-")]
    check(len(mine) == INNOCENT + 1, "%s: %d audit rows instead of %d", name, len(mine), INNOCENT + 1)
    check([row[0] for row in audit] == list(range(1, len(audit) + 1)), "%s: the audit has gaps", name)
    place = [row[2].endswith("-bad") for row in mine].index(True)
    check(mine[place][3] == status, "%s: the audit says %s, the answer %s", name, mine[place][3], status)
    check(0 < place < INNOCENT, "%s: it was not in the middle (%d)", name, place)
    return name, status, mark


BREAKING = ("fill", "interrupt")  # SQLite ends the whole transaction: its calls run again one by one


def check_batches(host, marks):
    """Where nothing broke the transaction, hold and batch are two syncs of the WAL: they were one batch indeed. Where it was
    broken, each call had one of its own afterwards."""
    records = rec.read(host.log)
    for (name, _, start), (_, _, end) in zip(marks, marks[1:]):
        syncs = sum(1 for r in records if start < r.seq <= end and r.op == rec.SYNC_END and
                    r.path.endswith("hostile/data.db-wal") and r.flags == 1)
        broken = int(name.split("-", 1)[0]) >= 100 or name.split("-", 1)[1] in BREAKING
        check(syncs > INNOCENT if broken else syncs <= 6, "%s: %d syncs of the WAL", name, syncs)


class Missed(Exception):
    """On a busy machine the batch may be over before its fault is asked for."""


def check_loud(host, number, deed):
    """The fault is meant for the writer; when it meets the checkpointer the process ends, and the deed is done again."""
    for turn in range(9):
        try:
            return check_one(host, 100 + 10 * number + turn, *deed)
        except Missed:
            continue
        except (AssertionError, OSError):
            if not host.ended_over_disk():
                raise
            host.control.rules("")
            if host.process.poll() is not None:
                host.start()
    raise AssertionError("%s: the fault did not meet its batch nine times" % deed[0])


def resident(pid):
    with open("/proc/%d/statm" % pid, encoding="ascii") as statm:
        return int(statm.read().split()[1]) * 4096


def forged_hints(work):
    """A worker says four million times that it had committed events: the host answers others meanwhile and grows by nothing."""
    with Host(work, "process", plugins="hostile,ledger", record=False, log_level="error") as host:
        host.start()
        status, _ = host.client().call("POST", "/p/ledger/rows", {"text": "before-0-1", "n": 1})
        check(status == 201, "no write before: %s", status)
        before, waits, over = resident(host.process.pid), [], threading.Event()
        said = []

        def flood():
            said.append(host.client().call("POST", "/p/hostile/bad", {"what": "flood", "text": "flood"}))
            over.set()

        thread = threading.Thread(target=flood)
        thread.start()
        client = host.client()
        while not over.is_set():
            began = time.monotonic()
            status, answer = client.call("POST", "/p/ledger/rows", {"text": "during-0-%d" % len(waits), "n": 1})
            waits.append(time.monotonic() - began)
            check(status == 201, "another plugin's write: %s %s", status, answer)
        thread.join()
        grown = resident(host.process.pid) - before
        check(said[0][0] == 200, "the worker did not come through: %s", said)
        check(len(waits) > 5 and max(waits) < 2, "%d writes, the slowest in %.2f s", len(waits), max(waits))
        check(grown < 64 << 20, "the host has grown by %d MB", grown >> 20)
        status, _ = host.client().call("POST", "/p/hostile/rows", {"text": "after", "n": 1})
        check(status == 201, "no write after: %s", status)
        check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
    return ["4,000,000 forged hints; %d writes of another plugin meanwhile, the slowest in %.0f ms; the host has grown by %d MB" %
            (len(waits), 1000 * max(waits), grown >> 20)]


def all_deeds(work, home):
    quiet = [deed for deed in DEEDS if deed[2] is None]
    with Host(work, home, plugins="hostile", store=STORE, log_level="error") as host:
        host.start()
        marks = [check_one(host, i, *deed) for i, deed in enumerate(quiet)]
        loud = [check_loud(host, i, deed) for i, deed in enumerate(deed for deed in DEEDS if deed[2] is not None)]
        check_batches(host, marks + loud + [("end", 0, host.control.seq)])
        check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
        rows_of(host.data)
    return ["%d deeds, each among %d innocent calls of its batch: %s" %
            (len(marks + loud), INNOCENT,
             ", ".join("%s %d" % (name.split("-", 1)[1], status) for name, status, _ in marks + loud))]
