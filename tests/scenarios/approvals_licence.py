# SPDX-License-Identifier: Apache-2.0
"""The life of a licence after it was issued: its term, its renewal, its end."""
from approvals_cases import forgets_use
from approvals_items import HEAD, applies, applies_as_firm, imports, reviewed, row, table
from rows import BOTH, expect, expect_true, scenario
from town import TOWNSHIP
from zhend import id_card

TERM = {"事项类型": "行政许可", "申请材料": "申请书|申请人；权属证明|申请人", "有效期（月）": "2", "延续材料": "申请书"}


def licensed(town, code="YX1", **changes):
    """An item with a term of two months, and the first licence of it: the case, and its number."""
    cells = dict(row(code), **{**TERM, **changes})
    imports(town, table([cells], HEAD + [one for one in cells if one not in HEAD]))
    if not town.sealed:
        town.sealed = town.host.registers_seal(TOWNSHIP) or True
    case = applies(town, code, number=2)
    town.does("window", case, "accept")
    reviewed(town, case)
    return case, town.paper(case, "decision")["number"]


def holds(town, case):
    return town.tracks(case)["licence"][0]


@scenario("L50", rule=True, homes=BOTH)
def renewed_before_its_end(town):
    """a licence with a term says when it ends and until when its renewal is applied for; it is renewed by a paper of its own, and either verifies"""
    town.day("2026-09-18")
    case, number = licensed(town)
    seen = holds(town, case)
    expect((seen["valid_from"], seen["valid_to"], seen["apply_by"]), ("2026-09-18", "2026-11-17", "2026-10-07"), "thirty working days before its end")
    guide = town.done(town.get("resident", "/items/YX1"), "办事指南")
    expect_true("有效期2个月" in guide["questions"]["how"] and "第五十条" in guide["questions"]["how"], guide["questions"]["how"])
    [renew] = [one for one in town.tracks(case)["actions"] if one["title"] == "申请延续"]
    expect((renew["path"], renew["fields"]["renews"]), ("/items/YX1/apply", number), "the way to it")
    town.day("2026-09-28")
    town.refused(applies(town, "YX1", number=3, renews=number, status=404), 404, "licence-unknown", "somebody else's licence")
    town.refused(applies(town, "YX1", number=2, renews="永政审〔2026〕99号", status=404), 404, "licence-unknown", "no such licence")
    again = applies(town, "YX1", number=2, renews=number)
    town.refused(applies(town, "YX1", number=2, renews=number, status=409), 409, "renewal-open", "twice")
    needed = {one["material"]: one["open"] for one in town.case(again)["checklist"]}
    expect(needed, {"申请书": True, "权属证明": False}, "what is asked again")
    town.does("window", again, "accept")
    reviewed(town, again)
    paper = town.paper(again, "decision")
    expect(paper["title"], "准予延续行政许可决定书", "a paper of its own")
    expect((holds(town, again)["valid_from"], holds(town, again)["valid_to"], holds(town, again)["renews"]),
           ("2026-11-18", "2027-01-17", number), "from the day after")
    town.refused(applies(town, "YX1", number=2, renews=number, status=409), 409, "renewed-already", "a second time")
    for one, other in ((case, paper["number"]), (again, number)):
        document = next(each for each in town.tracks(one)["documents"] if "决定书" in each["title"])
        page = town.done(town.get("resident", "/verify", number=document["number"], code=document["code"]), "验证")
        expect((page["result"], other in page["standing"]), ("valid", True), page.get("standing"))


