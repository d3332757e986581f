# SPDX-License-Identifier: Apache-2.0
"""Each clause by which a run is judged, seen to fail: on copies of a good run's databases with one thing spoiled, and on answers and
streams that are made up."""
import os
import shutil
import sqlite3
import time

import oracle
import traffic
import wire

LAST = "(SELECT MAX(id) FROM {0})"
# Which database, what is done to it, and the word by which it is named.
SPOILED = (
    ("relay", "INSERT INTO entry(township, token, version, grown{n}) SELECT township, token, version, grown{n} FROM entry ORDER BY id DESC LIMIT 1",
     "entries: 1 stand twice"),
    ("relay", "DELETE FROM entry WHERE id = 5", "acknowledged and lost"),
    ("relay", "UPDATE entry SET token = 'x' WHERE id = 5", "entries: never sent"),
    ("relay", "UPDATE entry SET id = 1000000 + id WHERE id = 5", "under another number"),
    ("relay", "INSERT INTO file(token, digest, version) SELECT token, digest, version FROM file ORDER BY id DESC LIMIT 1", "files: 1 stand twice"),
    ("relay", "DELETE FROM file WHERE id = 2", "files: 1 acknowledged and lost"),
    ("relay", "DELETE FROM taken WHERE id = 7", "drops: "),
    ("relay", "INSERT INTO taken(number, event, version) SELECT number, event, version FROM taken ORDER BY id DESC LIMIT 1", "drops: "),
    ("relay", "UPDATE taken SET number = 17 - number WHERE number IN (8, 9)", "1 out of order"),
    ("relay", "UPDATE taken SET version = (SELECT version FROM taken WHERE id = 1) WHERE id = " + LAST.format("taken"), "taken: rows of"),
    ("relay", "UPDATE entry SET version = (SELECT version FROM entry WHERE id = 1) WHERE id = " + LAST.format("entry"), "entry: rows of"),
    ("relay", "UPDATE entry SET grown{n} = 0 WHERE id = " + LAST.format("entry"), "columns are not of their version"),
    ("relay", "ALTER TABLE entry DROP COLUMN grown1", "has the columns"),
    ("relay", "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, not_before, parked_at) "
              "VALUES('pump', 1, 1, 't', '', '', 1, '', 'ill', '', 1, 1, 1)", "1 events are set aside"),
    ("pump", "DELETE FROM effect WHERE id = 3", "effects of entries"),
    ("pump", "INSERT INTO effect(number, token, event) SELECT number, token, event FROM effect WHERE id = 3", "1 repeated"),
)


def databases(data, book, versions):
    """Faults of the clauses. @data belongs to a host that has ended, after a good run of one swap or more."""
    faults = []
    for plugin, sql, word in SPOILED:
        copy = data + "-spoiled"
        for name in ("relay", "pump"):
            os.makedirs(os.path.join(copy, "plugins", name))
            for end in ("", "-wal"):
                path = os.path.join("plugins", name, "data.db" + end)
                if os.path.exists(os.path.join(data, path)):
                    shutil.copy(os.path.join(data, path), os.path.join(copy, path))
        db = sqlite3.connect(os.path.join(copy, "plugins", plugin, "data.db"))
        db.execute(sql.format(n=versions[-1].split(".")[1]))
        db.commit()
        db.close()
        said, _ = oracle.look(copy, book, versions)
        if not any(word in fault for fault in said):
            faults.append(f"not seen: {sql}: {said}")
        shutil.rmtree(copy)
    return faults


def made_up():
    """Answers and streams: (what, whether it is found)."""
    swapping = traffic.Versions("1")
    yield "the version that is there", swapping.fits("1", 1, 2)
    yield "one that nobody asked for", not swapping.fits("2", 1, 2)
    swapping.begin("2")
    yield "the old one while it is swapped", swapping.fits("1", 1, 2)
    yield "the new one while it is swapped", swapping.fits("2", 2, 3)
    yield "the old one to who asked before the new one answered", swapping.fits("1", 2.5, 4)
    yield "the old one to who asked after it", not swapping.fits("1", 3.5, 4)
    swapping.end(True)
    yield "the new one when it is done", swapping.fits("2", 5, 6)
    swapping.begin("3")
    swapping.end(False)
    yield "one that was refused", not swapping.fits("3", 7, 8)
    swapping.begin("4")
    swapping.end(True)
    yield "the old one after the end of a swap that nobody heard", not swapping.fits("2", time.monotonic() + 1, time.monotonic() + 2)
    yield "a stream with all", wire.differ([1, 2, 3], [1, 2, 3]) is None
    yield "a stream that lost one", "lost [2]" in wire.differ([1, 3], [1, 2, 3])
    yield "a stream that repeats one", "1 repeated" in wire.differ([1, 2, 2, 3], [1, 2, 3])
    yield "a stream that is out of order", "out of order" in wire.differ([2, 1, 3], [1, 2, 3])


def all_of_them(data, book, versions):
    return databases(data, book, versions) + [f"judged wrongly: {what}" for what, found in made_up() if not found]
