# SPDX-License-Identifier: Apache-2.0
"""Compares what is left on a disk with what was acknowledged. It shares no code with the product: the digests, the audit chain
and the anchors are worked out here once more."""
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile

from harness import is_keyed, key_of

PLUGIN = "ledger"


class Lost(AssertionError):
    """Something acknowledged is not there, or something is half there."""


def sm3(data):
    return hashlib.new("sm3", data).hexdigest()


def number(value):
    return (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")


def chain_of(previous, row):
    seq, at, account, body, route, subject, outcome, request, digest = row
    text = [part.encode() for part in (account, body, route, subject, request, digest)]
    account, body, route, subject, request, digest = (number(len(part)) + part for part in text)
    return sm3(bytes.fromhex(previous) + number(seq) + number(at) + account + body + route + subject + number(outcome) +
               request + digest)


class Known:
    """Rows of the chain already worked out: images of one recording share most of them."""

    def __init__(self):
        self.chains = {}
        self.digests = {}

    def chain(self, previous, row):
        key = (previous, row)
        if key not in self.chains:
            self.chains[key] = chain_of(previous, row)
        return self.chains[key]


def must(condition, text, *args):
    if not condition:
        raise Lost(text % args if args else text)


def same(what, left, right):
    """@left, @right: (name, list of texts); the same texts as often in both."""
    (left_name, a), (right_name, b) = left, right
    if sorted(a) == sorted(b):
        return
    only_a, only_b = sorted(set(a) - set(b)), sorted(set(b) - set(a))
    raise Lost("%s half there: only in %s %s, only in %s %s%s" % (what, left_name, only_a[:4], right_name, only_b[:4],
                                                                 "" if only_a or only_b else "; some twice"))


def check_audit(db, known):
    """The chain, and its rows by seq."""
    previous, expected, chains = "00" * 32, 1, {}
    for row in db.execute("SELECT seq, at, account, body, route, subject, outcome, request, digest, chain FROM _audit "
                          "ORDER BY seq"):
        must(row[0] == expected, "the audit has row %d where row %d should be", row[0], expected)
        must(known.chain(previous, row[:9]) == row[9], "audit row %d does not fit the chain", row[0])
        previous, expected = row[9], expected + 1
        chains[row[0]] = row[9]
    return chains


def check_anchors(text, chains):
    """What was anchored is older than what is in the database, never newer."""
    for line in text.split(b"\n")[:-1]:
        word = line.decode(errors="replace").split(" ")
        if len(word) != 5 or not word[1].isdigit():
            continue  # torn: it was never relied on
        must(chains.get(int(word[1])) == word[2], "the anchor of audit row %s is not vouched for by the database", word[1])


def check_rows(db, acked):
    entries = {row[1]: row for row in db.execute("SELECT id, text, n FROM entry")}
    files = {row[1]: row for row in db.execute("SELECT id, text, digest FROM file")}
    for answer in acked:
        text = answer["text"]
        row = files.get(text) if "digest" in answer else entries.get(text)
        must(row is not None, "acknowledged and lost: %s", text)
        must(row == (answer["id"], text, answer.get("digest", answer.get("n"))), "acknowledged %s, found %s", answer, row)
    for topic, route, have in (("ledger.entry.added", "POST /rows", entries), ("ledger.file.added", "POST /files", files)):
        rows = ("the table", list(have))
        events = [json.loads(row[0])["text"] for row in db.execute("SELECT body FROM _event WHERE topic = ?", (topic,))]
        audit = [row[0] for row in db.execute("SELECT subject FROM _audit WHERE route = ? AND outcome = 201", (route,))]
        same(route, rows, ("the events", events))
        same(route, rows, ("the audit", audit))
    return entries, files


def check_keys(db, texts):
    keyed = {row[0]: row[1] for row in db.execute("SELECT key, reply FROM _idempotency")}
    same("Idempotency-Key", ("the tables", [key_of(text) for text in texts if is_keyed(text)]), ("the keys", list(keyed)))
    for key, reply in keyed.items():
        must(key_of(json.loads(reply)["text"]) == key, "the answer kept for %s is another's: %s", key, reply)


def check_database(path, acked, known, keys=True):
    """Opens it as the product would (the WAL is recovered). Returns (chains, files)."""
    db = sqlite3.connect(path)
    try:
        verdict = db.execute("PRAGMA integrity_check").fetchall()
        must(verdict == [("ok",)], "integrity_check: %s", verdict[:3])
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"entry", "file", "_audit"} <= tables:
            must(not acked, "%d acknowledged and the tables are not there", len(acked))
            return {}, {}
        chains = check_audit(db, known)
        entries, files = check_rows(db, acked)
        if keys:
            check_keys(db, list(entries) + list(files))
        kept = {(row[0], row[1]) for row in db.execute("SELECT digest, subject FROM _blob")}
        must(kept == {(row[2], text) for text, row in files.items()}, "_blob and the files' rows differ")
        return chains, files
    except sqlite3.DatabaseError as error:
        raise Lost("the database cannot be read: %s" % error)
    finally:
        db.close()


