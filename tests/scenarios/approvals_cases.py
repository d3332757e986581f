# SPDX-License-Identifier: Apache-2.0
"""Handling: visits, what is accepted before all is there, AB岗, what is late and who answers, ratings, escorts, the one seal,
the archive, what supervision reads, and the clock explained day by day."""
import contextlib
import json
import os
import sqlite3
import urllib.parse

import approvals_items as items
import catalogue
import town as towns
from approvals_items import account
from rows import BOTH, Failed, expect, expect_true, figure, scenario
from town import COUNTY, HOMESTEAD, TOWNSHIP, Town
from zhend import id_card

towns.BODIES.update({
    "supervisor": f"county-{COUNTY}",             # 县人民政府督查员: reads, writes nothing
    "village": "village-532327101001",            # 苴却社区便民服务站
})
CENTRE = "永定镇便民服务中心"
CLERK, REVIEWER, PLANNER, HEAD = (f"演示·{role}" for role in ("综合窗口", "审核人员", "审核人员（规划）", "单位负责人"))  # as the demo accounts are called
KEEPER = "演示·印章管理员"
DRAWING = "住房建设图件（选用通用图册的免交）"
HAND = {"method": "window", "receiver": "李阿福", "signed": True}
WAY = ("2026-09-18", "2026-09-18", "2026-09-21", "2026-09-23", "2026-09-24", "2026-09-24")


def visits(town, who="supervisor"):
    return town.done(town.get(who, "/reports/visits"), "最多跑一次统计")


def overdue(town, who="supervisor"):
    return town.done(town.get(who, "/reports/overdue"), "超期统计")


def records(town, who="supervisor"):
    return town.done(town.get(who, "/accountability"), "责任追究")["items"]


def rates(town, case, grade, who="resident", **more):
    return town.post(who, "/track/rating", number=case.number, code=case.code, grade=str(grade), **more)


def hands_out(town, case, grade=5):
    """Signed for and rated: nothing keeps it from being put away."""
    town.does("window", case, "deliver", **HAND)
    town.done(rates(town, case, grade), "评价")


def all_issued(town, case, keeper="keeper"):
    if town.sealed:
        town.seals(keeper)
    town.until("all is issued", lambda: all(one["state"] == "issued" for one in town.case(case)["documents"]))


def database(town):
    """The plugin's database, for a hand that goes behind its back."""
    found = [os.path.join(folder, name) for folder, _, names in os.walk(town.host.data) for name in names
             if name.endswith(".db") and "approvals" in os.path.join(folder, name)]
    return found[0]


def forgets_use(town, number):
    """By a hand in the database: the use of the seal for that paper is gone from the log."""
    town.host.stop()
    with contextlib.closing(sqlite3.connect(database(town))) as base:
        base.execute("DELETE FROM seal_use WHERE document = (SELECT id FROM document WHERE number = ?)", (number,))
        base.commit()
    town.host.start()
    town.sessions = {}


def rejected(town, household):
    """A closed case, the short way."""
    case = town.accepted(household)
    town.does("government", case, "reject", reason="不符合村庄规划", basis="《土地管理法》第六十二条")
    return case


def goes(town, case, acts):
    """So many acts of the way from application to certificate."""
    for day, act in town.acts(case, WAY)[:acts]:
        town.day(day)
        act()


# ---- visits ----

@figure("C23", [(1, 0), (2, 1), (3, 1), (4, 2), (5, 3)])
def share_of_one_visit(town, fixtures):
    """of the cases, the share with at most one visit, read from counters"""
    town.day("2026-09-18")
    for household, times in fixtures:
        case = town.files(household)
        for time in range(times):
            town.does("window", case, "visits", place=CENTRE, **({"reason": "补签意见"} if time else {}))
    report = visits(town)
    return f"{report['within']}/{report['cases']} = {report['share']}%"


@scenario("C23", rule=True, homes=BOTH)
def beyond_one_visit(town):
    """a visit beyond the first, or at a second place, needs its reason and raises a flag; the limits are settings"""
    town.day("2026-09-18")
    case = town.files(1)
    town.does("window", case, "visits", place=CENTRE)
    town.refused(town.act("window", case, "visits", place=CENTRE), 409, "visit-limit", "a second visit")
    town.refused(town.act("window", town.files(2), "visits"), 422, "invalid", "a visit nowhere")
    expect(town.done(town.get("supervisor", "/visits/flags"), "名单")["items"], [], "flags")
    town.does("window", case, "visits", place="镇自然资源所", reason="补测宗地图")
    flags = town.done(town.get("supervisor", "/visits/flags"), "名单")["items"]
    expect([(one["visits"], one["places"], one["reason"]) for one in flags], [(2, 2, "补测宗地图")], "the flag with its reason")
    expect([one["place"] for one in town.case(case)["visit_log"]], [CENTRE, "镇自然资源所"], "each visit is kept")
    expect((visits(town)["cases"], visits(town)["within"], visits(town)["share"]), (2, 1, "50.0"), "the report")


@scenario("C23.way", rule=True, homes=BOTH)
def from_applying_to_the_result(town):
    """papers brought and the result collected are visits; by mail it stays at one"""
    town.day("2026-09-18")
    fetched, sent = town.accepted(1), town.accepted(2)
    town.whole_way((fetched, WAY), (sent, WAY))
    for case in (fetched, sent):
        town.until_issued(case)
    town.does("window", fetched, "deliver", **HAND)
    town.does("window", sent, "deliver", method="mail", tracking="1234567890123")
    town.refused(town.act("window", fetched, "deliver", **HAND), 409, "already-delivered", "collected twice")
    expect([(one["place"], one["reason"]) for one in town.case(fetched)["visit_log"]],
           [(CENTRE, "交纸质材料"), (CENTRE, "领取准予行政许可决定书")], "each visit is kept")
    expect([(one["number"], one["visits"]) for one in town.done(town.get("supervisor", "/visits/flags"), "名单")["items"]],
           [(fetched.number, 2)], "the flag")
    expect((visits(town)["cases"], visits(town)["within"], visits(town)["share"]), (2, 1, "50.0"), "the report")


@scenario("C23.place", rule=True)
def a_place_within_the_name_of_another(town):
    """a place whose name is part of another's is still another place"""
    town.day("2026-09-18")
    case = town.files(1)
    town.does("window", case, "visits", place=CENTRE)
    town.refused(town.act("window", case, "visits", place="永定镇"), 409, "visit-limit", "another place")


# ---- accepted before all is there ----

@scenario("Z03.lacking", rule=True, homes=BOTH)
def accepted_without_a_secondary_material(town):
    """容缺受理: only what the item defers, against a dated promise; nothing is granted before it is here"""
    town.day("2026-09-18")
    case = town.files(1)

    def lacks(material, **more):
        return town.act("window", case, "accept-lacking", lacking=[{"material": material}], **{"promised_on": "2026-09-18", **more})

    town.refused(lacks("户口簿和家庭成员身份证"), 409, "material-not-deferrable", "a main material")
    town.refused(lacks(DRAWING, promised_on="2026-09-19"), 409, "promise-in-future", "promised tomorrow")
    town.refused(town.act("window", case, "accept-lacking", lacking=[], promised_on="2026-09-18"), 422, "invalid", "lacking nothing")
    town.refused(town.act("agriculture", case, "accept-lacking", lacking=[{"material": DRAWING}], promised_on="2026-09-18"), 403,
                 "forbidden", "by another office")
    expect(town.done(lacks(DRAWING), "容缺受理")["state"], "review", "accepted")
    # Five working days after 18 September: 20 September works, 25 to 27 is 中秋.
    expect([(one["material"], one["due_on"], one["supplied_on"]) for one in town.case(case)["lacking"]],
           [(DRAWING, "2026-09-24", "")], "what is lacking")
    expect(town.paper(case, "receipt")["title"], "行政许可申请受理通知书", "told in writing")
    goes(town, case, 5)
    town.refused(town.decide("government", case, "certificate"), 409, "material-lacking", "granted without it")
    later = "/track/lacking"
    town.refused(town.hand_in(case, DRAWING, later, code="ABCDEFGHJK"), 404, "not-found", "by a stranger")
    town.refused(town.post("resident", later, number=case.number, code=case.code, material=DRAWING), 422, "invalid", "without the thing itself")
    town.done(town.hand_in(case, DRAWING, later), "补交")
    town.refused(town.hand_in(case, DRAWING, later), 409, "not-lacking", "twice")
    town.decides("government", case, "certificate")
    town.does("keeper", case, "issue")
    town.until_issued(case)


