# SPDX-License-Identifier: Apache-2.0
"""Power cuts: a recording of a host at work, the disks it may leave behind, and proof that a wrong product, or a recording
without one kind of sync, is found."""
import os
import random
import tempfile
import time

import images
import oracle
import recording as rec
from harness import Died, Host, Load, check


def record(work, home, acked, env=None):
    """Load, a pause long enough for the checkpointer, a clean stop, load again, and the end by SIGKILL."""
    with Host(work, home, env=env) as host:
        host.start()
        load = Load(host, name="first").start()
        load.wait(acked // 2)
        load.stop()
        time.sleep(1.3)  # the checkpointer copies what is there
        load = Load(host, name="second", threads=4).start().wait(acked // 10)
        load.stop()
        code = host.stop()
        check(code == 0, "zhend ended with %s: %s", code, host.tail())
        host.start()
        load = Load(host, name="third").start().wait(acked // 2)
        host.kill()
        load.stop()
        return rec.read(host.log)


def boots(home, every):
    """Lets a real zhend start on one image in @every, write, and stop."""
    state = {"seen": 0, "started": 0}

    def each(image, acked):
        state["seen"] += 1
        if not acked or state["seen"] % every != 0:
            return
        with tempfile.TemporaryDirectory(prefix="zhen-boot-") as work:
            data = os.path.join(work, "data")
            image.write_out(data)
            with Host(work, home, record=False, data=data) as host:
                try:
                    host.start()
                except Died as died:
                    raise oracle.Lost("no start after the cut: %s" % died)
                status, answer = host.client().call("POST", "/p/ledger/rows", {"text": "after-0-0", "n": 1},
                                                    Idempotency_Key="key-of-the-fault-tests-after-0-0")
                oracle.must(status == 201, "no write after the cut: %s %s", status, answer)
                host.stop()
            oracle.check_folder(data, acked + [answer])
            state["started"] += 1

    return each, state


def proof(work, home, acked, count, boot_every):
    records = record(work, home, acked)
    each, state = boots(home, boot_every)
    verdict = images.check(records, count, random.randrange(1 << 30) if count > 1000 else 20260918, each=each)
    syncs = rec.syncs(records, "ledger/data.db-wal")
    lines = verdict.lines() + ["%d syncs of the WAL, %d images started by a zhend" % (syncs, state["started"])]
    check(verdict.bad == 0, "\n".join(lines))
    check(verdict.acks >= acked, "only %d acknowledgements in the recording", verdict.acks)
    check(state["started"] > 0, "no image was started on")
    return records, lines


def must_fail(records, count, seed, what):
    # Well after the start: rows that were acknowledged are to be missing, not the tables.
    verdict = images.check(records, count, seed, stop_after=5, first=len(records) // 2)
    check(verdict.bad > 0, "%s: not seen to fail in %d images", what, verdict.images)
    return ["SEEN TO FAIL, as it must: " + what] + verdict.lines()


def wrong_product(work, home, name, env, acked, count):
    return must_fail(record(work, home, acked, env=env), count, 7, "%s (%s)" % (name, home))


# One kind of sync that the product makes, taken out of a good recording: whoever leaves it out is found.
KINDS = (
    ("the WAL is never synced", lambda r: r.path.endswith("ledger/data.db-wal")),
    ("the database is never synced", lambda r: r.path.endswith("ledger/data.db")),
    ("files are never synced before their name", lambda r: "/ledger/staging/" in r.path),
    ("the folders of files are never synced", lambda r: "/ledger/blobs" in r.path),
    ("folders above a plugin are never synced", lambda r: r.path in ("plugins", "")),
)


def without(records, chosen):
    return [r for r in records if not (r.op == rec.SYNC_END and chosen(r))]


def weakened(records, count):
    """@count images for each kind."""
    lines = []
    for what, chosen in KINDS:
        left_out = sum(1 for r in records if r.op == rec.SYNC_END and chosen(r))
        check(left_out > 0, "the product makes no such sync: %s", what)
        lines += must_fail(without(records, chosen), count, 11, "%s (%d syncs left out)" % (what, left_out))[:2]
    return lines
