# SPDX-License-Identifier: Apache-2.0
"""Posts, headcount, persons: from a duty to who does it (定责定岗定编定人), and what may not be done on the way."""
import contextlib

from rows import BOTH, expect, expect_true, figure, scenario
from town import COUNTY, TOP, TOWNSHIP
from zhend import Zhend

NEIGHBOUR = "532327102000"   # 永仁县宜就镇
PREFECTURE = "532300000000"
YINYING = "140311100000"     # 阳泉市郊区荫营镇
TODAY = "2026-09-18"
HEAD = f"government-{TOWNSHIP}"
STAFFING = f"county-staffing-{COUNTY}"
AGRICULTURE = f"county-agriculture-{COUNTY}"


class Office:
    """Who is logged in under a name, asked over HTTP; answers go through the town, which keeps the refusals."""

    def __init__(self, town, host=None):
        self.town, self.host, self.sessions = town, host or town.host, {}

    def day(self, day):
        self.host.turn_clock(f"{day}T09:30:00+08:00")
        self.sessions = {}

    def session(self, who):
        if who is not None and who not in self.sessions:
            self.sessions[who] = self.host.login(who)
        return self.sessions.get(who)

    def get(self, who, path, /, **query):
        return self.town.done(self.host.get("/p/duties" + path, as_=self.session(who), query=query), path)

    def post(self, who, path, /, **fields):
        return self.host.post("/p/duties" + path, json=fields, as_=self.session(who))

    def does(self, who, path, status=200, /, **fields):
        return self.town.done(self.post(who, path, **fields), path, status)

    def makes(self, who, path, /, **fields):
        return self.does(who, path, 201, **fields)["id"]

    def refused(self, who, path, status, code, what, /, **fields):
        self.town.refused(self.post(who, path, **fields), status, code, what)

    def wrong_field(self, who, path, field, what, /, **fields):
        """Refused as a whole, with the field named."""
        answer = self.post(who, path, **fields)
        self.town.refused(answer, 422, "invalid", what)
        expect(answer.json["errors"][0]["field"], field, what)

    def pages(self, who, path, /, **query):
        """All items of a list."""
        found, after = [], {}
        while after is not None:
            body = self.get(who, path, limit=50, **query, **after)
            found += body["items"]
            after = {"cursor": body["next"]} if body["next"] else None
        return found

    # ---- what the rows need to begin with ----

    def list_in_force(self, unit, head, staffing, rows):
        """rows: (code, 清单, upper)."""
        words = {"basic": "基本", "assist": "配合", "withdrawn": "收回"}
        lines = [f"{code},事项{code},{words[place]},示例依据,{'' if place == 'basic' else '县级部门'},"
                 f"{'排查上报' if place == 'assist' else ''},{upper}" for code, place, upper in rows]
        made = self.makes(head, "/lists", unit=unit)
        self.does(head, f"/lists/{made}/import", content="\n".join(["编码,名称,清单,依据,牵头部门,配合职责,上级事项"] + lines))
        self.does(staffing, f"/lists/{made}/publish")

    def headcount(self, number, component="base", on="2026-01-01", township=TOWNSHIP, who=STAFFING):
        return self.does(who, f"/townships/{township}/headcount", component=component, change=number, effective_on=on,
                         basis="永编〔2026〕1号", reason="核定")

    def person(self, name, rung="staff", since="2024-03-01", unit=TOWNSHIP, how="exam", **more):
        return self.makes(HEAD, "/persons", unit=unit, name=name, rung=rung, from_on=since, how=how, basis="公告", **more)

    def post_in_use(self, code, duties, headcount):
        post = self.makes(HEAD, "/posts", unit=TOWNSHIP, code=code, name="综合岗", rung="staff")
        for duty in duties:
            self.does(HEAD, f"/posts/{post}/duties", code=duty)
        self.does(STAFFING, f"/posts/{post}/approve", headcount=headcount)
        return post

    def report(self, division, **query):
        return self.get(None, "/reports/posts", division=division, **query)


