# SPDX-License-Identifier: Apache-2.0
"""What happens around lists: the yearly round, reviews, admission, tasks, transfers, who answers: C05, C06, C08, B02, X02–X04,
Q06, Q18, N02, N04, N11."""
import contextlib
import csv
import os
import random
import sqlite3

from lists import COUNTY, NEIGHBOUR, PREFECTURE, TOWNSHIP, VILLAGE, Lists, power, shipped, table, townships
from rows import BOTH, expect, expect_true, figure, scenario
from zhend import Zhend



@scenario("C05", rule=True, homes=BOTH)
def once_a_year_by_its_steps(town):
    """one round per township and year; nothing is changed without 摸排 and 评估; each version keeps from and to"""
    it = Lists(town)
    it.both_catalogues()
    it.first_list(chosen=["KX-001", "KX-002"])
    town.day("2026-10-12")
    early = it.draft()
    it.refused("township", f"/lists/{early}/add", 409, "round-needed", code="BD-001", name="甲", basis="x")
    number = it.does("township", "/rounds", 201, township=TOWNSHIP)["id"]
    it.refused("township", "/rounds", 409, "round-this-year", township=TOWNSHIP)
    it.refused("staffing", f"/rounds/{number}/assess", 409, "round-in-survey", items=[
        {"code": "BD-001", "needed": "yes", "able": "yes", "too_technical": "no", "verdict": "yes"}])
    # What cannot come of it is not surveyed: what nobody has, what every township has, what it has already, what has no name.
    for code, act, why in (("XX-999", "remove", "not-in-list"), ("FQ-001", "remove", "common-item-kept"), ("FQ-001", "withdraw", "common-item-kept"),
                           ("KX-001", "add", "already-listed"), ("BD-001", "add", "name-missing")):
        it.refused("township", f"/rounds/{number}/survey", 409, why, items=[{"code": code, "act": act, "finding": "x"}])
    it.does("township", f"/rounds/{number}/survey", items=[
        {"code": "BD-001", "act": "add", "name": "甲", "finding": "群众反映多"}, {"code": "KX-001", "act": "remove", "finding": "一年两件"},
        {"code": "KX-002", "act": "remove", "finding": "两年无件"}, {"code": "KX-003", "act": "add", "finding": "群众需要"}])
    it.does("township", f"/rounds/{number}/survey-end")
    it.refused("township", f"/rounds/{number}/survey", 409, "round-in-assessment", items=[{"code": "BD-002", "act": "add", "finding": "x"}])
    yes = {"needed": "yes", "able": "yes", "too_technical": "no", "verdict": "yes"}
    it.refused("township", f"/rounds/{number}/assess", 403, "forbidden", items=[{"code": "BD-001", **yes}])
    it.refused("staffing", f"/rounds/{number}/assess", 409, "survey-missing", items=[{"code": "BD-002", **yes}])
    it.refused("staffing", f"/rounds/{number}/assess", 409, "not-needed-or-not-able", items=[{"code": "BD-001", **yes, "able": "no"}])
    it.does("staffing", f"/rounds/{number}/assess", items=[{"code": "BD-001", **yes}])
    it.refused("staffing", f"/rounds/{number}/assess-end", 409, "assessment-missing")
    it.refused("staffing", f"/rounds/{number}/assess", 409, "still-needed", items=[{"code": "KX-001", **yes}])
    it.does("staffing", f"/rounds/{number}/assess", items=[{"code": "KX-001", **yes, "verdict": "no"}, {"code": "KX-002", **yes, "verdict": "no"},
                                                          {"code": "KX-003", **yes}])
    it.does("staffing", f"/rounds/{number}/assess-end")
    draft = early  # begun before the round, it goes on in it
    it.refused("township", f"/lists/{draft}/add", 409, "survey-missing", code="BD-002", name="乙", basis="x")
    town.refused(it.choose(draft, ["KX-001"]), 409, "assessment-against", "an item that was to stay")
    it.refused("staffing", f"/rounds/{number}/close", 409, "draft-open")
    it.does("township", f"/lists/{draft}/add", code="BD-001", name="甲", basis="x")
    it.refused("township", f"/lists/{draft}/publish", 403, "forbidden")
    it.publish(draft, effective_from="2026-11-01")
    it.refused("staffing", f"/rounds/{number}/close", 409, "adjustment-missing")
    it.refused("staffing", f"/rounds/{number}/assess", 409, "adjustment-done", items=[{"code": "BD-001", **yes, "verdict": "no"}])
    it.does("staffing", f"/rounds/{number}/assess", items=[{"code": "KX-003", **yes, "verdict": "no", "opinion": "医保站年内撤并，暂不增加"}])
    it.does("staffing", f"/rounds/{number}/close")
    it.refused("staffing", f"/rounds/{number}/close", 409, "round-closed")
    it.refused("township", "/rounds", 409, "round-this-year", township=TOWNSHIP)
    versions = it.get(f"/units/{TOWNSHIP}", version=2)["versions"]
    expect([(one["effective_from"], one["effective_to"]) for one in versions], [("2026-11-01", ""), ("2026-09-18", "2026-10-31")], "from and to")
    shown = it.get(f"/rounds/{number}", "supervisor")
    expect([(one["code"], one["name"]) for one in shown["items"]], [
        ("BD-001", "甲"), ("KX-001", "城乡居民参保登记"), ("KX-002", "门诊慢特病申请受理"), ("KX-003", "医疗救助申请受理")], "each by its name")
    steps = [line["what"] for line in shown["journal"]]
    expect(steps, ["open", "survey", "survey-end", "assess", "assess", "assess-end", "assess", "close"], "what was done, in order")
    town.day("2027-03-01")
    it.does("township", "/rounds", 201, township=TOWNSHIP)


