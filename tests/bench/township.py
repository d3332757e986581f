# SPDX-License-Identifier: Apache-2.0
"""103 townships with their duties, a hundred thousand cases and as many whistles, every one of them through the API, with
Idempotency-Keys.

What a case comes to is drawn from FATES. Every document is really drawn and kept, a few dozen a second: that is why most cases
here are still to be accepted or were withdrawn by the applicant, of which no document is made."""
import contextlib
import csv
import datetime
import json
import os
import random
import sqlite3
import time

import crowd
import data
import hosts

TOP = hosts.TOP
FATES = (("retracted", 0.30), ("review", 0.008), ("issued", 0.004), ("supplement", 0.004), ("refused", 0.003), ("not-needed", 0.002))
ITEMS = ("YB0201", "YB0203", "YB0205", "YB0206", "YB0207", "YB0211", "YB0216", "YB0217", "YB0218", "YB0220")
DIRECT = ("YB0101", "YB0102", "YB0106", "YB0108")  # decided and issued at the window, the same day
EARLY = (("review", 300), ("issued", 100))  # forty days before: what is left open is overdue, what was issued can be put away
EARLY_CASES = sum(count for _, count in EARLY)
LEADS = {"county-bureau": "county-enforcement", "county-transport": "county-transport", "county-housing": "county-housing"}  # kind: login
DAYS_AHEAD = 300    # of the day of the load: nothing falls due when the databases are used again
SMALL = 0.02        # of all cases: those of the small county
NAMES = ("李阿福", "张阿婆", "王建国", "普正才", "起学英", "周开明", "杨丽华", "罗朝贵", "鲁春花", "毕文光", "者光明", "自绍兰")
ANSWERS = (("working", 0.20), ("rated", 0.10), ("done", 0.05), ("returned", 0.02))  # of its one order; the rest is not yet accepted
TITLES = ("集镇占道经营", "路面积水难行", "村口垃圾堆放", "河道乱倒渣土", "夜间施工扰民", "路灯不亮", "广告牌松动", "农膜焚烧冒烟", "隔离带过长绕行", "工地拖欠工钱")
WHAT = ("老人常住本村，符合条件，申请办理", "家庭收入减少，申请按规定给予救助", "材料齐全，请予审核", "因病住院费用较高，申请救助")

CONF = """[include]
files = {conf}/roles.conf; {conf}/pilots/*.conf

[host]
title = 测速
divisions = {conf}/data/divisions/chuxiong-532300.csv
bodies = {conf}/data/bodies.csv
isolation = {home}

[limits]
anonymous_writes_per_minute = 0
anonymous_writes_per_hour = 0
wrong_codes_per_minute = 0

[access]
login_per_minute = 10000

[approvals]
catalogue = {conf}/data/approvals/items.json
items = {conf}/data/approvals/items.csv
calendar = {conf}/data/calendar/national.csv
series = {conf}/data/approvals/series.csv
short_names = {conf}/data/approvals/short_names.csv
archive_days = 0

[duties]
calendar = {conf}/data/calendar/national.csv

[dispatch]
calendar = {conf}/data/calendar/national.csv

[enforcement]
calendar = {conf}/data/calendar/national.csv
series = {conf}/data/enforcement/series.csv
short_names = {conf}/data/approvals/short_names.csv
"""