@scenario("Z03.cap", rule=True)
def not_later_than_the_case_itself(town):
    """what is brought later is due no later than the case"""
    town.day("2026-09-18")
    short = items.row("C1", 承诺时限="2", 审核="社会事务:1", 申请材料="居民身份证|数据共享|0；银行账户|申请人|1|容缺后补")
    items.imports(town, items.table([short]))
    case = items.applies(town, "C1")
    town.refused(town.act("window", case, "accept-lacking", lacking=[{"material": "居民身份证"}], promised_on="2026-09-18"), 409,
                 "material-not-deferrable", "a main material")
    accepted = town.does("window", case, "accept-lacking", lacking=[{"material": "银行账户"}], promised_on="2026-09-18")
    # Five days would be the 24th; Sunday the 20th works, so two are Monday the 21st.
    expect((accepted["due_on"], town.case(case)["lacking"][0]["due_on"]), ("2026-09-21", "2026-09-21"), "due")


@scenario("Z03.lapse", rule=True)
def who_does_not_bring_it(town):
    """容缺 not made good in time: only a refusal is left, and this person is not accepted so again"""
    town.day("2026-09-18")
    case = town.files(1)
    town.does("window", case, "accept-lacking", lacking=[{"material": DRAWING}], promised_on="2026-09-18")
    town.day("2026-09-25")
    town.until("it lapsed", lambda: town.case(case)["state"] == "refusing")
    town.refused(town.hand_in(case, DRAWING, "/track/lacking"), 409, "case-refusal-proposed", "too late")
    town.refused(town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-21"), 409,
                 "case-refusal-proposed", "granted all the same")
    town.does("government", case, "reject", reason="逾期未补交图件", basis="《行政许可法》第三十八条")
    again = town.files(1)
    town.refused(town.act("window", again, "accept-lacking", lacking=[{"material": DRAWING}], promised_on="2026-09-25"), 409,
                 "bad-credit", "a second time")
    town.does("window", again, "accept")


def by_promise(town):
    """The item's next version lets the household prove itself by promise."""
    content = dict(town.done(town.get("resident", f"/items/{HOMESTEAD}", at=TOWNSHIP), "办事指南")["guide"], version=2)
    content["materials"] = [dict(one, necessity="告知承诺") if one["name"].startswith("户口簿") else one for one in content["materials"]]
    town.done(catalogue.publish(town, content), "发布", 201)


PROOF = "户口簿和家庭成员身份证"


def promises(town, case, **more):
    fields = {"promises": [{"material": PROOF, "content": "家庭成员三人，均为本村集体经济组织成员"}], "told": True,
              "signed_on": "2026-09-18", "kept": "paper", **more}
    return town.act("window", case, "accept-promise", **fields)


@scenario("Z10.promise", rule=True, homes=BOTH)
def a_promise_instead_of_a_proof(town):
    """告知承诺: only what the item lets promise, told first; checked later; a false one is the ground to withdraw, and remembered"""
    town.day("2026-09-18")
    town.refused(promises(town, town.files(3)), 409, "not-by-promise", "before the item says so")
    by_promise(town)
    case = town.files(1)
    town.refused(promises(town, case, told=False), 409, "not-told", "without telling what it means")
    town.refused(promises(town, case, signed_on="2026-09-19"), 409, "promise-in-future", "signed tomorrow")
    town.done(promises(town, case), "告知承诺受理")
    seen = town.case(case)["promises"]
    expect([(one["material"], one["check_by"], one["result"]) for one in seen], [(PROOF, "2026-11-05", "")], "to be checked by")
    town.whole_way((case, WAY))
    town.until_issued(case)
    town.refused(town.act("window", case, "promise-checks", material=PROOF, result="false", note="查实"), 403, "forbidden", "the window")
    town.refused(town.act("agriculture", case, "promise-checks", material="别的", result="false", note="查实"), 409, "not-promised", "another")
    town.refused(town.act("window", case, "archive", retention="30"), 409, "follow-up-open", "archived before it is checked")
    town.does("agriculture", case, "promise-checks", material=PROOF, result="false", note="户籍已迁出")
    town.refused(town.act("agriculture", case, "promise-checks", material=PROOF, result="kept", note="重查"), 409, "not-promised", "twice")
    town.refused(town.act("window", case, "archive", retention="30"), 409, "withdrawal-undecided", "archived before it is decided whether it stays")
    town.revokes(case, "承诺不实")
    again = town.files(1)
    town.refused(promises(town, again, signed_on="2026-09-24"), 409, "bad-credit", "a second promise")
    path = f"/credits/{town.done(town.get('government', '/credits'), '失信记录')['items'][0]['id']}/end"
    town.refused(town.post("agriculture", path, how="corrected", reason="查错了人"), 403, "forbidden", "corrected by who found it")
    town.done(town.post("government", path, how="corrected", reason="户籍没有迁出，核查有误"), "更正")
    town.refused(town.post("government", path, how="repaired", reason="已经补正"), 409, "credit-ended", "twice")
    town.done(promises(town, again, signed_on="2026-09-24"), "更正以后")


@scenario("Z10.promise-open", rule=True)
def a_promise_found_false_before_the_decision(town):
    """a false promise found while the case is open ends in a refusal; one nobody checked in time is a record"""
    town.day("2026-09-18")
    by_promise(town)
    case, late = town.files(1), town.files(2)
    town.done(promises(town, case), "告知承诺受理")
    town.done(promises(town, late), "告知承诺受理")
    town.does("agriculture", case, "promise-checks", material=PROOF, result="false", note="不是本村成员")
    expect(town.case(case)["state"], "refusing", "the case")
    town.refused(town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-18"), 409,
                 "case-refusal-proposed", "granted all the same")
    town.day("2026-11-06")
    town.until("nobody checked", lambda: [one for one in records(town) if one["kind"] == "promise-check"])
    expect([one["number"] for one in records(town) if one["kind"] == "promise-check"], [late.number], "the record")


# ---- the clock, day by day ----

