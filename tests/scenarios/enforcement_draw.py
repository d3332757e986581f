# SPDX-License-Identifier: Apache-2.0
"""What is drawn: premises and officers of an inspection, files of an evaluation. Whoever has the record can draw again."""
import subprocess

from enforcement_penalty import PROBLEMS, Street
from enforcement_team import BUREAU, COUNTY, head
from rows import BOTH, expect, expect_true, scenario

JUSTICE = f"county-justice-{COUNTY}"
CODES = ("91532327MA6K123452", "91532327MA6K00001A", "91532327MA6K00002D", "91532327MA6K00003G")


def sm3(text):
    return subprocess.run(["openssl", "dgst", "-sm3", "-r"], input=text.encode(), capture_output=True, check=True).stdout.split()[0].decode()


def drawn_again(record, letter, n, prefix=""):
    """The first n of the record's keys that begin so."""
    keys = [key for key in record["keys"].split() if key.startswith(letter)]
    return sorted(keys, key=lambda key: sm3(f"{record['seed']}\n{prefix}{key}"))[:n]


@scenario("DRAW.both", rule=True, homes=BOTH)
def double_random(town):
    """双随机: which premises, and by whom, is drawn; the record is enough to draw the same again, and nobody else inspects"""
    it = Street(town)
    third = it.officer(1)
    for number, code in enumerate(CODES):
        it.does(head(), "/premises", 201, name=f"样本店{number}", credit_code=code, trade="餐饮", address="集镇")
    it.refused(BUREAU, "/draws", 403, "forbidden", "the county draws for the township", title="x", n=2)
    it.refused(head(), "/draws", 422, "invalid", "more than there are", title="x", n=5)
    draw = it.does(head(), "/draws", 201, title="三季度餐饮", n=2, left_out=[{"member": third, "reason": "休假"}])["id"]
    record = it.get(head(), f"/draws/{draw}")
    expect([f"p{one['premise']}" for one in record["drawn"]], drawn_again(record, "p", 2), "premises")
    expect(record["digest"], sm3(record["keys"]), "the SM3 of all keys")
    expect_true(f"m{third}" not in record["keys"].split(), "who was left out is not in")
    one = record["drawn"][0]
    first = drawn_again(record, "m", 1, f"p{one['premise']}/")[0]
    it.refused(head(), f"/drawn/{one['id']}/replace", 409, "too-few-officers", "nobody is left to replace one", member=int(first[1:]), reason="亲属")
    patrol = it.does(head(), f"/drawn/{one['id']}/inspect", 201)["id"]
    expect(it.get(head(), f"/draws/{draw}")["drawn"][0]["patrol"], patrol, "linked")
    expect(it.get(head(), "/reports/inspections")["items"][0]["inspections"], 1, "counted as an inspection")


@scenario("B12", rule=True, homes=BOTH)
def every_half_year(town):
    """执法过程监管: after each half year the county's legal department looks at drawn files; due by itself, flagged when it was not done"""
    it = Street(town)
    team = 1
    for _ in range(3):
        it.member(team)
    it.does(head(), f"/teams/{team}/establish", basis="永政发〔2026〕3号")
    cases = [it.fined(party=f"{problem}店")[0] for problem in PROBLEMS[:7]]
    it.turn("2027-01-04")
    town.until("the evaluation of the half year", lambda: it.get(JUSTICE, "/evaluations")["items"])
    one = it.get(JUSTICE, "/evaluations")["items"][0]
    expect((one["half"], one["state"]), ("2026-2", "due"), "due")
    path = f"/evaluations/{one['id']}"
    it.refused(head(), path + "/sample", 403, "forbidden", "the township evaluates itself")
    it.refused(JUSTICE, path + "/close", 409, "evaluation-due", "judged before a file was drawn", grade="good", text="x")
    it.does(JUSTICE, path + "/sample")
    shown = it.get(JUSTICE, path)
    record = it.get(JUSTICE, f"/draws/{shown['draw']}")
    expect((shown["files"], len(shown["samples"])), (len(cases), 5), "five of seven")
    expect([f"{file['kind']}-{file['matter']}" for file in shown["samples"]], drawn_again(record, "p", 5), "drawn again")
    expect_true("fine" not in str(shown) and "fen" not in str(shown), "no amount in an evaluation (行政处罚法 74)")
    it.refused(JUSTICE, path + "/close", 409, "files-unmarked", "files not looked at", grade="good", text="x")
    for file in shown["samples"]:
        it.does(JUSTICE, f"/samples/{file['id']}/mark", sound=file["place"] != 2, text="程序合法")
    it.turn("2027-03-10")
    town.until("flagged as late", lambda: it.get(JUSTICE, path).get("missing_on"))
    it.does(JUSTICE, path + "/close", grade="pass", text="一件文书送达不规范")
    expect(it.get(head(), path)["grade"], "pass", "the township reads it")
