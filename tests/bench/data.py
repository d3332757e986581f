# SPDX-License-Identifier: Apache-2.0
"""Databases of 100,000 and 1,000,000 rows: the schema from the product itself, the rows by SQL."""
import csv
import os
import random
import shutil
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
DIVISIONS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "conf", "data", "divisions", "chuxiong-532300.csv")
STATES = ("open", "assigned", "waiting", "resolved", "closed")
LARGE, SMALL = 0.10, 0.002  # shares of the two counties that are looked at
LEAST = 50                  # rows that each caller must see
NOTE = "拟在原址翻建住房两层，占地一百二十平方米，四邻无争议，已经村民小组会议讨论通过并公示五日。"


class Places:
    """Who looks: in a county with a tenth of all rows and in one with 0.2 %."""

    def __init__(self):
        with open(DIVISIONS, encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        below = {}
        for row in rows:
            below.setdefault(row["parent"], []).append(row["code"])
        prefecture = next(row["code"] for row in rows if row["level"] == "prefecture")
        self.counties = {county: [(village, town) for town in below[county] for village in below[town]]
                         for county in below[prefecture]}
        codes = sorted(self.counties)
        self.large, self.small = codes[0], codes[-1]
        village, town = self.counties[self.large][0]
        # The small county's rows lie where few are looked for: 0.2 % of 100,000 spread evenly would be under 50 a township.
        self.small_village, self.small_town = self.counties[self.small][0]
        self.callers = {"village": village, "township": town, "county": self.large,
                        "small-village": self.small_village, "small-township": self.small_town,
                        "small-county": self.small, "prefecture": prefecture}
        self.kinds = {"village": "government", "township": "government", "county": "county-bench",
                      "small-village": "government", "small-township": "government", "small-county": "county-bench",
                      "prefecture": "prefecture"}

    def pick(self, roll, other):
        """The village and township of a row, from two numbers in 0..1."""
        if roll < LARGE:
            return self._spread(self.large, roll / LARGE, other)
        if roll < LARGE + SMALL:
            if other < 0.6:
                return self.small_village, self.small_town
            return self._of(self.small, (other - 0.6) / 0.4)
        rest = [county for county in sorted(self.counties) if county not in (self.large, self.small)]
        share = (roll - LARGE - SMALL) / (1 - LARGE - SMALL)
        return self._of(rest[int(share * len(rest))], other)

    def _of(self, county, at):
        villages = self.counties[county]
        return villages[int(at * len(villages))]

    def _spread(self, county, roll, other):
        # One row in fifty goes to the village that is looked at, so that it has enough of them at either size.
        return self.counties[county][0] if roll < 0.02 else self._of(county, other)


def fill(database, rows, places):
    """Into an empty database made by the product and closed."""
    db = sqlite3.connect(database)
    random.seed(20261122)
    towns = {}

    def made():
        for i in range(1, rows + 1):
            village, town = places.pick(random.random(), random.random())
            towns[town] = towns.get(town, 0) + 1
            yield (i, village, town, STATES[i % 5], "农村宅基地用地申请第%07d号" % i, 60 + i % 90, 1700000000000 + i * 1000, NOTE)

    db.execute("PRAGMA synchronous=OFF")
    indexes = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'item'").fetchall()
    for name, _ in indexes:
        db.execute("DROP INDEX " + name)
    db.executemany("INSERT INTO item(id, village, township, state, title, area, at, note) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                   made())
    for _, sql in indexes:
        db.execute(sql)
    db.commit()
    for name, code in places.callers.items():
        column = "village" if "village" in name else "township" if "township" in name else None
        if column:
            seen = db.execute("SELECT COUNT(*) FROM item WHERE %s = ?" % column, (code,)).fetchone()[0]
        else:
            seen = sum(n for town, n in towns.items() if town.startswith(code.rstrip("0")))
        if seen < LEAST:
            raise SystemExit("bench: %s sees only %d of %d rows" % (name, seen, rows))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock", "access.log"))


def add_accounts(database, places):
    """Demo accounts are made for one township's line only; the others are copies of the first."""
    db = sqlite3.connect(database)
    password, made_at = db.execute("SELECT password, made_at FROM account WHERE demo = 1 LIMIT 1").fetchone()
    for name in places.callers:
        login = "bench-" + name
        db.execute("INSERT INTO account(login, name, password, demo, made_at) SELECT ?, ?, ?, 1, ? WHERE NOT EXISTS "
                   "(SELECT 1 FROM account WHERE login = ?)", (login, login, password, made_at, login))
        db.execute("INSERT INTO post(account, body, role, valid_from, valid_to) SELECT id, login, ?, 0, 9223372036854775807 "
                   "FROM account WHERE login = ? AND id NOT IN (SELECT account FROM post)",
                   ("head" if places.kinds[name] == "government" else "supervisor", login))
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
