# SPDX-License-Identifier: Apache-2.0
"""SIGKILL while events go round. Many are dealt at a point of the code that was counted to (ZHEN_TEST_KILL=POINT:N, kernel/runtime/points.h): between the
publisher's COMMIT and the subscriber's, inside a delivery, and after its COMMIT, before the bus hears of it."""
import os
import random
import shutil
import signal
import time

import ledger
import ledger_load
import oracle
from harness import Died, check
from ledger_backups import Saving
from ledger_load import Janitor, Load, ring_host, settle

FRESH_EVERY = 25  # kills on one data folder; each ends with everything settled
BETWEEN_SHARE = 0.3
PAUSE_S = 0.006  # of each writer; the load is to meet the kills, not to fill the disk
POINTS = (("published", 9), ("before-effect", 3), ("after-effect", 3))  # and out of how many


class Count:
    def __init__(self):
        self.kills = self.timed = self.between = self.lives = 0
        self.workers = {name: 0 for name in ledger.PLUGINS}
        self.points = {name: 0 for name, _ in POINTS}
        self.tokens = self.acked = self.dropped = self.retried = self.checks = 0
        self.saved = self.half = 0  # backups that a kill met, or might have
        self.parked = self.waiting = 0  # ends at which a stage had events set aside, or such that wait behind one

    def at_points(self):
        return self.points["published"] + self.points["before-effect"]

    def lines(self, home, took):
        points = ", ".join("%s %d" % pair for pair in self.points.items())
        return ["%s: %d kills in %.0f s: at points %s; at random times %d; of one worker alone %s" % (
                    home, self.kills, took, points, self.timed, ", ".join("%s %d" % pair for pair in self.workers.items())),
                "between the publisher's COMMIT and the subscriber's: %d of %d kills (%.0f %%) by test points; after %d of %d "
                "ends the databases show events under way" % (
                    self.at_points(), self.kills, 100.0 * self.at_points() / max(self.kills, 1), self.between, self.checks),
                "%d acknowledged, %d tokens went round, %d dropped, %d dead letters tried again; looked at %d times, %d "
                "stages had events set aside, %d such that wait behind one; of the backups meanwhile %d whole and exact, %d half "
                "made" % (self.acked, self.tokens, self.dropped, self.retried, self.checks, self.parked, self.waiting, self.saved,
                          self.half)]


def choose(rng, life):
    """Each point once, then as it comes."""
    if life < len(POINTS):
        return POINTS[life][0]
    number = rng.randrange(20)
    for name, share in POINTS:
        if number < share:
            return name
        number -= share
    return None