class Town(hosts.Server):
    """The platform as shipped, in demo mode; the data of all bodies of the prefecture."""

    def __init__(self, build, work, folder, home="inproc"):
        self.data = folder
        os.makedirs(folder, 0o700, exist_ok=True)
        conf = os.path.join(work, "town-%s.conf" % home)
        with open(conf, "w", encoding="utf-8") as out:
            out.write(CONF.format(conf=os.path.join(TOP, "conf"), home=home))
        port = hosts.free_port()
        with open(os.path.join(work, "town.log"), "ab") as said:
            super().__init__("zhend", [os.path.join(build, "bin", "zhend"), "--config", conf, "--data", folder, "--port", str(port),
                                       "--pilot", "chuxiong", "--demo"], port, None, said)
        hosts.call(port, "GET", "/kernel/health")
        self.tokens = {}

    def token(self, body):
        """A session of this very database, begun when it is first asked for: one begun on an earlier day has ended."""
        if body not in self.tokens:
            self.tokens[body] = self.login(body)
        return self.tokens[body]

    def turn(self, day, at="09:30"):
        connection = hosts.http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/kernel/clock", "now=%sT%s:00%%2B08:00" % (day, at),
                           {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        if connection.getresponse().status != 200:
            raise SystemExit("bench load: the clock does not turn to %s" % day)
        connection.close()

    def login(self, body):
        status, text = hosts.call(self.port, "POST", "/login", {"login": body, "password": hosts.PASSWORD})
        if status != 200:
            raise SystemExit("bench load: login of %s: %d %s" % (body, status, text[:300]))
        return json.loads(text)["token"]

    def ask(self, path, token=None):
        status, text = hosts.call(self.port, "GET", path, token=token)
        if status != 200:
            raise SystemExit("bench load: GET %s: %d %s" % (path, status, text[:300]))
        return json.loads(text)

    def waiting(self):
        """Runs that are still to be made, most of them documents."""
        path = os.path.join(self.data, "plugins", "approvals", "data.db")
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as base:
            return base.execute("SELECT COUNT(*) FROM _job").fetchone()[0]

    def settle(self, seconds=900):
        end = time.monotonic() + seconds
        while self.waiting() > 0:
            if time.monotonic() > end:
                raise SystemExit("bench load: %d documents are still not drawn" % self.waiting())
            time.sleep(0.2)


class Prefecture:
    """Who lives where, and who looks: a county with a tenth of all cases, one with a fiftieth, and the whole."""

    def __init__(self):
        places = data.Places()
        self.counties = places.counties
        self.large, self.small = places.large, places.small
        self.townships = sorted({town for pairs in self.counties.values() for _, town in pairs})
        self.rest = [county for county in sorted(self.counties) if county not in (self.large, self.small)]
        self.village, self.township = self.counties[self.large][0]
        self.callers = {
            "village": "village-" + self.village, "township": "window-" + self.township, "county": "county-" + self.large,
            "small-township": "window-" + self.counties[self.small][0][1], "small-county": "county-" + self.small,
            "prefecture": "prefecture-532300000000", "department": "county-enforcement-" + self.large,
            "small-department": "county-enforcement-" + self.small, "town-head": "government-" + self.township}

    def pick(self, chance):
        """The village and township of a case."""
        roll, at = chance.random(), chance.random()
        if roll < 0.01:
            return self.village, self.township
        if roll < 0.10:
            county = self.large
        elif roll < 0.10 + SMALL:
            county = self.small
            if at < 0.5:
                return self.counties[county][0]
        else:
            county = self.rest[chance.randrange(len(self.rest))]
        return self.counties[county][int(at * len(self.counties[county]))]


def id_card(chance):
    digits = "532327" + "%d%02d%02d" % (chance.randint(1940, 2004), chance.randint(1, 12), chance.randint(1, 28)) + "%03d" % chance.randint(1, 999)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, digits)) % 11]