@scenario("Z10.clock", rule=True, homes=BOTH)
def one_homestead_day_by_day(town):
    """one homestead with a supplement, a stand-in, a suspension and an extension: every day explained, in the days of 2026"""
    town.day("2026-09-14")
    a, b = account(town, "agriculture"), account(town, "planning")
    office = towns.BODIES["agriculture"]
    town.done(town.post("government", "/posts", body=office, officer=a), "定岗", 201)
    town.done(town.post("government", "/substitutes", body=office, officer=a, stand_in=b, from_on="2026-01-01"), "AB岗", 201)
    town.done(town.post("government", "/absences", body=office, officer=a, from_on="2026-09-21", to_on="2026-09-21", reason="培训"), "离岗", 201)
    case = town.files(1)
    town.day("2026-09-15")
    town.does("window", case, "supplement", missing=[{"material": DRAWING, "reason": "缺平面图"}])
    town.day("2026-09-17")
    town.supplies(case, DRAWING)
    town.refused(town.act("window", case, "supplement", missing=[{"material": "四至图", "reason": "不清"}]), 409, "supplement-once", "a second supplement")
    town.day("2026-09-18")
    town.does("window", case, "accept")
    town.refused(town.decide("planning", case, "homestead", **town.checkers(), checked_on="2026-09-18"), 403,
                 ("forbidden", "wrong-body"), "the stand-in while A is there")
    town.day("2026-09-21")
    town.refused(town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-18"), 403,
                 "not-the-officer", "A while absent")
    town.decides("planning", case, "homestead", **town.checkers(), checked_on="2026-09-18")
    town.day("2026-09-22")
    town.refused(town.act("agriculture", case, "suspend", reason="expert_review", expected_days=6), 403, "wrong-body", "another's step")
    town.refused(town.act("planning", case, "suspend", reason="busy", expected_days=5), 422, "invalid", "no reason of art. 45")
    town.does("planning", case, "suspend", reason="expert_review", expected_days=7, note="地质灾害评审")
    town.day("2026-09-28")
    town.does("planning", case, "resume", note="评审通过")
    town.day("2026-09-29")
    town.does("government", case, "extend", reason="地形复杂，需要复核")
    town.refused(town.act("government", case, "extend", reason="再延长"), 409, "extended-once", "a second extension")
    town.decides("planning", case, "planning")
    town.day("2026-10-08")
    town.does("agriculture", case, "publicity", act="start", start_on="2026-10-08", end_on="2026-10-10", place="村务公开栏")
    town.day("2026-10-12")
    town.does("agriculture", case, "publicity", act="end", objections=0, note="公示期间无异议")
    town.decides("agriculture", case, "publicity")
    town.decides("government", case, "certificate")
    town.does("keeper", case, "issue")
    town.until_issued(case)
    told = town.done(town.get("supervisor", f"/cases/{case.id}/clock"), "期限逐日说明")
    days = {one["day"]: one for one in told["days"]}
    wanted = {  # day: kind, used so far, a word of why
        "2026-09-14": ("不计", 0, "受理前"), "2026-09-15": ("不计", 0, "受理前"), "2026-09-16": ("不计", 0, "等待申请人补正"),
        "2026-09-17": ("不计", 0, "等待申请人补正"), "2026-09-18": ("起算日", 0, "次日起算"), "2026-09-19": ("休息日", 0, "周末"),
        "2026-09-20": ("计", 1, "调休上班"), "2026-09-21": ("计", 2, "工作日"), "2026-09-22": ("计", 3, "工作日"),
        "2026-09-23": ("扣除", 3, "专家评审"), "2026-09-24": ("扣除", 3, "第四十五条"), "2026-09-25": ("扣除", 3, "专家评审"),
        "2026-09-26": ("扣除", 3, "专家评审"), "2026-09-27": ("扣除", 3, "专家评审"), "2026-09-28": ("扣除", 3, "专家评审"),
        "2026-09-29": ("计", 4, "工作日"), "2026-09-30": ("计", 5, "工作日"), "2026-10-01": ("休息日", 5, "法定节假日"),
        "2026-10-02": ("休息日", 5, "法定节假日"), "2026-10-03": ("休息日", 5, "周末"), "2026-10-04": ("休息日", 5, "周末"),
        "2026-10-05": ("休息日", 5, "法定节假日"), "2026-10-06": ("休息日", 5, "法定节假日"), "2026-10-07": ("休息日", 5, "法定节假日"),
        "2026-10-08": ("计", 6, "工作日"), "2026-10-09": ("计", 7, "工作日"), "2026-10-10": ("计", 8, "调休上班"),
        "2026-10-11": ("休息日", 8, "周末"), "2026-10-12": ("计", 9, "工作日"),
    }
    expect(list(days), list(wanted), "days")
    for day, (kind, used, why) in wanted.items():
        one = days[day]
        expect((one["kind"], one["used"], one["counted"]), (kind, used, 1 if kind == "计" else 0), day)
        expect_true(why in one["why"], f"{day}: {one['why']}")
    expect((told["budget_days"], told["extension_days"], told["used_days"], told["left_days"]), (10, 10, 9, 11), "in all")
    expect(told["due_on"], "2026-10-27", "due on")
    events = {"2026-09-15": "补正", "2026-09-18": "受理", "2026-09-21": "B岗", "2026-09-22": "扣除", "2026-09-28": "恢复", "2026-09-29": "延长",
              "2026-10-12": "制证"}
    for day, word in events.items():
        expect_true(word in days[day]["events"], f"{day}: {days[day]['events']}")
    expect([(one["step"], one["officer"]) for one in told["acted_for"]], [("homestead", REVIEWER)], "who was stood in for")
    expect(town.case(case)["consumed_days"], 9, "the same figure as the case's own")


# ---- AB岗, overdue, ratings ----

@scenario("Z10", rule=True, homes=BOTH)
def who_stands_in(town):
    """B takes A's tasks when A is absent, by the queue and by what may be done, and gives them back; recorded who for whom"""
    town.day("2026-09-18")
    a, b = account(town, "agriculture"), account(town, "planning")
    office = towns.BODIES["agriculture"]
    town.refused(town.post("window", "/posts", body=office, officer=a), 403, "forbidden", "the window assigns posts")
    town.refused(town.post("government", "/posts", body=towns.BODIES["neighbour"], officer=a), 403, "out-of-scope", "of another township")
    town.done(town.post("government", "/posts", body=office, officer=a), "定岗", 201)
    town.refused(town.post("government", "/substitutes", body=office, officer=a, stand_in=a, from_on="2026-01-01"), 409, "substitute-self", "one's own B岗")
    town.done(town.post("government", "/substitutes", body=office, officer=a, stand_in=b, from_on="2026-01-01"), "AB岗", 201)
    case = town.accepted(1)

    def queue(who):
        return [one["number"] for one in town.done(town.get(who, "/queue"), "待办")["items"]]

    expect(town.case(case)["steps"][0]["person"], REVIEWER, "the step's person")
    expect((queue("agriculture"), queue("planning")), ([case.number], []), "while A is there")
    absent = town.done(town.post("government", "/absences", body=office, officer=a, from_on="2026-09-21", to_on="2026-09-30", reason="病假"), "离岗", 201)
    expect((queue("agriculture"), queue("planning")), ([case.number], []), "still there today")
    town.day("2026-09-21")
    expect((queue("agriculture"), queue("planning")), ([], [case.number]), "while A is away")
    expect([buttons(town, case, who, "steps/homestead") for who in ("agriculture", "planning", "government")], [False, True, False], "who is offered it")
    expect(town.case(case)["steps"][0]["person"], PLANNER, "who is to do it")
    town.refused(town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-21"), 403,
                 "not-the-officer", "A while away")
    town.refused(town.decide("government", case, "homestead", **town.checkers(), checked_on="2026-09-21"), 403,
                 ("forbidden", "wrong-body"), "somebody else")
    town.decides("planning", case, "homestead", **town.checkers(), checked_on="2026-09-21")
    expect_true(any(one["what"] == "acted_for" and REVIEWER in one["text"] for one in town.case(case)["journal"]), "recorded who for whom")
    town.day("2026-09-22")
    town.done(town.post("government", f"/absences/{absent['id']}/end", on="2026-09-21"), "返岗", 201)
    expect((queue("agriculture"), queue("planning")), ([], [case.number]), "the next step is planning's own")
    other = town.accepted(2)
    expect(queue("agriculture"), [other.number], "A is back")


