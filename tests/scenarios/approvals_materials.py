# SPDX-License-Identifier: Apache-2.0
"""What is handed in, material by material: in every mode, on the items that come with the platform."""
import contextlib
import sqlite3

import approvals_items as items
from approvals_cases import database
from rows import BOTH, expect, expect_true, scenario

BUSINESS, ACCESSION = "YB0215", "YB0301"  # 个体工商户登记代办, 工商资本流转土地审查陪办


def lacks(town, case, *names, **fields):
    """Acceptance is refused with the name of each that is not here."""
    answer = town.act("window", case, "accept", **{"papers": False, **fields})
    town.refused(answer, 422, "invalid", "accepted with something open")
    expect([one["code"] for one in answer.json["errors"]], ["material-lacking"] * len(names), "why")
    for error, name in zip(answer.json["errors"], names):
        expect_true(f"缺少“{name}”" in error["title"] and "is lacking" in error["title"], error["title"])


def stands(town, case):
    return {one["material"]: one["how"] for one in town.case(case)["checklist"]}


@scenario("Z01.materials", rule=True, homes=BOTH)
def whatever_the_mode(town):
    """直办, 代办, 陪办 and self-service alike: nothing is accepted while a required material is open"""
    town.day("2026-09-18")
    direct = items.applies(town, items.OLD_AGE_CARD, 1)
    lacks(town, direct, "近期免冠照片")
    expect(town.does("window", direct, "accept")["state"], "review", "直办")
    town.done(town.post("admin", "/agents", body=items.towns.BODIES["station"], account=items.account(town, "station"),
                        township=items.TOWNSHIP), "登记", 201)
    agent = items.applies(town, BUSINESS, 2, who="station", verb="agency", authorised_on="2026-09-18", authorisation="第1号", papers=True)
    expect(stands(town, agent), {"居民身份证": "", "经营场所使用证明": "bring", "登记申请书": "bring"}, "what the agent collected")
    lacks(town, agent, "经营场所使用证明", "登记申请书")
    expect(town.does("window", agent, "accept")["state"], "review", "代办")
    escort = items.applies_as_firm(town, ACCESSION, 3, who="window")
    lacks(town, escort, "流转意向协议", "经营能力和项目说明")
    town.refused(town.act("window", escort, "accept", papers=False,
                          materials=[{"material": name, "how": "deferred"} for name in ("流转意向协议", "经营能力和项目说明")],
                          promised_on="2026-09-18"), 409, "material-not-deferrable", "deferred, which the item does not know")
    town.done(town.hand_in(escort, "流转意向协议"), "上传")
    lacks(town, escort, "经营能力和项目说明")
    expect(town.does("window", escort, "accept", papers=False, materials=[{"material": "经营能力和项目说明", "how": "paper", "copies": 1}])["state"],
           "review", "陪办")
    point = items.place(town, "self", "永定镇政务服务超市")
    alone = items.applies(town, items.ALLOWANCE, 4, channel="self", place=point)
    lacks(town, alone, "银行账户")
    town.done(town.hand_in(alone, "银行账户"), "上传")
    expect(town.does("window", alone, "accept", papers=False, obtained=True, obtained_from="省数据共享交换平台")["state"], "review", "自助")
    expect(stands(town, alone), {"居民身份证": "shared", "银行账户": "file"}, "as it was handed in")


@scenario("B07.materials", homes=BOTH)
def handed_in_without_a_visit(town):
    """each material sent in from home, accepted without one visit; the resident sees how each stands"""
    town.day("2026-09-18")
    case = items.applies(town, BUSINESS)
    for name in ("经营场所使用证明", "登记申请书"):
        town.done(town.hand_in(case, name), name)
    expect([one["open"] for one in town.tracks(case)["checklist"]], [False] * 3, "open")
    town.does("window", case, "accept", papers=False)
    expect((town.case(case)["visits"], town.paper(case, "receipt", "window")["title"]), (0, "申请受理通知书"), "visits, receipt")