def office_on(town, day=TODAY):
    office = Office(town)
    office.day(day)
    return office


LIST = [("A1", "basic", ""), ("A2", "basic", ""), ("B1", "assist", ""), ("W1", "withdrawn", "")]


@scenario("Q04", rule=True, homes=BOTH)
def duty_post_headcount_person(town):
    """each basic item maps to a post, a post to headcount, headcount to persons; what is missing is listed until nothing is"""
    office = office_on(town)
    office.list_in_force(TOWNSHIP, HEAD, STAFFING, LIST)
    gaps = lambda: office.get(HEAD, f"/units/{TOWNSHIP}/gaps")  # noqa: E731
    expect([one["code"] for one in gaps()["items"]], ["A1", "A2"], "basic items without a post")
    post = office.makes(HEAD, "/posts", unit=TOWNSHIP, code="G1", name="综合岗", rung="staff")
    office.refused(HEAD, f"/posts/{post}/duties", 409, "item-withdrawn", "a duty that was taken back", code="W1")
    office.refused(HEAD, f"/posts/{post}/duties", 409, "item-not-in-list", "a duty outside the list", code="Z1")
    office.refused(STAFFING, f"/posts/{post}/approve", 409, "post-without-duty", "a post for nothing", headcount=1)
    office.does(HEAD, f"/posts/{post}/duties", code="A1")
    office.refused(HEAD, f"/posts/{post}/approve", 403, "forbidden", "the township approves its own post", headcount=1)
    office.refused(STAFFING, f"/posts/{post}/approve", 409, "headcount-short", "more than the township has", headcount=1)
    office.headcount(1)
    office.does(STAFFING, f"/posts/{post}/approve", headcount=1)
    seen = gaps()
    expect([one["code"] for one in seen["items"]], ["A2"], "basic items without a post")
    expect([(one["code"], one["gap"]) for one in seen["posts"]], [("G1", "no-person")], "posts with gaps")
    office.does(HEAD, f"/posts/{post}/duties", code="A2")
    person, second = office.person("李秀英"), office.person("王芳")
    office.does(HEAD, f"/posts/{post}/place", person=person)
    office.refused(HEAD, f"/posts/{post}/place", 409, "post-full", "two persons on one headcount", person=second)
    office.refused(STAFFING, f"/posts/{post}/abolish", 409, "post-held", "a post that is held", reason="撤并")
    seen = gaps()
    expect((seen["basic"], seen["mapped"], seen["complete"]), (2, 2, True), "nothing is missing")
    office.does(HEAD, f"/posts/{post}/vacate", person=person)
    expect(gaps()["complete"], False, "a vacancy is a gap again")


@scenario("C38", rule=True)
def four_supports(town):
    """an item can be taken over only when people, equipment, technology and network are all there"""
    office = office_on(town)
    office.list_in_force(TOWNSHIP, HEAD, STAFFING, LIST)
    supports = f"/units/{TOWNSHIP}/supports"
    for number, support in enumerate(("people", "equipment", "technology", "network"), 1):
        said = office.does(HEAD, supports, code="A1", support=support, ready=True)
        expect(said["can_take_over"], number == 4, f"with {number} of 4")
    shown = {one["code"]: one["can_take_over"] for one in office.pages(HEAD, supports)}
    expect(shown, {"A1": True, "A2": False, "B1": False}, "可承接")
    expect(office.report(TOWNSHIP)["supported"], 1, "in the report")
    office.does(HEAD, supports, code="A1", support="network", ready=False, note="端口停用")
    expect(office.report(TOWNSHIP)["supported"], 0, "in the report, once one is gone")
    office.refused(HEAD, supports, 409, "item-not-in-list", "support for what was taken back", code="W1", support="people",
                   ready=True)
    office.refused(AGRICULTURE, supports, 403, "forbidden", "a county department ticks", code="A1", support="people", ready=True)