@scenario("Z10.staff", rule=True, homes=BOTH)
def posts_are_held_by_accounts_and_kept_as_a_ledger(town):
    """A岗, B岗 and absences name accounts that exist, of the office, with a role for it; each is ended or replaced with its reason"""
    town.day("2026-09-18")
    a, b, office = account(town, "agriculture"), account(town, "planning"), towns.BODIES["agriculture"]
    for field, path, fields, code in (
            ("officer", "/posts", {"officer": "99999"}, "unknown-account"), ("officer", "/posts", {"officer": "王农业"}, "unknown-account"),
            ("officer", "/posts", {"officer": account(town, "elsewhere")}, "account-out-of-scope"),
            ("officer", "/posts", {"officer": b}, "not-of-body"), ("step", "/posts", {"officer": a, "step": "nothing"}, "step-unknown"),
            ("officer", "/posts", {"officer": a, "step": "planning"}, "account-without-permission"),
            ("officer", "/absences", {"officer": b, "from_on": "2026-09-18", "reason": "病假"}, "not-of-body"),
            ("officer", "/substitutes", {"officer": b, "stand_in": a, "from_on": "2026-09-18"}, "not-of-body"),
            ("stand_in", "/substitutes", {"officer": a, "stand_in": "0", "from_on": "2026-09-18"}, "unknown-account"),
            ("stand_in", "/substitutes", {"officer": a, "stand_in": account(town, "station"), "from_on": "2026-09-18"}, "elsewhere")):
        answer = town.post("government", path, body=office, **fields)
        town.refused(answer, 422, "invalid", f"{path} {fields}")
        expect([(one["field"], one["code"]) for one in answer.json["errors"]], [(field, code)], "the field and what is wrong with it")
        expect_true(answer.json["errors"][0]["title_en"] != "", "in English too")
    post = town.done(town.post("government", "/posts", body=office, officer=a, on="2026-09-01", reason="年度分工"), "定岗", 201)["id"]
    town.refused(town.post("government", "/posts", body=office, officer=a), 409, "post-taken", "over one that stands")
    town.refused(town.post("government", f"/posts/{post}/replace", officer=a, reason="重复"), 409, "same-officer", "by the same")
    town.refused(town.post("government", f"/posts/{post}/end"), 422, "invalid", "without a reason")
    town.refused(town.post("government", f"/posts/{post}/end", on="2026-10-01", reason="调离"), 422, "invalid", "of a day to come")
    town.refused(town.post("window", f"/posts/{post}/end", reason="调离"), 403, "forbidden", "by the window")
    stand = town.done(town.post("government", "/substitutes", body=office, officer=a, stand_in=b, from_on="2026-09-18"), "B岗", 201)["id"]
    rows = town.done(town.get("planning", "/posts"), "岗位")["items"]
    expect([(one["name"], one["body"], one["acting"], one["from_on"], one["may"]) for one in rows],
           [(REVIEWER, office, REVIEWER, "2026-09-01", "replace end")], "by name")
    town.done(town.post("government", "/absences", body=office, officer=a, from_on="2026-09-18", to_on="2026-09-20", reason="病假"), "离岗", 201)
    expect([one["acting"] for one in town.done(town.get("planning", "/posts"), "岗位")["items"]], [PLANNER], "who acts today")
    town.done(town.post("government", f"/posts/{post}/end", reason="调离"), "结束")
    town.refused(town.post("government", f"/posts/{post}/end", reason="调离"), 404, "not-found", "twice")
    again = town.done(town.post("government", "/posts", body=office, officer=a), "定岗", 201)["id"]
    rows = town.done(town.get("planning", "/posts"), "岗位")["items"]
    expect([(one["id"], one["to_on"], one["end_reason"], one["may"]) for one in rows],
           [(again, "", "", "replace end"), (post, "2026-09-18", "调离", "")], "what was stays")
    town.done(town.post("government", f"/substitutes/{stand}/end", on="2026-09-18", reason="轮岗"), "结束B岗")
    town.refused(town.post("government", f"/substitutes/{stand}/end", on="2026-09-19", reason="轮岗"), 409, "dates", "after its end")
    expect([(one["officer_name"], one["stand_in_name"], one["last_on"], one["end_reason"]) for one in
            town.done(town.get("planning", "/substitutes"), "B岗")["items"]], [(REVIEWER, PLANNER, "2026-09-18", "轮岗")], "kept")
    expect(town.done(town.get("neighbour", "/posts"), "邻镇")["items"], [], "nobody else's business")


@figure("Z10", [1, 2, 3])
def overdue_by_counter(town, fixtures):
    """promise → overdue → record: what is late is counted by township, of what was accepted"""
    town.day("2026-09-18")
    for household in fixtures:
        town.accepted(household)
    town.day("2026-10-10")
    town.accepted(9)
    town.until("all are late", lambda: overdue(town)["overdue"] == len(fixtures))
    report = overdue(town)
    return f"{report['overdue']}/{report['accepted']} = {report['share']}%"


@scenario("Z10.overdue", rule=True, homes=BOTH)
def what_is_late_is_answered_for(town):
    """overdue makes a record by itself; the body explains in public, once; who settles it is not that body"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.day("2026-10-10")
    town.until("it is late", lambda: records(town))
    record = records(town)[0]
    expect((record["kind"], record["number"], record["due_on"], record["body_name"]), ("overdue", case.number, "2026-10-09", "永定镇农业农村办公室"), "the record")
    path = f"/accountability/{record['id']}"
    town.refused(town.post("window", path + "/explain", explanation="不是我们"), 403, "wrong-body", "another office explains")
    town.refused(town.post("supervisor", path + "/explain", explanation="督查"), 403, "forbidden", "supervision explains")
    town.done(town.post("agriculture", path + "/explain", explanation="专家抽调防汛"), "说明")
    town.refused(town.post("agriculture", path + "/explain", explanation="另有原因"), 409, "explained-once", "another story")
    public = town.done(town.get("resident", "/overruns"), "公开说明")["items"]
    expect([(one["due_on"], one["explanation"]) for one in public], [("2026-10-09", "专家抽调防汛")], "in public")
    expect([sorted(one) for one in public], [sorted(["id", "item_name", "township", "body_name", "due_on", "explanation"])], "and nobody's name")
    town.refused(town.post("agriculture", path + "/settle", outcome="none", note="没事"), 403, "forbidden", "its own office settles")
    town.refused(town.post("supervisor", path + "/settle", outcome="talk", note="谈话"), 403, "forbidden", "supervision only reads")
    town.done(town.post("government", path + "/settle", outcome="talk", note="谈话提醒"), "处理")
    town.refused(town.post("government", path + "/settle", outcome="none", note="撤销"), 409, "settled-once", "twice")


@scenario("Z10.own", rule=True)
def nobody_settles_the_own_record(town):
    """what the head's own signature is late with, the head does not settle"""
    town.day("2026-09-18")
    case = town.accepted(1)
    goes(town, case, 6)
    town.day("2026-10-10")
    town.until("it is late", lambda: records(town))
    record = records(town)[0]
    expect(record["body_name"], "永定镇人民政府", "whose record")
    town.refused(town.post("government", f"/accountability/{record['id']}/settle", outcome="none", note="没事"), 403, "own-record", "by itself")
    town.refused(town.post("admin", f"/accountability/{record['id']}/settle", outcome="criticism", note="通报"), 409, "not-explained", "before it was heard")
    town.done(town.post("government", f"/accountability/{record['id']}/explain", explanation="负责人外出抗旱"), "说明")
    town.done(town.post("admin", f"/accountability/{record['id']}/settle", outcome="criticism", note="通报"), "处理")


@figure("Z10.rating", [(1, 5), (2, 4), (3, 2), (4, 1)])
def satisfied(town, fixtures):
    """of the ratings given, the share of the upper three grades; silence is no rating"""
    town.day("2026-09-18")
    rejected(town, 9)
    for household, grade in fixtures:
        town.done(rates(town, rejected(town, household), grade), "评价")
    report = town.done(town.get("supervisor", "/reports/ratings"), "好差评统计")
    return f"{report['rated']}: {report['share']}%"