def check_blobs(blobs, files):
    """@blobs: digest -> SM3 of what is there. Also nobody's must be right: the same bytes may come again."""
    for digest, real in blobs.items():
        must(digest == real, "blob %s has other bytes (%s)", digest[:16], real[:16])
    for text, row in files.items():
        must(row[2] in blobs, "the blob of %s is not there", text)


def check_folder(data, acked, known=None, keys=True):
    """The data folder of a zhend that does not run, or that stands still. Returns the rows of its audit."""
    known = known or Known()
    home = os.path.join(data, "plugins", PLUGIN)
    with tempfile.TemporaryDirectory(prefix="zhen-check-") as copy:
        # Opening it recovers the WAL: that is for the product to do on the original.
        for name in ("data.db", "data.db-wal"):
            if os.path.exists(os.path.join(home, name)):
                shutil.copyfile(os.path.join(home, name), os.path.join(copy, name))
        chains, files = check_database(os.path.join(copy, "data.db"), acked, known, keys)
    blobs = {}
    for folder, _, names in os.walk(os.path.join(home, "blobs")):
        for name in names:
            if name not in known.digests:
                with open(os.path.join(folder, name), "rb") as blob:
                    known.digests[name] = sm3(blob.read())
            blobs[name] = known.digests[name]
    check_blobs(blobs, files)
    anchors = os.path.join(data, "anchors")
    for name in os.listdir(anchors) if os.path.isdir(anchors) else []:
        if name.startswith(PLUGIN):
            with open(os.path.join(anchors, name), "rb") as text:
                check_anchors(text.read(), chains)
    return len(chains)


def check_image(image, acked, known, scratch):
    """One possible disk. @scratch: an empty folder."""
    home = "plugins/" + PLUGIN
    main = image.find(home + "/data.db")
    if main is None:
        must(not acked, "%d acknowledged and there is no database", len(acked))
        return
    chains, files = open_image(image, home, acked, known, scratch)
    host = image.find("host/data.db")
    must(host is not None or not acked, "the host's own database is gone")
    must(image.find("keys") is not None or not acked, "the host's keys are gone")
    blobs = {}
    root = image.find(home + "/blobs")
    for folder in image.list(root).values() if root is not None else ():
        for digest, node in image.list(folder).items():
            blobs[digest] = digest_of(image, node, known)
    check_blobs(blobs, files)
    anchors = image.find("anchors")
    for name, node in image.list(anchors).items() if anchors is not None else ():
        if name.startswith(PLUGIN):
            check_anchors(bytes(image.read(node)), chains)


def open_image(image, home, acked, known, scratch):
    paths = []
    for name in ("data.db", "data.db-wal"):
        node = image.find(home + "/" + name)
        if node is None:
            continue
        paths.append(os.path.join(scratch, name))
        with open(paths[-1], "wb") as out:
            out.write(image.read(node))
    try:
        return check_database(os.path.join(scratch, "data.db"), acked, known)
    finally:
        for name in os.listdir(scratch):
            os.unlink(os.path.join(scratch, name))


def digest_of(image, node, known):
    if not image.whole(node):
        return sm3(bytes(image.read(node)))
    key = (id(node), node.version)
    if key not in known.digests:
        known.digests[key] = sm3(bytes(node.durable))
    return known.digests[key]