@scenario("Q07", rule=True)
def three_components(town):
    """a township's headcount is 基础 + 量化 + 周转, with its history by day; posts bind it, moves leave the county as it was"""
    office = office_on(town)
    for number, component, on in ((60, "base", "2024-01-01"), (15, "quantified", "2025-01-01"), (7, "balance", "2026-03-01")):
        office.headcount(number, component, on)
    for day, total in (("2023-12-31", 0), ("2024-12-31", 60), ("2025-01-01", 75), ("2026-02-28", 75), ("2026-03-01", 82)):
        expect(office.get(HEAD, f"/townships/{TOWNSHIP}/headcount", on=day)["total"], total, day)
    path = f"/townships/{TOWNSHIP}/headcount"
    fields = {"basis": "永编〔2026〕2号", "reason": "核减", "effective_on": "2024-06-01"}
    office.refused(STAFFING, path, 409, "headcount-negative", "less than none", component="base", change=-61, **fields)
    office.refused(STAFFING, path, 409, "headcount-negative", "taken before it was given", component="balance", change=-1, **fields)
    office.refused(HEAD, path, 403, "forbidden", "the township gives itself headcount", component="base", change=1, **fields)
    office.wrong_field(STAFFING, path, "effective_on", "from a day to come", component="base", change=1, basis="文", reason="增",
                       effective_on="2026-12-01")
    move = {"to": NEIGHBOUR, "component": "base", "basis": "永编〔2026〕3号", "reason": "调剂", "effective_on": TODAY}
    office.does(STAFFING, "/headcount/moves", **{"from": TOWNSHIP}, number=10, **move)
    office.refused(STAFFING, "/headcount/moves", 409, "headcount-negative", "more than it has", **{"from": TOWNSHIP}, number=51, **move)
    shown = {one["township"]: one["total"] for one in office.pages(None, "/reports/headcount", division=COUNTY)}
    expect(shown, {TOWNSHIP: 72, NEIGHBOUR: 10}, "after the move")
    expect(office.report(COUNTY)["staffing"], 82, "of the county")


def sink(office, who, township, posts, on, purpose="enforcement", body=f"prefecture-{PREFECTURE}"):
    office.does(who, f"/townships/{township}/sunk", posts=posts, from_body=body, purpose=purpose, component="balance",
                effective_on=on, basis="楚编〔2026〕4号")


@figure("Q07", [(NEIGHBOUR if one % 2 else TOWNSHIP, 4) for one in range(6)])
def sunk_this_year(town, fixtures):
    """24 posts sunk this year; those of last year are not among them"""
    office = office_on(town)
    sink(office, STAFFING, TOWNSHIP, 5, "2025-11-30", body=AGRICULTURE)
    for township, posts in fixtures:
        sink(office, STAFFING, township, posts, "2026-05-06", body=AGRICULTURE)
    return office.report(COUNTY)["sunk_in_year"]


def townships(town):
    """The 103 of the file that the platform runs with."""
    with open(f"{TOP}/conf/data/divisions/chuxiong-532300.csv", encoding="utf-8") as file:
        return [line.split(",")[0] for line in file if ",township," in line]


def sunk_posts(town):
    """(township, posts, purpose): 371 to 103. The source does not say how many were for which; here each township has two for
    enforcement and the others for rescue."""
    return [(township, posts, purpose) for number, township in enumerate(townships(town))
            for posts, purpose in ((2, "enforcement"), (2 if number < 62 else 1, "rescue"))]