@scenario("L50.organisation", rule=True)
def an_organisation_holds(town):
    """an organisation applies by its name and credit code, and renews what it holds whoever stands for it; another does not"""
    town.day("2026-09-18")
    imports(town, table([dict(row("YX4"), **TERM, 服务对象="法人")], HEAD + [one for one in TERM if one not in HEAD] + ["服务对象"] * ("服务对象" not in HEAD)))
    town.sealed = town.host.registers_seal(TOWNSHIP) or True
    town.refused(applies(town, "YX4", number=1, status=409), 409, "form-differs", "a person")
    town.refused(applies_as_firm(town, "YX4", credit_code="91350100M000100Y4", status=422), 422, "invalid", "seventeen characters")
    case = applies_as_firm(town, "YX4", number=1)
    seen = town.case(case, who="window")
    expect((seen["applicant"], seen["credit_code"], "credit_code_note" in seen), ("永仁示例有限公司", "91350100M000100Y43", False), "as it is registered")
    doubted = town.case(applies_as_firm(town, "YX4", number=5, credit_code="91350100M000100Y44"), who="window")
    expect_true("校验位" in doubted["credit_code_note"], "a code that does not check is said, and taken")
    town.does("window", case, "accept")
    reviewed(town, case)
    number = town.paper(case, "decision")["number"]
    [renew] = [one for one in town.tracks(case)["actions"] if one["title"] == "申请延续"]
    expect(renew["path"], "/items/YX4/organisation", "its own form")
    town.refused(applies_as_firm(town, "YX4", number=1, renews=number, credit_code="111100000000000030", status=404), 404, "licence-unknown", "another firm")
    again = applies_as_firm(town, "YX4", number=2, renews=number, representative="王经理")
    town.does("window", again, "accept")
    reviewed(town, again)
    expect(holds(town, again)["renews"], number, "whoever stands for it")


@scenario("L50.deemed", rule=True, homes=BOTH)
def not_decided_in_time(town):
    """applied for in time and not decided before the end, it counts as renewed and who let it pass is on record; late, it does not"""
    town.day("2026-09-18")
    case, number = licensed(town)
    late, late_number = licensed(town, "YX2")
    town.day("2026-09-28")
    again = applies(town, "YX1", number=2, renews=number)
    town.does("window", again, "accept")
    town.day("2026-10-09")
    told = town.done(town.post("resident", "/items/YX2/apply", village="532327101003", applicant="张阿婆", id_card=id_card(102), phone="13987650000",
                               content="延续", renews=late_number), "申请", 201)
    expect_true("不视为准予延续" in told["renewal"], told["renewal"])
    late.id = told["id"]
    town.does("window", late, "accept")
    town.decides("social", late, "s1")
    town.day("2026-11-18")
    town.until("it counts as renewed", lambda: town.case(again)["state"] == "approved")
    expect([one["kind"] for one in town.done(town.get("government", "/accountability", limit="100"), "追责")["items"]
            if one["number"] == again.number and one["kind"] == "renewal"], ["renewal"], "on record")
    [record] = [one for one in town.done(town.get("government", "/accountability", limit="100"), "追责")["items"]
                if one["number"] == again.number and one["kind"] == "renewal"]
    expect((record["body_name"], record["due_on"]), ("永定镇社会事务办公室", "2026-11-17"), "whose step it was")
    pages = [holds(town, again), verified(town, case)]
    expect([("视为准予延续" in page["standing"], page.get("result")) for page in pages], [(True, None), (True, "valid")], "as the law has it, before its paper is sealed")
    town.does("keeper", again, "issue")
    town.until_issued(again)
    expect(holds(town, again)["valid_from"], "2026-11-18", "from the day after")
    town.refused(town.decide("government", late, "s2"), 409, "licence-expired", "granting what was applied for late")
    town.refused(applies(town, "YX2", number=2, renews=late_number, status=409), 409, "licence-expired", "after its end")


def verified(town, case):
    document = next(each for each in town.tracks(case)["documents"] if "决定书" in each["title"])
    return town.done(town.get("resident", "/verify", number=document["number"], code=document["code"]), "验证")


@scenario("L69.harm", rule=True)
def kept_for_the_public_interest(town):
    """what was granted unlawfully may be kept after weighing, what was got by deceit only where revoking would do great harm to the public interest"""
    town.day("2026-09-18")
    case, _ = licensed(town)
    town.told_to_end(case, "伪造权属证明")
    keep = {"decision": "keep", "explanation": "供水工程在建"}
    town.refused(town.act("government", case, "withdraw", why="weighed", **keep), 409, "must-revoke", "kept because it is not so bad")
    town.refused(town.act("government", case, "withdraw", **keep), 422, "invalid", "without saying why")
    expect(town.does("government", case, "withdraw", why="public", **keep)["state"], "issued", "it stands")
    expect(town.paper(case, "kept")["title"], "不予撤销（撤回、变更、注销）行政许可决定书", "told in writing")
    expect(verified(town, case)["result"], "valid", "it verifies")