@scenario("C05.unassessed", rule=True)
def a_version_holds_what_was_assessed(town):
    """whatever changed a draft, what was not assessed is not published, but what came from a catalogue or by admission is"""
    it = Lists(town)
    it.both_catalogues()
    it.first_list(chosen=["KX-001"])
    town.day("2026-10-12")
    it.imported("delegated", "delegated", table(["编码", "名称", "依据", "选取"], [("FQ-900", "新增的共性事项", "《样本条例》", "共性")]), mode="append")
    it.round([("KX-003", "add")])

    def adjusted():
        draft = it.draft()
        town.done(it.choose(draft, ["KX-001", "KX-003"]), "选取")
        return draft

    draft = adjusted()
    asked = it.does("department", "/admissions", 201, **admission())["id"]
    it.does("staffing", f"/admissions/{asked}/approve", opinion="同意")
    # As a mistake elsewhere would leave it: one dropped, one changed, one brought, by no act of the round.
    town.host.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(town.host.data, "plugins", "duties", "data.db"))) as base, base:
        base.execute("DELETE FROM list_item WHERE list = ? AND code = 'FQ-001'", (draft,))
        base.execute("UPDATE list_item SET lead = '县局' WHERE list = ? AND code = 'FQ-002'", (draft,))
        base.execute("UPDATE list_item SET code = 'BD-777' WHERE list = ? AND code = 'FQ-003'", (draft,))
    town.host.start()
    town.day("2026-10-13")
    answer = it.post("staffing", f"/lists/{draft}/publish")
    town.refused(answer, 409, "change-unassessed", "changes nobody assessed")
    for code in ("BD-777", "FQ-001", "FQ-002", "FQ-003"):
        expect_true(code in answer.json["title"], f"{code} is named: {answer}")
    for code in ("BD-100", "FQ-900", "KX-003"):
        expect_true(code not in answer.json["title"], f"{code} is not: {answer}")
    it.does("township", f"/lists/{draft}/discard")
    it.publish(adjusted())
    shown = it.get(f"/units/{TOWNSHIP}/diff")
    expect([(one["what"], one["code"]) for one in shown["differences"]], [("added", "FQ-900"), ("added", "KX-003")], "what the version changed")


@scenario("C08.sought")
def an_admission_is_found_by_index(town):
    """however many tasks and admissions there are, those of one admission and of one code are looked up, not searched for"""
    town.host.stop()
    with contextlib.closing(sqlite3.connect(os.path.join(town.host.data, "plugins", "duties", "data.db"))) as base:
        for sought, index in (("task t WHERE t.admission = 1", "task_admission (admission=?)"),
                              ("admission WHERE code = 'BD-001' AND state = 'filed'", "admission_code (code=? AND state=?)")):
            plan = [row[3] for row in base.execute(f"EXPLAIN QUERY PLAN SELECT 1 FROM {sought}")]
            expect_true(len(plan) == 1 and plan[0].startswith("SEARCH") and plan[0].endswith(f"INDEX {index}"), f"{sought}: {plan}")
    town.host.start()


def adjustments():
    """(township, items): 1,036 over 103, by a fixed seed."""
    choice = random.Random(1036)
    counts = [10] * len(townships())
    for at in choice.sample(range(len(counts)), 6):
        counts[at] += 1
    return list(zip(townships(), counts))


@figure("C06", adjustments())
def the_first_adjustment(town, fixtures):
    it = Lists(town)
    head = ["编码", "名称", "清单", "依据", "牵头部门", "配合职责", "类别"]
    for unit, count in fixtures:
        who = f"government-{unit}"
        draft = it.draft(unit, who)
        it.does(who, f"/lists/{draft}/import", content=table(head, [(f"{unit}-0", "原有事项", "基本", "《样本条例》", "", "", "")]))
        it.publish(draft, "prefecture")
    town.day("2026-09-21")
    for unit, count in fixtures:
        who = f"government-{unit}"
        added = [f"{unit}-{n + 1}" for n in range(count)]
        number = it.round([(code, "add") for code in added], unit, who, "prefecture")
        draft = it.draft(unit, who)
        it.does(who, f"/lists/{draft}/import", content=table(head, [(code, "新调入事项", "基本", "《样本条例》", "", "", "") for code in added]))
        it.publish(draft, "prefecture")
        it.does("prefecture", f"/rounds/{number}/close")
    shown = it.get("/reports/adjustments", division=PREFECTURE, year=2026)
    return f"{shown['items']} items, {shown['townships']} townships, {shown['average']} ({shown['average_rounded']})"


def admission(code="BD-100", **changes):
    fields = {"unit": TOWNSHIP, "as": "item", "code": code, "title": "电动自行车充电桩巡查", "reason": "火灾隐患多", "basis": "《消防法》第三十一条",
              "lead": "县消防救援大队", "duty": "每月巡查一次", "support": "划转经费2万元、检测仪2台", "place": "assist"}
    fields.update(changes)
    return fields


