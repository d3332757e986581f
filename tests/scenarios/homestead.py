# SPDX-License-Identifier: Apache-2.0
"""C21: one written application; 宅基地审批, 规划审批, 公示 and 办证 within ten working days of its acceptance."""
from rows import BOTH, expect, expect_true, figure, scenario

# Site check, planning, publicity from, publicity to, its result, certificate.
WAYS = {
    "day 5": ("2026-09-19", "2026-09-20", "2026-09-20", "2026-09-22", "2026-09-23", "2026-09-24"),
    "day 9": ("2026-09-21", "2026-09-22", "2026-09-23", "2026-09-28", "2026-09-29", "2026-10-08"),
    "day 10": ("2026-09-21", "2026-09-22", "2026-09-23", "2026-09-28", "2026-09-29", "2026-10-09"),
    "day 12": ("2026-09-21", "2026-09-22", "2026-09-23", "2026-09-28", "2026-09-29", "2026-10-12"),
}
IN_TIME = ("day 5", "day 9", "day 10")  # of ten; "day 12" is late, and what has no way stays open


@scenario("C21", homes=BOTH)
def one_application_from_filing_to_certificate(town):
    """a villager files once; the bodies do their four steps; the certificate is there on day nine"""
    # Friday. The villager files from home and holds a number and a query code.
    town.day("2026-09-18")
    case = town.files(1)
    expect(town.tracks(case)["state"], "filed", "as the resident sees it")
    expect(case.told_by, "2026-09-24", "told by: five working days, one of them a Sunday that works")

    # The window accepts it: a numbered, dated receipt that carries the query code.
    accepted = town.does("window", case, "accept")
    expect(accepted["due_on"], "2026-10-09", "due: the tenth working day, 20 September works, holidays do not")
    receipt = town.paper(case, "receipt")
    expect((receipt["number"], receipt["dated_on"]), ("永政审受〔2026〕1号", "2026-09-18"), "receipt")
    seen = town.tracks(case)
    expect((seen["state_title"], seen["accepted_on"], seen["due_on"]), ("审核中", "2026-09-18", "2026-10-09"), "as the resident sees it")
    expect([step["title"] for step in seen["steps"]], ["宅基地审批", "规划审批", "公示", "办证"], "steps")
    expect([step["body"] for step in seen["steps"]],
           ["永定镇农业农村办公室", "永定镇自然资源和规划办公室", "永定镇农业农村办公室", "永定镇人民政府"], "bodies")

    # Each step is done by its body and by no other, in its turn.
    town.refused(town.decide("planning", case, "planning"), 409, "step-not-current", "planning before its turn")
    town.refused(town.decide("planning", case, "homestead"), 403, "forbidden", "another office's step")
    town.refused(town.act("keeper", case, "issue"), 409, "case-under-review", "a certificate before it is decided")
    town.refused(town.get("neighbour", f"/cases/{case.id}"), 404, "not-found", "the case of another township")
    town.day("2026-09-21")
    town.checks_site(case, "2026-09-21")
    expect(town.tracks(case)["step_title"], "规划审批", "as the resident sees it")
    town.day("2026-09-23")
    town.decides("planning", case, "planning")
    expect(town.tracks(case)["step_title"], "公示", "as the resident sees it")

    # Publicity counts inside the ten days, and cannot be cut short.
    town.day("2026-09-24")
    town.does("agriculture", case, "publicity", act="start", start_on="2026-09-24", end_on="2026-09-29", place="村务公开栏")
    town.refused(town.decide("agriculture", case, "publicity"), 409, "publicity-not-over", "publicity not over")
    town.day("2026-09-30")
    town.does("agriculture", case, "publicity", act="end", objections=0, note="公示期间无异议")
    town.decides("agriculture", case, "publicity")
    expect(town.tracks(case)["step_title"], "办证", "as the resident sees it")

    # The government decides and issues; number and date are assigned now, the document is drawn by itself.
    town.day("2026-10-08")
    town.decides("government", case, "certificate")
    town.does("keeper", case, "issue")
    whole = town.until_issued(case)
    expect((whole["consumed_days"], whole["budget_days"], whole.get("overdue_at")), (9, 10, None), "days used, of, overdue")
    decision = town.paper(case, "decision")
    expect((decision["number"], decision["dated_on"]), ("永政审〔2026〕1号", "2026-10-08"), "decision")

    # The resident sees the end and fetches the document; nothing more was ever asked of him.
    seen = town.tracks(case)
    expect((seen["state_title"], [phase["state"] for phase in seen["phases"]]), ("已发证", ["done"] * 3), "as the resident sees it")
    code = next(one["code"] for one in seen["documents"] if one["number"] == decision["number"])
    paper = town.document(decision["number"], code)
    expect((paper.status, paper.header("content-type"), paper.body[:5]), (200, "application/pdf", b"%PDF-"), "the document")
    expect([line["what"] for line in whole["journal"] if line["person"] == ""], ["filed", "issued"], "acts that were not staff's")


