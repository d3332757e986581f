# SPDX-License-Identifier: Apache-2.0
"""A process is killed between a write into a write-ahead log and its sync, or after a sync that failed, whose bytes the system has
dropped while it still shows them; the next one reads them as committed. Then the power is cut: what was answered or delivered out
of what nobody had synced, or was written behind it, must be there all the same."""
import http.client
import random
import tempfile
import time

import disk as disks
import images
import ledger
import ledger_cuts
import oracle
import recording as rec
from harness import Host, check, key_of
from ledger_load import Load, ring_host, settle

LIVES = 4  # that end in a kill


def dies_unsynced(host, kind, path, deed):
    """The first life. Returns after which record the second begins; it runs."""
    host.start()
    host.control.rules("%s:path=%s,after=3" % (kind, path))
    end = time.monotonic() + 30
    while host.control.hits == 0:
        check(time.monotonic() < end, "%s: no sync of %s came: %s", kind, path, host.tail())
        deed()
    host.kill()
    host.control.rules("")
    born = host.control.seq
    host.start()
    return born


def delivered(work, home, kind):
    """Events of ring_a that were written and not synced come to ring_b. (records, when lives began, what is right of a disk)"""
    book, born = ledger.Book(work + "/book"), []
    with ring_host(work, home) as host:
        for life in range(LIVES):
            load = None

            def deed():
                nonlocal load
                load = load or Load(host, book, "life%d" % life, threads=2, pause_s=0.01).start()
                time.sleep(0.002)

            born.append(dies_unsynced(host, kind, "plugins/ring_a/data.db-wal", deed))
            load.stop()
            settle(host, book)
            host.kill()
        records, expected = rec.read(host.log), book.expected()

    def look(image, acked):
        ledger_cuts.look(image, ledger.Expected(expected.sent, {a["text"]: a["id"] for a in acked}, (), expected.dropping))

    return records, born, look


def answered(work, home, kind):
    """A call with a key that was written and not synced is answered when it comes again."""
    born = []
    with Host(work, home) as host:
        for life in range(LIVES):
            number = 0

            def send():
                text = "life%d-0-%d" % (life, number * 3)
                return host.client().call("POST", "/p/ledger/rows", {"text": text, "n": number},
                                          Idempotency_Key=key_of(text))[0]

            def deed():
                nonlocal number
                try:
                    if send() == 201 and host.control.hits == 0:
                        number += 1
                except (OSError, http.client.HTTPException):
                    pass  # the one that is to come again

            born.append(dies_unsynced(host, kind, "plugins/ledger/data.db-wal", deed))
            for _ in range(2):  # the same again, and a new one behind it
                check(send() == 201, "not answered after the restart: %s", host.tail())
                number += 1
            host.kill()
        records = rec.read(host.log)
    known = oracle.Known()

    def look(image, acked):
        with tempfile.TemporaryDirectory(prefix="zhen-image-", dir=ledger.fast_folder()) as scratch:
            oracle.check_image(image, acked, known, scratch)

    return records, born, look


def judge(records, born, look):
    """Nothing unsynced is left, at every answer and sync of the later lives."""
    disk, acked, verdict = disks.Disk(random.Random(1)), [], images.Verdict()
    for at, record in enumerate(records):
        if record.op == rec.ACK:
            acked += rec.answers(record)
        else:
            disk.follow(record)
        if record.seq <= born[0] or record.op not in (rec.ACK, rec.SYNC_END):
            continue
        error = None
        try:
            look(disk.cut(random.Random(at), "none"), list(acked))
        except oracle.Lost as lost:
            error = lost
        verdict.add("none", at, len(acked), error)
    verdict.acks = len(acked)
    return verdict


def renewal_left_out(records, born, path):
    """In each later life what is done to @path before it is first given bytes that it does not show already."""
    kept, lives, fresh, shown = [], list(born), False, bytearray()
    for record in records:
        if lives and record.seq > lives[0]:
            lives.pop(0)
            fresh = True
        if record.path.endswith(path):
            end = record.value + len(record.data)
            if record.op == rec.TRUNCATE:
                del shown[record.value:]
            elif record.op == rec.WRITE:
                fresh = fresh and shown[record.value:end] == record.data
                shown.extend(bytes(max(0, end - len(shown))))
                shown[record.value:end] = record.data
            if fresh and record.op in (rec.WRITE, rec.SYNC_END):
                continue
        kept.append(record)
    return kept


CASES = (
    ("delivered", delivered, "killsync", "ring_a/data.db-wal"),
    ("answered", answered, "killsync", "ledger/data.db-wal"),
    ("delivered after a failed sync", delivered, "eiosync", "ring_a/data.db-wal"),
    ("answered after a failed sync", answered, "eiosync", "ledger/data.db-wal"),
)


def proof(work, home):
    lines = []
    for what, make, kind, path in CASES:
        records, born, look = make("%s-%s" % (work, what.replace(" ", "-")), home, kind)
        verdict = judge(records, born, look)
        check(verdict.bad == 0, "%s: %s", what, "\n".join(verdict.lines()))
        wrong = judge(renewal_left_out(records, born, path), born, look)
        check(wrong.bad > 0, "%s: without the renewal not seen to fail in %d images", what, wrong.images)
        lines += ["%s: %s" % (what, verdict.lines()[0]),
                  "SEEN TO FAIL, as it must, %s, the log is not renewed by who opens it: %s" % (what, wrong.lines()[0]), wrong.first[0]]
    return lines