@figure("C30", sunk_posts(None))
def sunk_to_townships(town, fixtures):
    """371 posts sunk to 103 townships, those for enforcement and those for rescue apart: over the townships, and in the report"""
    office = office_on(town)
    staffing = f"prefecture-staffing-{PREFECTURE}"
    for township, posts, purpose in fixtures:
        sink(office, staffing, township, posts, "2026-03-02", purpose)
    shown, report = office.pages(None, "/reports/sunk", division=PREFECTURE), office.report(PREFECTURE)
    for purpose, of_all in (("sunk", "sunk"), ("enforcement", "sunk_enforcement"), ("rescue", "sunk_rescue"), ("other", "sunk_other")):
        expect(sum(one[purpose] for one in shown), report[of_all], f"the sum over townships: {of_all}")
    expect(report["sunk_enforcement"] + report["sunk_rescue"] + report["sunk_other"], report["sunk"], "its parts")
    return f"{report['sunk_enforcement']} + {report['sunk_rescue']} = {report['sunk']} to {len(shown)} townships"


@scenario("C30.apart")
def enforcement_and_rescue_apart(town):
    """what is sunk for enforcement is not among what is sunk for rescue, in one township, its county and elsewhere"""
    office = office_on(town)
    for township, posts, purpose in ((TOWNSHIP, 3, "enforcement"), (TOWNSHIP, 1, "rescue"), (TOWNSHIP, 1, "other"), (NEIGHBOUR, 2, "rescue")):
        sink(office, STAFFING, township, posts, "2026-03-02", purpose, body=AGRICULTURE)
    parts = ("sunk", "sunk_enforcement", "sunk_rescue", "sunk_other")
    for division, wanted in ((TOWNSHIP, (5, 3, 1, 1)), (NEIGHBOUR, (2, 0, 2, 0)), (COUNTY, (7, 3, 3, 1)), ("532301000000", (0, 0, 0, 0))):
        expect(tuple(office.report(division)[part] for part in parts), wanted, division)
    shown = {one["township"]: (one["sunk"], one["enforcement"], one["rescue"], one["other"]) for one in office.pages(None, "/reports/sunk", division=COUNTY)}
    expect(shown, {TOWNSHIP: (5, 3, 1, 1), NEIGHBOUR: (2, 0, 2, 0)}, "each township")


@scenario("C30.from", rule=True)
def sunk_from_above(town):
    """posts are sunk by a body above the township, and by who may"""
    office = office_on(town)
    fields = {"posts": 1, "purpose": "rescue", "component": "balance", "effective_on": TODAY, "basis": "文"}
    path = f"/townships/{TOWNSHIP}/sunk"
    office.wrong_field(STAFFING, path, "from_body", "from a township's own window", from_body=f"window-{TOWNSHIP}", **fields)
    office.wrong_field(STAFFING, path, "from_body", "from another county", from_body="county-service-532301000000", **fields)
    office.refused(HEAD, path, 403, "forbidden", "the township takes for itself", from_body=AGRICULTURE, **fields)
    expect(office.report(PREFECTURE)["sunk"], 0, "nothing was sunk")


@contextlib.contextmanager
def yangquan(town):
    """A platform for 阳泉市, with its divisions."""
    settings = {"access": {"login_per_minute": "1000"},
                "host": {"divisions": f"{TOP}/conf/data/divisions/yangquan-140300.csv"}}
    pilots = "[pilot yangquan]\ntitle = 阳泉市\ndivisions = 140300000000\nplugins = duties\n"
    with Zhend(pilot="yangquan", pilots=pilots, settings=settings) as host:
        yield Office(town, host)


