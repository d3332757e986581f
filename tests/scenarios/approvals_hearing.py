# SPDX-License-Identifier: Apache-2.0
"""The right to be heard before a decision: told, asked for, held by somebody else than who reviews, decided after."""
from approvals_items import account
from rows import BOTH, expect, scenario


@scenario("L47", rule=True, homes=BOTH)
def heard_and_then_decided(town):
    """whose major interest a licence touches is told, heard within the law's days by who does not review, and then it is decided"""
    town.day("2026-09-18")
    case = town.accepted(1)
    due = town.case(case)["due_on"]
    town.checks_site(case, "2026-09-18")
    town.refused(town.act("window", case, "hearing/tell", parties="李大", interest="采光"), 403, "forbidden", "the window tells")
    town.does("planning", case, "hearing/tell", parties="邻户李大", interest="新房遮挡采光")
    expect(town.paper(case, "hearing_right")["title"], "行政许可听证权利告知书", "on paper")
    town.refused(town.act("government", case, "reject", reason="不符", basis="依据"), 409, "hearing-not-served", "decided before anybody was served")
    town.serves(case, "hearing_right")
    expect(town.case(case)["hearing"][0]["days"], "还没有送达邻户李大，期限没有起算", "whose days do not run")
    town.serves(case, "hearing_right", "邻户李大")
    expect([(one["party"], one["served_on"], one["runs_to"]) for one in town.case(case)["delivery"]],
           [("邻户李大", "2026-09-18", "2026-09-24"), ("", "2026-09-18", "2026-09-24")], "each has days of his own")
    town.refused(town.act("government", case, "reject", reason="不符", basis="依据"), 409, "hearing-right-open", "decided before the days are over")
    expect(town.does("planning", case, "hearing/ask", by="third")["state"], "suspended", "its days do not count")
    presider, reviewer = account(town, "keeper"), account(town, "agriculture")
    notice = {"place": "镇会议室", "held_at": "上午9时", "presider": presider}
    for changes, code in (({"held_on": "2026-09-28"}, "notice-too-short"), ({"held_on": "2026-11-30"}, "hearing-too-late"),
                          ({"held_on": "2026-09-30", "presider": reviewer}, "presider-reviews")):
        answer = town.act("planning", case, "hearing/notice", **{**notice, **changes})
        town.refused(answer, 422, "invalid", code)
        expect([one["code"] for one in answer.json["errors"]], [code], "and why")
    town.does("planning", case, "hearing/notice", held_on="2026-09-30", **notice)
    record = {"outcome": "held", "record": "双方陈述、质证", "signed": True}
    town.refused(town.act("planning", case, "hearing/record", **record), 409, "hearing-not-held", "before its day")
    town.day("2026-09-30")
    expect(town.does("planning", case, "hearing/record", **record)["state"], "review", "afterwards")
    town.decides("planning", case, "planning")
    town.does("agriculture", case, "publicity", act="start", start_on="2026-09-30", end_on="2026-10-12", place="村务公开栏")
    town.day("2026-10-13")
    town.does("agriculture", case, "publicity", act="end", objections=0, note="无异议")
    town.decides("agriculture", case, "publicity")
    town.decides("government", case, "certificate")
    seen = town.case(case)
    expect((seen["hearing"][0]["held_on"], seen["hearing"][0]["outcome"]), ("2026-09-30", "held"), "in the file")
    expect((due < seen["due_on"], seen.get("overdue_at", "")), (True, ""), "later than without the hearing, and in time")