@scenario("Z10.rating", rule=True, homes=BOTH)
def rated_once_by_the_applicant(town):
    """rated when done, once, by number and code, never by staff; a bad one is called back and mended, each by its day"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.refused(rates(town, case, 5), 409, "case-under-review", "before it is done")
    town.does("government", case, "reject", reason="不符合村庄规划", basis="《土地管理法》第六十二条")
    for who in ("window", "agriculture", "planning", "government"):
        town.refused(rates(town, case, 5, who), 403, "rating-by-staff", f"by {who}")
    town.refused(rates(town, case, 6), 422, "invalid", "a sixth grade")
    town.done(rates(town, case, 1, text="来了三趟"), "评价")
    town.refused(rates(town, case, 5), 409, "rated-once", "a second thought")
    town.refused(town.act("window", case, "rating/mended", how="已整改"), 409, "rating-not-bad", "mended before anybody called")
    town.refused(town.act("supervisor", case, "rating/contacted", note="已联系"), 403, "forbidden", "by supervision")
    # One working day: Sunday the twentieth works.
    town.day("2026-09-21")
    town.until("nobody called", lambda: [one for one in records(town) if one["kind"] == "callback"])
    town.does("window", case, "rating/contacted", note="已致歉")
    town.refused(town.act("window", case, "rating/contacted", note="再次"), 409, "rating-not-bad", "called twice")
    town.does("window", case, "rating/mended", how="材料清单已补充说明")
    bad = town.done(town.get("supervisor", "/ratings/bad"), "差评")["items"]
    expect([(one["grade"], one["mended"]) for one in bad], [("1", "材料清单已补充说明") if isinstance(bad[0]["grade"], str) else (1, "材料清单已补充说明")], "followed up")


# ---- direct, escort, special groups ----

@scenario("Z02.left", rule=True, homes=BOTH)
def not_left_open_without_a_reason(town):
    """直办: not finished on the day is a record, and it goes on only with the reason"""
    town.day("2026-09-18")
    case = items.applies(town, items.OLD_AGE_CARD)
    town.does("window", case, "accept")
    town.refused(town.act("window", town.accepted(1), "left-open", reason="停电"), 409, "not-direct-item", "of a homestead")
    step = town.case(case)["step"]
    town.day("2026-09-21")
    # Not done on the day, and its term gone by with it: one delay, one record, and that is a public one.
    town.until("it was left open", lambda: records(town))
    town.until("it is late", lambda: overdue(town)["overdue"] == 1)
    expect([(one["number"], one["kind"], one["due_on"]) for one in records(town)], [(case.number, "overdue", "2026-09-18")], "one record of one delay")
    expect(overdue(town)["townships"][0]["accounted"], 1, "counted once")
    town.refused(town.decide("window", case, step), 409, "left-open-reason", "on as if nothing were")
    town.does("window", case, "left-open", reason="制证机故障")
    listed = town.done(town.get("supervisor", "/left-open"), "名单")["items"]
    expect([(one["number"], one["reason"]) for one in listed], [(case.number, "制证机故障")], "the reason")
    town.decides("window", case, step)


@scenario("Z04", rule=True)
def escorted(town):
    """陪办: who went along, to which department, when, with what outcome; only for items that are escorted"""
    town.day("2026-09-18")
    case = items.applies_as_firm(town, "YB0304")
    trip = {"department": "永仁县发展和改革局", "went_on": "2026-09-18", "from_time": "09:10", "to_time": "10:40", "person": "李陪办", "outcome": "已受理"}
    town.refused(town.act("window", town.files(1), "escorts", **trip), 409, "not-escort-item", "of a 代办 item")
    town.refused(town.act("window", case, "escorts", **dict(trip, to_time="09:00")), 409, "escort-times", "back before going")
    town.refused(town.act("window", case, "escorts", **dict(trip, went_on="2026-09-19")), 409, "escort-times", "tomorrow")
    town.refused(town.act("window", case, "escorts", **{key: value for key, value in trip.items() if key != "outcome"}), 422, "invalid", "without an outcome")
    town.refused(town.act("supervisor", case, "escorts", **trip), 403, "forbidden", "by supervision")
    town.does("window", case, "escorts", **trip)
    town.does("window", case, "escorts", **dict(trip, department="永仁县自然资源局", from_time="10:50", to_time="11:30", outcome="一次告知补正"))
    expect([(one["department"], one["from_time"], one["outcome"]) for one in town.case(case)["escorts"]],
           [("永仁县发展和改革局", "09:10", "已受理"), ("永仁县自然资源局", "10:50", "一次告知补正")], "both trips")


@scenario("Z08", rule=True)
def somebody_sits_there(town):
    """坐班: a roster per village station; who is not there in service hours shows"""
    village = "532327101001"
    town.day("2026-09-18", "08:00:00")
    shift = {"village": village, "day": "2026-09-18", "from_time": "08:30", "to_time": "11:30"}
    town.refused(town.post("government", "/rosters", **dict(shift, person="杨主任", to_time="08:00")), 409, "roster-times", "backwards")
    town.refused(town.post("government", "/rosters", **dict(shift, person="杨主任", village="532327102201")), 403, "out-of-scope", "another township's")
    here = town.done(town.post("government", "/rosters", person="杨主任", **shift), "排班", 201)["id"]
    away = town.done(town.post("government", "/rosters", person="李文书", **shift), "排班", 201)["id"]
    town.refused(town.post("government", "/rosters", person="李文书", **shift), 409, "roster-overlaps", "twice")
    expect(town.done(town.get("supervisor", "/rosters/absent"), "缺岗")["items"], [], "before the hours begin")
    town.done(town.post("window", f"/rosters/{here}/present"), "签到")
    town.day("2026-09-18", "09:30:00")
    expect([one["person"] for one in town.done(town.get("supervisor", "/rosters/absent"), "缺岗")["items"]], ["李文书"], "absent in service hours")
    shown = town.done(town.get("resident", "/rosters", village=village, day="2026-09-18"), "坐班表")["items"]
    expect([(one["person"], bool(one["present"])) for one in shown], [("杨主任", True), ("李文书", False)], "in public")
    town.day("2026-09-18", "14:30:00")
    town.refused(town.post("window", f"/rosters/{away}/present"), 409, "not-now", "when the hours are over")


@scenario("Z11", rule=True, homes=BOTH)
def explained_and_helped(town):
    """a refusal has reason and basis; the green channel goes first in the queue; somebody is sent to the applicant's home"""
    town.day("2026-09-18")
    first, second, third = (town.files(household) for household in (1, 2, 3))
    queue = lambda: [one["number"] for one in town.done(town.get("window", "/queue"), "待办")["items"]]  # noqa: E731
    expect(queue(), [first.number, second.number, third.number], "as they came")
    town.refused(town.act("window", third, "green", kind="rich"), 422, "invalid", "no such group")
    town.refused(town.act("supervisor", third, "green", kind="elderly"), 403, "forbidden", "by supervision")
    town.does("window", third, "green", kind="elderly", note="八十二岁")
    expect([one["text"] for one in town.case(third)["journal"] if one["what"] == "green"], ["老年人 八十二岁"], "the journal says it in words")
    expect(queue(), [third.number, first.number, second.number], "the green channel first")
    visit = {"address": "三组大坪子", "planned_on": "2026-09-20", "purpose": "行动不便，上门核对材料"}
    town.refused(town.act("window", third, "home-visits", **dict(visit, planned_on="2026-09-17")), 409, "home-visit-past", "yesterday")
    task = town.does("window", third, "home-visits", **visit)["home_visit"]
    town.day("2026-09-20")
    town.done(town.post("window", f"/home-visits/{task}/done", outcome="材料已核对"), "上门")
    town.refused(town.post("window", f"/home-visits/{task}/done", outcome="再次"), 409, "home-visit-done", "twice")
    expect(town.case(third)["visits"], 0, "it is no visit of the applicant's")
    expect(visits(town)["townships"][0]["home_visits"], 1, "counted")
    town.does("window", first, "accept")
    town.refused(town.act("government", first, "reject", basis="《土地管理法》第六十二条"), 422, "invalid", "without a reason")
    town.refused(town.act("government", first, "reject", reason="不符合规划"), 422, "invalid", "without a basis")
    town.does("government", first, "reject", reason="不符合规划", basis="《土地管理法》第六十二条")
    expect(town.paper(first, "rejection")["title"], "不予行政许可决定书", "in writing")


# ---- the seal ----

class Sealed(Town):
    """Where a keeper may sit in the window, and no seal is there of itself."""

    sealed = True

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        with open(os.path.join(towns.TOP, "conf", "roles.conf"), encoding="utf-8") as roles:
            text = roles.read()
        head, clerk, rest = text.partition("[role clerk]")
        line = next((line for line in rest.splitlines() if line.startswith("permissions")), None)
        if not clerk or line is None:
            raise Failed("conf/roles.conf has no role clerk with permissions")
        self.host.roles = head + clerk + rest.replace(line, line + "; approvals.issue", 1)
        self.host.settings.setdefault("approvals", {})["seal_each"] = "all"


@scenario("X10", rule=True, homes=BOTH)
def one_seal_and_its_log(unused):
    """one seal per township, with a keeper; only the keeper seals; each use is logged; a document without one is not valid"""
    with Sealed(**unused.options) as town:
        one_seal(town)
        unused.refusals += town.refusals


def keeper_looks(town, case):
    """What waits for the seal is read by who is to seal it, by nobody else, and bears no seal yet."""
    waiting = town.until("the drafts are drawn", lambda: [
        found for found in [town.done(town.get("keeper", "/sealings"), "待用印")["items"]] if all("paper" in one["may"] for one in found)])[0]
    expect([(one["title"], one["person"], one["may"]) for one in waiting],
           [("行政许可申请受理通知书", CLERK, "paper confirm"), ("准予行政许可决定书", HEAD, "paper confirm")], "what waits")
    for one in waiting:
        path = f"/sealings/{one['id']}/paper"
        draft = town.get("keeper", path)
        expect((draft.status, draft.header("content-type"), draft.body[:5]), (200, "application/pdf", b"%PDF-"), "the draft")
        for who, status in (("government", 404), ("window", 404), ("agriculture", 403)):
            town.refused(town.get(who, path), status, ("not-found", "forbidden"), f"the draft to {who}")
    expect(town.done(town.get("window", "/sealings"), "待用印")["items"], [], "nothing waits for anybody else")


