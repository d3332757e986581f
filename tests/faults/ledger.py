# SPDX-License-Identifier: Apache-2.0
"""The ledger of the event bus: what an outside driver sent and what it was told is done, and an oracle over the databases of
the ring (ring_a -> ring_b -> ring_c -> ring_a). It shares no code with the product.

After everything has come to rest: acknowledged ⊆ effects ⊆ sent, at each of the three stages each token once, in the order of
the publisher per subject, dropped ones accounted for. At any other time, also on what a kill left behind: each event up to the
subscriber's cursor is either an effect or parked, once; each one behind it neither."""
import glob
import json
import os
import shutil
import sqlite3
import tempfile
import threading

import oracle
from oracle import must

LINKS = (("ring_b", "ring_a"), ("ring_c", "ring_b"), ("ring_a", "ring_c"))  # subscriber, publisher
PLUGINS = ("ring_a", "ring_b", "ring_c")
DIVISION = "990101101001"
NEVER = 1 << 61  # a row of _parked whose next try is later than this waits for a person


def fast_folder():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Book:
    """What was sent, acknowledged, dropped and cured, each on the disk before the driver goes on."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.lock = threading.Lock()
        self.fds = {}
        for name in ("sent", "acked", "dropping", "dropped"):
            self.fds[name] = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.folder = folder

    def write(self, name, lines):
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        with self.lock:
            os.write(self.fds[name], data)
        os.fdatasync(self.fds[name])

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def close(self):
        for fd in self.fds.values():
            os.close(fd)

    def expected(self):
        return Expected({token: (subject, fail) for token, subject, fail in self.read("sent")},
                        {token: number for token, number in self.read("acked")},
                        set(self.read("dropped")), set(self.read("dropping")))


class Expected:
    """sent: token -> (subject, fail); acked: token -> id; dropped: told to be; dropping: asked to be, perhaps without an answer."""

    def __init__(self, sent, acked, dropped=(), dropping=()):
        self.sent, self.acked = sent, acked
        self.dropped, self.dropping = set(dropped), set(dropping) | set(dropped)


# ---- reading ----

class Stage:
    """One plugin's database."""

    def __init__(self, db, folder, name):
        self.name = name
        self.effects = db.execute("SELECT id, token, subject, n, place, event FROM effect ORDER BY id").fetchall()
        self.tokens = []
        if name == "ring_a":
            self.tokens = db.execute("SELECT id, token, subject, fail FROM token ORDER BY id").fetchall()
        self.events = self._events(db, folder)
        self.epoch = dict(db.execute("SELECT name, value FROM _meta")).get("epoch")
        last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = '_event'").fetchone()
        self.end = max([last[0] if last else 0] + [event[0] for event in self.events])
        self.cursors = {(p, t): (epoch, seq) for p, t, epoch, seq in
                        db.execute("SELECT publisher, topic, epoch, seq FROM _cursor")}
        self.parked = db.execute("SELECT id, publisher, seq, subject, body, code, tries, not_before FROM _parked "
                                 "ORDER BY id").fetchall()
        self.held = {(p, s): (seq, let_go) for p, s, seq, let_go in db.execute("SELECT publisher, subject, seq, let_go FROM _held")}
        self.reached = {(p, t): seq for p, t, seq in db.execute("SELECT publisher, topic, seq FROM _reached")}

    def waits(self, publisher, subject, seq, cursor):
        """Whether an event is still to come: it lies behind the cursor, or is of a subject that is held. A cursor that went back
        for one that was held has had all others before."""
        held, let_go = self.held.get((publisher, subject), (None, 0))
        if seq <= cursor:
            return held is not None and not let_go and seq > held
        return seq > self.reached.get((publisher, publisher + ".passed"), 0) or (held is not None and seq > held)

    def _events(self, db, folder):
        """(seq, token, subject, n) of what it passed on, archives first."""
        sql, topic = "SELECT seq, body, subject FROM _event WHERE topic = ? ORDER BY seq", self.name + ".passed"
        rows = []
        for path in sorted(glob.glob(os.path.join(folder, "events-*.db"))):
            archive = sqlite3.connect(path)
            rows += archive.execute(sql, (topic,)).fetchall()
            archive.close()
        rows += db.execute(sql, (topic,)).fetchall()
        found = {}
        for seq, body, subject in rows:
            fields = json.loads(body)
            found[seq] = (seq, fields["token"], subject, fields["n"])
        return [found[seq] for seq in sorted(found)]