@scenario("C08", rule=True, homes=BOTH)
def nothing_new_without_admission(town):
    """a task or item outside the township's list is blocked until an admission is approved"""
    it = Lists(town)
    it.local_list([power(1)])
    town.day("2026-09-21")
    outside = it.does("department", "/tasks", 201, unit=TOWNSHIP, title="充电桩巡查", code="BD-100")
    expect((outside["state"], outside["flag"]), ("blocked", "清单外"), "what is outside")
    it.refused("department", f"/tasks/{outside['id']}/assign", 409, "outside-list")
    it.refused("township", "/admissions", 403, "forbidden", **admission())
    it.refused("department", "/admissions", 409, "already-listed", **admission("BD-001"))
    asked = it.does("department", "/admissions", 201, **admission())["id"]
    it.refused("department", f"/tasks/{outside['id']}/assign", 409, "outside-list")
    it.refused("department", f"/admissions/{asked}/approve", 403, "forbidden", opinion="自己批")
    draft = it.draft()
    decided = it.does("staffing", f"/admissions/{asked}/approve", opinion="随事划转到位，同意")
    expect(it.get(f"/lists/{draft}/diff", "township")["removed"], 0, "nor does a draft begun before throw it out again")
    expect((decided["version"], decided["effective_from"]), (2, "2026-09-21"), "the list's version it came with")
    it.refused("staffing", f"/admissions/{asked}/refuse", 409, "admission-decided", opinion="改主意")
    expect(it.does("department", f"/tasks/{outside['id']}/assign")["state"], "assigned", "the task now")
    expect(it.get(f"/units/{TOWNSHIP}/items/BD-100")["lead"], "县消防救援大队", "the item in the list")
    # A single task: admitted for once, the list stays as it is. And one that is refused stays blocked.
    once = it.does("department", "/tasks", 201, unit=TOWNSHIP, title="迎检材料")
    no = it.does("department", "/admissions", 201, **admission("", **{"as": "task", "title": "迎检材料"}))["id"]
    it.does("staffing", f"/admissions/{no}/refuse", opinion="属部门职责")
    it.refused("department", f"/tasks/{once['id']}/assign", 409, "outside-list", admission=no)
    yes = it.does("department", "/admissions", 201, **admission("", **{"as": "task", "title": "迎检材料"}))["id"]
    elsewhere = it.does("department", "/tasks", 201, unit=NEIGHBOUR, title="迎检材料")
    other, again = (it.does("department", "/tasks", 201, unit=TOWNSHIP, title=title) for title in ("招商引资指标", "迎检材料"))
    it.does("staffing", f"/admissions/{yes}/approve", opinion="一次性，同意")
    it.refused("department", f"/tasks/{elsewhere['id']}/assign", 409, "outside-list", admission=yes)
    it.refused("department", f"/tasks/{other['id']}/assign", 409, "outside-list", admission=yes)
    it.does("department", f"/tasks/{once['id']}/assign", admission=yes)
    it.refused("department", f"/tasks/{again['id']}/assign", 409, "outside-list", admission=yes)
    expect(it.get(f"/units/{TOWNSHIP}")["version"], 2, "no version for a single task")
    back = it.does("department", "/admissions", 201, **admission("BD-101"))["id"]
    it.does("department", f"/admissions/{back}/retract", opinion="不再需要")
    it.refused("staffing", f"/admissions/{back}/approve", 409, "admission-retracted", opinion="同意")


@scenario("X04", rule=True)
def four_criteria(town):
    """an item of 行政处罚, 行政强制 or 行政检查 comes in only with all four criteria answered, a no blocks; the kind of power decides, no word"""
    it = Lists(town)
    it.local_list([power(1)])
    all_yes = {"needed": "yes", "connected": "yes", "simple": "yes", "visible": "yes"}
    asked = admission(field="城市管理", power="penalty", place="basic", lead="县城市管理局")
    for criterion in all_yes:
        it.refused("department", "/admissions", 422, "invalid", **asked, **{key: "yes" for key in all_yes if key != criterion})
        it.refused("department", "/admissions", 409, "criterion-not-met", **asked, **{**all_yes, criterion: "no"})
    for kind in ("penalty", "coercion", "inspection"):
        it.refused("department", "/admissions", 422, "invalid", **{**asked, "power": kind})
    it.does("department", "/admissions", 201, **{**asked, "code": "BD-101", "power": "license"})
    # Leaving the kind out is no way around.
    it.refused("department", "/admissions", 422, "invalid", **admission(title="乱停乱放罚款", place="basic"))
    town.day("2026-09-21")
    number = it.does("department", "/admissions", 201, **asked, **all_yes)["id"]
    it.does("staffing", f"/admissions/{number}/approve", opinion="同意")
    expect(it.get(f"/units/{TOWNSHIP}/items/BD-100")["power"], "penalty", "the kind of power, in the public list")
    draft = it.draft(NEIGHBOUR, "neighbour")
    add = {"code": "YJ-001", "name": "乱倒垃圾的处理", "basis": "《固废法》第一百一十一条", "power": "penalty"}
    it.refused("neighbour", f"/lists/{draft}/add", 422, "invalid", **add)
    it.refused("neighbour", f"/lists/{draft}/add", 409, "criterion-not-met", **add, **{**all_yes, "simple": "no"})
    it.does("neighbour", f"/lists/{draft}/add", **add, **all_yes)
    # What went to 收回 is not asked, and is when it comes back.
    it.does("neighbour", f"/lists/{draft}/add", **{**add, "code": "YJ-009", "name": "特种设备查封", "power": "coercion"}, place="withdrawn", lead="县局")
    it.refused("neighbour", f"/lists/{draft}/place", 422, "invalid", code="YJ-009", place="basic")
    it.does("neighbour", f"/lists/{draft}/place", code="YJ-009", place="basic", **all_yes)
    # In files: by the column of the kind, or where the catalogue's own words stand among the categories.
    head = ["编码", "名称", "依据", "权力类型", "类别", "基层迫切需要", "能有效衔接", "技术要求不高", "易发现易处置"]
    rows = [["YJ-002", "甲", "甲法", "行政强制", "", "是", "是", "是", ""], ["YJ-003", "乙", "乙法", "", "行政处罚", "是", "否", "是", "是"]]
    answer = it.post("neighbour", f"/lists/{draft}/import", content=table(head, rows))
    town.refused(answer, 422, "rows-refused", "rows of enforcement")
    expect([(error["field"], error["code"]) for error in answer.json["errors"]], [
        ("lines.2.易发现易处置", "criterion-unanswered"), ("lines.3.能有效衔接", "criterion-not-met")], "each answer")
    answer = it.imports("enforcement", "delegated", table(head, [row[:5] + ["是", "是", "是", "否"] for row in rows]))
    town.refused(answer, 422, "rows-refused", "what the county would hand down")
    expect([error["code"] for error in answer.json["errors"]], ["criterion-not-met"] * 2, "a no blocks there, too")
    it.imported("enforcement", "delegated", table(head, [row[:5] + ["是"] * 4 for row in rows]))
    expect([item["power"] for item in it.all("/catalogues/enforcement/items")], ["coercion", "penalty"], "kinds")
    it.publish(draft)
    expect(it.get("/history/YJ-001")["items"][0]["text"], "乱倒垃圾的处理（四项标准都符合）", "in the history")


