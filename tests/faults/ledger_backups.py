# SPDX-License-Identifier: Apache-2.0
"""Backups while events go round: each is restored, started, let run on, and its ledger must be exact."""
import json
import os
import shutil
import subprocess
import time

import ledger
from harness import BUILD, check
from ledger_load import Janitor, Load, ring_host, settle, zhenctl

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
            load, janitor = Load(host, book, "l", threads=4, pause_s=0.004).start(), Janitor(host, book).start()
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


# ---- a folder put back by hand ----

def refused(host):
    """What the host says of each link, and of its health, as text."""
    code, links = zhenctl(host, "events", "links")
    check(code == 0, "zhenctl events links: %s", links)
    status, health = host.client().call("GET", "/kernel/health")
    return links, status, str(health)


def wait_refused(host, subscriber, publisher, seconds=20):
    end = time.monotonic() + seconds
    while True:
        links, _, health = refused(host)
        for link in json.loads(links)["links"]:
            if (link["subscriber"], link["publisher"]) == (subscriber, publisher) and link.get("fault"):
                return link, health
        check(time.monotonic() < end, "nothing is refused: %s", links)
        time.sleep(0.05)


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
        for what, source in (("an older copy", aside), ("a restored one", os.path.join(elsewhere, "plugins", "ring_a"))):
            lines.append(one_put_back(host, book, folder, source, what))
    return lines


def one_put_back(host, book, folder, source, what):
    shutil.rmtree(folder)
    shutil.copytree(source, folder)
    host.start()
    before = len(ledger.Ring(host.data, live=True).stages["ring_b"].effects)
    round_once(host, book, what.replace(" ", "-"), 10)
    link, health = wait_refused(host, "ring_b", "ring_a")
    check("ring_a" in health and "ring_b" in health, "health does not name the link: %s", health)
    ring = ledger.Ring(host.data, live=True)
    check(len(ring.stages["ring_b"].effects) == before, "%s of ring_a: ring_b took events behind a cursor that is not its log's",
          what)
    check(host.stop() == 0, "zhend does not end well: %s", host.tail())
    return "%s of ring_a put back: refused, and named: %s" % (what, link["fault"])
