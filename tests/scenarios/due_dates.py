# SPDX-License-Identifier: Apache-2.0
"""Due dates: the thirteen vectors, and what moves a due date.

Five working days are asked by the day the applicant must have been told (intake), ten by acceptance, twenty by acceptance and
extension; calendar days by an item whose terms are counted in them."""
from approvals_items import HEAD, applies, imports, row, table
from rows import expect, scenario
from town import COUNTY

WORKING = [("2025-09-26", 10, "2025-10-16"), ("2025-01-24", 10, "2025-02-13"), ("2024-09-13", 10, "2024-09-29"),
           ("2025-04-30", 5, "2025-05-12"), ("2025-09-30", 5, "2025-10-14"), ("2026-02-13", 10, "2026-03-05"),
           ("2026-09-18", 10, "2026-10-09"), ("2024-02-07", 20, "2024-03-12")]
CALENDAR = [("2025-09-20", 15, "2025-10-09"), ("2025-01-15", 15, "2025-02-05"), ("2025-07-04", 90, "2025-10-09"),
            ("2026-02-06", 15, "2026-02-24"), ("2025-10-10", 2, "2025-10-13")]


def due_of(town, start, days):
    town.day(start)
    case = town.files(1)
    if days == 5:
        return case.told_by
    due = town.does("window", case, "accept")["due_on"]
    if days == 20:
        town.does("government", case, "extend", reason="地形复杂，需要复核")
        due = town.case(case)["due_on"]
    return due


def vector(number, start, days, due):
    def shown(town):
        expect(due_of(town, start, days), due, f"{days} working days after {start}")
    shown.__doc__ = f"{days} working days after {start} end on {due}"
    scenario(f"DUE{number:02}")(shown)


def calendar_vector(number, start, days, due):
    def shown(town):
        town.day(start)
        item = row("DUE", 法定时限=str(days), 承诺时限=str(days), 时限单位="自然日", 审核="社会事务", 决定="政府")
        imports(town, table([item], HEAD + ["时限单位"]))
        case = applies(town, "DUE")
        expect(town.does("window", case, "accept")["due_on"], due, f"{days} calendar days after {start}")
        town.day(due)
        expect(town.done(town.get("window", f"/cases/{case.id}/clock"), "逐日说明")["due_on"], due, "explained day by day")
        expect([one["id"] for one in town.done(town.get("window", "/overdue"), "超期件")["items"]], [], "on the last day")
        # A term in a unit that cannot be counted is not published.
        answer = town.post("admin", "/imports", content=table([dict(item, 编码="DUE-2", 时限单位="个月")], HEAD + ["时限单位"]))
        town.refused(answer, 422, "rows-refused", "months")
    shown.__doc__ = f"{days} calendar days after {start} end on {due}"
    scenario(f"DUE{number:02}", rule=True)(shown)


for index, given in enumerate(WORKING):
    vector(index + 1, *given)
for index, given in enumerate(CALENDAR):
    calendar_vector(len(WORKING) + index + 1, *given)


@scenario("DUE.make-up")
def a_county_that_does_not_count_make_up_days(town):
    """where make-up days do not count, the due date moves, for what is open as well; elsewhere it stays"""
    town.day("2026-09-18")
    before, elsewhere = town.accepted(1), town.files(2, village="532301101001")
    town.does("elsewhere", elsewhere, "accept")
    expect(town.case(before)["due_on"], "2026-10-09", "while they count")
    town.refused(town.post("window", "/calendar/rules", division=COUNTY, make_up_days_count=False, basis="示例"), 403,
                 "forbidden", "the window sets the calendar")
    town.refused(town.post("admin", "/calendar/rules", division="532301000000", make_up_days_count=False, basis="示例"), 403,
                 "out-of-scope", "another county's calendar")
    town.done(town.post("admin", "/calendar/rules", division=COUNTY, make_up_days_count=False, basis="示例：县司法局意见"), "日历")
    expect(town.case(before)["due_on"], "2026-10-12", "one that was open")
    expect(town.does("window", town.files(3), "accept")["due_on"], "2026-10-12", "one that came later")
    expect(town.tracks(elsewhere)["due_on"], "2026-10-09", "another county")


@scenario("DUE.provisional")
def beyond_the_last_notice(town):
    """a due date in a year whose days off are not published is provisional, and is counted again when they are"""
    town.day("2026-12-28")
    case = town.accepted(1)
    seen = town.case(case)
    expect((seen["due_on"], seen["provisional"]), ("2027-01-11", True), "before the notice")
    expect(town.tracks(case)["provisional"], True, "as the resident sees it")
    town.done(town.post("admin", "/calendar/days", division=COUNTY, year=2027,
                        days=[{"date": "2027-01-01", "name": "元旦", "kind": "off"}]), "日历")
    seen = town.case(case)
    expect((seen["due_on"], seen["provisional"]), ("2027-01-12", False), "after the notice")


@scenario("DUE.local")
def a_local_holiday(town):
    """a holiday of the autonomous prefecture's county moves what is due in it"""
    town.day("2026-07-27")
    case = town.accepted(1)
    expect(town.case(case)["due_on"], "2026-08-10", "without it")
    town.done(town.post("admin", "/calendar/days", division=COUNTY,
                        days=[{"date": day, "name": "火把节", "kind": "off"} for day in ("2026-08-06", "2026-08-07")]), "日历")
    expect(town.case(case)["due_on"], "2026-08-12", "with it")
