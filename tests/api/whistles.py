# SPDX-License-Identifier: Apache-2.0
"""Counters of dispatch equal a recount of the rows, after acts drawn at random by townships, departments and the centre: some
done, some refused, days going by between them."""
import contextlib
import datetime
import os
import random
import shutil
import sqlite3
import tempfile

from tap import check, same
from zhend import Zhend

COUNTY = "532327000000"
TOWNS = ("532327101000", "532327102000", "532327103000")
CENTRE = f"county-command-{COUNTY}"
DEPARTMENTS = {"交通运输局": f"county-transport-{COUNTY}", "人力资源和社会保障局": f"county-labour-{COUNTY}", "住房和城乡建设局": f"county-housing-{COUNTY}",
               "财政局": f"county-finance-{COUNTY}"}
# What may be done, and in which state.
NEEDS = {"judge": "judging", "order": "judging", "send-back": "judging", "use": "closed", "accept": "ordered", "return": "ordered", "uphold": "returned",
         "replace": "returned", "suspend": "accepted", "resume": "suspended", "feedback": "accepted", "rate": "done"}
WHISTLE_ACTS = ("judge", "order", "send-back", "use")
GUIDE = "类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源,清单事项\n" + "\n".join((
    "交通,路,是,county-transport,,1,2,样本,GL-01", "劳动,欠薪,是,county-labour,county-finance,1,1,样本,LD-02", "住建,旧房,否,county-housing,,,,样本,"))
ASKED = (("交通", "路"), ("劳动", "欠薪"), ("住建", "旧房"), ("其他", "别的"))
ACTS = 600

ANSWERED = "state IN ('answered', 'closed', 'used')"
ORDERS = "assignment a JOIN whistle w ON w.id = a.whistle"


def of_towns(condition):
    return f"SELECT township, COUNT(*) FROM whistle WHERE {condition} GROUP BY 1"


def of_bodies(value, condition="1"):
    return f"SELECT body, {value} FROM assignment WHERE {condition} GROUP BY 1"


def of_kinds(value, condition="1"):
    return f"SELECT w.township || '/' || w.kind, {value} FROM {ORDERS} WHERE {condition} GROUP BY 1"


# table, its key and counter: the rows it stands for
RECOUNT = {
    ("tally", "township"): {
        "raised": of_towns("1"), "answered": of_towns(ANSWERED), "closed": of_towns("state IN ('closed', 'used')"),
        "used": of_towns("state = 'used'"), "sent_back": of_towns("state = 'sent-back'")},
    ("body_tally", "body"): {
        "orders": of_bodies("COUNT(*)"), "replaced": of_bodies("COUNT(*)", "state = 'replaced'"), "accepted": of_bodies("COUNT(*)", "accepted_at > 0"),
        "accept_late": of_bodies("COUNT(*)", "accept_late_at > 0"), "done": of_bodies("COUNT(*)", "done_at > 0"),
        "done_late": of_bodies("COUNT(*)", "late_at > 0"), "rated": of_bodies("COUNT(*)", "state = 'rated'"),
        "score_sum": of_bodies("SUM(score * 100)", "state = 'rated'"),
        "returned": "SELECT a.body, COUNT(*) FROM journal j JOIN assignment a ON a.whistle = j.matter AND j.text LIKE a.body_name || '：%' AND a.id = "
                    "(SELECT MIN(b.id) FROM assignment b WHERE b.whistle = a.whistle AND b.body = a.body) WHERE j.what = 'return' GROUP BY 1"},
    ("kind_tally", "township || '/' || kind"): {
        "raised": "SELECT township || '/' || kind, COUNT(*) FROM whistle GROUP BY 1", "accepted": of_kinds("COUNT(*)", "a.accepted_at > 0"),
        "accept_ms": of_kinds("SUM(a.accepted_at - a.ordered_at)", "a.accepted_at > 0"), "done": of_kinds("COUNT(*)", "a.done_at > 0"),
        "done_ms": of_kinds("SUM(a.done_at - a.ordered_at)", "a.done_at > 0"),
        "late": of_kinds("SUM((a.late_at > 0) + (a.accept_late_at > 0))")},
    ("duty_tally", "township || '/' || duty"): {
        "orders": f"SELECT w.township || '/' || g.duty, COUNT(*) FROM whistle w JOIN guide g ON g.class = w.class AND g.kind = w.kind WHERE g.duty <> '' "
                  f"AND EXISTS (SELECT 1 FROM assignment a WHERE a.whistle = w.id AND a.first_at = w.raised_at) GROUP BY 1"},
}


