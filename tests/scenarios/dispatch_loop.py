# SPDX-License-Identifier: Apache-2.0
"""吹哨报到: a township asks, departments come, and what came of it is told, rated and put to use."""
import concurrent.futures

from rows import BOTH, expect, expect_true, figure, scenario
from town import COUNTY, TOWNSHIP

NEIGHBOUR = "532327102000"
PREFECTURE = "532300000000"
VILLAGE = "532327101001"
HEAD, CENTRE = f"government-{TOWNSHIP}", f"county-command-{COUNTY}"
COLUMNS = "类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源,清单事项"
GUIDE = ("交通运输,公路隔离设施不合理,是,county-transport,,1,2,样本,GL-03", "交通运输,公路损毁,是,county-transport,,,,样本,GL-01",
         "劳动,欠薪,是,county-labour,,1,1,样本,LD-02", "住房建设,老旧小区改造,否,county-housing,county-ecology;county-finance,,,样本,")


def department(kind, county=COUNTY):
    return f"county-{kind}-{county}"


class Whistles:
    """Who is logged in under a name, asked over HTTP; refusals are kept by the town."""

    def __init__(self, town, at="2026-09-07T09:00:00", guide=GUIDE):
        self.town, self.host, self.sessions = town, town.host, {}
        self.turn(at)
        if guide:
            self.does(CENTRE, "/guide", division=COUNTY, content="\n".join((COLUMNS, *guide)))

    def turn(self, at):
        self.host.turn_clock(f"{at}+08:00")
        self.sessions = {}

    def session(self, who):
        if who not in self.sessions:
            self.sessions[who] = self.host.login(who)
        return self.sessions[who]

    def get(self, who, path, /, **query):
        return self.town.done(self.host.get("/p/dispatch" + path, as_=self.session(who), query=query), path)

    def ids(self, who, path, /, **query):
        return [one["id"] for one in self.get(who, path, **query)["items"]]

    def post(self, who, path, /, **fields):
        return self.host.post("/p/dispatch" + path, json=fields, as_=self.session(who))

    def does(self, who, path, status=200, /, **fields):
        return self.town.done(self.post(who, path, **fields), path, status)

    def refused(self, who, path, status, code, what, /, **fields):
        self.town.refused(self.post(who, path, **fields), status, code, what)

    def whistle(self, kind="公路损毁", class_="交通运输", who=HEAD, **more):
        return self.does(who, "/whistles", 201, **{"class": class_, "kind": kind, "title": kind, "content": "情况", "reason": "乡镇没有执法权", **more})["id"]

    def order(self, whistle, n=0):
        return self.get(HEAD, f"/whistles/{whistle}")["orders"][n]["id"]

    def finish(self, order, who):
        self.does(who, f"/orders/{order}/accept")
        self.does(who, f"/orders/{order}/feedback", result="已处理")


@scenario("X14", homes=BOTH)
def barrier_of_the_national_road(town):
    """楠杆镇, 6 September 15:00 to the next afternoon: from the village to the command centre to the department and back to all three"""
    it = Whistles(town, "2026-09-06T15:00:00")
    village = f"village-{VILLAGE}"
    made = it.whistle("公路隔离设施不合理", title="312国道隔离带过长", content="群众绕行", reason="需交通运输部门处理", reporter=village)
    shown = it.get(CENTRE, f"/whistles/{made}")
    expect((shown["state"], shown["orders"][0]["body_name"]), ("working", "永仁县交通运输局"), "ordered by the table")
    order = shown["orders"][0]["id"]
    expect(it.ids(village, "/notices"), [], "nothing to tell yet")
    it.turn("2026-09-07T09:30:00")
    it.does(department("transport"), f"/orders/{order}/accept")
    it.turn("2026-09-07T15:30:00")
    it.does(department("transport"), f"/orders/{order}/feedback", result="缩短隔离带，设置掉头口")
    shown = it.get(HEAD, f"/whistles/{made}")
    expect((shown["state"], shown["ended_at"][:19]), ("answered", "2026-09-07T15:30:00"), "less than two days")
    expect([one["body_name"] for one in shown["notices"]][1:], ["永定镇人民政府", "永仁县社会治理指挥中心"], "three parties, the village first")
    for who in (village, HEAD, CENTRE):
        expect(len(it.ids(who, "/notices")), 1, f"feedback to {who}")
    expect([one["what"] for one in shown["journal"]], ["raise", "accept", "feedback"], "what happened")


