# SPDX-License-Identifier: Apache-2.0
"""行政许可法 34, 38, 42, 45, 69; 土地管理法 62: how a case is looked into, and what may move its term."""
from rows import BOTH, expect, scenario

SITE = ("agriculture", "homestead")
WAY = ("2026-09-21", "2026-09-22", "2026-09-23", "2026-09-28", "2026-09-29", "2026-10-08")


@scenario("L34", rule=True, homes=BOTH)
def a_site_is_looked_at_by_two(town):
    """a check on the spot needs two, who are not the same"""
    town.day("2026-09-18")
    case = town.accepted(1)
    on, two = {"checked_on": "2026-09-18"}, town.checkers()
    one = {"checker": two["checker"]}
    for given, field, code, what in (
            (on, "checker", "two-checkers", "nobody"),
            (one | on, "second_checker", "two-checkers", "one"),
            (one | {"second_checker": two["checker"]} | on, "second_checker", "two-checkers", "one, twice"),
            (one | {"second_checker": "王建国"} | on, "second_checker", "unknown-account", "a name that is nobody's"),
            (two, "checked_on", "check-date-missing", "no date"),
            (two | {"checked_on": "2026-09-19"}, "checked_on", "check-in-future", "tomorrow")):
        answer = town.decide(SITE[0], case, SITE[1], **given)
        town.refused(answer, 422, "invalid", what)
        expect([(error["field"], error["code"]) for error in answer.json["errors"]], [(field, code)], what)
    expect(town.checks_site(case, "2026-09-18")["step"], "planning", "with two")


