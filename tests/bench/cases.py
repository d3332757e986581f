# SPDX-License-Identifier: Apache-2.0
"""./dev bench load: lists, search and reports of the plugins with a hundred thousand cases and as many whistles, held against
themselves with a tenth and a hundredth of them. What is loaded, and how, stands in township.py."""
import datetime
import json
import os
import shutil
import time
import urllib.parse

import data
import hosts
import township

STATE = "town.json"
LISTS_EARLY = 10   # townships that have their list of duties in the smallest database; in the others all have
ROUNDS_MAX = 5     # a whole `./dev bench` is long enough
PAIRS = (2, 8)     # times the rounds: a report takes a third of a millisecond, so that what else the machine does is most of it
LIST_MAX = 1.5     # of the p50 with a tenth of the cases
REPORT_MAX = 1.5   # of the p50 with a hundredth
LISTS_MEASURED = (("cases", "/p/approvals/cases", ("village", "township", "county", "small-township", "small-county", "prefecture")),
                  ("cases under review", "/p/approvals/cases?state=review", ("prefecture",)),
                  ("cases overdue", "/p/approvals/overdue", ("prefecture",)),
                  ("items of a township's list", "/p/duties/units/{township}/items", ("township",)),
                  ("whistles", "/p/dispatch/whistles", ("town-head", "department", "small-department", "county", "prefecture")),
                  ("whistles at work", "/p/dispatch/whistles?state=working", ("prefecture",)),
                  ("orders", "/p/dispatch/orders", ("town-head", "department", "prefecture")),
                  ("orders given back", "/p/dispatch/orders?state=returned", ("prefecture",)))
# Words of two characters: in a tenth of the rows, in the name of one person in twelve, in none.
SEARCHES = (("/p/approvals/cases", "高龄", ("township", "county", "prefecture")), ("/p/approvals/cases", "普正", ("township",)),
            ("/p/approvals/cases", "龘靐", ("township", "county", "prefecture")),
            ("/p/dispatch/whistles", "占道", ("town-head", "department", "county", "prefecture")),
            ("/p/dispatch/whistles", "普正", ("town-head",)), ("/p/dispatch/whistles", "龘靐", ("town-head", "department", "prefecture")))
SEARCH_US = 2000
PREFECTURE = "532300000000"
REPORTS = ("/p/approvals/reports/visits", "/p/approvals/reports/overdue", "/p/approvals/reports/ratings",
           "/p/approvals/reports/recoveries", "/p/approvals/reports/items?division={township}",
           "/p/approvals/reports/self-service?division={prefecture}", "/p/approvals/reports/network?division={prefecture}", "/p/duties/reports/lists?division={prefecture}",
           "/p/duties/reports/adjustments?division={prefecture}", "/p/duties/reports/reviews?year={year}&quarter=1",
           "/p/duties/reports/posts?division={prefecture}", "/p/duties/reports/sunk?division={prefecture}",
           "/p/duties/reports/headcount?division={prefecture}", "/p/duties/reports/community-workers?division={prefecture}",
           "/p/dispatch/reports/completion", "/p/dispatch/reports/departments?year={year}", "/p/dispatch/reports/kinds",
           "/p/dispatch/reports/repeated")