@figure("Q03.posts", [1] * 30 + [2] * 26)
def posts_of_yinying(town, fixtures):
    """荫营镇: 56 posts, 82 headcount, out of 60 + 15 + 7"""
    head, staffing = f"government-{YINYING}", "county-staffing-140311000000"
    with yangquan(town) as office:
        office.day(TODAY)
        codes = [f"YY-{number:03d}" for number in range(1, 112)]
        office.list_in_force(YINYING, head, staffing, [(code, "basic", "") for code in codes])
        for number, component in ((60, "base"), (15, "quantified"), (7, "balance")):
            office.headcount(number, component, township=YINYING, who=staffing)
        # Two items a post, the last one for those that are left.
        lines = [f"G{number:02d},岗位{number},事业编制,{'；'.join(codes[2 * number - 2:2 * number] or codes[-1:])}"
                 for number in range(1, len(fixtures) + 1)]
        rows = office.does(head, "/posts/import", unit=YINYING, content="\n".join(["岗位编号,岗位,人员类别,事项编码"] + lines))
        expect(rows["rows"], len(fixtures), "rows imported")
        posts = {one["code"]: one["id"] for one in office.pages(head, "/posts")}
        for number, headcount in enumerate(fixtures, 1):
            office.does(staffing, f"/posts/{posts[f'G{number:02d}']}/approve", headcount=headcount)
        seen = office.report(YINYING)
        expect(seen["staffing"], 82, "the three components")
        return f"{seen['posts']} posts, {seen['headcount']} headcount"


@figure("Q24", [f"社工{number:02d}" for number in range(32)])
def community_workers(town, fixtures):
    """community workers per 10,000 urban residents of a district, held against 16"""
    office = office_on(town)
    head, staffing, city = "government-532301101000", "county-staffing-532301000000", "532301000000"
    office.does(staffing, "/urban-residents", division=city, residents=20000, source="统计年鉴")
    office.does(STAFFING, "/urban-residents", division=COUNTY, residents=10000, source="统计年鉴")
    lines = [f"{name},社区工作者,2024-03-01,选聘,公告" for name in fixtures]
    office.does(head, "/persons/import", unit="532301101000", content="\n".join(["姓名,人员类别,任现级日期,来源,依据"] + lines))
    seen = {one["division"]: one for one in office.get(None, "/reports/community-workers", division=PREFECTURE)["items"]}
    expect((seen[COUNTY]["workers"], seen[COUNTY]["short"], seen[COUNTY]["reached"]), (0, 16, False), "the county without any")
    expect(seen[city]["target"], 16, "the target")
    expect(seen[city]["reached"], seen[city]["short"] == 0, "reached")
    return f"{seen[city]['per_10000']} of {seen[city]['target']}"


@scenario("Q24", rule=True)
def workers_and_residents(town):
    """residents are told by the staffing office; a past figure does not displace a newer one"""
    office = office_on(town)
    office.refused(HEAD, "/urban-residents", 403, "forbidden", "a township tells", division=TOWNSHIP, residents=1, source="估计")
    office.does(STAFFING, "/urban-residents", division=COUNTY, residents=20000, as_of="2026-01-01", source="统计年鉴")
    office.does(STAFFING, "/urban-residents", division=COUNTY, residents=10000, as_of="2025-01-01", source="统计年鉴")
    expect(office.get(None, "/reports/community-workers", division=COUNTY)["items"][0]["residents"], 20000, "the newest")


@scenario("Q25", rule=True)
def career(town):
    """微网格长 → 全科网格员 → 社区工作者 → 公务员: one after the other, in the history; found by rung and years"""
    office = office_on(town)
    community = "532327101001"
    person = office.person("杨桂花", "micro", "2019-05-01", unit=community, how="select")
    promote = f"/persons/{person}/promote"
    office.refused(HEAD, promote, 409, "chain-skips", "two rungs at once", rung="worker", from_on="2021-05-01", how="select", basis="公告")
    office.does(HEAD, promote, rung="grid", from_on="2021-05-01", how="select", basis="公告")
    office.does(HEAD, promote, rung="worker", from_on="2023-09-18", how="select", basis="公告")
    office.person("赵敏", "worker", "2023-09-19", unit=community, how="select")
    eligible = lambda years: [one["id"] for one in office.pages(HEAD, "/persons/eligible", rung="worker", years=years)]  # noqa: E731
    expect(eligible(3), [person], "three years on the very day")
    expect(len(eligible(2)), 2, "two years")
    expect(eligible(4), [], "four years")
    expect(office.pages(HEAD, "/persons/eligible", rung="worker", years=3)[0]["name"], "杨**", "masked in lists")
    office.refused(HEAD, promote, 409, "exam-needed", "staff without exam", rung="staff", how="appoint", basis="文")
    office.does(HEAD, promote, rung="staff", from_on=TODAY, how="exam", basis="公告")
    office.refused(HEAD, promote, 409, "chain-ends", "beyond the last rung", rung="staff", how="exam", basis="公告")
    shown = office.get(HEAD, f"/persons/{person}")
    expect([one["rung"] for one in shown["career"]], ["micro", "grid", "worker", "staff"], "the chain")
    expect([one["from_on"] for one in shown["career"]], ["2019-05-01", "2021-05-01", "2023-09-18", TODAY], "its days")