@scenario("X02", rule=True)
def power_people_and_money(town):
    """a transfer is complete only when authority, posts and budget are all recorded"""
    it = Lists(town)
    it.local_list([power(1), power(2, place="收回", lead="县局")])
    it.refused("staffing", "/transfers", 409, "outside-list", township=TOWNSHIP, code="BD-009")
    it.refused("staffing", "/transfers", 409, "item-withdrawn", township=TOWNSHIP, code="BD-002")
    moved = it.does("staffing", "/transfers", 201, township=TOWNSHIP, code="BD-001")["id"]
    it.refused("staffing", "/transfers", 409, "transfer-exists", township=TOWNSHIP, code="BD-001")
    parts = {"authority": {"document": "委托书〔2026〕3号"}, "people": {"document": "编办〔2026〕8号", "posts": 2},
             "money": {"document": "财政〔2026〕5号", "amount_fen": 2000000}}
    for part, fields in parts.items():
        it.refused("staffing", f"/transfers/{moved}/complete", 409, "transfer-incomplete")
        if part != "authority":
            it.refused("staffing", f"/transfers/{moved}/record", 409, "posts-missing" if part == "people" else "amount-missing",
                       part=part, document=fields["document"])
        it.does("staffing", f"/transfers/{moved}/record", part=part, **fields)
    expect(it.does("staffing", f"/transfers/{moved}/complete")["state"], "complete", "state")
    it.refused("staffing", f"/transfers/{moved}/record", 409, "transfer-complete", part="money", **parts["money"])
    expect(it.get("/reports/lists", division=COUNTY)["transfers"], 1, "complete transfers of the county")


@scenario("Q06", rule=True, homes=BOTH)
def reviewed_each_quarter_adjusted_each_year(town):
    """quarterly reviews and the year's adjustment have due days; what goes to 收回 meets the criterion"""
    it = Lists(town)
    it.local_list([power(1), power(2)])
    town.day("2026-09-19")
    # Two jobs open them, one each.
    town.until("reviews are opened", lambda: len(it.get("/reviews", "township")["items"]) == 2)
    rows = it.get("/reviews", "township")["items"]
    expect(sorted((row["quarter"], row["due_on"], row["state"]) for row in rows), [(0, "2026-12-31", "open"), (3, "2026-10-20", "open")], "due days")
    third = next(row for row in rows if row["quarter"] == 3)
    yearly = next(row for row in rows if row["quarter"] == 0)
    it.refused("neighbour", f"/reviews/{third['id']}/record", 404, "not-found", finding="x")
    town.day("2026-10-21")
    town.until("it is overdue", lambda: it.get("/reviews", "township", state="overdue")["items"])
    expect([row["state"] for row in it.get("/reports/reviews", year=2026, quarter=3)["items"]], ["overdue"], "public report")
    it.does("township", f"/reviews/{third['id']}/record", finding="两项力不能及", suggestion="建议收回")
    it.refused("township", f"/reviews/{third['id']}/record", 409, "review-done", finding="再来")
    it.refused("township", f"/reviews/{yearly['id']}/record", 409, "by-round", finding="说说而已")
    keep = {"needed": "yes", "able": "yes", "too_technical": "no", "verdict": "yes"}
    number = it.does("township", "/rounds", 201, township=TOWNSHIP)["id"]
    it.does("township", f"/rounds/{number}/survey", items=[{"code": "BD-002", "act": "withdraw", "finding": "需要专业检测"}])
    it.does("township", f"/rounds/{number}/survey-end")
    it.refused("staffing", f"/rounds/{number}/assess", 409, "criterion-not-met", items=[{"code": "BD-002", **keep}])
    it.does("staffing", f"/rounds/{number}/assess", items=[{"code": "BD-002", **keep, "too_technical": "yes"}])
    it.does("staffing", f"/rounds/{number}/assess-end")
    draft = it.draft()
    it.refused("township", f"/lists/{draft}/place", 409, "criterion-missing", code="BD-002", place="withdrawn", lead="县局")
    it.does("township", f"/lists/{draft}/place", code="BD-002", place="withdrawn", lead="县局", criterion="technical")
    it.publish(draft)
    it.does("staffing", f"/rounds/{number}/close")
    expect([row["state"] for row in it.get("/reports/reviews", year=2026, quarter=0)["items"]], ["done"], "the year's adjustment")
    expect(it.get(f"/units/{TOWNSHIP}")["withdrawn"], 1, "收回")


