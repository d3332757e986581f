# SPDX-License-Identifier: Apache-2.0
"""Backups while events go round: each is restored, started, let run on, and its ledger must be exact."""
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import ledger
from harness import BUILD, Died, check
from ledger_load import Janitor, Load, ring_host, settle, zhenctl

LINK = (("ring_b", "ring_a"), ("ring_a", "ring_c"))
FRESH_EVERY = 20  # backups of one data folder


def restore(host, backup, data):
    done = subprocess.run([os.path.join(BUILD, "bin", "zhend"), "--config", host.conf, "--restore", backup, "--data", data],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=host.env, timeout=60)
    check(done.returncode == 0, "zhend --restore ended with %d: %s", done.returncode, done.stdout.decode(errors="replace"))


def back_up(host, folder):
    """The folder of the backup."""
    os.makedirs(folder, exist_ok=True)
    code, said = zhenctl(host, "backup", folder)
    check(code == 0, "zhenctl backup ended with %d: %s; %s", code, said, host.tail())
    names = sorted(os.listdir(folder))
    check(len(names) == 1 and names[0].startswith("zhen-"), "not one backup in %s: %s", folder, names)
    return os.path.join(folder, names[0])


def run_on(work, home, data, name, before, after):
    """Starts what was restored, sends a little, brings it to rest. @before: the lists before the backup began, @after: now."""
    book = ledger.Book(os.path.join(work, "book"))
    cut = ledger.copied(data, {})
    ledger.check_anytime(cut, ledger.Expected(after.sent, before.acked, before.dropped, after.dropping))
    with ring_host(work, home, record=False, data=data) as host:
        host.start()
        load = Load(host, book, name, threads=2).start()
        load.wait(4)
        load.stop()
        settle(host, book)
        check(host.stop() == 0, "%s does not end well: %s", name, host.tail())
    more = book.expected()
    book.close()
    both = ledger.Expected({**after.sent, **more.sent}, {**before.acked, **more.acked}, before.dropped | more.dropped,
                           after.dropping | more.dropping)
    end = ledger.copied(data, {})
    counted = ledger.check_settled(end, both)
    return cut, end, counted


class Count:
    def __init__(self):
        self.backups = self.tokens = self.dropped = self.open = self.parked = self.acked = 0
        self.slowest = 0.0


def one(host, book, work, home, number, count):
    backups, place = os.path.join(work, "backups"), os.path.join(work, "restored")
    before, began = book.expected(), time.monotonic()
    backup = back_up(host, backups)
    count.slowest = max(count.slowest, time.monotonic() - began)
    after = book.expected()
    restore(host, backup, os.path.join(place, "data"))
    live = ledger.Ring(host.data, live=True)
    cut, end, (tokens, dropped) = run_on(place, home, os.path.join(place, "data"), "r%d" % number, before, after)
    for name in ledger.PLUGINS:
        check(end.stages[name].epoch != live.stages[name].epoch, "%s: restored with the epoch of the original", name)
    seen = sum(len(stage.events) for stage in cut.stages.values())
    taken = sum(len(stage.effects) + len(stage.parked) for stage in cut.stages.values())
    count.open += seen > taken
    count.parked += any(stage.parked for stage in cut.stages.values())
    count.backups += 1
    count.tokens += tokens
    count.dropped += dropped
    shutil.rmtree(place)
    shutil.rmtree(backups)


def many(work, home, backups):
    count, began, folder = Count(), time.monotonic(), 0
    while count.backups < backups:
        place = os.path.join(work, str(folder))
        book, end = ledger.Book(os.path.join(place, "book")), min(backups, count.backups + FRESH_EVERY)
        with ring_host(place, home, record=False) as host:
            host.start()
            load, janitor = Load(host, book, "l", threads=4, pause_s=0.015).start(), Janitor(host, book).start()
            load.wait(30)
            while count.backups < end:
                mark = load.acked
                one(host, book, place, home, count.backups, count)
                check(load.wait(mark + 3), "the load has ended: %s", host.tail())
            count.acked += load.stop()
            janitor.stop()
            settle(host, book)
            check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        ledger.check_settled(ledger.copied(host.data, {}), book.expected())
        book.close()
        shutil.rmtree(place)
        folder += 1
    lines = ["%s: %d backups under load in %.0f s (the slowest took %.2f s), each restored, run on and exact: %d tokens counted, "
             "%d dropped; %d acknowledged by the original" % (home, count.backups, time.monotonic() - began, count.slowest,
                                                             count.tokens, count.dropped, count.acked),
             "%d cuts had events that were not delivered yet, %d had parked ones" % (count.open, count.parked)]
    check(count.backups >= backups and count.tokens > 0, "too little: %s", lines)
    check(backups < 50 or count.open > 0, "no cut went between a publisher and a subscriber: %s", lines)
    return lines