@scenario("X15", rule=True, homes=BOTH)
def townships_ask_and_rate(town):
    """提请权、评价权: only a township raises, saying why it cannot alone; only the one that raised rates, the department never itself"""
    it = Whistles(town)
    said = {"class": "交通运输", "kind": "公路损毁", "title": "路", "content": "情况"}
    it.refused(department("transport"), "/whistles", 403, "forbidden", "a department whistles", **said, reason="无")
    it.refused(HEAD, "/whistles", 422, "invalid", "no word on why the township cannot", **said)
    made = it.whistle()
    order = it.order(made)
    it.refused(HEAD, f"/orders/{order}/rate", 409, "order-unaccepted", "rated before it was done", score=90)
    it.finish(order, department("transport"))
    it.refused(department("transport"), f"/orders/{order}/rate", 403, "forbidden", "a department rates itself", score=100)
    it.refused(f"government-{NEIGHBOUR}", f"/orders/{order}/rate", 404, "not-found", "another township rates", score=100)
    it.does(HEAD, f"/orders/{order}/rate", score=90)
    it.refused(HEAD, f"/orders/{order}/rate", 409, "order-rated", "rated again", score=10)


@scenario("X16", rule=True, homes=BOTH)
def standard_and_not(town):
    """标准事项 goes to its department by itself; 非标准事项 is judged first, and becomes standard by an act of its own"""
    it = Whistles(town)
    expect(it.get(HEAD, f"/whistles/{it.whistle()}")["orders"][0]["body_name"], "永仁县交通运输局", "by itself")
    made = it.whistle("充电桩扰民", "其他")
    expect((it.get(HEAD, f"/whistles/{made}")["state"], it.get(HEAD, f"/whistles/{made}")["orders"]), ("judging", []), "not in the table")
    to = {"reason": "会商", "departments": [{"body": department("housing")}]}
    it.refused(CENTRE, f"/whistles/{made}/order", 409, "not-judged", "ordered without a judgement", **to)
    it.does(CENTRE, f"/whistles/{made}/judge", judgement="由住建部门牵头")
    it.does(CENTRE, f"/whistles/{made}/order", **to)
    it.refused(HEAD, f"/whistles/{made}/promote", 403, "forbidden", "a township changes the table", lead="county-housing", source="会议纪要")
    it.does(CENTRE, f"/whistles/{made}/promote", lead="county-housing", source="会议纪要")
    it.refused(CENTRE, f"/whistles/{made}/promote", 409, "standard-already", "twice", lead="county-housing", source="会议纪要")
    expect(it.get(HEAD, f"/whistles/{it.whistle('充电桩扰民', '其他')}")["orders"][0]["body_name"], "永仁县住房和城乡建设局", "from now on")


@scenario("X17", rule=True, homes=BOTH)
def no_end_without_feedback(town):
    """事项审核、上报交办、协同解决、督办考评、结果反馈: nothing closes before the department has fed back and the township rated"""
    it = Whistles(town)
    made = it.whistle()
    order = it.order(made)
    it.does(department("transport"), f"/orders/{order}/accept")
    it.does(CENTRE, f"/orders/{order}/demand", 201, demand="两日内修复", answer_on="2026-09-09")
    it.refused(CENTRE, f"/whistles/{made}/use", 409, "whistle-in-work", "used before it is answered", how="policy", text="办法")
    it.refused(HEAD, f"/orders/{order}/rate", 409, "order-in-work", "rated without feedback", score=100)
    it.refused(department("transport"), f"/orders/{order}/feedback", 422, "invalid", "feedback without a word")
    it.does(department("transport"), "/demands/1/answer", answer="已进场")
    it.does(department("transport"), f"/orders/{order}/feedback", result="已修复")
    expect(it.get(HEAD, f"/whistles/{made}")["state"], "answered", "fed back")
    it.does(HEAD, f"/orders/{order}/rate", score=88)
    expect(it.get(HEAD, f"/whistles/{made}")["state"], "closed", "closed by the rating")