def buttons(town, case, who, verb="issue"):
    return any(one["path"].endswith(f"/{verb}") for one in town.case(case, who)["actions"])


def one_seal(town):
    town.day("2026-09-18")
    keeper = account(town, "keeper")
    seal = {"division": TOWNSHIP, "keeper": keeper}
    for wrong, code in (("0", "unknown-account"), ("赵掌印", "unknown-account"), (account(town, "agriculture"), "account-without-permission"),
                        (account(town, "elsewhere"), "account-out-of-scope")):
        answer = town.post("government", "/seals", division=TOWNSHIP, keeper=wrong)
        town.refused(answer, 422, "invalid", f"a keeper who is none: {wrong}")
        expect([(one["field"], one["code"]) for one in answer.json["errors"]], [("keeper", code)], "what is wrong with it")
    town.refused(town.post("window", "/seals", **seal), 403, "forbidden", "the window cuts a seal")
    town.done(town.post("government", "/seals", **seal), "启用印章", 201)
    town.refused(town.post("government", "/seals", **dict(seal, name="第二枚")), 409, "one-seal", "a second seal")
    case = town.accepted(1)
    goes(town, case, 6)
    town.refused(town.act("government", case, "issue"), 403, "not-the-keeper", "the head seals")
    town.refused(town.act("window", case, "issue"), 403, "not-the-keeper", "the window seals")
    expect([buttons(town, case, who) for who in ("government", "window", "keeper")], [False, False, True], "who is offered to seal")
    town.refused(town.act("agriculture", case, "issue"), 403, "forbidden", "an office seals")
    expect([one["state"] for one in town.case(case)["documents"]], ["waiting"], "the receipt waits for the keeper")
    keeper_looks(town, case)
    town.does("keeper", case, "issue")
    town.until_issued(case)
    all_issued(town, case)
    listed = town.done(town.get("supervisor", "/seals"), "印章")["items"]
    expect([(one["name"], one["keeper_name"]) for one in listed], [("行政审批专用章", KEEPER)], "the seal")
    log = town.done(town.get("supervisor", f"/seals/{listed[0]['id']}/log"), "用印记录")["items"]
    papers = [one["number"] for one in town.case(case)["documents"]]
    expect(sorted(one["number"] for one in log), sorted(papers), "each document bears it and stands in its log")
    expect({(one["title"], one["person"], one["keeper_name"]) for one in log},
           {("行政许可申请受理通知书", CLERK, KEEPER), ("准予行政许可决定书", HEAD, KEEPER)}, "who asked and who sealed: two people")
    decision = town.paper(case, "decision")
    shown = next(one for one in town.tracks(case)["documents"] if one["number"] == decision["number"])
    expect(town.done(town.get("resident", "/verify", number=decision["number"], code=shown["code"]), "验证")["result"], "valid", "with its use")
    forgets_use(town, decision["number"])
    answer = town.done(town.get("resident", "/verify", number=decision["number"], code=shown["code"]), "验证")
    expect(answer["result"], "unsealed", "without its use")
    town.refusals.append((200, answer["result"]))


@scenario("X10.direct", rule=True, homes=BOTH)
def what_is_done_on_the_spot_is_sealed_too(unused):
    """直办: where the seal has a keeper, the window that decides does not seal; the keeper does, the same day"""
    with Sealed(**unused.options) as town:
        town.day("2026-09-18")
        keeper, window = account(town, "government"), account(town, "window")
        case = items.applies(town, items.OLD_AGE_CARD, 3)
        town.does("window", case, "accept")
        for step in ("s1", "s2"):
            town.decides("window", case, step)
        expect(town.case(case)["state"], "approved", "decided; without a seal it goes no further")
        town.refused(town.act("government", case, "issue"), 409, "no-seal", "sealed without a seal")
        town.refused(town.act("window", case, "issue"), 409, "no-seal", "by the window that decided")
        expect([buttons(town, case, who) for who in ("government", "window")], [False, False], "nor is it offered")
        seal = town.done(town.post("government", "/seals", division=TOWNSHIP, keeper=keeper), "启用印章", 201)["id"]
        expect(buttons(town, case, "government"), True, "with one it is")
        town.does("government", case, "issue")
        town.until_issued(case)
        case = items.applies(town, items.OLD_AGE_CARD)
        town.does("window", case, "accept")
        for step in ("s1", "s2"):
            town.decides("window", case, step)
        expect(town.case(case)["state"], "approved", "decided, not yet sealed")
        queue = lambda who: [one["number"] for one in town.done(town.get(who, "/queue"), "待办")["items"]]  # noqa: E731
        expect((queue("government"), queue("window")), ([case.number], []), "whose it is to do now")
        town.refused(town.act("window", case, "issue"), 403, "not-the-keeper", "the window seals what it decided")
        town.does("government", case, "issue")
        town.until_issued(case)
        all_issued(town, case, "government")
        log = town.done(town.get("supervisor", f"/seals/{seal}/log"), "用印记录")["items"]
        expect_true({one["number"] for one in town.case(case)["documents"]} <= {one["number"] for one in log}, "the seal's log")
        town.refused(town.act("window", case, "archive", retention="10"), 409, "not-delivered", "put away before it is handed over")
        town.does("window", case, "deliver", **HAND)
        town.refused(town.act("window", case, "archive", retention="10"), 409, "receipt-open", "put away before it may be rated")
        town.done(rates(town, case, 5), "评价")
        town.does("window", case, "archive", retention="10")
        expect(town.case(case)["state"], "archived", "put away the same day")
        # With the seal in the window's own hands, somebody else has to decide or seal.
        town.done(town.post("government", f"/seals/{seal}/handover", keeper=window, reason="人员调整"), "移交", 201)
        other = items.applies(town, items.OLD_AGE_CARD, 2)
        town.does("window", other, "accept")
        for step in ("s1", "s2"):
            town.decides("window", other, step)
        town.refused(town.act("window", other, "issue"), 403, "applicant-seals", "what one decided oneself")
        unused.refusals += town.refusals


@scenario("X10.handover", rule=True)
def the_seal_is_handed_over(unused):
    """a seal changes hands and is put out of use with a record; a decider does not seal the own decision"""
    with Sealed(**unused.options) as town:
        town.day("2026-09-18")
        head, window = account(town, "government"), account(town, "window")
        seal = town.done(town.post("government", "/seals", division=TOWNSHIP, keeper=window), "启用印章", 201)["id"]
        town.refused(town.post("government", f"/seals/{seal}/handover", keeper=window, reason="重复"), 409, "same-keeper", "to the same")
        town.refused(town.post("government", f"/seals/{seal}/handover", keeper=head), 422, "invalid", "without saying why")
        town.refused(town.post("window", f"/seals/{seal}/handover", keeper=head, reason="自行移交"), 403, "forbidden", "by the keeper alone")
        held = town.done(town.post("government", f"/seals/{seal}/handover", keeper=head, reason="人员调整"), "移交", 201)["id"]
        town.refused(town.post("government", f"/seals/{seal}/handover", keeper=window, reason="人员调整"), 404, "not-found", "by the old row")
        case = town.accepted(1)
        goes(town, case, 6)
        town.refused(town.act("government", case, "issue"), 403, "applicant-seals", "what one decided oneself")
        kept = town.done(town.get("supervisor", "/seals"), "印章")["items"]
        expect([(one["keeper_name"], one["end_reason"], one["may"]) for one in kept], [(HEAD, "", "handover end log"), (CLERK, "人员调整", "log")],
               "who kept it when")
        town.done(town.post("government", f"/seals/{held}/end", reason="印章损毁"), "停用")
        town.refused(town.act("keeper", case, "issue"), 409, "no-seal", "out of use")
        town.refused(town.act("government", case, "reject", reason="不符合", basis="法"), 409, ("no-seal", "case-approved"), "a refusal needs the seal too")
        unused.refusals += town.refusals