def no_cut(work, home):
    """Copied one after another under load, each well: what the oracle says of it."""
    book = ledger.Book(os.path.join(work, "book"))
    with ring_host(work, home, record=False) as host:
        host.start()
        load = Load(host, book, "n", threads=4, pause_s=0.01).start()
        load.wait(30)
        for name in ledger.PLUGINS:
            folder = os.path.join(work, "copies", "plugins", name)
            os.makedirs(folder)
            source = sqlite3.connect("file:%s/data.db?mode=ro" % os.path.join(host.data, "plugins", name), uri=True)
            target = sqlite3.connect(os.path.join(folder, "data.db"))
            source.backup(target)
            target.close()
            source.close()
            load.wait(load.acked + 20)
        load.stop()
        expected = book.expected()
        try:
            ledger.check_anytime(ledger.Ring(os.path.join(work, "copies")), ledger.Expected(expected.sent, {}, (), ()))
        except ledger.oracle.Lost as lost:
            return ["SEEN TO FAIL, as it must: databases copied one after another (%s): %s" % (home, lost)]
    raise AssertionError("databases copied one after another, and nothing was found")


# ---- one that a kill may meet ----

class Saving:
    """A backup in the midst of a life that ends by a kill: half made and named so, or whole and exact."""

    def __init__(self, host, book):
        self.host, self.book, self.before = host, book, book.expected()
        self.folder = tempfile.mkdtemp(prefix="saved-", dir=os.path.dirname(host.data))
        self.thread = threading.Thread(target=zhenctl, args=(host, "backup", self.folder), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def look(self):
        """(whole ones, half ones)"""
        self.thread.join()
        after, names = self.book.expected(), os.listdir(self.folder)
        whole = [name for name in names if not name.endswith(".partial")]
        for name in whole:
            data = os.path.join(self.folder, "restored")
            restore(self.host, os.path.join(self.folder, name), data)
            ledger.check_anytime(ledger.copied(data, {}),
                                 ledger.Expected(after.sent, self.before.acked, self.before.dropped, after.dropping))
        shutil.rmtree(self.folder)
        return len(whole), len(names) - len(whole)


# ---- a folder put back by hand ----

def wait_refused(host, wanted, seconds=20):
    """Until exactly the links of @wanted, (subscriber, publisher), stand still; what is said of each."""
    end = time.monotonic() + seconds
    while True:
        status, health = host.client().call("GET", "/kernel/health")
        links = {(plugin["id"], link["publisher"]): link for plugin in health["plugins"] for link in plugin["links"]}
        refused = {pair for pair, link in links.items() if link["state"] == "refused"}
        if refused == set(wanted):
            break
        check(time.monotonic() < end, "refused are %s, not %s: %s", refused, wanted, links)
        time.sleep(0.05)
    check(len(links) == len(ledger.LINKS), "not every link is told of: %s", links)
    check(status == 503, "health answers %d while a link stands still", status)
    code, said = zhenctl(host, "events")
    for pair in wanted:
        fault = links[pair]["fault"]
        check(pair[0] in fault and pair[1] in fault, "the fault does not name both: %s", fault)
        check(code == 0 and fault in said, "zhenctl events does not name it: %s", said)
    return [links[pair]["fault"] for pair in wanted]


def round_once(host, book, name, acked=20):
    load = Load(host, book, name, threads=2).start()
    load.wait(acked)
    load.stop()


def put_back(work, home):
    """ring_a's folder from an older copy: the cursor of ring_b lies beyond its log. And from another host: another epoch."""
    book, aside = ledger.Book(os.path.join(work, "book")), os.path.join(work, "aside")
    with ring_host(work, home, record=False) as host:
        folder = os.path.join(host.data, "plugins", "ring_a")
        host.start()
        round_once(host, book, "old")
        settle(host, book)
        elsewhere = os.path.join(work, "elsewhere")
        restore(host, back_up(host, os.path.join(work, "backups")), elsewhere)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        shutil.copytree(folder, aside)
        host.start()
        round_once(host, book, "new", 60)
        settle(host, book)
        check(host.stop() == 0, "zhend does not end well: %s", host.tail())
        lines = []
        # What was restored elsewhere remembers the epoch that ring_c has there.
        for what, source, wanted in (("an older copy", aside, LINK[:1]),
                                     ("a restored one", os.path.join(elsewhere, "plugins", "ring_a"), LINK)):
            lines += one_put_back(host, book, folder, source, what, wanted)
    return lines


def send_plain(host, name, count):
    """Tokens that nothing parks, each of a subject of its own."""
    client, tokens = host.client(), ["%s %d" % (name, n) for n in range(count)]
    for token in tokens:
        status, _ = client.call("POST", "/p/ring_a/tokens", {"token": token, "subject": token, "division": ledger.DIVISION,
                                                             "fail": 0})
        check(status == 201, "token %s is not taken: %d", token, status)
    client.close()
    return tokens


def gone_round(host, tokens, seconds=60):
    """Each of @tokens exactly once at every stage."""
    end, wanted = time.monotonic() + seconds, set(tokens)
    while True:
        ring, missing = ledger.Ring(host.data, live=True), {}
        for name in ledger.PLUGINS:
            seen = [effect[1] for effect in ring.stages[name].effects if effect[1] in wanted]
            check(len(seen) == len(set(seen)), "%s has a token twice", name)
            missing[name] = len(wanted) - len(seen)
        if not any(missing.values()):
            return
        check(time.monotonic() < end, "never delivered: %s of %d; %s", missing, len(tokens), zhenctl(host, "events")[1])
        time.sleep(0.05)


def start_put_back(host):
    """A database that is behind its anchors is refused until somebody gives up, on purpose, what is missing."""
    try:
        host.start()
        return False
    except Died as died:
        check("ring_a.anchors" in str(died), "refused for another reason: %s", died)
    anchors = os.path.join(host.data, "anchors", "ring_a.anchors")
    os.rename(anchors, anchors + ".before-%d" % time.time_ns())
    with open(anchors, "w", encoding="ascii"):
        os.chmod(anchors, 0o600)
    host.start()
    return True


def one_put_back(host, book, folder, source, what, wanted):
    """More is published than was lost while the link stands still; refused also after a restart; accepted, nothing is missing."""
    old = ledger.Ring(host.data, live=True).stages["ring_b"].cursors[("ring_a", "ring_a.passed")][1]
    shutil.rmtree(folder)
    shutil.copytree(source, folder)
    refused = start_put_back(host)
    check(refused or what != "an older copy", "what its anchors vouch for is missing, and it starts")
    first = ledger.Ring(host.data, live=True)
    before, lost = len(first.stages["ring_b"].effects), old - first.stages["ring_a"].end
    check(lost > 0, "%s of ring_a holds all that ring_b had", what)
    tokens = send_plain(host, "refused, " + what, lost + 20)
    faults = wait_refused(host, wanted)
    check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    host.start()
    wait_refused(host, wanted)
    tokens += send_plain(host, "restarted, " + what, 5)
    check(len(ledger.Ring(host.data, live=True).stages["ring_b"].effects) == before,
          "%s of ring_a: ring_b took events behind a cursor that is not of this log", what)
    for pair in wanted:
        code, said = zhenctl(host, "events", "accept", *pair, "--yes")
        check(code == 0 and pair[1] + ":" in said, "not accepted: %s", said)
    gone_round(host, tokens + send_plain(host, "accepted, " + what, 5))
    check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return ["%s of ring_a put back: %d events lost, %d more published while it is refused, all delivered once when accepted: %s" %
            (what, lost, len(tokens), fault) for fault in faults]
