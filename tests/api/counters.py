# SPDX-License-Identifier: Apache-2.0
"""Counters of reports equal a recount of the rows, after acts drawn at random: some done, some refused, some undone again."""
import contextlib
import datetime
import os
import random
import shutil
import sqlite3
import tempfile
import time

from recount import APPROVALS, DUTIES, counted, kept
from tap import check, same
from zhend import TOP, Zhend, application, id_card

COUNTY, PREFECTURE = "532327000000", "532300000000"
TOWNS = ("532327101000", "532327102000")
VILLAGES = {"532327101000": "532327101003", "532327102000": "532327102201"}
DRAWING, CARD = "住房建设图件（选用通用图册的免交）", "户口簿"
OBTAINED = {"obtained": True, "obtained_from": "省数据共享交换平台"}
DIRECT, GENERIC = "YB0101", "YB0206"
DAYS = ("2026-09-18", "2026-09-21", "2026-09-24", "2026-10-20", "2027-01-12")
ACTS_A_DAY = 200
MORE = 1200  # acts at most, until every kind was done
LATELY = 40  # of the cases most are closed in the end: the latest are where something can be done
TRIES = 6


class Player:
    """Does one thing after another, and notes what was done."""

    def __init__(self, z, seed):
        self.pairs = {}
        self.z, self.chance = z, random.Random(seed)
        self.sessions, self.done, self.refused, self.numbers = {}, {}, {}, 0
        self.cases, self.homes, self.records, self.lists, self.posts, self.persons = [], [], [], [], [], []
        self.seconds, self.admissions, self.tasks, self.transfers, self.suspicions, self.recoveries = [], [], [], [], [], []
        self.places, self.held, self.gone, self.left = {}, {}, [], []

    def ask(self, what, who, path, plugin="approvals", **fields):
        """The body when it was done, else None."""
        if who is not None and who not in self.sessions:
            self.sessions[who] = self.z.login(who)
        answer = self.z.post(f"/p/{plugin}{path}", json=fields, as_=self.sessions.get(who))
        check(answer.status < 500, f"{what}: {answer}")
        if answer.status >= 300:
            self.refused[what] = f"{answer.status} {answer.code}"
            return None
        self.done[what] = self.done.get(what, 0) + 1
        return answer.json if answer.body else {}

    def number(self):
        self.numbers += 1
        return self.numbers

    def pick(self, some):
        return self.chance.choice(some) if some else None

    def some(self, of):
        return self.chance.sample(of, min(TRIES, len(of)))

    def later(self, days):
        return (datetime.date.fromisoformat(self.day) + datetime.timedelta(days)).isoformat()

    def town(self):
        return self.chance.choice(TOWNS)

    # ---- approvals ----

    def file(self):
        town, code = self.town(), self.chance.choice((DIRECT, GENERIC, None, None))
        n, village = self.number(), VILLAGES[town]
        said = {"village": village, "applicant": "李阿福", "id_card": id_card(2 * n), "phone": "13987654321"}
        if code is None:
            filed = self.ask("file", None, "/applications", **application(n, village=village))
        else:
            channel = self.chance.choice(("online", "window"))
            filed = self.ask("file", f"window-{town}" if channel == "window" else None, f"/items/{code}/apply", **said, content="申请办理", channel=channel)
        if filed:
            self.cases.append({"id": filed["id"], "number": filed["number"], "code": filed["code"], "town": town, "item": code})

    def case_act(self, verb, office, **fields):
        """Of the first of a few for which it is possible; one that must be done once, of all until then."""
        few = self.some(self.cases if self.chance.random() < 0.3 else self.cases[-LATELY:])
        for case in few if verb in self.done or verb not in MUST["approvals"] else self.cases[::-1]:
            answer = self.ask(verb, f"{office}-{case['town']}", f"/cases/{case['id']}/{verb}", **fields)
            if answer is not None:
                return answer
        return None

    def track(self, verb, **fields):
        for case in self.some(self.cases):
            if self.ask(verb, None, f"/track/{verb}", number=case["number"], code=case["code"], **fields) is not None:
                if verb == "retract":
                    self.gone.append(case)
                break

    def endings(self):
        """What was granted is to end: told, stated, decided one way or another."""
        kind, ground = self.chance.choice((("revoke", "procedure"),) * 3 + (("recall", "law_changed"), ("change", "facts_changed"), ("cancel", "other_law")))
        told = self.case_act("ending/tell", "government", kind=kind, ground=ground, explanation="查明的事实")
        if told is None:
            return
        town = next(case["town"] for case in self.cases if case["id"] == told["id"])
        self.ask("ending/statement", f"window-{town}", f"/cases/{told['id']}/ending/statement", statement="没有意见")
        self.ask("withdraw" if kind == "revoke" else kind, f"government-{town}", f"/cases/{told['id']}/withdraw", explanation="查明的事实", change="面积减少",
                 decision="keep" if kind != "revoke" and self.chance.random() < 0.3 else "end", why="unfounded")

    def steps(self):
        """The case that is chosen goes on by a step or two, or back."""
        case = None
        for case in self.some([one for one in self.cases if one["item"] is not None] if self.chance.random() < 0.8 else self.cases):
            if self.z.get(f"/p/approvals/cases/{case['id']}", as_=self.session(f"window-{case['town']}")).json["state"] == "review":
                break  # else a closed one, in the end most are: refused
        if case is None:
            return
        for _ in range(self.chance.randint(1, 4)):
            answer = self.z.get(f"/p/approvals/cases/{case['id']}", as_=self.session(f"window-{case['town']}"))
            step = next((one for one in answer.json["steps"] if one["state"] == "current"), None)
            if step is None:
                self.ask("issue", f"seal-{case['town']}", f"/cases/{case['id']}/issue")
                break
            decision = self.chance.choice(("approve",) * 9 + ("return", "refuse"))
            fields = {"decision": decision, "opinion": "意见", **self.checkers(case["town"]), "checked_on": self.day}
            if step["code"] != "homestead":
                fields = {"decision": decision, "opinion": "意见"}
            for office in ("window", "agriculture", "planning", "social", "government"):
                self.ask("step " + decision, f"{office}-{case['town']}", f"/cases/{case['id']}/steps/{step['code']}", **fields)

    def checkers(self, town):
        if town not in self.pairs:
            self.pairs[town] = self.z.checkers(town)
        return self.pairs[town]

    def session(self, who):
        if who not in self.sessions:
            self.sessions[who] = self.z.login(who)
        return self.sessions[who]

    def home_visit(self):
        planned = self.case_act("home-visits", "window", address="三组", planned_on=self.day, purpose="核对")
        if planned:
            self.homes.append((planned["home_visit"], planned["id"]))
        done = self.pick(self.homes)
        if done:
            for town in TOWNS:
                self.ask("home visit done", f"window-{town}", f"/home-visits/{done[0]}/done", outcome="已核对")

    def place(self):
        town, kind = self.town(), self.chance.choice(("centre", "self", "agency"))
        made = self.ask("place " + kind, f"county-service-{COUNTY}", "/places", division=town, kind=kind, name=kind)
        if made:
            self.places.setdefault(town, []).append(made["id"])

    def bind(self):
        """Where an item is handled: said, and corrected."""
        at = self.pick(self.places.get(self.town(), []))
        if at:
            self.ask("bind", f"county-service-{COUNTY}", "/bindings", code=self.chance.choice((DIRECT, GENERIC)), place=at)

    def settle(self):
        one = self.pick(self.suspicions)
        if one:
            told = self.ask("settle", f"county-service-{COUNTY}", f"/suspicions/{one}/settle", note="已核实",
                            result=self.chance.choice(("confirmed", "confirmed", "cleared")))
            if told and "recovery" in told:
                self.recoveries.append(told["recovery"])
        back = self.pick(self.recoveries)
        if back:
            self.ask("receipt", f"county-service-{COUNTY}", f"/recoveries/{back}/receipts", amount_fen=self.chance.randint(1, 20000),
                     received_on=self.day, voucher=f"收{self.chance.randrange(10**6)}")

    def purge(self):
        """What was retracted is forgotten; it still counts."""
        case = self.pick(self.gone)
        if case and self.z.ctl("purge", "approvals", "application", case["number"]).returncode == 0:
            self.done["purge"] = self.done.get("purge", 0) + 1

    def payments(self):
        admin = f"county-service-{COUNTY}"
        for town in TOWNS:
            rows = [f"甲,{id_card(900 + n)},低保,2026-{month:02d},{100 + n}.50" for n in range(4) for month in (6, 7, 8)]
            self.ask("payments", admin, "/payments/imports", division=town, content="\n".join(["姓名,身份证号,待遇,月份,金额（元）"] + rows))
            self.ask("facts", admin, "/facts/imports", division=town,
                     content=f"身份证号,日期,情形,来源\n{id_card(901)},2026-06-15,死亡,民政\n{id_card(902)},2026-07-01,服刑,法院")
            self.ask("check", admin, "/eligibility/checks", division=town, year=2026)
        self.suspicions = [one["id"] for one in self.z.get("/p/approvals/suspicions", as_=self.session(admin)).json["items"]]

    def approvals(self):
        a, w = self.case_act, "window"
        return [
            (14, self.file), (10, lambda: a("accept", w, papers=True, **OBTAINED)),
            (3, lambda: a("accept-lacking", w, lacking=[{"material": DRAWING}], promised_on=self.day, papers=True, **OBTAINED)),
            (3, lambda: a("accept-promise", w, promises=[{"material": CARD, "content": "属实"}], told=True, signed_on=self.day, kept="paper", papers=True, **OBTAINED)),
            (3, lambda: a("supplement", w, missing=[{"material": DRAWING, "reason": "缺"}])), (2, lambda: self.track("supplement", note="已补")),
            (3, lambda: a("refuse", w, reason="属县级", competent_body="县自然资源局")), (2, lambda: a("not-needed", w, reason="无需")),
            (4, lambda: self.track("retract", reason="不办了")), (14, self.steps),
            (3, lambda: a("publicity", "agriculture", act="start", start_on=self.day, end_on=self.later(20), place="公开栏")),
            (4, lambda: a("suspend", "agriculture", reason="appraisal", expected_days=5)), (3, lambda: a("resume", "agriculture")),
            (3, lambda: a("extend", "government", reason="情况复杂")), (5, lambda: a("reject", "government", reason="不符合规划", basis="土地管理法")),
            (8, lambda: a("issue", "seal")), (5, self.endings), (1, lambda: a("cancel", "government", ground="struck", explanation="吊销决定书", struck_by="县林业和草原局", struck_number="林罚决字1号", struck_on=self.day)),
            (6, lambda: a("visits", w, place=self.chance.choice(("便民服务中心", "自然资源所")), reason="补签")), (5, self.home_visit),
            (3, lambda: a("promise-checks", "agriculture", material=CARD, result=self.chance.choice(("kept", "false")), note="核查")),
            (12, lambda: self.track("rating", grade=str(self.chance.randint(1, 5)))), (4, lambda: a("rating/contacted", w, note="已联系")),
            (3, lambda: a("rating/mended", w, how="已整改")), (8, lambda: a("deliver", w, method="window", receiver="本人", signed=True)),
            (1, lambda: a("retract", w, reason="不办了", signed=True)), (6, lambda: a("archive", w, retention="10")),
            (4, self.place), (4, self.bind), (4, self.settle), (3, self.purge),
        ]

    # ---- duties ----

    def duty(self, what, who, path, **fields):
        return self.ask(what, who, path, "duties", **fields)

    def draft(self):
        unit = self.chance.choice(TOWNS + (VILLAGES[TOWNS[0]],))
        head = f"government-{unit}" if unit in TOWNS else f"government-{TOWNS[0]}"
        made = self.duty("draft", head, "/lists", unit=unit)
        if made:
            self.lists.append((made["id"], head))

    def list_act(self):
        one = self.pick(self.lists[-4:])
        if one is None:
            return
        number, head = one
        code = f"BD-{self.chance.randint(1, 12):03d}"
        verb = self.chance.choice(("choose", "add", "add", "place", "remove", "publish", "publish", "discard"))
        fields = {
            "choose": {"items": [{"code": f"KX-{n:03d}"} for n in sorted(self.chance.sample(range(1, 38), self.chance.randint(1, 5)))]},
            "add": {"code": code, "name": "本地事项", "basis": "《样本条例》", "type": self.chance.choice(("power", "service")),
                    "upper": "FQ-001"},
            "place": {"code": code, "place": "withdrawn", "lead": "县局", "criterion": "unable"},
            "remove": {"code": code, "reason": "不再承担"}, "publish": {}, "discard": {}}[verb]
        self.duty("list " + verb, f"county-staffing-{COUNTY}" if verb == "publish" else head, f"/lists/{number}/{verb}", **fields)

    def round(self):
        """From 摸排 to its end; in a year in which there was one already it is refused."""
        town = self.town()
        head, staffing = f"government-{town}", f"county-staffing-{COUNTY}"
        made = self.duty("round", head, "/rounds", township=town)
        if made is None:
            return
        path, code = f"/rounds/{made['id']}", f"BD-{self.chance.randint(20, 40):03d}"
        yes = {"needed": "yes", "able": "yes", "too_technical": "no", "verdict": "yes"}
        back = f"BD-{town[6:9]}-{self.chance.randint(3, 6)}"
        self.duty("survey", head, path + "/survey", items=[{"code": code, "act": "add", "name": "新事项", "finding": "走访"},
                                                          {"code": back, "act": "withdraw", "finding": "无力承接"}])
        self.duty("survey end", head, path + "/survey-end")
        self.duty("assess", staffing, path + "/assess", items=[{"code": code, **yes}, {
            "code": back, "needed": "no", "able": "no", "too_technical": "yes", "verdict": "yes"}])
        self.duty("assess end", staffing, path + "/assess-end")
        for number, editor in self.lists:  # one that stands open is in the way
            self.duty("list discard", editor, f"/lists/{number}/discard")
        self.lists = []
        draft = self.duty("round draft", head, "/lists", unit=town)
        if draft:
            self.duty("round add", head, f"/lists/{draft['id']}/add", code=code, name="新事项", basis="《样本条例》")
            self.duty("round withdraw", head, f"/lists/{draft['id']}/place", code=back, place="withdrawn", lead="县局", criterion="unable")
            self.duty("round publish", staffing, f"/lists/{draft['id']}/publish")
        # What could not be done (a code that another township took) is judged anew, or the round does not close.
        for one in (code, back):
            self.duty("round judged anew", staffing, path + "/assess", items=[{"code": one, **yes, "verdict": "no"}])
        self.duty("round close", staffing, path + "/close")

    def admission(self):
        department = f"county-enforcement-{COUNTY}"
        made = self.duty("admission", department, "/admissions", unit=self.town(), code=f"BD-{self.chance.randint(50, 60):03d}", title="巡查",
                         reason="隐患", basis="《消防法》", lead="县消防队", duty="巡查", support="经费", place="assist", **{"as": "item"})
        if made:
            self.admissions.append(made["id"])
        one, verb = self.pick(self.admissions), self.chance.choice(("approve", "approve", "refuse", "retract"))
        if one:
            self.duty("admission " + verb, department if verb == "retract" else f"county-staffing-{COUNTY}", f"/admissions/{one}/{verb}", opinion="意见")

    def task(self):
        department = f"county-enforcement-{COUNTY}"
        code = self.chance.choice(("FQ-001", "FQ-002", "BD-001", "ZZ-001"))
        made = self.duty("task", department, "/tasks", unit=self.town(), title="巡查", code=code)
        if made:
            self.tasks.append(made["id"])
        one = self.pick(self.tasks)
        if one:
            self.duty("task assign", department, f"/tasks/{one}/assign")
            if self.chance.random() < 0.3:
                self.duty("task cancel", department, f"/tasks/{one}/cancel")
        self.duty("usage", department, "/usage", unit=self.town(), code="FQ-003", orders=self.chance.randint(1, 9))

    def transfer(self):
        staffing = f"county-staffing-{COUNTY}"
        made = self.duty("transfer", staffing, "/transfers", township=self.town(), code=f"FQ-{self.chance.randint(1, 9):03d}")
        if made:
            self.transfers.append(made["id"])
        one = self.pick(self.transfers)
        if one:
            for part in ("authority", "people", "money"):
                self.duty("transfer record", staffing, f"/transfers/{one}/record", part=part, document="文件1号", posts=2, amount_fen=2000000)
            self.duty("transfer complete", staffing, f"/transfers/{one}/complete")

    def headcount(self):
        town, other = self.chance.sample(TOWNS, 2)
        staffing, component = f"county-staffing-{COUNTY}", self.chance.choice(("base", "base", "quantified", "balance"))
        said = {"component": component, "effective_on": self.chance.choice(("2026-01-01", "2026-06-01")), "basis": "永编1号"}
        verb = self.chance.choice(("change", "change", "move", "sink"))
        if verb == "change":
            self.duty("headcount change", staffing, f"/townships/{town}/headcount", change=self.chance.choice((12, 5, -3)), reason="核定", **said)
        elif verb == "move":
            self.duty("headcount move", staffing, "/headcount/moves", **{"from": town}, to=other, number=2, reason="调剂", **said)
        else:
            self.duty("headcount sink", staffing, f"/townships/{town}/sunk", posts=2, from_body=f"county-agriculture-{COUNTY}", purpose="enforcement",
                      **said)

    def post(self):
        town = self.town()
        unit, head, staffing = self.chance.choice((town, VILLAGES[town])), f"government-{town}", f"county-staffing-{COUNTY}"
        rung = "staff" if unit == town else "worker"
        made = self.duty("post", head, "/posts", unit=unit, code=f"G-{self.number()}", name="岗位", rung=rung, duty="办事")
        if made:
            self.posts.append((made["id"], town, rung))
            self.duty("post duty", head, f"/posts/{made['id']}/duties", code="FQ-001")
            self.duty("post approve", staffing, f"/posts/{made['id']}/approve", headcount=self.chance.randint(1, 3))

    def post_act(self):
        verb = self.chance.choice(("place", "place", "place", "vacate", "allot", "abolish"))
        for post in self.some(self.posts):
            person = self.pick(self.held.get(post[0]) if verb == "vacate" else [one[0] for one in self.persons if one[1] == post[1]])
            fields = {"place": {"person": person}, "vacate": {"person": person}, "allot": {"headcount": self.chance.randint(1, 4)},
                      "abolish": {"reason": "合并"}}[verb]
            who = f"county-staffing-{COUNTY}" if verb in ("allot", "abolish") else f"government-{post[1]}"
            if verb in ("allot", "abolish") or person:
                if self.duty("post " + verb, who, f"/posts/{post[0]}/{verb}", **fields) is not None:
                    if verb == "place":
                        self.held.setdefault(post[0], []).append(person)
                    break

    def person(self):
        town = self.town()
        rung = self.chance.choice(("staff", "worker", "worker"))
        unit = town if rung == "staff" else VILLAGES[town]
        more = {"how": "transfer", "from_body": f"county-agriculture-{COUNTY}"} if rung == "staff" and self.chance.random() < 0.4 else {"how": "exam"}
        made = self.duty("person", f"government-{town}", "/persons", unit=unit, name="李阿福", rung=rung, from_on="2024-03-01", basis="公告", **more)
        if made:
            self.persons.append((made["id"], town))

    def person_act(self):
        person = self.pick(self.persons)
        if person is None:
            return
        number, town = person
        verb = self.chance.choice(("promote", "move", "leave", "secondments", "secondments", "purge"))
        if verb == "purge":
            number = self.pick(self.left) or number
            if self.z.ctl("purge", "duties", "person", str(number)).returncode == 0:
                self.done["person purge"] = self.done.get("person purge", 0) + 1
            return
        fields = {"promote": {"rung": "staff", "how": "exam", "basis": "公告"}, "move": {"unit": self.chance.choice(TOWNS + tuple(VILLAGES.values())), "how": "transfer", "basis": "调令"},
                  "leave": {"how": "appoint", "basis": "免职"},
                  "secondments": {"to_body": f"county-agriculture-{COUNTY}", "reason": "专班", "from_on": self.day, "until_on": self.later(20)}}[verb]
        made = self.duty("person " + verb, f"government-{town}", f"/persons/{number}/{verb}", **fields)
        if made and verb == "leave":
            self.left.append(number)
        if made and verb == "secondments":
            self.seconds.append((made["id"], town))

    def second_act(self):
        verb = self.chance.choice(("approve", "approve", "approve", "refuse", "cancel", "extend", "return", "return"))
        fields = {"approve": {"opinion": "同意"}, "refuse": {"opinion": "人手紧"}, "cancel": {},
                  "extend": {"until_on": self.later(60), "reason": "未完"}, "return": {}}[verb]
        for number, town in self.some(self.seconds):
            who = f"county-staffing-{COUNTY}" if verb in ("approve", "refuse", "extend") else f"government-{town}"
            if self.duty("second " + verb, who, f"/secondments/{number}/{verb}", **fields) is not None:
                break

    def support(self):
        town, code = self.town(), self.chance.choice(("FQ-001", "FQ-002"))
        for kind in ("people", "equipment", "technology", "network"):
            self.duty("support", f"government-{town}", f"/units/{town}/supports", code=code, support=kind, ready=self.chance.random() < 0.85)

    def duties(self):
        return [(3, self.draft), (8, self.list_act), (1, self.round), (4, self.admission), (5, self.task), (3, self.transfer), (5, self.headcount),
                (6, self.post), (8, self.post_act), (6, self.person), (8, self.person_act), (10, self.second_act), (3, self.support)]

    # ---- the game ----

    def begin_duties(self):
        with open(os.path.join(TOP, "conf", "data", "duties", "county-delegated.csv"), encoding="utf-8") as text:
            self.duty("catalogue", f"prefecture-staffing-{PREFECTURE}", "/catalogues", code="delegated", kind="delegated", title="目录",
                      division=PREFECTURE, content=text.read())
        for town in TOWNS:
            made = self.duty("draft", f"government-{town}", "/lists", unit=town)
            self.duty("list choose", f"government-{town}", f"/lists/{made['id']}/choose", items=[{"code": "KX-001"}])
            for n in range(1, 7):
                self.duty("list add", f"government-{town}", f"/lists/{made['id']}/add", code=f"BD-{town[6:9]}-{n}", name="本地事项", basis="《样本条例》")
            self.duty("list place", f"government-{town}", f"/lists/{made['id']}/place", code=f"BD-{town[6:9]}-1", place="withdrawn", lead="县局",
                      criterion="unable")
            self.duty("list remove", f"government-{town}", f"/lists/{made['id']}/remove", code=f"BD-{town[6:9]}-2", reason="不再承担")
            self.duty("list publish", f"county-staffing-{COUNTY}", f"/lists/{made['id']}/publish")
            self.duty("headcount change", f"county-staffing-{COUNTY}", f"/townships/{town}/headcount", change=40, component="base",
                      effective_on="2026-01-01", basis="永编1号", reason="核定")

    def play(self, acts):
        weights = [weight for weight, _ in acts]
        for day in DAYS:
            self.day, self.sessions = day, {}
            for minute in (30, 32):  # what fell due goes first
                self.z.turn_clock(f"{day}T09:{minute}:00+08:00")
            if day == DAYS[0]:
                for town in TOWNS:
                    self.z.registers_seal(town)
                self.begin_duties()
                self.payments()
            for _ in range(ACTS_A_DAY):
                self.chance.choices(acts, weights)[0][1]()
            self.drawn()
        for turn in range(MORE):
            if not [act for kinds in MUST.values() for act in kinds if act not in self.done]:
                break
            self.chance.choices(acts, weights)[0][1]()
            if turn % 50 == 0:
                self.drawn()
        self.drawn()

    def sealed(self):
        """Each keeper puts the seal on what waits for it, decisions aside."""
        for town in TOWNS:
            keeper = self.session(f"seal-{town}")
            papers = lambda: [one for one in self.z.get("/p/approvals/sealings", as_=keeper, query={"limit": 100}).json["items"] if "〔" in one["number"]]  # noqa: E731, B023
            end = time.monotonic() + 60
            while waiting := papers():
                check(time.monotonic() < end, f"not sealed: {waiting}")
                for one in waiting:
                    if "confirm" in one["may"]:
                        check(self.z.post(f"/p/approvals/sealings/{one['id']}/confirm", as_=keeper, json={}).status == 200, "not sealed")

    def drawn(self, seconds=180):
        """Until every document is sealed and drawn."""
        self.sealed()
        path, end = os.path.join(self.z.data, "plugins", "approvals", "data.db"), time.monotonic() + seconds
        while True:
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
                if base.execute("SELECT COUNT(*) FROM _job").fetchone()[0] == 0:
                    return
            check(time.monotonic() < end, "documents are not drawn")
            time.sleep(0.1)


