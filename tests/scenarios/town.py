# SPDX-License-Identifier: Apache-2.0
"""永定镇 on a day of one's choosing: residents, the window, the offices, the government, each over HTTP."""
import contextlib
import os
import re
import sqlite3
import sys
import time
import urllib.parse

TOP = os.environ.get("ZHEN_TOP") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))

from rows import Failed, expect  # noqa: E402
from zhend import Zhend, application  # noqa: E402

TOWNSHIP = "532327101000"  # 永仁县永定镇
COUNTY = "532327000000"
WAIT_S = 30
BODIES = {
    "window": f"window-{TOWNSHIP}",            # 便民服务中心
    "agriculture": f"agriculture-{TOWNSHIP}",  # 农业农村办公室
    "planning": f"planning-{TOWNSHIP}",        # 自然资源和规划办公室
    "government": f"government-{TOWNSHIP}",    # 镇人民政府
    "keeper": f"seal-{TOWNSHIP}",              # 印章管理员
    "admin": f"county-service-{COUNTY}",       # 县政务服务管理局
    "publisher": f"county-staffing-{COUNTY}",  # who publishes what the admin has drafted or imported
    "neighbour": "window-532327102000",        # 宜就镇便民服务中心
    "elsewhere": "window-532301101000",        # 楚雄市鹿城镇便民服务中心
}
HOMESTEAD = "000115007000"
UNDER_SEAL = ("issue", "reject", "withdraw", "ending/tell", "cancel")


class Case:
    """What the resident holds: number and query code; what staff see: the id."""

    def __init__(self, body):
        self.id, self.number, self.code = body["id"], body["number"], body["code"]
        self.told_by, self.ticket = body["told_by"], body["ticket"]