@figure("Q25", ["杨桂花", "赵敏"])
def recruited(town, fixtures):
    """2 community workers recruited"""
    office = office_on(town)
    for name in fixtures:
        person = office.person(name, "worker", "2022-03-01", unit="532327101001", how="select")
        office.does(HEAD, f"/persons/{person}/promote", rung="staff", from_on=TODAY, how="exam", basis="公告")
    return office.report(PREFECTURE)["recruited"]


@scenario("Q26", rule=True, homes=BOTH)
def secondment(town):
    """a secondment needs approval, a reason and an end; a unit lends no more than its cap; who is not back in time is flagged"""
    office = office_on(town)
    ask = {"to_body": AGRICULTURE, "reason": "乡村振兴专班", "from_on": TODAY, "until_on": "2026-10-18"}
    persons = [office.person(name) for name in ("李秀英", "王芳", "赵敏")]
    path = f"/persons/{persons[0]}/secondments"
    for left_out in ("reason", "until_on"):
        office.wrong_field(HEAD, path, left_out, f"without {left_out}", **{key: value for key, value in ask.items() if key != left_out})
    office.wrong_field(HEAD, path, "until_on", "for two years", **dict(ask, until_on="2028-09-18"))
    office.refused(AGRICULTURE, path, 403, "forbidden", "the borrower asks by itself", **ask)
    out = [office.makes(HEAD, f"/persons/{person}/secondments", **ask) for person in persons]
    office.refused(HEAD, f"/secondments/{out[0]}/approve", 403, "forbidden", "who asks approves")
    office.refused(HEAD, f"/secondments/{out[0]}/return", 409, "secondment-requested", "back before going")
    for one in out[:2]:
        office.does(STAFFING, f"/secondments/{one}/approve", opinion="同意")
    office.refused(STAFFING, f"/secondments/{out[2]}/approve", 409, "secondment-cap", "a third one")
    office.refused(HEAD, f"/persons/{persons[0]}/leave", 409, "person-seconded", "leaves while lent", how="transfer", basis="文")
    office.does(HEAD, f"/secondments/{out[0]}/return")
    office.day("2026-10-18")
    expect(office.pages(HEAD, "/secondments", overdue="true"), [], "on the last day")
    office.day("2026-10-19")
    late = town.until("the clock flags who is not back", lambda: office.pages(HEAD, "/secondments", overdue="true"))
    expect([(one["id"], one["name"]) for one in late], [(out[1], "王*")], "overdue")
    expect(office.report(COUNTY)["seconded_overdue"], 1, "in the report")
    office.does(HEAD, f"/secondments/{out[1]}/return")
    office.does(STAFFING, f"/secondments/{out[2]}/refuse", opinion="专班已撤销")
    expect((office.report(COUNTY)["seconded"], office.report(COUNTY)["seconded_overdue"]), (0, 0), "all are back")


