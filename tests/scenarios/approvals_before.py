# SPDX-License-Identifier: Apache-2.0
"""What an earlier version left behind goes on: files it put away, decisions that waited for the seal."""
import base64
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import tempfile

from approvals_cases import WAY, all_issued, database, hands_out, rejected
from rows import BOTH, expect, scenario

# What a file was a digest of, in this order.
WHOLE = (
    "SELECT number, item, item_code, item_name, township, village, window_body, channel, point, applicant, id_card, phone, round, filed_at, "
    "materials_at, told_once, accepted_at, deemed, contact, budget_days, extension_days, consumed_days, overdue_at, stopped_at, decided_at, "
    "visits, places, over_visits FROM matter WHERE id = ?",
    "SELECT seq, code, body, state, started_at, done_at, person, opinion FROM matter_step WHERE matter = ? ORDER BY seq",
    "SELECT id, round, step, decision, opinion, person, account, body, checker, second_checker, checked_on, at FROM opinion WHERE matter = ? ORDER BY id",
    "SELECT id, reason, basis, note, expected_days, from_at, to_at FROM suspension WHERE matter = ? ORDER BY id",
    "SELECT days, reason, approver, at FROM extension WHERE matter = ?",
    "SELECT kind, number, dated_on, state, digest, signature FROM document WHERE matter = ? ORDER BY id",
    "SELECT title, digest, at FROM material WHERE matter = ? ORDER BY id",
    "SELECT seq, how, copies, note, person, at FROM handed WHERE matter = ? ORDER BY seq",
    "SELECT material, due_on, supplied_at, lapsed_at FROM lacking WHERE matter = ? ORDER BY id",
    "SELECT material, content, result, checker, checked_at FROM promise WHERE matter = ? ORDER BY id",
    "SELECT grade, text, at, contacted_at, mended_at, mended FROM rating WHERE matter = ?",
    "SELECT what, text, person, body, at FROM journal WHERE matter = ? AND what <> 'archived' ORDER BY id",
)
ED25519 = bytes.fromhex("302e020100300506032b657004220420")  # PKCS #8 before the seed


def openssl(data, *args):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run(["openssl", *args, *(["-in"] if args[0] == "pkeyutl" else []), file.name], stdout=subprocess.PIPE, check=True).stdout


def signed(town, text):
    """By the host's own key, as the host does it."""
    with open(os.path.join(town.host.data, "keys", "signing.key"), "rb") as file:
        seed = file.read()
    with tempfile.NamedTemporaryFile() as key:
        key.write(ED25519 + seed)
        key.flush()
        return base64.b64encode(openssl(("zhen:approvals:" + text).encode(), "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key.name)).decode()


def line(row):
    return re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), json.dumps(list(row), separators=(",", ":"))) + "\n"


def as_before(town, base, case):
    """Its file as an earlier version put it away."""
    content = "".join(line(row) for sql in WHOLE for row in base.execute(sql, (case.id,)))
    digest = openssl(content.encode(), "dgst", "-sm3", "-r").split()[0].decode()
    base.execute("UPDATE archive SET manifest = '', digest = ?, signature = ? WHERE matter = ?",
                 (digest, signed(town, f"archive|{case.number}|{digest}"), case.id))


def file_of(town, case):
    return town.done(town.get("supervisor", f"/cases/{case.id}/archive"), "档案")


@scenario("L69.before", homes=BOTH)
def put_away_before_there_were_manifests(town):
    """a file put away whole is checked whole: as it was, touched by a hand, opened again for a withdrawal; a decision that waited is drawn and sealed"""
    town.day("2026-09-18")
    refused, granted, waits = rejected(town, 1), town.accepted(2), town.accepted(3)
    acts = town.acts(granted, WAY) + town.acts(waits, WAY)[:6]
    for today in sorted({day for day, _ in acts}):
        town.day(today)
        for _, act in (one for one in acts if one[0] == today):
            act()
    town.until_issued(granted)
    for case in (refused, granted):
        all_issued(town, case)
        hands_out(town, case)
        town.does("window", case, "archive", retention="30")
    town.host.stop()
    with contextlib.closing(sqlite3.connect(database(town))) as base:
        for case in (refused, granted):
            as_before(town, base, case)
        base.execute("UPDATE journal SET text = '另有原因' WHERE matter = ? AND what = 'rejected'", (refused.id,))
        base.execute("UPDATE sealing SET content = '', draft = '' WHERE matter = ? AND document = 0", (waits.id,))
        base.commit()
    town.host.start()
    town.sessions = {}
    expect(file_of(town, granted)["intact"], True, "as it was")
    touched = file_of(town, refused)
    expect((touched["intact"], touched["volumes"][0]["changed"]), (False, "归档登记或者卷内内容（归档时没有逐表登记）"), "what a hand touched")
    town.does("government", granted, "ending/tell", kind="revoke", ground="by_deceit", explanation="隐瞒已有宅基地的事实")
    expect([(one["title"], one["intact"]) for one in file_of(town, granted)["volumes"]], [("原卷", True)], "opened again, word for word")
    expect(town.does("keeper", waits, "issue")["state"], "issuing", "drawn, looked at, sealed")