class Game:
    def __init__(self, z, seed):
        self.z, self.chance, self.at, self.sessions = z, random.Random(seed), datetime.datetime(2026, 9, 7, 9), {}
        self.done = {}
        self.turn()

    def turn(self, hours=0):
        self.at += datetime.timedelta(hours=hours)
        self.z.turn_clock(self.at.isoformat() + "+08:00")
        if hours > 8:
            self.sessions = {}

    def session(self, who):
        if who not in self.sessions:
            self.sessions[who] = self.z.login(who)
        return self.sessions[who]

    def ask(self, who, name, path, **fields):
        answer = self.z.post("/p/dispatch" + path, json=fields, as_=self.session(who))
        check(answer.status < 500, answer)
        said = self.done.setdefault(name, [0, 0])
        said[answer.status >= 300] += 1
        return answer

    def one(self, what):
        """Three times of four one to which the act may be done, by whom it may; else any."""
        listed = "whistles" if what in WHISTLE_ACTS else "orders"
        query = {"state": NEEDS[what]} if self.chance.random() < 0.75 else {}
        rows = self.z.get("/p/dispatch/" + listed, as_=self.session(CENTRE), query=query).json["items"]
        row = self.chance.choice(rows) if rows else {"id": 1, "township": TOWNS[0], "body_name": "交通运输局"}
        if what in ("accept", "return", "feedback"):
            return row, next((who for name, who in DEPARTMENTS.items() if row["body_name"].endswith(name)), None) if query else self.chance.choice([*DEPARTMENTS.values()])
        return row, f"government-{row['township'] if query else self.chance.choice(TOWNS)}" if what == "rate" else CENTRE

    def act(self):
        chance = self.chance
        what = chance.choice(("raise", "raise", "later", *NEEDS))
        if what == "raise":
            class_, kind = chance.choice(ASKED)
            who = f"government-{chance.choice(TOWNS)}" if chance.random() < 0.9 else CENTRE
            self.ask(who, what, "/whistles", **{"class": class_, "kind": kind, "title": kind, "content": "x", "reason": "x"})
        elif what == "later":
            self.turn(chance.choice((1, 3, 9, 30)))
        else:
            row, who = self.one(what)
            said = {"judge": {"judgement": "x"}, "use": {"how": "policy", "text": "x"}, "accept": {}, "resume": {}, "feedback": {"result": "x"},
                    "suspend": {"reason": "x", "basis": "x"}, "rate": {"score": chance.randint(0, 100)},
                    "order": {"reason": "x", "departments": [{"body": chance.choice([*DEPARTMENTS.values()])}]}}.get(what, {"reason": "x"})
            self.ask(who, what, f"/{'whistles' if what in WHISTLE_ACTS else 'orders'}/{row['id']}/{what}", **said)


def recounted(base):
    return {(table, name, key): value for (table, _), counters in RECOUNT.items() for name, sql in counters.items()
            for key, value in base.execute(sql) if value}


def kept(base):
    return {(table, name, key): value for (table, key_sql), counters in RECOUNT.items() for name in counters
            for key, value in base.execute(f"SELECT {key_sql}, SUM({name}) FROM {table} GROUP BY 1") if value}


def run(t):
    for home in ("inproc", "process"):
        folder = tempfile.mkdtemp(prefix="zhen-whistles-")
        try:
            with Zhend(home=home, data=os.path.join(folder, "data"), settings={"access": {"login_per_minute": "10000"}}) as z:
                game = Game(z, 20261123)
                same(game.ask(CENTRE, "guide", "/guide", division=COUNTY, content=GUIDE).status, 200)
                for _ in range(ACTS):
                    game.act()
                z.stop()
            with t.case(f"{home}: every kind of act was done, and refused, at least once"):
                same({name: said for name, said in game.done.items() if said[0] == 0 or said[1] == 0 and name != "guide"}, {})
            with contextlib.closing(sqlite3.connect(os.path.join(folder, "data", "plugins", "dispatch", "data.db"))) as base:
                with t.case(f"{home}: every counter equals a recount of the rows"):
                    wanted, has = recounted(base), kept(base)
                    check(len(wanted) > 60, len(wanted))
                    same({(table, name) for (table, _), names in RECOUNT.items() for name in names} - {(table, name) for table, name, _ in wanted}, set())
                    same({key: has.get(key) for key in wanted.keys() | has.keys() if has.get(key) != wanted.get(key)}, {})
                with t.case(f"{home}: a row taken away behind its back is seen by the recount"):
                    base.execute("UPDATE assignment SET state = 'done' WHERE id = (SELECT MIN(id) FROM assignment WHERE state = 'rated')")
                    check(recounted(base) != wanted, "the recount is the same")
        finally:
            shutil.rmtree(folder)