@scenario("L8", rule=True, homes=BOTH)
def recalled_or_changed_when_the_law_changed(town):
    """when the law or the facts changed a licence is recalled, or changed and goes on, its holder told, heard, and compensated by law"""
    town.day("2026-09-18")
    case, _ = licensed(town)
    other, _ = licensed(town, "YX2")
    for one, kind in ((case, "recall"), (other, "change")):
        town.refused(town.act("government", one, "ending/tell", kind=kind, ground="by_deceit", explanation="伪造"), 422, "invalid", "a ground of article 69")
        town.told_to_end(one, "《甲办法》废止", kind=kind, ground="law_changed")
    town.refused(town.act("government", other, "withdraw", explanation="范围缩小"), 422, "invalid", "a change into nothing")
    town.does("government", case, "withdraw", explanation="《甲办法》废止")
    town.until_ended(case, "recalled")
    expect(town.does("government", other, "withdraw", explanation="范围缩小", change="采砂范围减为一公里")["state"], "issued", "变更")
    expect((town.paper(case, "recall")["title"], town.paper(other, "change")["title"]), ("撤回行政许可决定书", "变更行政许可决定书"), "on paper")
    pages = [verified(town, one) for one in (case, other)]
    expect([page["result"] for page in pages], ["withdrawn", "valid"], "whether it holds")
    for page, word in zip(pages, ("已撤回（2026-09-18", "已变更（2026-09-18")):
        expect_true(word in page["standing"] and "第八条第二款" in page["standing"], page["standing"])


@scenario("L70", rule=True, homes=BOTH)
def cancelled_on_a_ground_of_law(town):
    """what has ended is cancelled: its term over, its holder no more, revoked before; not while it holds, and told first where it is no plain fact"""
    town.day("2026-09-18")
    case, _ = licensed(town)
    gone, _ = licensed(town, "YX2")
    void, _ = licensed(town, "YX3")
    town.refused(town.act("window", case, "cancel", ground="expired", explanation="届满"), 403, "forbidden", "the window")
    town.refused(town.act("government", case, "cancel", ground="void", explanation="注销"), 409, "not-void", "what was never revoked, behind its holder's back")
    town.refused(town.act("government", case, "cancel", ground="struck", explanation="吊销"), 422, "invalid", "struck off by nobody knows whom")
    town.refused(town.act("government", case, "cancel", ground="expired", explanation="届满"), 409, "licence-in-force", "before its end")
    town.refused(town.act("government", case, "cancel", ground="force_majeure", explanation="山洪"), 422, "invalid", "what its holder is to be told first")
    town.does("government", gone, "cancel", ground="incapable", explanation="死亡医学证明第1号")
    town.until_ended(gone, "cancelled")
    town.revokes(void, "伪造权属证明")
    town.refused(town.act("government", void, "cancel", ground="incapable", explanation="死亡"), 409, "void-already", "another ground than that it was revoked")
    expect(town.does("government", void, "cancel", ground="void", explanation="撤销决定书")["state"], "withdrawn", "after it was revoked")
    town.until_ended(void, "cancelled")
    town.refused(town.act("government", void, "cancel", ground="void", explanation="再次"), 409, "case-closed", "twice")
    town.seals()
    town.day("2026-11-18")
    page = verified(town, case)
    expect((page["result"], "已届满" in page["standing"]), ("expired", True), "whoever verifies it, man or program, sees that it is over")
    expect_true(page["signature"] and page["ticket"], "and how to check it himself")
    town.does("government", case, "cancel", ground="expired", explanation="有效期至2026年11月17日，未申请延续")
    town.until_ended(case, "cancelled")
    expect(town.paper(case, "cancellation")["title"], "注销行政许可决定书", "on paper")
    for one, words in ((case, "第七十条第一项"), (gone, "第七十条第二项"), (void, "第七十条第四项")):
        page = verified(town, one)
        expect((page["result"], words in page["standing"], "已注销" in page["standing"]), ("withdrawn", True, True), page["standing"])
    report = town.done(town.get("government", "/reports/overdue"), "统计")["townships"][0]
    expect((report["withdrawn"], report["cancelled"]), (1, 3), "counted")


@scenario("L70.unsealed", rule=True, homes=BOTH)
def never_sealed_and_over(town):
    """a paper without its use in the seal's log is not the township's, and that the licence is over does not hide it"""
    town.day("2026-09-18")
    case, number = licensed(town)
    town.day("2026-11-18")
    expect(verified(town, case)["result"], "expired", "over")
    forgets_use(town, number)
    page = verified(town, case)
    expect((page["result"], page["result_title"][:2]), ("unsealed", "无效"), "without its use")
    town.refusals.append((200, page["result"]))