# ---- the archive, and who only reads ----

@scenario("Z10.archive", rule=True, homes=BOTH)
def an_archived_case_refuses_every_write(town):
    """archived, a case refuses every act; how long it is kept may be unknown; a row changed behind its back shows"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.refused(town.act("window", case, "archive", retention="unknown"), 409, "case-under-review", "while it is open")
    town.does("window", case, "visits", place=CENTRE, reason="补测宗地图")
    town.does("government", case, "reject", reason="不符合村庄规划", basis="《土地管理法》第六十二条")
    all_issued(town, case)
    town.refused(town.act("window", case, "archive"), 422, "invalid", "without saying for how long")
    hands_out(town, case)
    town.does("window", case, "archive", retention="unknown")
    trip = {"address": "三组", "planned_on": "2026-09-20", "purpose": "核对"}
    for who, verb, fields in (
            ("window", "accept", {}), ("window", "visits", {"place": CENTRE}), ("window", "home-visits", trip),
            ("window", "green", {"kind": "elderly"}), ("agriculture", "suspend", {"reason": "appraisal", "expected_days": 5}),
            ("government", "extend", {"reason": "再看"}), ("government", "issue", {}), ("window", "rating/contacted", {"note": "联系"}),
            ("window", "archive", {"retention": "10"}),
            ("government", "reject", {"reason": "再次", "basis": "无"}), ("window", "left-open", {"reason": "停电"})):
        town.refused(town.act(who, case, verb, **fields), 409, "case-archived", verb)
    ending = {"kind": "revoke", "ground": "by_law", "explanation": "撤销"}
    town.refused(town.act("government", case, "ending/tell", **ending), 409, "nothing-granted", "what granted nothing")
    town.refused(rates(town, case, 5), 409, "case-archived", "rated")
    town.refused(town.post("resident", "/track/retract", number=case.number, code=case.code, reason="不要了"), 409, "case-archived", "retracted")
    file = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
    expect((file["intact"], file["outcome"], file["retention"]), (True, "rejected", "unknown"), "the file")
    town.host.stop()
    with contextlib.closing(sqlite3.connect(database(town))) as base:
        for change in ("journal SET text = '另有原因'", "homestead SET address = '别处'", "household SET relation = '子女'", "served SET receiver = '别人'",
                       "sealing SET person = '别人'", "visit SET place = '村里'", "handed SET copies = 9"):
            base.execute(f"UPDATE {change} WHERE matter = ?", (case.id,))
        base.commit()
    town.host.start()
    town.sessions = {}
    file = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
    expect((file["intact"], set(file["volumes"][0]["changed"].split("、"))),
           (False, {"经过", "宅基地申请表", "家庭成员", "送达", "用印申请", "到场记录", "材料核对"}), "what a hand in the database touched")


@scenario("L69.archived", rule=True, homes=BOTH)
def withdrawn_after_it_was_archived(town):
    """a permission withdrawn after its file was archived: the first volume stays word for word, what followed becomes the next"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.whole_way((case, WAY))
    town.until_issued(case)
    all_issued(town, case)
    hands_out(town, case)
    town.does("window", case, "archive", retention="permanent")
    first = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
    expect([(one["title"], one["intact"], one["retention"]) for one in first["volumes"]], [("原卷", True, "permanent")], "one volume")
    withdrawal = {"kind": "revoke", "ground": "by_deceit", "explanation": "隐瞒已有宅基地的事实"}
    town.refused(town.act("window", case, "ending/tell", **withdrawal), 403, "forbidden", "by the window")
    town.refused(town.act("government", case, "extend", reason="再看"), 409, "case-archived", "anything else on the file")
    town.refused(town.act("government", case, "withdraw", explanation="未告知"), 409, "case-archived", "before its holder was told")
    expect(town.does("government", case, "ending/tell", **withdrawal)["state"], "issued", "the file is open again")
    town.refused(town.act("window", case, "archive", retention="permanent"), 409, ("ending-open", "document-rendering"), "before it is decided")
    town.does("window", case, "ending/statement", statement="没有意见")
    town.does("government", case, "withdraw", explanation="隐瞒已有宅基地的事实")
    town.until_ended(case, "withdrawn")
    expect(town.paper(case, "withdrawal")["title"], "撤销行政许可决定书", "told in writing")
    expect([one["state"] for one in town.case(case)["documents"] if one["kind"] == "decision"], ["withdrawn"], "the decision")
    file = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
    kept = file["volumes"][0]
    expect((kept["intact"], kept["digest"], kept["outcome_title"]), (True, first["volumes"][0]["digest"], "已发证"), "the first volume")
    expect((kept["reopened_why"], kept["reopened_by"] != ""), ("隐瞒已有宅基地的事实", True), "why it was opened, and by whom")
    town.until("its paper is issued", lambda: all(one["state"] not in ("waiting", "rendering") for one in town.case(case)["documents"]))
    town.refused(town.act("window", case, "archive", retention="permanent"), 409, "not-delivered", "the withdrawal is handed out as well")
    town.does("window", case, "deliver", **HAND)
    town.does("window", case, "archive", retention="permanent")
    town.refused(town.act("government", case, "ending/tell", **withdrawal), 409, "nothing-granted", "a second time")
    file = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
    expect([(one["title"], one["outcome_title"], one["intact"]) for one in file["volumes"]],
           [("原卷", "已发证", True), ("附卷1", "已撤销", True)], "two volumes")
    # A hand in the database shows in the volume that it touched, and in no other.
    for changed, intact in (("UPDATE journal SET text = '另有原因' WHERE matter = ? AND what = 'withdrawn'", [True, False]),
                            ("UPDATE archive_kept SET content = replace(content, 'issued', 'filed') WHERE matter = ?", [False, False])):
        town.host.stop()
        with contextlib.closing(sqlite3.connect(database(town))) as base:
            base.execute(changed, (case.id,))
            base.commit()
        town.host.start()
        town.sessions = {}
        file = town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")
        expect(([one["intact"] for one in file["volumes"]], file["intact"]), (intact, False), "after a hand in the database")
    expect([one["title"] for one in town.done(town.get("government", f"/cases/{case.id}"), "办件")["actions"] if one["path"].endswith(("cancel", "tell"))], ["注销许可"], "what is still to do (70)")
    town.does("government", case, "cancel", ground="void", explanation="撤销决定书")
    town.until_ended(case, "cancelled")


@scenario("X13", rule=True, homes=BOTH)
def supervision_reads_and_writes_nothing(town):
    """supervision sees visits and what is late, masked and within its county, and may write nothing"""
    town.day("2026-09-18")
    case = town.accepted(1)
    expect((visits(town)["cases"], visits(town)["share"]), (1, "100.0"), "the papers were brought")
    town.does("window", case, "visits", place=CENTRE, reason="补测宗地图")
    expect((visits(town)["cases"], visits(town)["share"]), (1, "0.0"), "and once more")
    expect((overdue(town)["accepted"], overdue(town)["overdue"]), (1, 0), "overdue")
    town.refused(town.get("window", "/reports/visits"), 403, "forbidden", "the window reads the reports")
    town.refused(town.get("resident", "/reports/overdue"), 401, ("login-required", "unauthenticated", None), "a resident reads them")
    seen = town.case(case, "supervisor")
    expect_true(seen["applicant"] != "李阿福" and "*" in seen["applicant"], f"masked: {seen['applicant']}")
    for verb, fields in (("accept", {}), ("supplement", {"missing": [{"material": "图", "reason": "缺"}]}), ("visits", {"place": CENTRE}),
                         ("suspend", {"reason": "appraisal", "expected_days": 3}), ("extend", {"reason": "忙"}), ("issue", {}),
                         ("reject", {"reason": "不", "basis": "法"}), ("archive", {"retention": "10"}), ("green", {"kind": "ill"}),
                         ("steps/homestead", {"decision": "approve", "opinion": "同意"})):
        town.refused(town.act("supervisor", case, verb, **fields), 403, "forbidden", verb)
    for path, fields in (("/posts", {"body": towns.BODIES["window"], "officer": "1"}), ("/seals", {"division": TOWNSHIP, "keeper": "1"})):
        town.refused(town.post("supervisor", path, **fields), 403, "forbidden", path)