class Load:
    def __init__(self, bench):
        self.bench = bench
        self.prefecture = township.Prefecture()
        self.rounds = min(bench.rounds, ROUNDS_MAX)
        self.sizes = (bench.cases // 100, bench.cases // 10, bench.cases)
        self.state = {"day": (datetime.date.today() + datetime.timedelta(township.DAYS_AHEAD)).isoformat(), "done": []}
        if os.path.exists(bench.path(STATE)):
            with open(bench.path(STATE), encoding="utf-8") as text:
                self.state = json.load(text)
        if not set(self.state["done"]) <= set(self.sizes):
            raise SystemExit("bench load: in %s are databases of %s cases" % (bench.work, self.state["done"]))

    def save(self):
        with open(self.bench.path(STATE), "w", encoding="utf-8") as out:
            json.dump(self.state, out, ensure_ascii=False)

    def folder(self, size):
        return self.bench.path("town-%d" % size)

    def open(self, folder):
        """On the day of the load."""
        town = self.bench.keep(township.Town(self.bench.build, self.bench.work, folder))
        town.turn(self.state["day"], "10:00")
        return town

    # ---- what is looked at ----

    def load(self):
        """One database that grows; at each size a copy is put aside."""
        folder = self.bench.path("town")
        for size in self.sizes:
            if size in self.state["done"]:
                continue
            if self.state["done"]:  # what was begun and not ended is begun anew
                data.copy(self.folder(self.state["done"][-1]), folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)
            town = self.open(folder)
            loader = township.Loader(town, self.prefecture, self.state)
            if not self.state["done"]:
                self.first(loader)
            elif len(self.state["done"]) == 1:
                self.duties(loader, self.prefecture.townships[LISTS_EARLY:])
            loader.cases(size)
            loader.whistles(size)
            self.bench.stop_all()
            data.copy(folder, self.folder(size))
            self.state["done"].append(size)
            self.save()
        shutil.rmtree(folder, ignore_errors=True)
        os.sync()

    def duties(self, loader, townships):
        began = time.monotonic()
        asked = loader.lists(townships)
        took = time.monotonic() - began
        print("load: %d townships with 135 duty items each in %.1f s (%.0f items/s, %d requests)" % (
            len(townships), took, 135 * len(townships) / took, asked), flush=True)

    def first(self, loader):
        loader.catalogue()
        self.duties(loader, self.prefecture.townships[:LISTS_EARLY])
        loader.headcounts()
        loader.guide()
        loader.places()
        loader.early()

    # ---- measuring ----

    def path(self, pattern):
        return pattern.format(township=self.prefecture.township, prefecture=PREFECTURE, year=self.state["day"][:4])

    def pair(self, path, caller, large, small):
        who = self.prefecture.callers[caller]
        runs = [lambda s, t=town, token=town.token(who): self.bench.shoot_as(t, path, token, s) for town in (large, small)]
        return self.bench.in_turns(runs, self.rounds)

    def full(self, town, path, caller):
        page = town.ask(path, town.token(self.prefecture.callers[caller]))
        if len(page["items"]) != data.LEAST:
            raise SystemExit("bench load: the page %s of %s has %d rows" % (path, caller, len(page["items"])))

    def add(self, name, results, reference, maximum):
        a, b = results
        self.bench.add(name, "us", [r["p50"] for r in a], [r["p50"] for r in b], reference, maximum, True)

    def lists(self):
        large, small = self.open(self.folder(self.sizes[2])), self.open(self.folder(self.sizes[1]))
        for what, pattern, callers in LISTS_MEASURED:
            for caller in callers:
                path = self.path(pattern)
                for town in (large, small):
                    self.full(town, path, caller)
                self.add("%s, page of 50, p50, %d cases, %s" % (what, self.sizes[2], caller), self.pair(path, caller, large, small),
                         "%d cases" % self.sizes[1], LIST_MAX)
        self.bench.stop_all()

    def searches(self):
        town = self.open(self.folder(self.sizes[2]))
        for listed, word, callers in SEARCHES:
            path = listed + "?q=" + urllib.parse.quote(word)
            for caller in callers:
                token = town.token(self.prefecture.callers[caller])
                rows = len(town.ask(path, token)["items"])
                (results,) = self.bench.in_turns([lambda s, p=path, t=token: self.bench.shoot_as(town, p, t, s, 1)], self.rounds)
                p50 = [r["p50"] for r in results]
                self.bench.add("search of %s for %s, %d on the page, p50, %d rows, %s" % (listed.rsplit("/", 1)[1], word, rows, self.sizes[2], caller), "us", p50,
                               [SEARCH_US], "limit", 1.0, True)
        self.bench.stop_all()

    def reports(self):
        large, small = self.open(self.folder(self.sizes[2])), self.open(self.folder(self.sizes[0]))
        for pattern in REPORTS:
            path = self.path(pattern)
            runs = []
            for town in (large, small):
                token = town.token(self.prefecture.callers["prefecture"])
                town.ask(path, token)
                runs.append(lambda s, t=town, token=token: self.bench.shoot_as(t, path, token, s))
            a, b = self.bench.pairs(*runs, lambda run: run["p50"], *(self.rounds * times for times in PAIRS), REPORT_MAX)
            self.bench.add_pairs("report %s, p50, %d cases" % (pattern.split("?")[0][3:], self.sizes[2]), "us", a, b,
                                 "%d cases" % self.sizes[0], REPORT_MAX)
        self.bench.stop_all()


def lists(bench):
    it = Load(bench)
    it.load()
    bench.add("load: cases filed, with what came of them, through the API", "cases/s", [bench.cases / it.state["seconds"]], [], "", None)
    bench.add("load: requests of it, each with an Idempotency-Key", "req/s", [it.state["requests"] / it.state["seconds"]], [], "", None)
    bench.add("load: whistles raised, with what came of them, through the API", "whistles/s", [bench.cases / it.state["whistle_seconds"]], [], "", None)
    it.lists()


def searches(bench):
    it = Load(bench)
    it.load()
    it.searches()


def reports(bench):
    it = Load(bench)
    it.load()
    it.reports()