@scenario("Q18.duties", rule=True)
def what_a_grid_may_be_sent(town):
    """a type of task that is not in the admission list of the grid is not pushed to grid workers"""
    it = Lists(town)
    it.local_list([power(1)])
    task = {"unit": TOWNSHIP, "title": "独居老人走访", "code": "BD-001", "grid_type": "W-01"}
    it.refused("department", "/tasks", 409, "grid-not-admitted", **task)
    it.refused("department", "/grid-types", 403, "forbidden", division=COUNTY, code="W-01", name="独居老人走访")
    admitted = it.does("staffing", "/grid-types", 201, division=COUNTY, code="W-01", name="独居老人走访", batch=1)["id"]
    it.refused("staffing", "/grid-types", 409, "already-listed", division=COUNTY, code="W-01", name="独居老人走访")
    expect(it.does("department", "/tasks", 201, **task)["state"], "assigned", "an admitted type")
    it.refused("department", "/tasks", 409, "grid-not-admitted", **{**task, "grid_type": "W-02"})
    it.does("staffing", f"/grid-types/{admitted}/remove")
    it.refused("department", "/tasks", 409, "grid-not-admitted", **task)
    expect([(row["code"], row["state"]) for row in it.get("/grid-types")["items"]], [("W-01", "removed")], "the public list")


@scenario("N02", rule=True)
def by_the_list_or_flagged(town):
    """every task and accountability record refers to an item; one without is flagged 清单外"""
    it = Lists(town)
    it.local_list([power(1)])
    seen = []
    for kind, code in (("task", "BD-001"), ("task", ""), ("accountability", "BD-001"), ("accountability", "XX-1")):
        made = it.does("department", "/tasks", 201, unit=TOWNSHIP, kind=kind, title="某事", **({"code": code} if code else {}))
        seen.append((kind, made["flag"], made["state"]))
    expect(seen, [("task", "", "assigned"), ("task", "清单外", "blocked"), ("accountability", "", "assigned"), ("accountability", "清单外", "blocked")],
           "flags")
    flagged = it.all("/tasks", "township", outside="true")
    expect([(row["kind"], row["outside"]) for row in flagged], [("accountability", True), ("task", True)], "the flagged ones, listed")
    expect(it.get("/reports/lists", division=TOWNSHIP)["outside"], 2, "counted for everybody")
    it.refused("department", f"/tasks/{flagged[0]['id']}/assign", 409, "outside-list")


@scenario("N04", rule=True)
def who_handles_which_situation(town):
    """for a topic and a situation the system answers the responsible body, as the nearest division says"""
    it = Lists(town)
    table_ = [("消防隐患", "居民楼道堆物", "街道应急办", "社区、物业"), ("消防隐患", "消防设施损坏", "县消防救援大队", "街道应急办"),
              ("消防隐患", "阻碍消防车通行", "公安派出所", "街道综合执法队")]
    for topic, situation, responsible, assisting in table_:
        it.does("staffing", "/situations", 201, division=COUNTY, topic=topic, situation=situation, responsible=responsible, assisting=assisting)
    for topic, situation, responsible, assisting in table_:
        answer = it.get("/answer", unit=VILLAGE, topic=topic, situation=situation)
        expect((answer["responsible"], answer["assisting"]), (responsible, assisting), situation)
    it.does("staffing", "/situations", 201, division=TOWNSHIP, topic="消防隐患", situation="居民楼道堆物", responsible="永定镇消安委办")
    expect(it.get("/answer", unit=VILLAGE, topic="消防隐患", situation="居民楼道堆物")["responsible"], "永定镇消安委办", "the nearer one")
    expect(it.get("/answer", unit=NEIGHBOUR, topic="消防隐患", situation="居民楼道堆物")["responsible"], "街道应急办", "elsewhere in the county")
    town.refused(it.ask(None, "/answer", unit=VILLAGE, topic="消防隐患", situation="森林火情"), 404, "situation-unknown", "nobody is named")
    # As people ask: in their own words, in part, the best answer first and the others after it.
    it.does("staffing", "/situations", 201, division=COUNTY, topic="市政设施", situation="路灯损坏", responsible="县城管局", keywords="路灯不亮 灯坏了")
    for asked, responsible in (("居民楼道堆东西", "永定镇消安委办"), ("路灯不亮找谁", "县城管局"), ("灯坏了", "县城管局"), ("消防车进不来，阻碍通行", "公安派出所"),
                               ("灭火的消防设施坏了", "县消防救援大队")):
        expect(it.get("/answer", unit=VILLAGE, q=asked).get("responsible"), responsible, asked)
    seen = it.get("/answer", unit=VILLAGE, q="消防 楼道")
    expect([seen["responsible"]] + [one["responsible"] for one in seen["others"]], ["永定镇消安委办", "县消防救援大队", "公安派出所"], "ranked, the nearer of two alike")
    seen = it.get("/answer", unit=VILLAGE, q="结婚证")
    expect((seen.get("responsible"), "guesses" in seen, "结婚证" in seen["note"]), (None, False, True), "what nobody is named for")
    seen = it.get("/answer", unit=VILLAGE, q="我家楼道里有人堆东西怎么办")
    expect((seen["sure"], seen["guesses"][0]["responsible"], seen["guesses"][0]["parts"]), (False, "永定镇消安委办", "楼道"), "likely, not sure")
    # A shared word or two is a guess, and says so: which words, and whom to ask. One letter in common is nothing.
    seen = it.get("/answer", unit=VILLAGE, q="占道经营")
    expect((seen["sure"], seen.get("responsible"), "guesses" in seen), (False, None, False), "占道经营 is not 楼道堆物")
    seen = it.get("/answer", unit=VILLAGE, q="消防培训报名时间地点")
    expect((seen["sure"], seen.get("responsible"), {one["parts"] for one in seen["guesses"]}), (False, None, {"消防"}), "guessed by one word")
    expect_true("可能是" in seen["note"] and "永定镇便民服务中心" in seen["ask"] and "12345" in seen["ask"], seen)
    page = town.host.page("/p/duties/answer", query={"q": "消防培训报名时间地点", "unit": VILLAGE})
    expect_true("可能是" in page.text and "12345" in page.text and "责任单位</dt>" not in page.text, "on the page")
    expect_true("楼道" in it.get("/answer")["note"], "before anything is asked")
    it.refused("staffing", "/situations", 409, "not-in-catalogue", division=COUNTY, topic="x", situation="x", responsible="x", code="XX-999")
    it.refused("township", "/situations", 403, "forbidden", division=TOWNSHIP, topic="x", situation="x", responsible="x")


