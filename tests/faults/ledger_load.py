# SPDX-License-Identifier: Apache-2.0
"""The outside driver of the ledger: sends tokens, writes down what it sends before it does and what is acknowledged when it is,
and looks after dead letters as an administrator would, with zhenctl."""
import http.client
import json
import os
import subprocess
import threading
import time

import ledger
from harness import BUILD, Died, Host, check

RING = "ring_a; ring_b; ring_c"
TRIES_MAX = 3
# Retries and dead letters within a second, and subjects that are held, so that they meet kills and backups.
SETTINGS = "wal_limit = 1M\n\n[bus]\nretry_after = 20ms\ntries = %d\nparked_per_subject = 2" % TRIES_MAX
SUBJECTS = 12
AHEAD = 16  # tokens written down as sent at once
FOR_EVER = 1000


def ring_host(work, home, **more):
    return Host(work, home, plugins=RING, store=SETTINGS, **more)


def subject_of(number):
    """A tenth has none; those that may fail for ever share four subjects, which wait, while the others go on."""
    if number % 10 == 9:
        return ""
    return "ill-%d" % (number % 4) if number % 8 == 1 else "s-%d" % (number * 7 % SUBJECTS)


def fail_of(number):
    if number % 48 == 1:
        return FOR_EVER
    return number % 5 + 1 if number % 23 == 5 else 0


class Load:
    """Writers on keep-alive connections that never pause, or @pause_s after each. A token is sent once, whatever is answered."""

    def __init__(self, host, book, name, threads=6, pause_s=0.0, numbers=0):
        self.host, self.book, self.name, self.pause_s, self.numbers = host, book, name, pause_s, numbers
        self.acked, self.over, self.fault = 0, False, None
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.over = True
        for thread in self.threads:
            thread.join(120)
        if self.fault is not None:
            raise self.fault
        return self.acked

    def wait(self, acked, seconds=60):
        """Until so many are acknowledged; or the host has ended: FALSE."""
        end = time.monotonic() + seconds
        while self.acked < acked:
            if self.host.process.poll() is not None or not any(thread.is_alive() for thread in self.threads):
                return False
            if time.monotonic() > end:
                raise Died("only %d of %d acknowledged: %s" % (self.acked, acked, self.host.tail()))
            time.sleep(0.002)
        return True

    def _plan(self, index, number):
        plan = []
        for n in range(number, number + AHEAD):
            n = n * len(self.threads) + index
            plan.append(("%s-%d" % (self.name, n), subject_of(n + self.numbers), fail_of(n + self.numbers)))
        self.book.write("sent", plan)
        return plan

    def _run(self, index):
        client, number = self.host.client(), 0
        try:
            while not self.over:
                for token, subject, fail in self._plan(index, number):
                    if self.over:
                        break
                    try:
                        status, answer = client.call("POST", "/p/ring_a/tokens", {
                            "token": token, "subject": subject, "division": ledger.DIVISION, "fail": fail})
                    except (OSError, http.client.HTTPException):
                        if self.host.process.poll() is not None:
                            return
                        client.close()
                        time.sleep(0.005)
                        continue
                    if status == 201:
                        self.book.write("acked", [(token, answer["id"])])
                        with self.lock:
                            self.acked += 1
                    elif status == 503:
                        time.sleep(0.01)
                    time.sleep(self.pause_s)
                number += AHEAD
        except Exception as error:  # noqa: BLE001 - raised again by stop
            self.fault = error


# ---- dead letters ----

def zhenctl(host, *args, seconds=60):
    """(exit code, what it said)"""
    done = subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "--data", host.data, *args], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(host.env, LD_PRELOAD=""), timeout=seconds)
    return done.returncode, done.stdout.decode(errors="replace")


def dead_letters(stage):
    return [row for row in stage.parked if row[7] > ledger.NEVER and row[5] != "behind"]


def tend(host, book, ring, drop_every=3):
    """Each dead letter: of those that ring_b will never take some are dropped, by record; the others are cured and tried again.
    Returns (retried, dropped)."""
    retried = dropped = 0
    client = host.client()
    for stage in ring.stages.values():
        for row in dead_letters(stage):
            token, name = json.loads(row[4])["token"], "%s/%d" % (stage.name, row[0])
            ill = json.loads(row[4])["fail"] >= FOR_EVER and stage.name == "ring_b"
            if ill and sum(token.encode()) % drop_every == 0:
                book.write("dropping", [token])
                if zhenctl(host, "events", "drop", name)[0] == 0:
                    book.write("dropped", [token])
                    dropped += 1
                continue
            if ill:
                client.call("POST", "/p/ring_b/cure", {"token": token})
            retried += zhenctl(host, "events", "retry", name)[0] == 0
    client.close()
    return retried, dropped


def at_rest(ring):
    for subscriber, publisher in ledger.LINKS:
        stage, other = ring.stages[subscriber], ring.stages[publisher]
        cursor = stage.cursors.get((publisher, publisher + ".passed"), (0, 0))[1]
        if stage.parked or (other.events and cursor < other.events[-1][0]):
            return False
    return True


class Tended:
    """What settling did."""

    def __init__(self):
        self.retried = self.dropped = 0

    def add(self, pair):
        self.retried += pair[0]
        self.dropped += pair[1]


def settle(host, book, tended=None, seconds=240):
    """Until every event is an effect or dropped. The host runs; nobody sends."""
    tended = tended if tended is not None else Tended()
    end = time.monotonic() + seconds
    while True:
        ring = ledger.Ring(host.data, live=True)
        if ring.whole():
            if at_rest(ring):
                return tended
            tended.add(tend(host, book, ring))
        if host.process.poll() is not None:
            raise Died("zhend ended while it came to rest: %s" % host.tail())
        check(time.monotonic() < end, "not at rest after %d s: %s; %s", seconds, state_of(ring), host.tail())
        time.sleep(0.01)


def state_of(ring):
    said = []
    for subscriber, publisher in ledger.LINKS:
        if subscriber in ring.stages and publisher in ring.stages:
            stage = ring.stages[subscriber]
            said.append("%s is at %s of %d on %s, %d effects, %d parked" % (
                subscriber, stage.cursors.get((publisher, publisher + ".passed")), ring.stages[publisher].end, publisher,
                len(stage.effects), len(stage.parked)))
    return "; ".join(said)


class Janitor:
    """Tends dead letters beside the load, as long as the host lives."""

    def __init__(self, host, book):
        self.host, self.book, self.over, self.tended = host, book, False, Tended()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.over = True
        self.thread.join(60)
        return self.tended

    def _run(self):
        while not self.over and self.host.process.poll() is None:
            try:
                ring = ledger.Ring(self.host.data, live=True)
                if ring.whole():
                    self.tended.add(tend(self.host, self.book, ring))
            except (ledger.oracle.Lost, OSError, http.client.HTTPException, subprocess.TimeoutExpired):
                pass  # it was killed meanwhile
            time.sleep(0.1)