class Town:
    """plugin: that one alone; else those of the pilot. build: of which zhend. Its seal is registered before the first act that needs
    one, unless sealed says that the scenario sees to that."""

    sealed = False  # the keeper seals as well whatever waits
    pair = None

    def __init__(self, home="inproc", data=None, plugin=None, build=None):
        self.options = {"home": home, "plugin": plugin, "build": build}
        pilot = {"pilot": "alone", "pilots": f"[pilot alone]\ntitle = 单独启用\ndivisions = 532300000000\nplugins = {plugin}\n"} if plugin else {}
        self.host = Zhend(home=home, data=data, settings={"access": {"login_per_minute": "1000"}}, build=build, **pilot)
        self.sessions = {}
        self.refusals = []  # (status, code) of forbidden acts, in order

    def __enter__(self):
        self.host.__enter__()
        return self

    def __exit__(self, *exc):
        self.host.__exit__(*exc)

    # ---- time ----

    def day(self, day, at="09:30:00"):
        """It is that morning, and everybody has logged in anew."""
        self.host.turn_clock(f"{day}T{at}+08:00")
        self.sessions = {}

    def until(self, what, look):
        """Waits for what a job does by itself."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            time.sleep(0.05)
        raise Failed(f"waited {WAIT_S} s in vain: {what}")

    # ---- asking ----

    def session(self, who):
        if who == "resident":
            return None
        if who not in self.sessions:
            self.sessions[who] = self.host.login(BODIES[who])
        return self.sessions[who]

    def get(self, who, path, **query):
        return self.host.get("/p/approvals" + path, as_=self.session(who), query=query)

    def post(self, who, path, **fields):
        return self.host.post("/p/approvals" + path, json=fields, as_=self.session(who))

    def done(self, answer, what, status=200):
        """The body of an answer that had to be a yes."""
        if answer.status != status:
            raise Failed(f"{what}: {answer}")
        return answer.json

    def refused(self, answer, status, code, what):
        """A forbidden act was tried; it is written down as it was answered."""
        self.refusals.append((answer.status, answer.code or "-"))
        if answer.status != status or answer.code not in ((code,) if isinstance(code, str) else code):
            raise Failed(f"{what}: {answer.status} {answer.code}, not {status} {code}")

    # ---- what residents do ----

    def files(self, household, **changes):
        return Case(self.done(self.post("resident", "/applications", **application(household, **changes)), "申请", 201))

    def upload(self, case, content=b"%PDF-1.7\nscan"):
        """The digest of a file sent in."""
        answer = self.host.request("POST", f"/p/approvals/_upload?ticket={case.ticket}", content, {"Content-Type": "application/pdf"})
        return self.done(answer, "上传", 201)["digest"]

    def ticket(self, who, path):
        """What the form at that address is sent with, so that a file may come."""
        page = self.host.page("/p/approvals" + path, as_=self.session(who), query={"_form": "POST"})
        return urllib.parse.quote(re.search(r'name="_ticket" value="([^"]+)"', page.text)[1])

    def hand_in(self, case, material, path="/track/materials", **fields):
        """One material of the list, as a file."""
        name = {"title": material} if path == "/track/materials" else {"material": material}
        return self.post("resident", path, **{"number": case.number, "code": case.code, "file": self.upload(case), **name, **fields})

    def supplies(self, case, *materials):
        """What was asked for in the supplement, and that it is all there."""
        for material in materials:
            self.done(self.hand_in(case, material), material)
        return self.done(self.post("resident", "/track/supplement", number=case.number, code=case.code, note="已补"), "补正")

    def tracks(self, case):
        return self.done(self.post("resident", "/track", number=case.number, code=case.code), "查询")

    # ---- what staff do ----

    def act(self, who, case, verb, **fields):
        """Who is accepted has brought on paper what else there is to bring, and the rest was looked up, unless a test says otherwise."""
        if verb in ("accept", "accept-lacking", "accept-promise"):
            if fields.setdefault("papers", True):
                fields = {"obtained": True, "obtained_from": "省数据共享交换平台", **fields}
        if verb in UNDER_SEAL and not self.sealed:
            self.sealed = True
            self.host.registers_seal(TOWNSHIP)
        if verb != "issue":
            return self.post(who, f"/cases/{case.id}/{verb}", **fields)

        def asked():  # who seals has seen the draft, which a job draws
            answer = self.post(who, f"/cases/{case.id}/{verb}", **fields)
            return None if answer.code == "draft-not-drawn" else answer
        return self.until("the draft is drawn", asked)

    def does(self, who, case, verb, **fields):
        return self.done(self.act(who, case, verb, **fields), f"{who} {verb}")

    def case(self, case, who="window"):
        return self.done(self.get(who, f"/cases/{case.id}"), "办件")

    def accepted(self, household, **changes):
        case = self.files(household, **changes)
        self.does("window", case, "accept")
        return case

    def decide(self, who, case, step, decision="approve", **fields):
        return self.act(who, case, f"steps/{step}", decision=decision, opinion=fields.pop("opinion", "符合条件，同意"), **fields)

    def decides(self, who, case, step, **fields):
        return self.done(self.decide(who, case, step, **fields), f"{who} {step}")

    def checkers(self):
        """Two who look at a site together."""
        if not self.pair:
            self.pair = self.host.checkers(TOWNSHIP)
        return self.pair

    def checks_site(self, case, day):
        """宅基地审批, by two who were there."""
        return self.decides("agriculture", case, "homestead", checked_on=day, **self.checkers())

    def told_to_end(self, case, explanation, kind="revoke", ground="by_deceit", statement="没有意见"):
        """The holder was told, and has had a say."""
        self.does("government", case, "ending/tell", kind=kind, ground=ground, explanation=explanation)
        self.does("window", case, "ending/statement", statement=statement)

    def revokes(self, case, explanation, **more):
        self.told_to_end(case, explanation, **more)
        self.does("government", case, "withdraw", explanation=explanation)
        return self.until_ended(case, "withdrawn")

    def until_ended(self, case, state):
        """What was decided takes effect with its paper: sealed, issued."""
        if self.sealed and not type(self).sealed:
            self.seals()
        return self.until(f"it is {state}", lambda: (lambda seen: seen if seen["state"] == state else None)(self.case(case, "government")))

    def serves(self, case, kind, party="", **how):
        """The paper of a kind, by hand, on the applicant or on who else it is for."""
        number = self.paper(case, kind)["number"]
        by_hand = {"method": "window", "receiver": "本人", "signed": True}
        return self.does("window", case, "deliver", document=number, **({"party": party} if party else {}), **(how or by_hand))

    def until_issued(self, case, who="government"):
        self.until("the decision is issued", lambda: self.case(case, who)["state"] == "issued")
        return self.case(case, who)

    def seals(self, who="keeper"):
        """Whoever keeps the seal puts it on every paper that waits."""
        def ready():  # a decision has its number when it is sealed
            waiting = [one for one in self.done(self.get(who, "/sealings", limit="100"), "待用印")["items"] if "〔" in one["number"]]
            return {"papers": waiting} if all(one["may"] for one in waiting) else None
        for one in self.until("the drafts are drawn", ready)["papers"]:
            self.done(self.post(who, f"/sealings/{one['id']}/confirm"), "用印")

    def paper(self, case, kind, who="government"):
        """The issued document of a kind."""
        if self.sealed and not type(self).sealed:
            self.seals()

        def look():
            return next((one for one in self.case(case, who)["documents"] if one["kind"] == kind and one["state"] == "issued"), None)
        return self.until(f"{kind} is issued", look)

    def document(self, number, code=None, who="resident"):
        return self.get(who, "/documents/" + urllib.parse.quote(number), **({"code": code} if code else {}))

    # ---- from application to certificate, where the way itself is not the matter ----

    def acts(self, case, days):
        """(day, act) for site check, planning, publicity from, publicity to, its result, certificate."""
        check, plan, start, end, result, certificate = days
        return [
            (check, lambda: self.checks_site(case, check)),
            (plan, lambda: self.decides("planning", case, "planning")),
            (start, lambda: self.does("agriculture", case, "publicity", act="start", start_on=start, end_on=end, place="村务公开栏")),
            (result, lambda: self.does("agriculture", case, "publicity", act="end", objections=0, note="公示期间无异议")),
            (result, lambda: self.decides("agriculture", case, "publicity")),
            (certificate, lambda: self.decides("government", case, "certificate")),
            (certificate, lambda: self.does("keeper", case, "issue")),
        ]

    def whole_way(self, *ways):
        """Each a case and its days; day by day, as it would happen."""
        acts = [one for case, days in ways for one in self.acts(case, days)]
        today = None
        for day, act in sorted(acts, key=lambda one: one[0]):
            if day != today:
                today = day
                self.day(day)
            act()

    # ---- looking into the folder, after the end ----

    def events(self, topic):
        """Subjects of a topic in the log of events; the host must have stopped."""
        found = [os.path.join(folder, name) for folder, _, names in os.walk(self.host.data) for name in names
                 if name.endswith(".db") and "approvals" in os.path.join(folder, name)]
        expect(len(found), 1, "databases of the plugin")
        with contextlib.closing(sqlite3.connect(found[0])) as base:
            return [row[0] for row in base.execute("SELECT subject FROM _event WHERE topic = ? ORDER BY 1", (topic,))]