MUST = {  # acts without which the game says too little
    "approvals": ("file", "accept", "refuse", "not-needed", "retract", "reject", "issue", "withdraw", "deliver", "archive", "rating", "rating/contacted", "visits",
                  "home visit done", "suspend", "extend", "purge", "bind", "settle", "receipt", "step approve", "step refuse"),
    "duties": ("list publish", "list remove", "list place", "round withdraw", "round publish", "admission approve", "task", "transfer complete", "headcount change", "headcount move",
               "headcount sink", "post approve", "post place", "post vacate", "post abolish", "person promote", "person move", "person leave",
               "second approve", "second return", "support", "round close", "person purge")}


def reports(z, player):
    """What the pages say, beside what is counted from rows."""
    supervisor = player.session(f"county-{COUNTY}")
    found = {}
    for name in ("visits", "overdue", "ratings"):
        for row in z.get(f"/p/approvals/reports/{name}", as_=supervisor).json["townships"]:
            found.setdefault(row["township"], {}).update({key: value for key, value in row.items() if isinstance(value, int)})
    return found, z.get("/p/duties/reports/lists", query={"division": COUNTY}).json, z.get(
        "/p/duties/reports/posts", query={"division": COUNTY, "year": 2026}).json


def compare(t, home, folder, plugin, tables, shown):
    path = os.path.join(folder, "plugins", plugin, "data.db")
    with contextlib.closing(sqlite3.connect(path)) as base:
        wanted, has = counted(base, tables), kept(base, plugin)
        with t.case(f"{home}: {plugin}: every counter equals a recount of the rows"):
            check(len(wanted) > 10, f"only {len(wanted)} figures")
            same({key: has.get(key, 0) for key in wanted.keys() | has.keys() if has.get(key, 0) != wanted.get(key, 0)},
                 {key: wanted.get(key, 0) for key in wanted.keys() | has.keys() if has.get(key, 0) != wanted.get(key, 0)})
        with t.case(f"{home}: {plugin}: the reports say what the recount says"):
            differing = {key: (value, wanted.get(key, 0)) for key, value in shown.items() if value != wanted.get(key, 0)}
            check(len(shown) > 10 and not differing, f"{differing}")
        with t.case(f"{home}: {plugin}: a row taken away behind its back is seen by the recount"):
            base.execute({"approvals": "DELETE FROM rating WHERE matter = (SELECT MIN(matter) FROM rating)",
                          "duties": "UPDATE person SET state = 'left' WHERE id = (SELECT MIN(id) FROM person WHERE state = 'serving' AND rung = 'worker')"}[plugin])
            check(counted(base, tables) != wanted, "the recount is the same")