@scenario("Q09", rule=True, homes=BOTH)
def one_centre_sees_its_own(town):
    """one centre sees what its townships ask; another county's sees none of it, the prefecture all"""
    it = Whistles(town)
    own, other = it.whistle(), it.whistle(who=f"government-{NEIGHBOUR}")
    expect(it.ids(CENTRE, "/whistles"), [other, own], "the county's centre")
    expect(it.ids(HEAD, "/whistles"), [own], "a township")
    expect(it.ids("county-command-532328000000", "/whistles"), [], "another county")
    expect(it.ids(f"prefecture-{PREFECTURE}", "/whistles"), [other, own], "the prefecture")
    it.refused("county-command-532328000000", f"/whistles/{own}/judge", 404, "not-found", "another county's centre", judgement="x")


@scenario("Q10", rule=True, homes=BOTH)
def departments_must_come(town):
    """应到尽到: called, a department comes or says why not; who does neither is on record by itself, and counted"""
    it = Whistles(town)
    made = it.does(CENTRE, "/meetings", 201, kind="joint", title="联席会", held_on="2026-09-08",
                   bodies=[{"body": department(kind)} for kind in ("housing", "ecology", "finance")])["id"]
    it.refused(department("finance"), f"/meetings/{made}/leave", 422, "invalid", "leave without a reason")
    it.refused(department("transport"), f"/meetings/{made}/come", 409, "not-called", "who was not called")
    it.does(department("finance"), f"/meetings/{made}/leave", reason="审计进点")
    it.turn("2026-09-08T09:00:00")
    it.does(department("housing"), f"/meetings/{made}/come")
    it.does(CENTRE, f"/meetings/{made}/close", minutes="纪要")
    it.refused(department("ecology"), f"/meetings/{made}/come", 409, "meeting-held", "after it is over")
    expect([one["state"] for one in it.get(CENTRE, f"/meetings/{made}")["attendance"]], ["came", "absent", "excused"], "who came")
    expect([one["body_name"] for one in it.get(f"county-{COUNTY}", "/absences")["items"]], ["永仁县生态环境局"], "reported above")
    report = {one["body_name"]: one["absent"] for one in it.get(CENTRE, "/reports/departments", year=2026)["items"]}
    expect(report, {"永仁县生态环境局": 1}, "counted for the year")


@scenario("Q12", rule=True, homes=BOTH)
def five_steps(town):
    """接、判、办、评、用, in this order and each with its time; the last says what the result is used for"""
    it = Whistles(town)
    made = it.whistle("充电桩扰民", "其他")
    it.turn("2026-09-07T11:00:00")
    it.refused(CENTRE, f"/whistles/{made}/use", 409, "whistle-in-judgement", "used before all else", how="policy", text="办法")
    it.does(CENTRE, f"/whistles/{made}/judge", judgement="由住建部门牵头")
    it.does(CENTRE, f"/whistles/{made}/order", reason="会商", departments=[{"body": department("housing")}])
    it.turn("2026-09-08T10:00:00")
    it.finish(it.order(made), department("housing"))
    it.turn("2026-09-09T10:00:00")
    it.does(HEAD, f"/orders/{it.order(made)}/rate", score=95)
    it.turn("2026-09-10T10:00:00")
    it.refused(HEAD, f"/whistles/{made}/use", 403, "forbidden", "the township uses it", how="policy", text="办法")
    it.does(CENTRE, f"/whistles/{made}/use", how="policy", text="出台充电桩设置办法")
    shown = it.get(HEAD, f"/whistles/{made}")
    expect([(one["step"], one["at"][:16]) for one in shown["steps"]],
           [("接", "2026-09-07T09:00"), ("判", "2026-09-07T11:00"), ("办", "2026-09-08T10:00"), ("评", "2026-09-09T10:00"), ("用", "2026-09-10T10:00")], "steps")
    expect((shown["state"], shown["used_how"]), ("used", "policy"), "used")