class Loader:
    """Fills one folder, step by step; what it has done is told in rates."""

    def __init__(self, town, prefecture, state):
        self.town, self.prefecture, self.state = town, prefecture, state
        self.ended = state.setdefault("ended", [])  # [id, township, number, code, fate]: closed, with all its documents
        self.given = []  # of ended: handed out today
        self.chance = random.Random(20261122)

    def token(self, body):
        return self.town.token(body)

    def done(self, what, answer, status=200):
        if answer[0] != status:
            raise SystemExit("bench load: %s: %d %s" % (what, answer[0], answer[1][:400]))
        return json.loads(answer[1]) if answer[1] else None

    # ---- duties ----

    def call(self, who, path, fields, status=200, key=None):
        code, text = hosts.call(self.town.port, "POST", "/p/duties" + path, fields, self.token(who), {"Idempotency-Key": key or path})
        return self.done(path, (code, text), status)

    def catalogue(self):
        with open(os.path.join(TOP, "conf", "data", "duties", "county-delegated.csv"), encoding="utf-8") as text:
            self.call("prefecture-staffing-532300000000", "/catalogues", {
                "code": "delegated", "kind": "delegated", "title": "县级赋权事项目录", "division": "532300000000", "content": text.read()}, 201)

    def lists(self, townships):
        """105 common and 30 optional items each: 135."""
        def one(township):
            token, staffing = self.token("government-" + township), self.token("prefecture-staffing-532300000000")
            draft = self.done("清单", (yield crowd.request("POST", "/p/duties/lists", {"unit": township}, token, "list-" + township)), 201)["id"]
            chosen = [{"code": "KX-%03d" % n} for n in range(1, 31)]
            self.done("选取", (yield crowd.request("POST", "/p/duties/lists/%d/choose" % draft, {"items": chosen}, token, "choose-" + township)))
            self.done("公布", (yield crowd.request("POST", "/p/duties/lists/%d/publish" % draft, {}, staffing, "publish-" + township)))
        return crowd.run(self.town.port, (one(township) for township in townships), 8)

    def headcounts(self):
        def one(township):
            county = township[:6] + "000000"
            staffing = self.token("county-staffing-" + county)
            path = "/p/duties/townships/%s/" % township
            self.done("编制", (yield crowd.request("POST", path + "headcount", {
                "change": 40, "component": "base", "effective_on": self.state["day"], "basis": "样本", "reason": "核定"},
                staffing, "base-" + township)))
            self.done("下沉", (yield crowd.request("POST", path + "sunk", {
                "posts": 3, "from_body": "county-" + county, "purpose": "enforcement", "component": "quantified",
                "effective_on": self.state["day"], "basis": "样本"}, staffing, "sunk-" + township)))
        return crowd.run(self.town.port, (one(township) for township in self.prefecture.townships), 8)

    # ---- places ----

    def places(self):
        """A centre, a self-service point, a list of items and a seal in every township."""
        def one(township):
            admin, path = self.token("county-service-" + township[:6] + "000000"), "/p/approvals"
            for kind in ("centre", "self"):
                self.done("地点", (yield crowd.request("POST", path + "/places", {
                    "division": township, "kind": kind, "name": "便民服务中心" if kind == "centre" else "自助服务点"}, admin,
                    "%s-%s" % (kind, township))), 201)
            self.done("清单", (yield crowd.request("POST", path + "/lists", {
                "division": township, "codes": [{"code": code} for code in ITEMS + DIRECT]}, admin, "offer-" + township)), 201)
            self.done("清单", (yield crowd.request("POST", path + "/lists/%s/publish" % township, {},
                self.token("county-staffing-" + township[:6] + "000000"), "publish-" + township)), 201)
            keeper = self.town.ask(path + "/posts", self.token("seal-" + township))["account"]
            self.done("印章", (yield crowd.request("POST", path + "/seals", {"division": township, "keeper": keeper},
                                                 self.token("government-" + township), "seal-" + township)), 201)
        return crowd.run(self.town.port, (one(township) for township in self.prefecture.townships), 8)

    # ---- cases ----

    def fate(self):
        roll = self.chance.random()
        for fate, share in FATES:
            if roll < share:
                return fate
            roll -= share
        return "filed"

    def case(self, n, fate=None):
        """One application and what comes of it."""
        chance = self.chance
        fate = fate or self.fate()
        village, township = self.prefecture.pick(chance)
        direct = fate == "issued"
        code = DIRECT[n % len(DIRECT)] if direct else ITEMS[n % len(ITEMS)]
        fields = {"village": village, "applicant": NAMES[n % len(NAMES)], "id_card": id_card(chance), "phone": "139%08d" % (n % 10 ** 8),
                  "content": WHAT[n % len(WHAT)]}
        if chance.random() < 0.4:
            fields["channel"] = "window"
        visited = chance.random() < 0.005
        home = chance.random() < 0.003
        key = "bench-load-anonymous-%d" % n
        at_window = fields.get("channel") == "window"
        window = None if fate == "filed" and not (visited or home or at_window) else self.token("window-" + township)
        filed = self.done("申请", (yield crowd.request("POST", "/p/approvals/items/%s/apply" % code, fields, window if at_window else None, key)), 201)
        number = filed["id"]

        def act(verb, **said):
            return crowd.request("POST", "/p/approvals/cases/%d/%s" % (number, verb), said, window, "%s-%s" % (key, verb.replace("/", "-")))

        if visited:
            for turn in range(2):
                self.done("到场", (yield crowd.request("POST", "/p/approvals/cases/%d/visits" % number, {
                    "place": "便民服务中心", "reason": "补签字"}, window, "%s-visit-%d" % (key, turn))))
        if home:
            visit = self.done("上门", (yield act("home-visits", address="三组", planned_on=self.state["day"], purpose="核对材料")))["home_visit"]
            self.done("上门", (yield crowd.request("POST", "/p/approvals/home-visits/%d/done" % visit, {"outcome": "已核对"}, window,
                                                 "%s-home" % key)))
        if fate == "retracted":
            self.done("撤回", (yield crowd.request("POST", "/p/approvals/track/retract", {
                "number": filed["number"], "code": filed["code"], "reason": "暂不办理"}, key=key + "-retract")))
        elif fate == "supplement":
            self.done("补正", (yield act("supplement", missing=[{"material": "居民身份证", "reason": "复印件不清"}])))
        elif fate == "refused":
            self.done("不予受理", (yield act("refuse", reason="不属本机关职权", competent_body="县级主管部门")))
        elif fate == "not-needed":
            self.done("无需", (yield act("not-needed", reason="系统已自动认定")))
        elif fate != "filed":
            self.done("受理", (yield act("accept", papers=True, obtained=True, obtained_from="省数据共享交换平台")))
        if direct:
            self.done("审核", (yield act("steps/s1", decision="approve", opinion="符合条件")))
            self.done("决定", (yield act("steps/s2", decision="approve", opinion="同意")))
        if fate in ("issued", "refused", "not-needed"):
            self.ended.append([number, township, filed["number"], filed["code"], fate])

    # ---- whistles ----

    def guide(self):
        with open(os.path.join(TOP, "conf", "data", "dispatch", "guide.csv"), encoding="utf-8") as text:
            content = text.read()
        for county in self.prefecture.counties:
            fields = {"division": county, "content": content}
            code, text = hosts.call(self.town.port, "POST", "/p/dispatch/guide", fields, self.token("county-command-" + county),
                                    {"Idempotency-Key": "guide-" + county})
            self.done("派单导引表", (code, text))

    def kinds(self):
        """Those of the table that go to one of these, alone."""
        with open(os.path.join(TOP, "conf", "data", "dispatch", "guide.csv"), encoding="utf-8") as text:
            return [row for row in csv.DictReader(text) if row["牵头单位"] in LEADS and not row["配合单位"] and row["标准事项"] == "是"]

    def whistle(self, n, kind):
        chance = self.chance
        _, township = self.prefecture.pick(chance)
        roll, key = chance.random(), "bench-whistle-%d" % n
        head = self.token("government-" + township)
        made = self.done("吹哨", (yield crowd.request("POST", "/p/dispatch/whistles", {
            "class": kind["类别"], "kind": kind["事项"], "title": TITLES[n % len(TITLES)], "content": "群众反映，%s，请来人处理" % NAMES[n // 10 % len(NAMES)],
            "place": "集镇", "reason": "没有执法权"}, head, key)), 201)["id"]
        fate = "ordered"
        for answer, share in ANSWERS:
            if roll < share:
                fate = answer
                break
            roll -= share
        if fate == "ordered":
            return
        department = self.token("%s-%s000000" % (LEADS[kind["牵头单位"]], township[:6]))
        order = self.done("提请", (yield crowd.request("GET", "/p/dispatch/whistles/%d" % made, None, head)))["orders"][0]["id"]

        def act(verb, who, **said):
            return crowd.request("POST", "/p/dispatch/orders/%d/%s" % (order, verb), said, who, "%s-%s" % (key, verb))

        if fate == "returned":
            self.done("退回", (yield act("return", department, reason="属其他部门职责")))
            return
        self.done("接单", (yield act("accept", department)))
        if fate in ("done", "rated"):
            self.done("反馈", (yield act("feedback", department, result="已处理")))
        if fate == "rated":
            self.done("评分", (yield act("rate", head, score=60 + n % 41)))

    def whistles(self, to):
        at, began, kinds = self.state.get("whistles", 0), time.monotonic(), self.kinds()
        self.chance = random.Random(to)
        asked = crowd.run(self.town.port, (self.whistle(n, kinds[n % len(kinds)]) for n in range(at, to)))
        took = time.monotonic() - began
        self.state["whistles"] = to
        self.state["whistle_seconds"] = self.state.get("whistle_seconds", 0) + took
        print("load: %d whistles to %d in %.0f s (%.0f whistles/s, %.0f requests/s)" % (to - at, to, took, (to - at) / took, asked / took),
              flush=True)

    def seal(self, township):
        """The keeper seals what waits."""
        keeper, path = self.token("seal-" + township), "/p/approvals/sealings"
        while waiting := self.done("待用印", (yield crowd.request("GET", path + "?limit=100", None, keeper)))["items"]:
            for one in waiting:
                self.done("用印", (yield crowd.request("POST", "%s/%d/confirm" % (path, one["id"]), {}, keeper, "seal-%d" % one["id"])))

    def sealed(self):
        """What was decided today, on the same day."""
        asked = crowd.run(self.town.port, (self.seal(township) for township in sorted({case[1] for case in self.ended})))
        self.town.settle()
        return asked

    def after(self, case):
        """Rated by some, handed to most."""
        number, township, public, code, fate = case
        window = self.token("window-" + township)
        grade = self.chance.choice((5, 5, 5, 4, 4, 3, 2, 1, 0, 0))
        if grade:
            self.done("评价", (yield crowd.request("POST", "/p/approvals/track/rating", {"number": public, "code": code, "grade": str(grade)},
                                                 key="bench-load-anonymous-rate-%d" % number)))
        if grade in (1, 2):
            self.done("回访", (yield crowd.request("POST", "/p/approvals/cases/%d/rating/contacted" % number, {"note": "已电话回访"}, window,
                                                 "contact-%d" % number)))
        else:
            self.done("出件", (yield crowd.request("POST", "/p/approvals/cases/%d/deliver" % number, {
                "method": "window", "receiver": "本人", "signed": True}, window, "deliver-%d" % number)))
            self.given.append(case)

    def away(self, case):
        """The day after it was handed out: archive_days is 0."""
        self.done("归档", (yield crowd.request("POST", "/p/approvals/cases/%d/archive" % case[0], {"retention": "10"},
                                             self.token("window-" + case[1]), "archive-%d" % case[0])))

    def next_day(self):
        self.state["day"] = (datetime.date.fromisoformat(self.state["day"]) + datetime.timedelta(1)).isoformat()
        self.town.turn(self.state["day"])
        self.town.tokens.clear()

    def tell(self, seconds, requests):
        self.state["seconds"] = self.state.get("seconds", 0) + seconds
        self.state["requests"] = self.state.get("requests", 0) + requests

    def cases(self, to):
        """From where it stands to so many cases, with their documents, ratings and files."""
        at, began = self.state.get("cases", 0), time.monotonic()
        self.chance = random.Random(to)
        asked = crowd.run(self.town.port, (self.case(n) for n in range(at, to)))
        filed = time.monotonic() - began
        self.town.settle()
        asked += self.sealed()
        ended, self.ended[:] = list(self.ended), []
        asked += crowd.run(self.town.port, (self.after(case) for case in ended))
        self.next_day()
        given, self.given = self.given, []
        asked += crowd.run(self.town.port, (self.away(case) for case in given))
        self.town.settle()
        self.state["cases"] = to
        whole = time.monotonic() - began
        self.tell(whole, asked)
        print("load: %d cases to %d in %.0f s (%.0f cases/s, %.0f requests/s), %.0f s of it waiting for documents" % (
            to - at, to, whole, (to - at) / whole, asked / whole, whole - filed), flush=True)

    def early(self):
        """Forty days before."""
        day = datetime.date.fromisoformat(self.state["day"])
        self.town.turn(day - datetime.timedelta(40))
        self.town.tokens.clear()
        self.chance = random.Random(1)
        fates = [fate for fate, count in EARLY for _ in range(count)]
        began = time.monotonic()
        asked = crowd.run(self.town.port, (self.case(n, fate) for n, fate in enumerate(fates)))
        self.town.settle()
        asked += self.sealed()
        self.tell(time.monotonic() - began, asked)
        self.town.tokens.clear()
        for minute in range(5):  # the watch takes so many at a time
            self.town.turn(day, "09:%02d" % (30 + 2 * minute))
        self.state["cases"] = EARLY_CASES