# ---- yearly eligibility ----

PAID = [("吴老三", 301, "2026-06", "1200"), ("吴老三", 301, "2026-07", "1200"), ("吴老三", 301, "2026-08", "1200"),
        ("郑奶奶", 302, "2026-08", "900"), ("郑奶奶", 302, "2026-08", "900"), ("王大爷", 303, "2026-08", "800"),
        ("孙二", 304, "2026-07", "1999800")]
ENDED = [(301, "2026-06-11", "死亡"), (304, "2026-05-30", "服刑")]


def payments(rows):
    return "姓名,身份证号,待遇,月份,金额（元）\r\n" + "".join(f"{name},{id_card(number)},城乡居民基本养老保险,{month},{yuan}\r\n" for name, number, month, yuan in rows)


def facts(rows):
    return "身份证号,日期,情形,来源\r\n" + "".join(f"{id_card(number)},{day},{kind},民政、公安数据共享\r\n" for number, day, kind in rows)


def check(town, paid, ended, year=2026):
    town.done(town.post("admin", "/payments/imports", division=TOWNSHIP, content=payments(paid)), "导入发放", 201)
    town.done(town.post("admin", "/facts/imports", division=TOWNSHIP, content=facts(ended)), "导入信息", 201)
    town.done(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=year), "核查", 201)
    return town.done(town.get("admin", "/suspicions"), "疑似")["items"]


@figure("N05", PAID)
def wrongly_paid(town, fixtures):
    """what was paid for months after the claim ended, or twice, confirmed and taken back"""
    town.day("2026-09-18")
    for one in check(town, fixtures, ENDED):
        recovery = town.done(town.post("admin", f"/suspicions/{one['id']}/settle", result="confirmed", note="已核实"), "核实")["recovery"]
        town.done(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=one["amount_fen"], received_on="2026-09-18", voucher="收0001"), "追回")
    # One that is in order either way: its absence must show in the number of payments.
    checked = town.done(town.get("admin", "/eligibility/checks"), "核查")["items"][0]
    report = town.done(town.get("supervisor", "/reports/recoveries"), "追回统计")
    return f"{checked['suspicious']}/{checked['payments']}: {report['recovered_fen']} fen"


@scenario("N05", rule=True, homes=BOTH)
def checked_every_year(town):
    """a yearly check lists suspicious payments; each is settled once with a reason; the ledger takes no more than is due"""
    town.day("2026-09-18")
    town.refused(town.post("window", "/payments/imports", division=TOWNSHIP, content=payments(PAID)), 403, "forbidden", "the window")
    bad = payments(PAID[:1]).replace(id_card(301), "532327198001010000")
    answer = town.post("admin", "/payments/imports", division=TOWNSHIP, content=bad)
    town.refused(answer, 422, "invalid", "a number that cannot be")
    # The file of a month sent twice is no money paid twice; a head in full width and another order of columns is the same table.
    town.done(town.post("admin", "/payments/imports", division=TOWNSHIP, content=payments(PAID)), "导入发放", 201)
    again = town.post("admin", "/payments/imports", division=TOWNSHIP, content=payments(PAID))
    town.refused(again, 422, "invalid", "the same months again")
    expect({one["code"] for one in again.json["errors"]}, {"month-imported"}, "and why")
    bent = "待遇,　姓名,身份证号,月份,金额(元)\r\n" + "".join(f"城乡居民基本养老保险,{name},{id_card(number)},{month},{yuan}\r\n" for name, number, month, yuan in PAID[:2])
    town.done(town.post("admin", "/payments/imports", division=TOWNSHIP, content=bent, replace=True), "替换", 201)
    ticket = town.ticket("admin", "/payments/imports")
    sent = town.host.request("POST", f"/p/approvals/_upload?ticket={ticket}", payments(PAID).encode("gb18030"),
                             {"Content-Type": "text/csv"}, town.session("admin"))
    expect(sent.status, 201, f"uploaded: {sent}")
    town.done(town.post("admin", "/payments/imports", division=TOWNSHIP, file=sent.json["digest"], replace=True), "上传并替换", 201)
    town.done(town.post("admin", "/facts/imports", division=TOWNSHIP, content=facts(ENDED)), "导入信息", 201)
    expect(town.done(town.post("admin", "/facts/imports", division=TOWNSHIP, content=facts(ENDED)), "再次导入", 201)["skipped"], 2, "told twice, one fact")
    town.done(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=2026), "核查", 201)
    found = town.done(town.get("admin", "/suspicions"), "疑似")["items"]
    expect(town.done(town.get("admin", "/eligibility/checks"), "核查")["items"][0]["payments"], len(PAID), "each paid once")
    late = town.post("admin", "/payments/imports", division=TOWNSHIP, content=payments(PAID), replace=True)
    town.refused(late, 422, "invalid", "of months that were checked")
    expect({one["code"] for one in late.json["errors"]}, {"checked-already"}, "and why")
    # Whose business it is not reads none of it; whose it is reads names in clear one by one, and that is recorded.
    for who in ("window", "agriculture", "government", "supervisor"):
        for listed in ("/suspicions", "/recoveries", "/eligibility/checks", f"/suspicions/{found[0]['id']}"):
            town.refused(town.get(who, listed), 403, "forbidden", f"{who} reads {listed}")
    expect_true(all("*" in one["name"] for one in found), "masked in the list")
    expect(town.done(town.get("admin", f"/suspicions/{found[0]['id']}"), "疑似款项")["name"] in {one[0] for one in PAID}, True, "in clear one by one")
    expect(sorted((one["month"], one["reason"]) for one in found),
           [("2026-07", "died"), ("2026-07", "prison"), ("2026-08", "died"), ("2026-08", "twice")], "what is suspicious")
    town.refused(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=2026), 409, "checked-already", "the same year again")
    town.refused(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=2027), 409, "year-ahead", "a year that has not begun")
    town.refused(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=2025), 409, "no-payments", "a year of which nothing is known")
    # What comes after the check is checked by the next, and by it alone: a month paid later, a death told late.
    town.done(town.post("admin", "/payments/imports", division=TOWNSHIP, content=payments([("吴老三", 301, "2026-09", "1200")])), "九月", 201)
    town.done(town.post("admin", "/facts/imports", division=TOWNSHIP, content=facts([(303, "2026-07-02", "死亡")])), "晚报", 201)
    town.done(town.post("admin", "/eligibility/checks", division=TOWNSHIP, year=2026), "再核查", 201)
    later = [one for one in town.done(town.get("admin", "/suspicions"), "疑似")["items"] if one["id"] not in {one["id"] for one in found}]
    expect(sorted((one["month"], one["reason"]) for one in later), [("2026-08", "died"), ("2026-09", "died")], "what the second check found")
    one, other = found[0], found[1]
    path = f"/suspicions/{one['id']}/settle"
    town.refused(town.post("admin", path, result="confirmed"), 422, "invalid", "without saying why")
    town.refused(town.post("supervisor", path, result="cleared", note="没事"), 403, "forbidden", "by supervision")
    recovery = town.done(town.post("admin", path, result="confirmed", note="已核实"), "核实")["recovery"]
    town.refused(town.post("admin", path, result="cleared", note="改口"), 409, "settled-once", "again")
    town.done(town.post("admin", f"/suspicions/{other['id']}/settle", result="cleared", note="当月补发"), "核实")
    receipt = {"received_on": "2026-09-18", "voucher": "收0001"}
    town.refused(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=one["amount_fen"] + 1, **receipt), 409, "more-than-due", "a fen too much")
    town.done(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=one["amount_fen"] - 1, **receipt), "追回")
    town.refused(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=1, **receipt), 409, "voucher-used", "one voucher twice")
    town.done(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=1, **{**receipt, "voucher": "收0002"}), "追回")
    town.refused(town.post("admin", f"/recoveries/{recovery}/receipts", amount_fen=1, **{**receipt, "voucher": "收0003"}), 409, "more-than-due", "when all is back")
    report = town.done(town.get("supervisor", "/reports/recoveries"), "追回统计")
    expect((report["due_fen"], report["recovered_fen"]), (one["amount_fen"], one["amount_fen"]), "the ledger")