@scenario("N04.sample")
def everyday_words(town):
    """the sample table answers what residents ask every day, each by an item of the sample catalogues"""
    it = Lists(town)
    it.both_catalogues()
    it.first_list()
    rows = list(csv.DictReader(shipped("situations.csv").splitlines()))
    expect_true(len(rows) >= 60, f"{len(rows)} situations")
    for row in rows:
        it.does("prefecture", "/situations", 201, division=PREFECTURE, topic=row["事由"], situation=row["情形"], responsible=row["责任单位"],
                assisting=row["配合单位"], basis=row["依据"], keywords=row["关键词"], **({"code": row["事项编码"]} if row["事项编码"] else {}))
    asked = {"楼下太吵睡不着，半夜施工": "夜间施工噪声", "门口有人占道卖菜": "占道经营", "邻居私搭乱建": "乱搭乱建", "垃圾堆成山没人收": "生活垃圾不清运",
             "井盖丢了": "井盖缺失破损", "老板拖欠工资": "拖欠农民工工资", "邻居吵架": "邻里日常纠纷", "想申请低保": "最低生活保障申请", "宅基地怎么申请": "申请宅基地建房",
             "井水浑浊": "井水自来水水质差", "80岁补贴怎么领": "老年人高龄补贴", "医保怎么交": "医保参保缴费", "看病报销": "医疗费手工报销", "养老金停发了": "养老金领取和资格认证",
             "野猪把庄稼拱了": "野生动物毁坏庄稼", "路灯不亮": "路灯损坏", "狗咬人了": "流浪犬伤人", "家暴": "家庭暴力", "村里有人烧秸秆": "露天焚烧秸秆",
             "电瓶车上楼充电": "电动车违规充电", "占道经营": "占道经营", "房子裂缝要塌了": "自建房安全隐患"}
    found = {}
    for words in asked:
        seen = it.get("/answer", unit=TOWNSHIP, q=words)
        found[words] = seen["situation"] if seen["sure"] else [one["situation"] for one in seen.get("guesses", [])]
    expect({words: one for words, one in found.items() if one != asked[words]}, {}, "asked and answered otherwise")
    seen = it.get("/answer", unit=TOWNSHIP, q="占道经营")
    expect((seen["responsible"], seen["item"]), ("乡镇（街道）综合执法队", "集镇占道经营的责令改正"), "with the item of the list")
    expect(town.done(it.host.get(seen["item_href"]), "the item")["code"], "ZQ-104", "where it leads")
    for words in ("天气预报", "村里篮球比赛什么时候", "噪音"):
        expect(it.get("/answer", unit=TOWNSHIP, q=words)["sure"], False, words)