def died_at(host, pids, seconds):
    """Whether the test point was reached: the host itself, or one of its first workers, is gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if host.process.poll() is not None or gone(pids):
            return True
        time.sleep(0.001)
    return False


def starts(host, point):
    """The workers of a host that is up. None: the point was reached while it started, by events that the life before had left."""
    try:
        host.start()
    except Died:
        if point is None or host.process.returncode != -signal.SIGKILL:
            raise
        return None
    pids = host.worker_pids()
    if host.home == "process" and point is not None and (len(pids) < len(ledger.PLUGINS) or gone(pids)):
        host.kill()
        return None
    return pids


def gone(pids):
    for pid in pids:
        try:
            with open("/proc/%d/stat" % pid, "rb") as stat:
                if stat.read().rsplit(b")", 1)[1].split()[0] in (b"Z", b"X"):
                    return True
        except OSError:
            return True
    return False


def kill_one_worker(host, load, rng, count):
    """Each of the three in turn; the host starts another and goes on."""
    _, health = host.client().call("GET", "/kernel/health")
    pids = {plugin["id"]: plugin["pid"] for plugin in health["plugins"] if "pid" in plugin}
    name = ledger.PLUGINS[sum(count.workers.values()) % len(ledger.PLUGINS)]
    check(name in pids, "no worker of %s: %s", name, health)
    os.kill(pids[name], signal.SIGKILL)
    count.kills += 1
    count.workers[name] += 1
    load.wait(load.acked + rng.randrange(1, 8), seconds=20)


def life(host, book, number, count, known):
    """From one start to one end. What it does hangs on its number alone, whatever became of those before."""
    rng = random.Random(number)
    point = choose(rng, number)
    host.env.pop("ZHEN_TEST_KILL", None)
    if point is not None:
        host.env["ZHEN_TEST_KILL"] = "%s:%d" % (point, rng.randrange(1, 12))
    count.lives += 1
    pids = starts(host, point)
    if pids is None:
        count.points[point] += 1
        ended(host, book, count, known)
        return
    load = Load(host, book, "k%d" % number, pause_s=PAUSE_S, numbers=rng.randrange(1000)).start()
    janitor = Janitor(host, book).start() if number % 3 == 0 else None
    saving = Saving(host, book).start() if number % 4 == 3 else None
    if point is not None:
        check(died_at(host, pids, 20), "%s was not reached: %s", host.env["ZHEN_TEST_KILL"], host.tail())
        count.points[point] += 1
    else:
        load.wait(rng.randrange(1, 40))
        if host.home == "process" and number % 3 == 1:
            kill_one_worker(host, load, rng, count)
        time.sleep(rng.random() * 0.02)
        count.timed += 1
    host.kill()
    count.acked += load.stop()
    if janitor is not None:
        tended = janitor.stop()
        count.retried += tended.retried
    ended(host, book, count, known)
    if saving is not None:
        whole, half = saving.look()
        count.saved += whole
        count.half += half


def ended(host, book, count, known):
    count.kills += 1
    ring = ledger.copied(host.data, known)
    behind = ledger.check_anytime(ring, book.expected())
    for stage in ring.stages.values():
        count.parked += any(row[5] != "behind" for row in stage.parked)
        count.waiting += any(row[5] == "behind" for row in stage.parked)
    count.checks += 1
    count.between += behind > 0


def come_to_rest(host, book, known, count):
    host.env.pop("ZHEN_TEST_KILL", None)
    host.start()
    tended = settle(host, book)
    code = host.stop()
    check(code == 0, "zhend ended with %s: %s", code, host.tail())
    tokens, dropped = ledger.check_settled(ledger.copied(host.data, known), book.expected())
    count.tokens += tokens
    count.dropped += dropped
    count.retried += tended.retried


def many(work, home, kills, env=None):
    count, began, folder = Count(), time.monotonic(), 0
    while count.kills < kills:
        place = os.path.join(work, str(folder))
        os.makedirs(place)
        host, book, known = ring_host(place, home, record=False, env=env), ledger.Book(os.path.join(place, "book")), {}
        end = count.kills + min(FRESH_EVERY, kills - count.kills)
        with host:
            while count.kills < end:
                life(host, book, count.lives, count, known)
            come_to_rest(host, book, known, count)
        book.close()
        shutil.rmtree(place)
        folder += 1
    lines = count.lines(home, time.monotonic() - began)
    text = "; ".join(lines)
    check(count.kills >= kills, "%d kills were demanded: %s", kills, text)
    check(count.at_points() >= BETWEEN_SHARE * count.kills and count.between >= count.at_points() / 2, "too few kills between the COMMITs: %s", text)
    check(count.tokens > 0 and count.acked > 0 and count.checks == count.lives, "too little was looked at: %s", text)
    check(min(count.points.values()) > 0, "a point was never reached: %s", text)
    check(kills < 100 or home != "process" or min(count.workers.values()) > 0, "a worker was never killed alone: %s", text)
    check(kills < 500 or min(count.saved, count.half) > 0, "no backup was whole, or none was met by a kill: %s", text)
    check(kills < 100 or min(count.dropped, count.retried, count.parked, count.waiting) > 0, "no dead letters met: %s", text)
    return lines


def wrong_product(work, home, kills):
    """The cursor is moved in a transaction of its own: a kill between the two must be found."""
    try:
        lines = many(work, home, kills, env={"ZHEN_TEST_CURSOR_OUTSIDE": "1"})
    except oracle.Lost as lost:
        return ["SEEN TO FAIL, as it must: the cursor moves outside the transaction (%s): %s" % (home, lost)]
    raise AssertionError("the cursor moved outside the transaction and nothing was found: %s" % "; ".join(lines))