class Ring:
    """The three of them, from folders that may be opened for writing (copies), or, @live, read beside a running host."""

    def __init__(self, data, known=None, live=False):
        self.stages, self.audit = {}, {}
        for name in PLUGINS:
            folder = os.path.join(data, "plugins", name)
            path = os.path.join(folder, "data.db")
            if not os.path.exists(path):
                continue
            db = sqlite3.connect("file:%s?mode=ro" % path, uri=True) if live else sqlite3.connect(path)
            try:
                db.execute("BEGIN")
                tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                if not {"effect", "_cursor", "_held", "_audit"} <= tables:
                    continue
                self.stages[name] = Stage(db, folder, name)
                if known is not None:
                    verdict = db.execute("PRAGMA integrity_check").fetchall()
                    must(verdict == [("ok",)], "%s: integrity_check: %s", name, verdict[:3])
                    oracle.check_audit(db, known.setdefault(name, oracle.Known()))
            except sqlite3.DatabaseError as error:
                raise oracle.Lost("the database of %s cannot be read: %s" % (name, error))
            finally:
                db.close()

    def whole(self):
        return len(self.stages) == len(PLUGINS)


def copy_databases(data, target):
    for name in PLUGINS:
        os.makedirs(os.path.join(target, "plugins", name))
        for path in glob.glob(os.path.join(data, "plugins", name, "*.db")) + glob.glob(os.path.join(data, "plugins", name, "*-wal")):
            shutil.copyfile(path, os.path.join(target, "plugins", name, os.path.basename(path)))


def copied(data, known=None):
    """The ring of a folder whose host does not run. Opening it recovers the WAL: that is for the product to do on the original."""
    with tempfile.TemporaryDirectory(prefix="zhen-ring-", dir=fast_folder()) as copy:
        copy_databases(data, copy)
        return Ring(copy, known)


# ---- the oracle ----

def check_tokens(ring, expected):
    """What ring_a took down is what was sent, and holds what was acknowledged."""
    tokens = {}
    for number, token, subject, fail in ring.stages["ring_a"].tokens:
        must(token not in tokens, "token %s stands twice in ring_a", token)
        must(token in expected.sent, "token %s was never sent", token)
        must(expected.sent[token] == (subject, fail), "token %s was sent as %s, found %s", token, expected.sent[token],
             (subject, fail))
        tokens[token] = number
    for token, number in expected.acked.items():
        must(tokens.get(token) == number, "acknowledged and lost: token %s as row %s, found %s", token, number,
             tokens.get(token))
    published = [(token, n) for _, token, _, n in ring.stages["ring_a"].events]
    must(published == [(row[1], row[0]) for row in ring.stages["ring_a"].tokens],
         "ring_a: the events and the tokens differ: %s", differ([p[0] for p in published], list(tokens)))
    return tokens


def differ(left, right):
    a, b = set(left), set(right)
    return "only left %s, only right %s, %d and %d" % (sorted(a - b)[:3], sorted(b - a)[:3], len(left), len(right))


def check_emitted(stage):
    """An effect and the event it hands on are of one transaction."""
    if stage.name == "ring_a":
        return
    passed, taken = [event[1] for event in stage.events], [effect[1] for effect in stage.effects]
    must(passed == taken, "%s: the effects and the events they hand on differ: %s", stage.name, differ(taken, passed))


