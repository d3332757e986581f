# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at the one moment that the audit has two truths: rows are committed, and the anchor that vouches for them is not there
yet, or only half. Afterwards all that was acknowledged is there and `zhenctl audit verify` finds the chain in order."""
import os
import re
import shutil
import sqlite3
import subprocess
import time

import oracle
from harness import BUILD, Died, Host, Load, check

WAL = "plugins/ledger/data.db-wal"
ANCHORS = "anchors/ledger.anchors"
OFTEN = {"ZHEN_TEST_UPKEEP_MS": "30"}

# when it dies, the rule for powercut.so, whether rows must be left that no anchor vouches for
PLACES = (
    ("committed, nobody told", "killsynced:path=%s,after={after}" % WAL, False),
    ("before the anchor is written", "killwrite:path=%s,after={few}" % ANCHORS, True),
    ("anchor written, not synced", "killsync:path=%s,after={few}" % ANCHORS, False),
    ("anchor synced", "killsynced:path=%s,after={few}" % ANCHORS, False),
)


def verify(host):
    """(rows, vouched for up to) as `zhenctl audit verify` says; it must be content."""
    done = subprocess.run([os.path.join(BUILD, "bin", "zhenctl"), "--data", host.data, "audit", "verify", oracle.PLUGIN],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    found = re.search(r"(\d+) rows fit; vouched for up to row (\d+); (\d+) newer not vouched for", done.stdout)
    check(done.returncode == 0 and found is not None, "audit verify: %d %s%s", done.returncode, done.stdout, done.stderr)
    return int(found.group(1)), int(found.group(2))


def entries(data):
    """Rows that are in the database, told or not."""
    home = os.path.join(data, "plugins", oracle.PLUGIN)
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(home, "data.db"), uri=True)
    count = db.execute("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM file)").fetchone()[0]
    db.close()
    return count


def die_at(host, rule, name):
    """Under load. Returns what was acknowledged."""
    host.start()
    load = Load(host, threads=8, name=name).start().wait(40)
    end = time.monotonic() + 30
    while not os.path.exists(os.path.join(host.data, ANCHORS)):
        check(time.monotonic() < end, "nothing was anchored in 30 s")
        time.sleep(0.005)
    host.control.rules(rule)
    while host.control.hits == 0:
        check(time.monotonic() < end, "%s: not reached in 30 s: %s", rule, host.tail())
        time.sleep(0.001)
    host.kill()
    load.stop()
    host.control.rules("")
    return [answer for _, answer in load.acked]


def once(work, home, place, turn):
    name, rule, unvouched = place
    with Host(work, home, env=OFTEN) as host:
        acked = die_at(host, rule.format(after=3 + 7 * turn, few=turn % 5), "a%d" % turn)
        oracle.check_folder(host.data, acked)
        del host.env["ZHEN_TEST_UPKEEP_MS"]  # no anchor between the start and the question
        host.start()
        there = entries(host.data)
        rows, vouched = verify(host)
        check(0 < vouched <= rows, "%s: %d rows, vouched for up to %d", name, rows, vouched)
        check(rows == there, "%s: %d audit rows for %d entries", name, rows, there)
        check(not unvouched or vouched < rows, "%s: all %d rows were vouched for", name, rows)
        check(there >= len(acked), "%s: %d acknowledged, %d there", name, len(acked), there)
        status, answer = host.client().call("POST", "/p/ledger/rows", {"text": "after-0-1", "n": 1})
        check(status == 201, "%s: no write after the kill: %s", name, status)
        check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
        host.start()
        rows_now, vouched_now = verify(host)
        check(rows_now == vouched_now == rows + 1, "%s: %d rows, vouched for up to %d", name, rows_now, vouched_now)
        check(host.stop() == 0, "zhend did not stop cleanly: %s", host.tail())
        oracle.check_folder(host.data, acked + [answer])
        return len(acked), there - len(acked), rows - vouched


def between(work, home, turns):
    lines = []
    for place in PLACES:
        acked = untold = newer = turn = 0
        # The checkpointer syncs the WAL as well; a kill there leaves nothing untold, and another one follows.
        while turn < turns or (place is PLACES[0] and untold == 0 and turn < turns + 10):
            shutil.rmtree(work, ignore_errors=True)
            told, more, left = once(work, home, place, turn)
            acked, untold, newer, turn = acked + told, untold + more, newer + left, turn + 1
        lines.append("%s: %d kills, %d acknowledged and there, %d there and not told, %d audit rows newer than their anchor" %
                     (place[0], turn, acked, untold, newer))
        check(place is not PLACES[0] or untold > 0, "no batch was committed and not told: the kill came at another time")
    return lines


def wrong_product(work, home):
    """Killed at the WAL, before a COMMIT whose answers have already left: something acknowledged is not there."""
    for turn in range(30):
        shutil.rmtree(work, ignore_errors=True)
        with Host(work, home, env={**OFTEN, "ZHEN_TEST_REPLY_EARLY": "1"}) as host:
            acked = die_at(host, "killwrite:path=%s,after=%d" % (WAL, 10 + 9 * turn), "e%d" % turn)
            try:
                oracle.check_folder(host.data, acked)
            except oracle.Lost as lost:
                return ["SEEN TO FAIL, as it must: replies sent before COMMIT, kill %d: %s" % (turn + 1, lost)]
    raise Died("30 kills before COMMIT and nothing acknowledged was lost")