def game(t, home, seed):
    folder = tempfile.mkdtemp(prefix="zhen-counters-")
    data = os.path.join(folder, "data")
    try:
        with Zhend(home=home, data=data, settings={"access": {"login_per_minute": "10000"}, "approvals": {"archive_days": "0"}}) as z:
            player = Player(z, seed)
            player.play(player.approvals() + player.duties())
            by_town, lists, posts = reports(z, player)
            code = z.stop()
        for plugin, acts in MUST.items():
            with t.case(f"{home}: {plugin}: every kind of act was done at least once"):
                same(code, 0, "exit code")
                same([act for act in acts if act not in player.done], [], f"never done: {[(act, player.refused.get(act)) for act in acts if act not in player.done]}")
        compare(t, home, data, "approvals", APPROVALS, {(town, name, 0): value for town, row in by_town.items() for name, value in row.items()
                                                        if name not in ("rated",)})
        shown = {(COUNTY, name, 0): value for page in (lists, posts) for name, value in page.items() if isinstance(value, int)}
        for name in ("staffing", "year", "sunk_in_year"):
            shown.pop((COUNTY, name, 0))
        compare(t, home, data, "duties", DUTIES, shown)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(t):
    for seed, home in enumerate(("inproc", "process")):
        game(t, home, 20261122 + seed)
