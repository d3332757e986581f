# SPDX-License-Identifier: Apache-2.0
"""SIGKILL under load. The list of what was acknowledged is kept outside, synced line by line, by a driver that does not know
what the host believes."""
import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import threading
import time

import oracle
from harness import Died, Host, Load, check

FRESH_EVERY = 25  # kills on one data folder


class Journal:
    """One line for each acknowledgement, on the disk before the driver goes on."""

    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, text, answer):
        line = json.dumps(answer, ensure_ascii=False) + "\n"
        with self.lock:
            os.write(self.fd, line.encode())
            os.fdatasync(self.fd)

    def read(self):
        with open(self.path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]


def kill_worker(host, rng):
    """Only the worker dies; the host starts another and goes on answering."""
    pids = host.worker_pids()
    check(len(pids) == 1, "%d workers instead of one", len(pids))
    os.kill(pids[0], signal.SIGKILL)
    end = time.monotonic() + 30
    client = host.client()
    while True:
        status, _ = client.call("GET", "/p/ledger/rows")
        if status == 200 and host.worker_pids() not in ([], pids):
            return
        check(time.monotonic() < end, "no new worker after 30 s: %s %s", status, host.tail())
        time.sleep(0.05 * rng.random())


def kill_while_starting(host, rng):
    starter = threading.Thread(target=lambda: _start_quietly(host))
    starter.start()
    while host.process is None or host.process.poll() is not None:
        time.sleep(0.001)
    time.sleep(rng.random() * 0.08)
    host.kill()
    starter.join()


def _start_quietly(host):
    try:
        host.start()
    except (Died, ValueError, OSError):
        pass  # killed, as it is meant


def one(host, journal, rng, number):
    host.start()
    load = Load(host, threads=8, name="k%d" % number, journal=journal).start()
    load.wait(rng.randrange(1, 60))
    if host.home == "process" and number % 4 == 1:
        kill_worker(host, rng)
        load.wait(len(load.acked) + 20)
    time.sleep(rng.random() * 0.03)
    host.kill()
    load.stop()
    if number % 6 == 5:
        host.process = None
        kill_while_starting(host, rng)
    return len(load.acked)


def found(data, acked):
    """How many of the acknowledged are in the database, counted apart from the oracle, which stops at the first loss."""
    home = os.path.join(data, "plugins", oracle.PLUGIN)
    with tempfile.TemporaryDirectory(prefix="zhen-found-") as copy:
        # Opening it recovers the WAL: that is for the product to do on the original.
        for name in ("data.db", "data.db-wal"):
            if os.path.exists(os.path.join(home, name)):
                shutil.copyfile(os.path.join(home, name), os.path.join(copy, name))
        db = sqlite3.connect(os.path.join(copy, "data.db"))
        try:
            there = set(db.execute("SELECT id, text FROM entry UNION ALL SELECT id, text FROM file"))
        finally:
            db.close()
    return sum((answer["id"], answer["text"]) in there for answer in acked)


def many(work, home, count):
    rng = random.Random(count)
    acked = looked = there = 0
    host = journal = known = None
    for number in range(count):
        if number % FRESH_EVERY == 0:
            shutil.rmtree(work, ignore_errors=True)
            os.makedirs(work)
            host = Host(work, home, record=False)
            journal = Journal(os.path.join(work, "acknowledged"))
            known = oracle.Known()
        with host:
            acked += one(host, journal, rng, number)
        journaled = journal.read()
        looked += len(journaled)
        there += found(host.data, journaled)
        check(there == looked, "after kill %d: %d of %d looked for are there", number + 1, there, looked)
        oracle.check_folder(host.data, journaled, known)
    with host:
        host.start()
        status, _ = host.client().call("POST", "/p/ledger/rows", {"text": "last-0-1", "n": 1})
        check(status == 201, "no write after the kills: %s", status)
        host.stop()
    check(looked >= acked > 0, "%d acknowledged and only %d looked for", acked, looked)
    return ["%d kills, %d acknowledged; over all kills %d looked for, %d found, %d lost" % (
        count, acked, looked, there, looked - there)]
