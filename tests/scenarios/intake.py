# SPDX-License-Identifier: Apache-2.0
"""行政许可法 32: five outcomes of an application, each with its document; and what follows from saying nothing."""
from rows import BOTH, expect, expect_true, scenario

MISSING = [{"material": "住房建设图件", "reason": "缺平面图，请选用县级通用图册或自行绘制"},
           {"material": "申请表", "reason": "相邻权利人意见一栏东邻未签字"}]


def told(town, case, kind, title):
    paper = town.paper(case, kind)
    expect(paper["title"], title, kind)
    expect(paper["dated_on"], "2026-09-18", f"date of {kind}")
    expect_true(paper["number"] != "", f"{kind} has no number")


@scenario("L32", rule=True)
def no_permission_is_needed(town):
    """(1) not needed: told at once, and it is over"""
    town.day("2026-09-18")
    case = town.files(1)
    expect(town.does("window", case, "not-needed", reason="原有房屋室内装修，不涉及用地和规划")["state"], "not_needed", "state")
    told(town, case, "not_needed", "无需办理行政许可告知书")
    town.refused(town.act("window", case, "accept"), 409, "case-closed", "accept what needs no permission")


@scenario("L32", rule=True)
def not_our_power(town):
    """(2) not this body's power: refused at once, with the name of the body whose power it is"""
    town.day("2026-09-18")
    case = town.files(1)
    town.refused(town.act("window", case, "refuse", reason="属国有建设用地"), 422, "invalid", "no body named")
    expect(town.does("window", case, "refuse", reason="属国有建设用地", competent_body="永仁县自然资源局")["state"], "refused", "state")
    told(town, case, "refusal", "行政许可申请不予受理通知书")
    town.refused(town.act("window", case, "supplement", missing=MISSING), 409, "case-closed", "more papers after a refusal")


@scenario("L32")
def corrected_on_the_spot(town):
    """(3) errors that can be corrected on the spot are, and then it is accepted"""
    town.day("2026-09-18")
    case = town.files(1)
    town.does("window", case, "correct", correction="四至中“东至”由“村路”更正为“村道”")
    told(town, case, "correction", "行政许可申请材料当场更正告知书")
    expect(town.does("window", case, "accept")["state"], "review", "state")


@scenario("L32", rule=True, homes=BOTH)
def told_once_what_is_missing(town):
    """(4) incomplete: everything that is missing is told once; a second time is impossible"""
    town.day("2026-09-18")
    case = town.files(1)
    town.refused(town.act("window", case, "supplement", missing=[{"material": "无犯罪记录证明", "reason": "未附"}]), 422, "invalid",
                 "what is not on the item's list of materials")
    town.does("window", case, "supplement", missing=MISSING)
    told(town, case, "supplement", "行政许可申请材料补正告知书")
    town.refused(town.act("window", case, "accept"), 409, "case-awaiting-supplement", "accept what is not complete")
    town.day("2026-09-23")
    town.supplies(case, "住房建设图件")
    town.refused(town.act("window", case, "supplement", missing=MISSING[:1]), 409, "supplement-once", "a second request")
    expect(town.does("window", case, "accept")["due_on"], "2026-10-14", "ten working days from now")


@scenario("L32")
def complete(town):
    """(5) complete: accepted, with a dated receipt"""
    town.day("2026-09-18")
    case = town.accepted(1)
    told(town, case, "receipt", "行政许可申请受理通知书")


@scenario("L32", rule=True, homes=BOTH)
def nothing_said_in_five_days(town):
    """not told within five working days: accepted as of the day the materials came, and too late to ask for more"""
    town.day("2026-09-18")
    case = town.files(1)
    town.day("2026-09-24", at="23:30:00")
    expect(town.case(case)["state"], "filed", "on the fifth working day")
    town.day("2026-09-25")
    # At once, before the watch has come by, and after it.
    town.refused(town.act("window", case, "supplement", missing=MISSING), 409, ("deemed-accepted", "case-under-review"), "too late")
    town.until("deemed accepted", lambda: town.case(case)["deemed"])
    seen = town.case(case)
    expect((seen["state"], seen["accepted_at"][:10], seen["due_on"]), ("review", "2026-09-18", "2026-10-09"), "backdated")
    records = town.done(town.get("government", "/accountability", limit="100"), "追责")["items"]
    expect([(one["kind"], one["body_name"], one["due_on"]) for one in records if one["number"] == case.number],
           [("intake", "永定镇便民服务中心", "2026-09-24")], "who let the days pass is on record")
    town.refused(town.act("window", case, "supplement", missing=MISSING), 409, "case-under-review", "too late")
    town.refused(town.act("window", case, "refuse", reason="迟到", competent_body="永仁县自然资源局"), 409, "case-under-review", "too late")
    expect(town.paper(case, "receipt")["dated_on"], "2026-09-25", "its receipt bears the day it was written")