@scenario("N04.file", rule=True)
def the_table_is_mended_and_travels_as_a_file(town):
    """a mended row takes the old one's place, one taken back leaves who, when and why; a file comes in whole or not at all"""
    it = Lists(town)
    row = {"division": COUNTY, "topic": "消防隐患", "situation": "楼道堆物", "responsible": "街道应急办"}
    made = it.does("staffing", "/situations", 201, **row)["id"]
    it.refused("township", f"/situations/{made}/change", 403, "forbidden", **{**row, "situation": "居民楼道堆物"})
    it.does("staffing", f"/situations/{made}/change", **{**row, "situation": "居民楼道堆物"})
    expect([one["situation"] for one in it.get("/situations")["items"]], ["居民楼道堆物"], "one row, in its new words")
    town.refused(it.ask(None, "/answer", unit=VILLAGE, topic="消防隐患", situation="楼道堆物"), 404, "situation-unknown", "the old words")
    head = ["事由", "情形", "责任单位", "事项编码"]
    answer = it.post("staffing", "/situations/import", division=COUNTY, content=table(head, [
        ("市政设施", "路灯损坏", "县城管局", ""), ("市容", "占道经营", "", ""), ("市容", "乱贴广告", "执法队", "XX-9"), ("市政设施", "路灯损坏", "供电所", "")]))
    town.refused(answer, 422, "rows-refused", "a file with bad rows")
    expect([(one["field"], one["code"]) for one in answer.json["errors"]], [
        ("lines.3.责任单位", "required"), ("lines.4.事项编码", "not-in-catalogue"), ("lines.5.情形", "situation-twice")], "each and why")
    expect(len(it.get("/situations")["items"]), 1, "nothing of it was kept")
    done = it.does("staffing", "/situations/import", division=COUNTY, content=table(head, [
        ("市政设施", "路灯损坏", "县城管局", ""), ("消防隐患", "居民楼道堆物", "县消防救援大队", "")]))
    expect((done["added"], done["changed"]), (1, 1), "added and mended")
    expect(it.get("/answer", unit=VILLAGE, topic="消防隐患", situation="居民楼道堆物")["responsible"], "县消防救援大队", "from now on")
    file = it.host.get(f"/p/duties/exports/{it.does('staffing', '/situations/export', 201)['id']}", as_=it.session("staffing"))
    expect((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"), "the table as a file")
    expect([one["责任单位"] for one in csv.DictReader(file.body.decode("utf-8-sig").splitlines())], ["县城管局", "县消防救援大队"], "its rows")
    expect(it.does("staffing", "/situations/import", content=file.body.decode())["same"], 2, "and back")
    it.refused("staffing", f"/situations/{made}/remove", 422, "invalid")
    it.does("staffing", f"/situations/{made}/remove", reason="并入消防安全")
    town.refused(it.ask(None, f"/situations/{made}"), 404, "not-found", "asked by everybody")
    expect([line["what"] for line in it.get(f"/situations/{made}", "supervisor")["journal"]], ["add", "change", "change", "remove"], "its journal")
    gone = it.get("/situations/removed", "supervisor")["items"]
    expect([(one["id"], one["reason"]) for one in gone], [(made, "并入消防安全")], "what was taken back, and why")


@scenario("N04.whose", rule=True)
def who_did_it_is_not_told_elsewhere(town):
    """what stands is for everybody; who wrote it and what was taken back is for staff of the place, of what lies in it and above it"""
    it = Lists(town)
    elsewhere, above = "county-staffing-532301000000", f"prefecture-staffing-{PREFECTURE}"
    rows = [it.does("staffing", "/situations", 201, division=COUNTY, topic="市容", situation=name, responsible="县城管局")["id"] for name in ("占道", "乱贴")]
    rows.append(it.does(above, "/situations", 201, division=PREFECTURE, topic="市容", situation="扬尘", responsible="州住建局")["id"])
    it.does("staffing", f"/situations/{rows[1]}/remove", reason="并入市容环境")
    it.does(above, f"/situations/{rows[2]}/remove", reason="另有规定")
    expect(it.get(f"/situations/{rows[0]}", elsewhere)["responsible"], "县城管局", "what stands")
    expect("journal" in it.get(f"/situations/{rows[0]}", elsewhere), False, "who wrote it, told in another county")
    town.refused(it.ask(elsewhere, f"/situations/{rows[1]}"), 404, "not-found", "what another county took back")
    for who, gone in (("staffing", rows[:0:-1]), ("township", rows[:0:-1]), (above, rows[:0:-1]), (elsewhere, rows[2:])):
        expect([one["id"] for one in it.get("/situations/removed", who)["items"]], gone, f"taken back, as {who} sees it")
    for who in ("staffing", "township", above):
        expect(it.get(f"/situations/{rows[0]}", who)["journal"][0]["what"], "add", f"who wrote it, told to {who}")
        expect(it.get(f"/situations/{rows[1]}", who)["state"], "removed", f"what was taken back, told to {who}")
    expect(it.get(f"/situations/{rows[2]}", elsewhere)["journal"][1]["text"], "另有规定", "what it went by from above")


@scenario("N02.off", rule=True)
def nothing_of_what_is_off(town):
    """where tasks and transfers are off no page offers them, and they are refused"""
    pilots = ("[pilot here]\ntitle = 试点\ndivisions = 532300000000\nplugins = duties\n"
              f"[pilot off]\ntitle = 未开通\nof = here\ndivisions = {TOWNSHIP}\nplugins = duties\nfeatures = -duties.tasks; -duties.transfers\n")
    with Zhend(pilot="here", pilots=pilots, settings={"access": {"login_per_minute": "1000"}}) as host:
        it = Lists(town, day=None, host=host)
        it.local_list([power(1)])
        it.local_list([power(11)], NEIGHBOUR, "neighbour")
        for who, unit, code, on in (("department", TOWNSHIP, "BD-001", False), ("staffing", TOWNSHIP, "BD-001", False), ("department", NEIGHBOUR, "BD-011", True)):
            seen = it.get(f"/units/{unit}/items/{code}", who)
            expect([one["path"] for one in seen["actions"] if one["path"].startswith(("/tasks", "/transfers"))], [], f"offered to {who} in {unit}")
            page = host.page(f"/p/duties/units/{unit}/items/{code}", as_=it.session(who)).text
            expect([word for word in ("交办", "登记事项承接") if f">{word}" in page], [], f"on the page of {who}")
        page = host.page("/", as_=it.session("township")).text
        expect(("/p/duties/tasks" in page, "/p/duties/transfers" in page, "/p/duties/rounds" in page), (False, False, True), "in the township's menu")
        for who, path, fields in (("department", "/tasks", {"unit": TOWNSHIP, "title": "某事", "code": "BD-001"}),
                                  ("staffing", "/transfers", {"township": TOWNSHIP, "code": "BD-001"})):
            it.refused(who, path, 404, "not-enabled", **fields)
        town.refused(it.ask("department", "/tasks/new", unit=TOWNSHIP), 404, "not-enabled", "where a task is begun")
        town.refused(it.ask("staffing", "/transfers/new", township=TOWNSHIP), 404, "not-enabled", "where a transfer is begun")
        expect(len(it.get("/tasks/new", "department", unit=NEIGHBOUR)["items"]), 1, "where they are on")
        it.does("department", "/tasks", 201, unit=NEIGHBOUR, title="某事", code="BD-011")


@figure("N11.duties", [("BD-001", 5), ("BD-002", 3), ("BD-001", 2)])
def orders_by_item(town, fixtures):
    it = Lists(town)
    it.local_list([power(1), power(2), power(3)])
    for code, orders in fixtures:
        it.does("department", "/usage", unit=TOWNSHIP, code=code, orders=orders)
    shown = {item["code"]: item["orders"] for item in it.all(f"/units/{TOWNSHIP}/items")}
    return f"{shown['BD-001']}, {shown['BD-002']}, {shown['BD-003']}; {it.get('/reports/lists', division=COUNTY)['orders']} in all"


@scenario("N11.duties", rule=True)
def a_task_is_a_use(town):
    """a task that goes by an item is counted there; one outside the list is not"""
    it = Lists(town)
    it.local_list([power(1)])
    it.does("department", "/tasks", 201, unit=TOWNSHIP, title="某事", code="BD-001")
    it.does("department", "/tasks", 201, unit=TOWNSHIP, title="某事", code="XX-1")
    it.refused("department", "/usage", 409, "outside-list", unit=TOWNSHIP, code="XX-1")
    expect(it.get(f"/units/{TOWNSHIP}/items/BD-001")["orders"], 1, "orders")


# 三办八局, and what is stationed beside them. The source counts the eleven and names none of them: these names are samples; the four
# over which the town got more say it does name. (name, kind, what went into it or who sent it)
OFFICES = [
    ("党政办公室", "office", "党政综合、人大、文秘"), ("党建办公室", "office", "组织、宣传、统战、群团"), ("综合行政执法办公室", "office", "城管、环保、安监执法"),
    ("经济发展局", "bureau", "经济发展、招商、统计"), ("社会事务局", "bureau", "民政、社保、卫生计生"), ("规划建设管理局", "bureau", "村镇建设、市政环卫"),
    ("财政局", "bureau", "财政所"), ("农业服务局", "bureau", "农业、畜牧兽医、水利站"), ("文化服务局", "bureau", "文化、广播站"),
    ("劳动就业保障局", "bureau", "劳动就业社会保障所"), ("平安建设局", "bureau", "综治、信访、应急"),
    ("公安派出所", "stationed", "区公安局"), ("市场监管所", "stationed", "区市场监管局"), ("税务所", "stationed", "区税务局"), ("规划自然资源所", "stationed", "区规划自然资源局"),
]
SAY = "负责人任免须征得镇党委同意，年度考核由镇打分"


@figure("B02", OFFICES)
def three_offices_and_eight_bureaus(town, fixtures):
    """三办八局 by their names, each with what went into it; what is stationed is led by both, its sender named"""
    it = Lists(town)
    for name, kind, whence in fixtures:
        more = {"dual": True, "superior": whence, "say": SAY} if kind == "stationed" else {"replaces": whence}
        it.does("staffing", "/organs", 201, township=TOWNSHIP, name=name, kind=kind, **more)
    shown = it.get("/organs", township=TOWNSHIP, limit=100)
    rows = {row["name"]: row for row in shown["items"]}
    expect([(name, rows[name]["kind"], rows[name]["superior" if kind == "stationed" else "replaces"]) for name, kind, _ in fixtures], fixtures, "each as it is")
    expect([name for name, row in rows.items() if row["dual"]], [name for name, kind, _ in fixtures if kind == "stationed"], "dual leadership")
    expect({rows[name]["say"] for name, kind, _ in fixtures if kind == "stationed"}, {SAY}, "the town's say")
    named = {kind: [name for name, row in rows.items() if row["kind"] == kind] for kind in ("office", "bureau", "stationed")}
    for kind, names in named.items():
        expect(shown.get(kind, 0), len(names), f"counted: {kind}")
    expect(shown["units"], len(named["office"]) + len(named["bureau"]), "units")
    return (f"{len(named['office'])} + {len(named['bureau'])} = {shown['units']}: {'、'.join(named['office'])}；{'、'.join(named['bureau'])}; "
            f"stationed: {'、'.join(named['stationed'])}")


@scenario("B02", rule=True)
def dual_leadership_is_for_the_stationed(town):
    """an own office has no second master, and one that is stationed names the body that sent it"""
    it = Lists(town)
    it.refused("staffing", "/organs", 409, "not-stationed", township=TOWNSHIP, name="财政局", kind="bureau", dual=True)
    it.refused("staffing", "/organs", 409, "superior-missing", township=TOWNSHIP, name="税务所", kind="stationed", dual=True)
    it.refused("township", "/organs", 403, "forbidden", township=TOWNSHIP, name="财政局", kind="bureau")
