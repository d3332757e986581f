# SPDX-License-Identifier: Apache-2.0
"""Power cuts while events go round: the disks that may be left behind, each looked at, started, brought to rest and judged."""
import os
import random
import shutil
import tempfile
import time

import disk as disks
import images
import ledger
import oracle
import recording as rec
from harness import Died, check
from ledger_load import Janitor, Load, ring_host, settle


def record(work, home, acked):
    """Load with dead letters, a pause for the checkpointer, an end by SIGKILL, and load again on what it left."""
    book = ledger.Book(os.path.join(work, "book"))
    with ring_host(work, home) as host:
        for name in ("first", "second"):
            host.start()
            load, janitor = Load(host, book, name, threads=4, pause_s=0.02).start(), Janitor(host, book).start()
            load.wait(acked // 4)
            if name == "first":
                time.sleep(1.2)
            load.wait(load.acked + acked // 4)
            host.kill()
            load.stop()
            janitor.stop()
        return rec.read(host.log), book.expected()


class Start:
    """Lets a zhend run on over an image, and judges what comes of it."""

    def __init__(self, home):
        self.home, self.started, self.tokens = home, 0, 0

    def __call__(self, image, expected):
        with tempfile.TemporaryDirectory(prefix="zhen-boot-", dir=ledger.fast_folder()) as work:
            data = os.path.join(work, "data")
            image.write_out(data)
            book = ledger.Book(os.path.join(work, "book"))
            with ring_host(work, self.home, record=False, data=data) as host:
                try:
                    host.start()
                    load = Load(host, book, "after", threads=1).start()
                    load.wait(2)
                    load.stop()
                    settle(host, book)
                except (Died, AssertionError) as died:
                    raise oracle.Lost("does not go on after the cut: %s" % died)
                oracle.must(host.stop() == 0, "does not end well after the cut: %s", host.tail())
            more = book.expected()
            book.close()
            both = ledger.Expected({**expected.sent, **more.sent}, {**expected.acked, **more.acked}, more.dropped,
                                   more.dropping | expected.dropping)
            tokens, _ = ledger.check_settled(ledger.copied(data, {}), both)
            self.tokens += tokens
            self.started += 1


def look(image, expected):
    with tempfile.TemporaryDirectory(prefix="zhen-image-", dir=ledger.fast_folder()) as work:
        for name in ledger.PLUGINS:
            for path in ("data.db", "data.db-wal"):
                node = image.find("plugins/%s/%s" % (name, path))
                if node is not None:
                    os.makedirs(os.path.join(work, "plugins", name), exist_ok=True)
                    with open(os.path.join(work, "plugins", name, path), "wb") as out:
                        out.write(image.read(node))
        ledger.check_anytime(ledger.Ring(work, {}), expected)


def judge(records, expected, count, seed, start=None, first=0, stop_after=None):
    rng = random.Random(seed)
    disk, verdict, acked, at = disks.Disk(rng), images.Verdict(), {}, 0
    for cut in images.choose_cuts(records, count, rng, first):
        while at <= cut:
            if records[at].op == rec.ACK:
                acked.update((answer["text"], answer["id"]) for answer in rec.answers(records[at]))
            else:
                disk.follow(records[at])
            at += 1
        mode = rng.choice(disks.MODES)
        image, error = disk.cut(rng, mode), None
        then = ledger.Expected(expected.sent, acked, (), expected.dropping)
        try:
            look(image, then)
            if start is not None and acked:
                start(image, then)
        except oracle.Lost as lost:
            error = lost
        verdict.add(mode, cut, len(acked), error)
        if stop_after is not None and verdict.bad >= stop_after:
            break
    verdict.acks = len(acked)
    return verdict


def proof(work, home, acked, count):
    records, expected = record(work, home, acked)
    start, began = Start(home), time.monotonic()
    verdict = judge(records, expected, count, 20261122, start)
    syncs = ", ".join("%s %d" % (name, rec.syncs(records, name + "/data.db-wal")) for name in ledger.PLUGINS)
    lines = verdict.lines() + ["%d images started and brought to rest (%.2f s each), %d tokens counted; syncs of WALs: %s" % (
        start.started, (time.monotonic() - began) / max(verdict.images, 1), start.tokens, syncs)]
    check(verdict.bad == 0, "\n".join(lines))
    check(verdict.images >= count and start.started >= count * 0.8, "too few images: %s", "; ".join(lines))
    check(verdict.acks >= acked * 0.9, "only %d acknowledgements in the recording", verdict.acks)
    return (records, expected), lines


def weakened(recording, count):
    """A database that is not synced is found: its own rows are lost, or its subscriber's cursor lies beyond its log."""
    lines = []
    for name in ledger.PLUGINS:
        chosen = lambda r, n=name: r.path.endswith(n + "/data.db-wal")  # noqa: E731
        records = [r for r in recording[0] if not (r.op == rec.SYNC_END and chosen(r))]
        left_out = len(recording[0]) - len(records)
        check(left_out > 0, "the product makes no such sync: %s", name)
        verdict = judge(records, recording[1], count, 11, first=len(records) // 2, stop_after=3)
        check(verdict.bad > 0, "the WAL of %s is never synced: not seen to fail in %d images", name, verdict.images)
        lines += ["SEEN TO FAIL, as it must: the WAL of %s is never synced (%d left out)" % (name, left_out)] + \
            verdict.lines()[:2]
    return lines