@scenario("Q26.caps", rule=True)
def caps_are_settings(town):
    """how many a township lends and how many a body borrows is set, for all and for one place"""
    settings = {"access": {"login_per_minute": "1000"}, "duties": {"secondment_cap": "1"}, f"duties @{NEIGHBOUR}": {"secondment_cap": "2"},
                f"duties @{COUNTY}": {"secondment_cap_in": "2"}}
    pilots = "[pilot caps]\ntitle = 借调\ndivisions = 532300000000\nplugins = duties\n"
    with Zhend(pilot="caps", pilots=pilots, settings=settings) as host:
        office = Office(town, host)
        office.day(TODAY)
        ask = {"to_body": AGRICULTURE, "reason": "乡村振兴专班", "from_on": TODAY, "until_on": "2026-10-18"}
        for head, unit, codes in ((HEAD, TOWNSHIP, ("", "secondment-cap")), (f"government-{NEIGHBOUR}", NEIGHBOUR, ("", "secondment-cap-in"))):
            for code in codes:
                person = office.makes(head, "/persons", unit=unit, name="李秀英", rung="staff", from_on="2024-03-01", how="exam", basis="公告")
                approve = f"/secondments/{office.makes(head, f'/persons/{person}/secondments', **ask)}/approve"
                if code:
                    office.refused(STAFFING, approve, 409, code, "beyond the cap", opinion="同意")
                else:
                    office.does(STAFFING, approve, opinion="同意")


@scenario("X03", rule=True)
def from_county_to_township(town):
    """减县增乡: who comes from a county institution has it in the record"""
    office = office_on(town)
    office.wrong_field(HEAD, "/persons", "from_body", "a transfer from nowhere", unit=TOWNSHIP, name="余兵", rung="staff",
                       how="transfer", basis="减县增乡")
    person = office.person("余兵", since="2026-07-01", from_body=AGRICULTURE)
    line = office.get(HEAD, f"/persons/{person}")["career"][0]
    expect((line["from_body"], line["unit"], line["how"]), ("永仁县农业农村局", TOWNSHIP, "exam"), "the movement")
    expect(office.report(COUNTY)["from_county"], 1, "in the report")


@scenario("Q05.posts")
def community_posts(town):
    """a community's items hang on the township's, and its posts on them"""
    office = office_on(town)
    community = "532327101001"
    office.list_in_force(TOWNSHIP, HEAD, STAFFING, LIST)
    office.list_in_force(community, HEAD, STAFFING, [("C1", "basic", "A1")])
    gap = office.get(HEAD, f"/units/{community}/gaps")["items"]
    expect([(one["code"], one["upper"]) for one in gap], [("C1", "A1")], "the community's gap and whose item it is part of")
    office.does(HEAD, "/posts/import", unit=community, content="岗位编号,岗位,人员类别,事项编码\nS1,两委岗,社区工作者,C1\n")
    post = office.pages(HEAD, "/posts")[0]["id"]
    office.does(STAFFING, f"/posts/{post}/approve", headcount=1)
    expect_true(not office.get(HEAD, f"/units/{community}/gaps")["items"], "no item without a post")
    seen = office.report(TOWNSHIP)
    expect((seen["posts"], seen["community_posts"]), (0, 1), "counted apart from the township's own")


@scenario("X02.people")
def people_move_with_the_matter(town):
    """a transfer of an item shows how many posts that carry it are held"""
    office = office_on(town)
    office.list_in_force(TOWNSHIP, HEAD, STAFFING, LIST)
    transfer = office.does(STAFFING, "/transfers", 201, township=TOWNSHIP, code="A1")["id"]
    serving = lambda: office.get(STAFFING, f"/transfers/{transfer}")["serving"]  # noqa: E731
    office.headcount(1)
    post = office.post_in_use("G1", ["A1"], 1)
    expect(serving(), 0, "a post without a person")
    office.does(HEAD, f"/posts/{post}/place", person=office.person("李秀英"))
    expect(serving(), 1, "a post that is held")