@scenario("Z10.promise-shipped", rule=True)
def a_promise_with_the_paper_on_file(town):
    """告知承诺 of a shipped item: only with the content, told, dated, and the signed promise on file; checked by its day"""
    town.day("2026-09-18")
    case = items.applies(town, BUSINESS)
    row = {"material": "经营场所使用证明", "how": "promised", "note": "场所为本人自有住房，合法使用"}
    word = {"promised_on": "2026-09-18", "kept": "paper", "told": True}

    def promises(*rows, **more):
        return town.act("window", case, "accept", materials=list(rows), **{**word, **more})

    town.refused(promises(row, told=False), 409, "not-told", "without telling what it means")
    town.refused(promises(row, kept=None), 422, "invalid", "without the signed paper")
    town.refused(promises(row, kept="file"), 409, "promise-not-on-file", "a paper that nobody sent in")
    town.refused(promises({**row, "note": ""}), 422, "invalid", "without saying what")
    town.refused(promises({**row, "material": "登记申请书"}), 409, "not-by-promise", "of what the item does not let promise")
    town.done(town.hand_in(case, "经营场所承诺书"), "上传")
    town.done(promises(row, kept="file"), "受理")
    seen = town.case(case)["promises"]
    expect([(one["material"], one["kept"], one["check_by"], one["result"]) for one in seen], [("经营场所使用证明", "file", "2026-11-05", "")], "the promise")
    items.reviewed(town, case)
    town.until_issued(case, "window")


@scenario("Z03.shipped", rule=True)
def deferred_of_a_shipped_item(town):
    """容缺后补 of a shipped item: by its day, on paper to the window too; nothing is granted before"""
    town.day("2026-09-18")
    case = items.applies(town, items.ALLOWANCE)
    row = [{"material": "银行账户", "how": "deferred"}]
    town.refused(town.act("window", case, "accept", materials=row), 422, "invalid", "without a dated promise")
    town.does("window", case, "accept", materials=row, promised_on="2026-09-18")
    town.decides("social", case, "s1")
    town.refused(town.decide("government", case, "s2"), 409, "material-lacking", "granted without it")
    town.refused(town.act("window", case, "materials", materials=[{"material": "银行账户", "how": "missing"}]), 422, "invalid",
                 "asked for again after acceptance")
    town.does("window", case, "materials", materials=[{"material": "银行账户", "how": "paper"}])
    expect((town.case(case)["lacking"][0]["supplied_on"], stands(town, case)["银行账户"]), ("2026-09-18", "paper"), "supplied")
    town.decides("government", case, "s2")


@scenario("L32.supplement", rule=True, homes=BOTH)
def the_one_supplement_is_the_list_of_what_lacks(town):
    """the one notice names all that lacks and nothing else; half of it is no supplement; the window takes the rest on paper"""
    town.day("2026-09-18")
    case = items.applies(town, BUSINESS)
    town.refused(town.act("window", case, "supplement", missing=[{"material": "健康证明", "reason": "未附"}]), 422, "invalid", "what is not asked for")
    town.does("window", case, "supplement")
    told = [one for one in town.case(case)["journal"] if one["what"] == "supplement_requested"]
    expect([one["text"] for one in told], ["经营场所使用证明、登记申请书"], "what was told")
    town.done(town.hand_in(case, "登记申请书"), "上传")
    town.refused(town.post("resident", "/track/supplement", number=case.number, code=case.code, note="已补"), 409, "supplement-incomplete", "half of it")
    town.day("2026-09-22")
    expect(town.does("window", case, "materials", papers=True)["state"], "filed", "all is here")
    town.refused(town.act("window", case, "supplement"), 409, "supplement-once", "a second notice")
    town.does("window", case, "accept", papers=False)


@scenario("L32.before")
def cases_of_before_there_were_lists(town):
    """accepted before there were checklists, a case goes on; what was sent in before under the material's name counts"""
    town.day("2026-09-18")
    accepted, filed = items.applies(town, BUSINESS, 1), items.applies(town, BUSINESS, 2)
    town.does("window", accepted, "accept")
    for name in ("经营场所使用证明", "登记申请书"):
        town.done(town.hand_in(filed, name), name)
    town.host.stop()
    with contextlib.closing(sqlite3.connect(database(town))) as base:
        base.execute("DELETE FROM handed")
        base.execute("UPDATE matter SET checked = 0")
        base.commit()
    town.host.start()
    town.sessions = {}
    expect(stands(town, accepted), {"居民身份证": "before", "经营场所使用证明": "before", "登记申请书": "before"}, "what nobody wrote down")
    items.reviewed(town, accepted)
    town.until_issued(accepted, "window")
    expect(stands(town, filed), {"居民身份证": "", "经营场所使用证明": "file", "登记申请书": "file"}, "what had been sent in")