@figure("Q14", [f"第{n % 283 + 1:03}类,第{n + 1:03}种,是,county-transport,county-housing,1,3,样本," for n in range(545)])
def classes_and_kinds(town, fixtures):
    """派单导引表: 283 classes and 545 kinds imported, each with lead, others and limits"""
    it = Whistles(town, guide=None)
    it.does(CENTRE, "/guide", division=COUNTY, content="\n".join((COLUMNS, *fixtures)))
    found, cursor = [], {}
    while True:
        page = it.get(CENTRE, "/guide", limit=200, **cursor)
        found += page["items"]
        if not page.get("next"):
            break
        cursor = {"cursor": page["next"]}
    expect_true(all((one["lead"], one["others"], one["accept_days"], one["days"]) == ("county-transport", "county-housing", 1, 3) for one in found), "a row")
    return f"{len({one['class'] for one in found})} / {len(found)}"


@scenario("Q14", rule=True, homes=BOTH)
def unknown_kinds_are_judged(town):
    """class and kind give lead, others and limits; a kind that is not in the table waits for a person"""
    it = Whistles(town, guide=("劳动,欠薪,是,county-labour,county-finance,1,2,样本,",))
    shown = it.get(HEAD, f"/whistles/{it.whistle('欠薪', '劳动')}")
    expect([(one["body_name"], one["lead"]) for one in shown["orders"]], [("永仁县人力资源和社会保障局", True), ("永仁县财政局", False)], "whose")
    expect(it.get(HEAD, f"/orders/{shown['orders'][0]['id']}/clock")["budget_days"], 1, "days to accept")
    expect(it.get(HEAD, f"/whistles/{it.whistle('没有的', '劳动')}")["state"], "judging", "a kind nobody knows")
    it.refused(CENTRE, "/guide", 422, "rows-refused", "a row without its lead", division=COUNTY, content=COLUMNS + "\n甲,乙,是,,,,,样本,")
    it.refused(HEAD, "/guide", 403, "forbidden", "a township writes the table", division=TOWNSHIP, content=COLUMNS + "\n甲,乙,否,,,,,样本,")


@scenario("Q15", homes=BOTH)
def from_one_to_all_of_a_kind(town):
    """解决一件事到办好一类事: what comes again and again in one township is proposed, and a campaign takes it off the list"""
    it = Whistles(town)
    for _ in range(3):
        expect(it.get(CENTRE, "/reports/repeated")["items"], [], "not yet")
        it.whistle()
    it.whistle(who=f"government-{NEIGHBOUR}")
    (one,) = it.get(CENTRE, "/reports/repeated")["items"]
    expect((one["township"], one["kind"], one["times"]), (TOWNSHIP, "公路损毁", 3), "three times")
    made = it.does(CENTRE, "/campaigns", 201, township=TOWNSHIP, kind="公路损毁", title="农村公路专项整治", body=department("transport"), plan="逐段排查",
                   until_on="2026-12-31", **{"class": "交通运输"})["id"]
    expect(it.get(CENTRE, "/reports/repeated")["items"], [], "taken up")
    it.does(CENTRE, f"/campaigns/{made}/end", result="修复12处")
    expect([(one["state"], one["whistles"]) for one in it.get(CENTRE, "/campaigns")["items"]], [("ended", 3)], "done")