@scenario("C21", rule=True, homes=BOTH)
def day_eleven_open(town):
    """what is open after its tenth working day is overdue: one event, and it stands in the list"""
    town.day("2026-09-18")
    late, done = town.accepted(1), town.accepted(2)
    town.whole_way((done, WAYS["day 10"]))
    town.until_issued(done)
    expect(town.done(town.get("window", "/overdue"), "超期件")["items"], [], "overdue on the tenth day")
    town.day("2026-10-10")
    listed = town.until("it is overdue", lambda: town.done(town.get("window", "/overdue"), "超期件")["items"])
    expect([one["number"] for one in listed], [late.number], "overdue on the eleventh day")
    town.refused(town.act("government", late, "extend", reason="补办延长"), 409, "already-overdue", "extended when it is too late")
    # Later days raise nothing more.
    for day in ("2026-10-12", "2026-10-13"):
        town.day(day)
        probe = town.files(int(day[-2:]))
        town.does("window", probe, "not-needed", reason="探测")
        town.until("the watch ran", lambda: town.case(probe)["state"] == "not_needed")
    expect([line["what"] for line in town.case(late)["journal"]].count("overdue"), 1, "times it was noted")
    expect(town.host.stop(), 0, "exit code")
    expect(town.events("approvals.case.overdue"), [late.number], "events")


@scenario("C21", homes=BOTH)
def no_second_form(town):
    """the interface offers one form that opens an application, and no other"""
    document = town.host.get("/kernel/openapi.json").json
    asks = [path for path, item in document["paths"].items() if "post" in item and "/applications" in path]
    expect(len(asks), 1, f"forms that open an application: {asks}")


@figure("C21", fixtures=[(1, "day 5"), (2, "day 9"), (3, "day 9"), (4, "day 10"), (5, "day 12"), (6, None)])
def done_within_ten_working_days(town, fixtures):
    """applications done within their ten working days, of those filed"""
    town.day("2026-09-18")
    cases = [(town.accepted(household), end) for household, end in fixtures]
    town.whole_way(*((case, WAYS[end]) for case, end in cases if end is not None))
    town.day("2026-10-13")
    listed = town.until("whatever is open is overdue", lambda: all_settled(town))
    in_time = [one for one in listed if one["state"] == "issued" and not one["overdue"]]
    for one in in_time:
        used = town.done(town.get("window", f"/cases/{one['id']}"), "办件")["consumed_days"]
        expect_true(used <= 10, f"{one['number']} took {used} working days and is not overdue")
    # What these fixtures make it, said by their names alone: whichever of them is left out.
    wanted = f"{sum(end in IN_TIME for _, end in fixtures)}/{len(fixtures)}"
    expect(f"{len(in_time)}/{len(listed)}", wanted, "done in time, of those filed")
    return f"{len(in_time)}/{len(listed)}"


def all_settled(town):
    """The list, when every case in it is issued or overdue."""
    listed = town.done(town.get("window", "/cases"), "办件")["items"]
    return listed if all(one["state"] == "issued" or one["overdue"] for one in listed) else None