@scenario("L38", rule=True)
def a_refusal_says_why(town):
    """a permission is refused by the head, in writing, with reason and legal basis"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.decides("agriculture", case, "homestead", decision="refuse", opinion="拟建位置在永久基本农田内")
    waiting = town.done(town.get("government", "/queue"), "待办")["items"]
    expect([one["number"] for one in waiting], [case.number], "what waits for the head")
    town.refused(town.act("window", case, "reject", reason="占用永久基本农田", basis="土地管理法第六十二条"), 403, "forbidden", "the window")
    town.refused(town.act("government", case, "reject", reason="占用永久基本农田"), 422, "invalid", "without a legal basis")
    town.does("government", case, "reject", reason="拟建位置在永久基本农田内", basis="《土地管理法》第六十二条")
    expect(town.paper(case, "rejection")["title"], "不予行政许可决定书", "document")


@scenario("L42", rule=True, homes=BOTH)
def extended_once_by_the_head(town):
    """the term is extended once, by the head, with the reason told, and not when it is over"""
    town.day("2026-09-18")
    case, late = town.accepted(1), town.accepted(2)
    for who in ("window", "agriculture", "planning"):
        town.refused(town.act(who, case, "extend", reason="人手不足"), 403, "forbidden", f"{who} extends")
    town.refused(town.act("government", case, "extend"), 422, "invalid", "without a reason")
    town.does("government", case, "extend", reason="地形复杂，需要复核")
    seen = town.case(case)
    expect((seen["extension_days"], seen["due_on"]), (10, "2026-10-22"), "ten working days more")
    expect(town.paper(case, "extension")["title"], "延长行政许可办理期限告知书", "told in writing")
    town.refused(town.act("government", case, "extend", reason="再次延长"), 409, "extended-once", "a second time")
    town.day("2026-10-10")
    town.refused(town.act("government", late, "extend", reason="已经过期"), 409, "already-overdue", "after its end")


@scenario("L45", rule=True, homes=BOTH)
def what_does_not_count(town):
    """only what the article lists does not count; it moves the due date, is told in writing and stays in sight"""
    town.day("2026-09-18")
    case, told = town.accepted(1), town.accepted(2)
    town.refused(town.act("agriculture", case, "suspend", reason="publicity", expected_days=5), 422, "invalid", "公示")
    town.refused(town.act("agriculture", case, "suspend", reason="busy", expected_days=5), 422, "invalid", "人手不足")
    town.refused(town.act("window", case, "suspend", reason="expert_review", expected_days=5), 403, "forbidden", "the window")
    town.day("2026-09-21")
    town.does("agriculture", case, "suspend", reason="expert_review", expected_days=30, note="地质灾害评审")
    town.refused(town.act("agriculture", told, "suspend", reason="supplement", expected_days=5), 422, "invalid", "补正, after acceptance")
    town.refused(town.act("agriculture", told, "suspend", reason="hearing", expected_days=5), 409, "hearing-by-request", "a hearing nobody asked for")
    town.does("agriculture", told, "suspend", reason="appraisal", expected_days=5)
    town.refused(town.act("agriculture", case, "suspend", reason="appraisal", expected_days=5), 409, "case-suspended", "twice")
    town.refused(town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-21"), 409,
                 "case-suspended", "a step meanwhile")
    expect(town.paper(case, "suspension")["title"], "行政许可期限扣除告知书", "told in writing")
    expect(town.tracks(case)["state"], "suspended", "as the resident sees it")
    # Long past the old due date: nothing is overdue.
    town.day("2026-10-12")
    expect(town.done(town.get("window", "/overdue"), "超期件")["items"], [], "overdue while it does not count")
    town.does("agriculture", case, "resume", note="评审通过")
    seen = town.case(case)
    expect((seen["consumed_days"], seen["due_on"]), (2, "2026-10-22"), "two days were used, eight are left")
    expect([(one["number"], one["state"]) for one in town.done(town.get("window", "/cases"), "办件")["items"] if one["number"] == told.number],
           [(told.number, "review")], "what was told is over, and the clock runs")
    expect([(one["from_on"], one["to_on"]) for one in town.case(told)["suspensions"]], [("2026-09-21", "2026-09-26")], "to the day that was told")
    town.checks_site(case, "2026-10-12")
    kept = town.case(case)["suspensions"]
    expect([(one["from_on"], one["to_on"], one["basis"]) for one in kept], [("2026-09-21", "2026-10-12", "行政许可法第四十五条")],
           "the ledger")


@scenario("L69", rule=True)
def withdrawn_on_a_ground_of_law(town):
    """a permission is withdrawn by the government, on a ground the article knows, and its document is void"""
    town.day("2026-09-18")
    case = town.accepted(1)
    told = {"kind": "revoke", "ground": "by_deceit", "explanation": "隐瞒已有宅基地的事实"}
    town.refused(town.act("government", case, "ending/tell", **told), 409, "case-under-review", "before it is given")
    town.whole_way((case, WAY))
    town.until_issued(case)
    town.refused(town.act("window", case, "ending/tell", **told), 403, "forbidden", "the window")
    for ground in ("changed-mind", "law_changed"):
        town.refused(town.act("government", case, "ending/tell", **{**told, "ground": ground}), 422, "invalid", "no such ground")
    town.refused(town.act("government", case, "withdraw", explanation="隐瞒"), 409, "ending-not-told", "before its holder was told")
    town.does("government", case, "ending/tell", **told)
    expect(town.paper(case, "ending_notice")["title"], "拟撤销（撤回、变更、注销）行政许可告知书", "told in writing")
    town.refused(town.act("government", case, "ending/tell", **told), 409, "ending-told", "told twice")
    town.refused(town.act("government", case, "withdraw", explanation="隐瞒"), 409, "statement-open", "before the days to state are over")
    town.refused(town.act("government", case, "cancel", ground="incapable", explanation="死亡证明"), 409, "ending-told", "cancelled meanwhile")
    town.day("2026-11-30")
    town.refused(town.act("government", case, "withdraw", explanation="隐瞒"), 409, "statement-open", "days that never began: the notice was not served")
    town.serves(case, "ending_notice")
    expect(town.tracks(case)["endings"][0]["state_by"], "2026-12-07", "five working days from the day after")
    said = {"number": case.number, "code": case.code, "statement": "不知道要申报"}
    for wrong in ({"code": "AAAAAAAAAA"}, {"number": "532327101-2026-09999"}):
        town.refused(town.post("resident", "/track/statement", **{**said, **wrong}), 404, "not-found", "somebody else's say")
    town.done(town.post("resident", "/track/statement", **said), "陈述")
    heard = town.case(case, "government")["endings"][0]
    expect((heard["statement"], heard["stated_how"]), ("不知道要申报", "online"), "read by who decides")
    town.refused(town.act("government", case, "withdraw", explanation="念其初犯", decision="keep", why="weighed"), 409, "must-revoke", "what was got by deceit is kept")
    expect(town.does("government", case, "withdraw", explanation="隐瞒已有宅基地的事实")["state"], "issued", "decided, and its paper not issued")
    town.refused(town.act("government", case, "cancel", ground="void", explanation="注销"), 409, "ending-told", "cancelled before it has ended")
    town.until_ended(case, "withdrawn")
    expect([one["state"] for one in town.case(case)["documents"] if one["kind"] == "decision"], ["withdrawn"], "decision")


@scenario("T62", rule=True, homes=BOTH)
def one_household_one_site(town):
    """one household, one site; no basic farmland; not above the standard; not after selling; the village has agreed"""
    town.day("2026-09-18")
    town.checks_site(town.accepted(1), "2026-09-18")

    def may_not(code, household, **changes):
        case = town.accepted(household, **changes)
        answer = town.decide("agriculture", case, "homestead", **town.checkers(), checked_on="2026-09-18")
        town.refused(answer, 409, code, code)

    may_not("one-household-one-site", 1)
    may_not("basic-farmland", 2, land="basic_farmland")
    may_not("conversion-needed", 3, land="farmland")
    may_not("area-over-limit", 4, site_area="151", house_area="121.5")
    may_not("house-given-away", 5, old_disposal="sold")
    may_not("old-site-kept", 6, old_area="80")
    may_not("village-opinion-missing", 7, village_opinion=None)


@scenario("L69.superior", rule=True, homes=BOTH)
def revoked_by_the_superior(town):
    """a body above the township decides that a permission is revoked; the township tells the holder and carries it out, and may not decide otherwise"""
    town.day("2026-09-18")
    case = town.accepted(1)
    town.whole_way((case, WAY))
    town.until_issued(case)
    decision = {"ground": "procedure", "number": "永政决〔2026〕1号", "decided_on": "2026-09-18", "explanation": "未听取利害关系人的意见"}
    for who in ("window", "agriculture", "government"):
        town.refused(town.act(who, case, "superior", **decision), 403, "forbidden", who)
        expect([one["path"] for one in town.case(case, who)["actions"] if one["path"].endswith("/superior")], [], f"no button for {who}")
    expect(len([one for one in town.case(case, "admin")["actions"] if one["path"].endswith("/superior")]), 1, "the superior's button")
    town.does("admin", case, "superior", **decision)
    town.does("government", case, "ending/tell", kind="revoke", ground="procedure", explanation="未听取利害关系人的意见")
    expect("永政决〔2026〕1号" in town.case(case)["endings"][0]["superior"], True, "whose decision it is")
    town.does("window", case, "ending/statement", statement="没有意见")
    town.refused(town.act("government", case, "withdraw", decision="keep", why="weighed", explanation="不需要"), 409, "superior-decided", "kept all the same")
    town.does("government", case, "withdraw", explanation="未听取利害关系人的意见")
    town.until_ended(case, "withdrawn")