@scenario("Q22", rule=True, homes=BOTH)
def each_week(town):
    """周调度: each week a meeting makes itself of what is open, what is late first, and what it decides is followed until done"""
    it = Whistles(town, "2026-09-08T09:00:00")
    late = it.whistle()
    it.turn("2026-09-11T09:00:00")
    fresh = it.whistle("欠薪", "劳动", who=f"government-{NEIGHBOUR}")
    it.turn("2026-09-14T09:00:00")
    made = town.until("the week's meeting", lambda: it.ids(CENTRE, "/meetings", kind="weekly"))[0]
    shown = it.get(CENTRE, f"/meetings/{made}")
    expect([(one["whistle"], one["late"]) for one in shown["agenda"]], [(late, True), (fresh, False)], "agenda")
    expect(sorted(one["body_name"] for one in shown["attendance"]), ["永仁县交通运输局", "永仁县人力资源和社会保障局"], "who is called")
    it.refused(department("transport"), f"/meetings/{made}/decide", 403, "forbidden", "a department decides", item=shown["agenda"][0]["id"], decision="x",
               body=department("transport"))
    it.does(CENTRE, f"/meetings/{made}/decide", item=shown["agenda"][0]["id"], decision="三日内修复", body=department("transport"), due_on="2026-09-17")
    it.does(CENTRE, f"/meetings/{made}/close", minutes="纪要")
    it.turn("2026-09-18T09:00:00")
    (open_,) = it.get(CENTRE, "/decisions", open="true")["items"]
    expect_true(open_["late"], "late")
    it.refused(department("labour"), f"/decisions/{open_['id']}/done", 403, "wrong-body", "another's decision", done="x")
    it.does(department("transport"), f"/decisions/{open_['id']}/done", done="已修复")
    expect(it.get(CENTRE, "/decisions", open="true")["items"], [], "followed until done")


@scenario("N08", rule=True, homes=BOTH)
def three_departments(town):
    """加格达奇: one whistle to 住建、环保、财政, each with its own state, open until all have answered"""
    it = Whistles(town)
    made = it.whistle("老旧小区改造", "住房建设")
    it.does(CENTRE, f"/whistles/{made}/judge", judgement="三部门联办")
    it.does(CENTRE, f"/whistles/{made}/order", reason="联办", departments=[{"body": department(kind)} for kind in ("housing", "ecology", "finance")])
    orders = [one["id"] for one in it.get(HEAD, f"/whistles/{made}")["orders"]]
    it.refused(department("ecology"), f"/orders/{orders[0]}/accept", 404, "not-found", "another department's order")
    it.finish(orders[0], department("housing"))
    it.does(department("ecology"), f"/orders/{orders[1]}/accept")
    shown = it.get(HEAD, f"/whistles/{made}")
    expect((shown["state"], [one["state"] for one in shown["orders"]]), ("working", ["done", "accepted", "ordered"]), "each its own")
    it.does(department("ecology"), f"/orders/{orders[1]}/feedback", result="已整治")
    it.finish(orders[2], department("finance"))
    expect(it.get(HEAD, f"/whistles/{made}")["state"], "answered", "all done")


@scenario("N09", rule=True, homes=BOTH)
def accept_in_time_and_thirty_percent(town):
    """派单—接单—评分: not accepted in time it is told further up; the township's part is 30 % of the department's year"""
    it = Whistles(town)
    made = it.whistle()
    order = it.order(made)
    for day, rung in (("2026-09-08", 0), ("2026-09-09", 1), ("2026-09-11", 2), ("2026-09-15", 3)):
        it.turn(f"{day}T09:00:00")
        town.until(f"rung {rung} on {day}", lambda rung=rung: it.get(CENTRE, f"/orders/{order}")["rung"] == rung)
    it.finish(order, department("transport"))
    it.refused(department("transport"), f"/orders/{order}/rate", 403, "forbidden", "a department rates itself", score=100)
    it.does(HEAD, f"/orders/{order}/rate", score=80)
    for score in (90, 70, 100, 60):
        one = it.order(it.whistle())
        it.finish(one, department("transport"))
        it.does(HEAD, f"/orders/{one}/rate", score=score)
    it.refused(department("transport"), "/reports/departments", 403, "forbidden", "a department sets its own rest", body=department("transport"), year=2026, score="100")
    it.does(CENTRE, "/reports/departments", body=department("transport"), year=2026, score="95")
    (row,) = it.get(CENTRE, "/reports/departments", year=2026)["items"]
    expect((row["accept_late"], row["rated"], row["township_part"], row["rest"], row["score"], row["rank"]),
           (1, 5, "80.00", "95.00", "90.50", 1), "0.30 × 80 + 0.70 × 95")