def check_cursor(stage, publisher):
    cursor = stage.cursors.get((publisher.name, publisher.name + ".passed"))
    if cursor is None:
        return 0
    must(cursor[0] == publisher.epoch, "%s: its cursor on %s is of epoch %s, the log of %s", stage.name, publisher.name,
         cursor[0], publisher.epoch)
    must(cursor[1] <= publisher.end, "%s: its cursor on %s is at %d, beyond the end of the log, %d", stage.name,
         publisher.name, cursor[1], publisher.end)
    return cursor[1]


def check_link(stage, publisher, expected):
    """Each event up to the cursor once. Returns how many lie behind it."""
    cursor = check_cursor(stage, publisher)
    by_token = {event[1]: event for event in publisher.events}
    effects, parked = {}, {}
    for _, token, subject, n, _, event in stage.effects:
        must(token not in effects, "%s: token %s has had its effect twice", stage.name, token)
        must(token in by_token, "%s: the effect of token %s, which %s never passed on", stage.name, token, publisher.name)
        must((subject, n) == by_token[token][2:], "%s: token %s came as %s, was passed on as %s", stage.name, token,
             (subject, n), by_token[token][2:])
        effects[token] = event
    must(len(set(effects.values())) == len(effects), "%s: two effects bear the id of one event", stage.name)
    for row in stage.parked:
        token = json.loads(row[4])["token"]
        must(token not in parked, "%s: token %s is parked twice", stage.name, token)
        must(token in by_token and by_token[token][0] == row[2], "%s: a parked event %s that %s never passed on", stage.name,
             token, publisher.name)
        parked[token] = row
    behind = 0
    for seq, token, subject, _ in publisher.events:
        times = (token in effects) + (token in parked)
        if stage.waits(publisher.name, subject, seq, cursor):
            behind += 1
            must(times == 0, "%s: token %s is still to come (%d, the cursor is at %d) and was given before", stage.name, token,
                 seq, cursor)
        elif stage.name == "ring_b" and token in expected.dropping:
            must(times == 0 if token in expected.dropped else times <= 1, "%s: token %s was dropped and is there", stage.name,
                 token)
        else:
            must(times < 2, "%s: token %s is parked and has had its effect", stage.name, token)
            must(times == 1, "%s: token %s was passed over: neither effect nor parked", stage.name, token)
    check_order(stage, by_token, parked)
    return behind


def check_order(stage, by_token, parked):
    last, places = {}, {}
    for _, token, subject, _, place, _ in stage.effects:
        places[subject] = places.get(subject, 0) + 1
        must(place == places[subject], "%s: effect %d of subject %s says that it is number %d", stage.name, places[subject],
             subject, place)
        seq = by_token[token][0]
        must(subject == "" or seq > last.get(subject, 0), "%s: token %s of subject %s came after a later one", stage.name,
             token, subject)
        last[subject] = max(seq, last.get(subject, 0))
    for token, row in parked.items():
        must(row[3] == "" or row[2] > last.get(row[3], 0), "%s: token %s is parked and a later one of subject %s went by",
             stage.name, token, row[3])


def check_anytime(ring, expected):
    """Returns how many events were committed by a publisher and not by its subscriber."""
    if not ring.whole():
        must(not expected.acked, "%d acknowledged and the databases are not there", len(expected.acked))
        return 0
    check_tokens(ring, expected)
    for name in PLUGINS:
        check_emitted(ring.stages[name])
    return sum(check_link(ring.stages[a], ring.stages[b], expected) for a, b in LINKS)


def check_settled(ring, expected):
    """Returns (tokens, dropped): how many went round, how many did not by record."""
    must(ring.whole(), "only %s are there", sorted(ring.stages))
    behind = check_anytime(ring, expected)
    must(behind == 0, "%d events were never delivered", behind)
    for name in PLUGINS:
        must(not ring.stages[name].parked, "%s: still parked: %s", name, ring.stages[name].parked[:2])
        must(not ring.stages[name].held, "%s: still held: %s", name, list(ring.stages[name].held.items())[:2])
    went = len(ring.stages["ring_b"].effects)  # what ring_b passed on is, link by link, what the others have
    return went, len(ring.stages["ring_a"].tokens) - went