@figure("N10", ["done"] * 4298 + ["open"] * 28)
def four_thousand_whistles(town, fixtures):
    """齐齐哈尔: 4,326 whistles, completion 99.35 %"""
    it = Whistles(town)
    for who in (HEAD, department("transport")):
        it.session(who)

    def one(n):
        made = it.whistle()
        if fixtures[n] == "done":
            it.finish(it.order(made), department("transport"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(len(fixtures))))
    report = it.get(CENTRE, "/reports/completion")
    return f"{report['answered']} / {report['raised']} = {report['completion']}"


@scenario("N11", homes=BOTH)
def how_much_the_list_is_used(town):
    """items of the list show how many orders each has routed"""
    it = Whistles(town)
    for kind, class_ in (("公路损毁", "交通运输"), ("公路损毁", "交通运输"), ("欠薪", "劳动"), ("没有的", "其他")):
        it.whistle(kind, class_)
    expect([(one["duty"], one["orders"]) for one in it.get(CENTRE, "/reports/duties")["items"]], [("GL-01", 2), ("LD-02", 1)], "by item")


@scenario("S04", homes=BOTH)
def wages_in_a_working_day(town):
    """萧山: 欠薪 is answered within one working day, and how long it takes is told per kind"""
    it = Whistles(town, "2026-09-07T09:00:00")
    first = it.order(it.whistle("欠薪", "劳动"))
    second = it.order(it.whistle("欠薪", "劳动"))
    it.does(department("labour"), f"/orders/{first}/accept")
    it.does(department("labour"), f"/orders/{second}/accept")
    clock = it.get(HEAD, f"/orders/{first}/clock")
    expect((clock["budget_days"], clock["due_on"]), (1, "2026-09-08"), "one working day")
    it.turn("2026-09-07T17:00:00")
    it.does(department("labour"), f"/orders/{first}/feedback", result="已支付")
    it.turn("2026-09-09T01:00:00")
    town.until("late", lambda: it.get(CENTRE, f"/orders/{second}")["late"])
    it.turn("2026-09-09T09:00:00")
    it.does(department("labour"), f"/orders/{second}/feedback", result="已支付")
    (row,) = it.get(CENTRE, "/reports/kinds")["items"]
    expect((row["kind"], row["done"], row["done_hours"], row["late"]), ("欠薪", 2, "28.0", 1), "8 and 48 hours")


@scenario("H01", rule=True, homes=BOTH)
def parties_and_promises(town):
    """政企社共治: a programme has parties with roles and promises, and says of each whether it was kept"""
    it = Whistles(town)
    made = it.does(CENTRE, "/programmes", 201, title="移民后期扶持", purpose="共治", commitments=[
        {"party": "县人民政府", "role": "资源", "promise": "修通便道"}, {"party": "电站公司", "role": "经济技术", "promise": "用工四十人", "due_on": "2026-12-31"},
        {"party": "居民组织", "role": "协作", "promise": "组织报名"}])["id"]
    it.refused(HEAD, "/commitments/1", 403, "forbidden", "a township marks a promise", state="kept", said="x")
    it.does(CENTRE, "/commitments/2", state="kept", said="已招四十人")
    shown = it.get(CENTRE, f"/programmes/{made}")
    expect((shown["kept"], shown["of"], [one["state"] for one in shown["commitments"]]), (1, 3, ["open", "kept", "open"]), "promises")
