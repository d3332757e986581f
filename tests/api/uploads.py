# SPDX-License-Identifier: Apache-2.0
"""Without a ticket not one byte is written; with one, so many and no more."""
import html.parser
import os
import socket
import time
from urllib.parse import quote

from tap import check, refused, same
from zhend import TOP, Zhend, application

PATH = "/p/approvals/_upload"
FORM = "/p/approvals/track/materials"
FILE = bytes(range(256)) * 64  # 16 KiB
BOUNDARY = "----zhen"


def files_of(z):
    """{path: (size, content's hash)} of everything in the data folder; folders, with the time of their last change, end in /:
    a file that was made and removed leaves its trace there."""
    found = {}
    for folder, _, names in os.walk(z.data):
        found[os.path.relpath(folder, z.data) + "/"] = (0, os.stat(folder).st_mtime_ns)
        for name in names:
            path = os.path.join(folder, name)
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except (FileNotFoundError, OSError):
                continue  # the socket
            found[os.path.relpath(path, z.data)] = (len(content), hash(content))
    return found


def bytes_of(z):
    return sum(size for size, _ in files_of(z).values())


def written(z):
    """What the process caused to be written to disks since it began."""
    with open(f"/proc/{z.pid}/io", encoding="ascii") as io:
        return int(next(line for line in io if line.startswith("write_bytes")).split()[1])


def settle(z):
    """Until two looks a moment apart agree: jobs of the start have run."""
    deadline = time.monotonic() + 20
    before = None
    while True:
        now = files_of(z), written(z)
        if now == before:
            return now
        check(time.monotonic() < deadline, "the data folder does not come to rest")
        before = now
        time.sleep(0.3)


def multipart(*parts, end=True):
    """parts: (name, value) or (name, file name, bytes)."""
    out = b""
    for part in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part[0]}"'
        if len(part) == 3:
            head += f'; filename="{part[1]}"\r\nContent-Type: application/octet-stream'
        value = part[-1] if isinstance(part[-1], bytes) else part[-1].encode()
        out += head.encode() + b"\r\n\r\n" + value + b"\r\n"
    return out + (f"--{BOUNDARY}--\r\n".encode() if end else b"")


MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def send(z, path, body, headers=None, chunked=False):
    """http.client gives up when the other side closes while it still sends; this reads the answer all the same."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{z.port}", *(f"{key}: {value}" for key, value in (headers or {}).items())]
    if chunked:
        body = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + 8192]), body[at:at + 8192]) for at in range(0, len(body), 8192)) + b"0\r\n\r\n"
        lines.append("Transfer-Encoding: chunked")
    else:
        lines.append(f"Content-Length: {len(body)}")
    got = b""
    with socket.create_connection(("127.0.0.1", z.port), 20) as sock:
        try:
            sock.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while piece := sock.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
    check(got.startswith(b"HTTP/1.1 "), got[:100])
    return int(got[9:12]), got.partition(b"\r\n\r\n")[2]


def uninvited(ticket, dead):
    """{name: [(how often, path, body, headers)]} of uploads that must write nothing."""
    forged = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    later = f"{int(ticket.split('.')[0]) + 1}.{ticket.split('.', 1)[1]}"
    text = [("number", "1"), ("code", "2"), ("title", "材料")]
    plain = {"Content-Type": "application/pdf"}
    file = ("file", "a.pdf", FILE)
    groups = {"1,000 without a ticket": [(700, PATH, FILE, plain), (100, PATH, multipart(file), MULTIPART),
                                         (100, FORM, multipart(*text, file), MULTIPART),
                                         (100, FORM, multipart(file, *text, ("ticket", ticket)), MULTIPART)]}
    for name, bad in (("forged", forged), ("of another time", later), ("expired", dead), ("of no form", "x"), ("empty", "")):
        groups[f"100 with a ticket {name}"] = [(50, f"{PATH}?ticket={bad}", FILE, plain),
                                               (50, FORM, multipart(*text, ("ticket", bad), file), MULTIPART)]
    return groups


def nothing_written(t, z):
    dead = z.post("/p/approvals/applications", json=application(1)).json["ticket"]
    z.turn_clock("2026-12-24T09:00:00+08:00")
    filed = z.post("/p/approvals/applications", json=application(2)).json
    ticket = filed["ticket"]
    for title, rows in uninvited(ticket, dead).items():
        with t.case(f"{title}: all refused 403, not a byte of the data folder changed, 0 bytes written"):
            # A checkpoint or an anchor may fall into one measurement, which is then made again; uploads would spoil each.
            for last in (False, False, True):
                before = settle(z)
                same({send(z, path, body, headers)[0] for times, path, body, headers in rows for _ in range(times)}, {403})
                after = files_of(z), written(z)
                if after == before:
                    break
                check(not last, f"{after[1] - before[1]} bytes written by the process\n  {before[0]}\n  {after[0]}")
    with t.case("the same upload with its ticket is written, so the zeros above mean something"):
        before = settle(z)
        status, body = send(z, f"{PATH}?ticket={ticket}", FILE, {"Content-Type": "application/pdf"})
        same(status, 201, body)
        check(written(z) - before[1] >= len(FILE), "no bytes of the process")
        check(bytes_of(z) - sum(size for size, _ in before[0].values()) >= len(FILE), "no bytes of the folder")


def blobs(z):
    return {os.path.basename(path): size for path, (size, _) in files_of(z).items() 
            if ("/blobs/" in path or "/staging/" in path) and not path.endswith("/")}


def reach(t, z, home, filed):
    ticket = filed["ticket"]
    known = {"number": filed["number"], "code": filed["code"]}
    window = z.login("window-532327101000")
    content = b"%PDF-1.7 a paper of its own " + FILE

    def materials():
        return [row["digest"] for row in z.get(f"/p/approvals/cases/{filed['id']}", as_=window).json["materials"]]

    with t.case(f"{home}: an upload with a ticket is kept under its digest, and its name is a name"):
        reply = z.request("POST", f"{PATH}?ticket={ticket}", content, {"X-File-Name": "../../%E8%BA%AB%E4%BB%BD%E8%AF%81.pdf"})
        same((reply.status, reply.json["bytes"], reply.json["name"]), (201, len(content), "身份证.pdf"), reply)
        digest = reply.json["digest"]
        same(blobs(z).get(digest), len(content))
    with t.case(f"{home}: what nothing refers to is not to be had"):
        for path in (f"/p/approvals/documents/{digest}", f"/p/approvals/{digest}", f"/p/approvals/_upload/{digest}",
                     f"/blobs/{digest}", f"/p/approvals/blobs/{digest[:2]}/{digest}", f"/p/approvals/_blob/{digest}"):
            for session in (None, window):
                check(z.get(path, as_=session).status in (404, 422), path)
        same(materials(), [])
    with t.case(f"{home}: handed in by its digest it is one of the case's materials"):
        done = z.post(FORM, json={**known, "title": "身份证", "file": digest})
        same(done.status, 200, done)
        same(materials(), [digest])
    with t.case(f"{home}: those who handle the case save it under its title, byte for byte; nobody else has it"):
        path = z.get(f"/p/approvals/cases/{filed['id']}", as_=window).json["materials"][0]["href"]
        reply = z.get(path, as_=window)
        same((reply.status, reply.body), (200, content), reply)
        same((reply.header("content-type"), reply.header("x-content-type-options")), ("application/octet-stream", "nosniff"))
        same(reply.header("content-disposition"), "attachment; filename*=UTF-8''" + quote(f"{filed['number']}-身份证.pdf"))
        for login, status in ((None, 401), ("window-532327102000", 404), ("social-532327101000", 404), ("county-532327000000", 403)):
            same(z.get(path, as_=login and z.login(login)).status, status, login)
    with t.case(f"{home}: a program under the name of a paper is not handed in"):
        for sent in (b"MZ\x90\x00", b"<html><script>", b"%PD", b"PK\x05\x06"):
            bad = z.request("POST", f"{PATH}?ticket={ticket}", sent, {"X-File-Name": "a.pdf"}).json["digest"]
            refused(z.post(FORM, json={**known, "title": "身份证", "file": bad}), 422, "invalid")
        same(materials(), [digest])
    with t.case(f"{home}: a digest that was never uploaded is no file"):
        done = z.post(FORM, json={**known, "title": "身份证", "file": "ab" * 32})
        check(400 <= done.status < 500, done)
        same(materials(), [digest])
    with t.case(f"{home}: the form that the page draws brings its file in one go, without a script"):
        page = z.page(FORM, query={"_form": "POST", "number": filed["number"], "ticket": ticket})
        check('enctype="multipart/form-data"' in page.text and f'name="ticket" value="{ticket}"' in page.text, page.text)
        check(page.text.index('name="ticket"') < page.text.index('name="file"'), "the file comes before its ticket")
        status, body = send(z, FORM, multipart(("number", known["number"]), ("code", known["code"]), ("ticket", ticket),
                                               ("title", "户口簿"), ("file", "b.pdf", b"%PDF-1.7 another " + FILE)),
                            {**MULTIPART, "Accept": "text/html"})
        check(status in (200, 303), (status, body))
        same(len(materials()), 2)


class Drawn(html.parser.HTMLParser):
    """The form of a page as a browser reads it: where it goes to, how, and its inputs [(name, type, value)] in their order."""

    def __init__(self, page):
        super().__init__()
        self.action = self.enctype = None
        self.inputs = []
        self.inside = False
        self.feed(page.text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and attrs.get("class") == "fields" and attrs["method"] == "post":
            self.inside, self.action, self.enctype = True, attrs["action"], attrs.get("enctype")
        elif self.inside and tag in ("input", "select", "textarea") and "name" in attrs:
            self.inputs.append((attrs["name"], attrs.get("type", tag), attrs.get("value", "")))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"

    def sent(self, fields, file):
        """The body of its submission: what it hides as it is, each field that the user fills in, in their order."""
        left = dict(fields)
        parts = [(name, "a.csv", file) if kind == "file" else (name, value if kind == "hidden" else left.pop(name, ""))
                 for name, kind, value in self.inputs]
        same(left, {}, "fields that the form does not draw")
        return multipart(*parts)


def submit(z, path, session, fields, file):
    """Opened by its bare address, filled in and sent without a script."""
    page = z.page(path, as_=session, query={"_form": "POST", "_at": "532327101000"})
    form = Drawn(page)
    same((page.status, form.action, form.enctype), (200, path, "multipart/form-data"), page.text)
    return z.request("POST", path, form.sent(fields, file), {**MULTIPART, "Accept": "text/html", "Cookie": session.cookie})


def from_the_bare_form(t, home):
    unit = "532327101000"
    with open(os.path.join(TOP, "conf", "data", "approvals", "items.csv"), "rb") as table:
        items = table.read()
    with Zhend(home=home) as z:
        head, staffing, county = (z.login(login) for login in (f"government-{unit}", "prefecture-staffing-532300000000",
                                                                "county-service-532327000000"))
        draft = z.post("/p/duties/lists", json={"unit": unit}, as_=head).json["id"]
        for path, session, fields, file in (
                ("/p/duties/catalogues", staffing, {"code": "a", "title": "目录", "kind": "statutory", "division": "532300000000"},
                 "编码,名称,依据,层级\nA-1,甲,《甲法》,省\n".encode()),
                (f"/p/duties/lists/{draft}/import", head, {},
                 "编码,名称,清单,依据,牵头部门,配合职责\nBD-1,本地事项,基本,《样本条例》,,\n".encode()),
                ("/p/duties/posts/import", head, {"unit": unit}, "岗位编号,岗位,人员类别\nP1,综合岗,staff\n".encode()),
                ("/p/duties/persons/import", head, {"unit": unit},
                 "姓名,人员类别,任现级日期,来源,依据\n李秀英,社区工作者,2024-02-01,选聘,公告\n".encode()),
                ("/p/approvals/imports", county, {}, items),
                ("/p/approvals/lists/imports", county, {"division": unit}, items)):
            with t.case(f"{home}: {path.replace(str(draft), '{id}')}: its file is sent from the form as the page draws it"):
                done = submit(z, path, session, fields, file)
                check(done.status in (200, 201, 303), done.text)
        with t.case(f"{home}: the form gives a ticket to no one who may not send it, and not to passers-by"):
            check("_ticket" not in z.page("/p/duties/catalogues", as_=county, query={"_form": "POST"}).text, "to who may not")
            page = z.page("/p/approvals/verify", query={"_form": "POST"}).text
            check('name="file"' in page and "_ticket" not in page, page)
        with t.case(f"{home}: a document's file is to be compared after it was looked up, not before"):
            page = z.page("/p/approvals/verify").text
            check('name="number"' in page and "_form=POST" not in page, page)
            check("_form=POST" in z.page("/p/approvals/verify", as_=county).text, "an account has a ticket")


def limited(t):
    limits = {"upload_bytes": "64K", "uploads_per_ticket": 3, "upload_bytes_per_address": "1M", "body_bytes": "8K"}
    with Zhend(settings={"limits": limits}) as z:
        ticket = z.post("/p/approvals/applications", json=application(1)).json["ticket"]
        big = b"x" * 65537
        with t.case("a file over the limit: 413, told by its length, in chunks or as a part; nothing of it stays"):
            before = blobs(z)
            same(send(z, f"{PATH}?ticket={ticket}", big)[0], 413)
            same(send(z, f"{PATH}?ticket={ticket}", big, chunked=True)[0], 413)
            same(blobs(z), before)
        ticket = z.post("/p/approvals/applications", json=application(2)).json["ticket"]
        with t.case("as a part of a form too"):
            parts = multipart(("ticket", ticket), ("number", "1"), ("code", "2"), ("title", "x"), ("file", "a", big))
            same(send(z, FORM, parts, MULTIPART)[0], 413)
            same(blobs(z), before)
        ticket = z.post("/p/approvals/applications", json=application(3)).json["ticket"]
        with t.case("one ticket brings three files, the fourth is 429"):
            got = [send(z, f"{PATH}?ticket={ticket}", b"file %d" % number)[0] for number in range(5)]
            same(got, [201, 201, 201, 429, 429])
        with t.case("a file cut off in the middle leaves nothing"):
            before = blobs(z)
            other = z.post("/p/approvals/applications", json=application(4)).json["ticket"]
            z.raw(f"POST {PATH}?ticket={other} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n".encode() + b"y" * 30000,
                  half_close=True)
            deadline = time.monotonic() + 10
            while blobs(z) != before:
                check(time.monotonic() < deadline, blobs(z))
                time.sleep(0.05)
        with t.case("one address brings so many bytes an hour, then 429, whatever its tickets"):
            got = []
            for number in range(5, 15):
                other = z.post("/p/approvals/applications", json=application(number)).json["ticket"]
                got += [send(z, f"{PATH}?ticket={other}", bytes([65 + number]) * 65536)[0] for _ in range(2)]
            check(got[0] == 201 and got[-1] == 429 and got.count(201) < 16, got)
        with t.case("other bodies have their own limit: 413"):
            same(z.post("/p/approvals/applications", json={"address": "x" * 9000}).status, 413)
            same(send(z, "/p/approvals/applications", b'{"address": "%s"}' % (b"x" * 9000), {"Content-Type": "application/json"},
                      chunked=True)[0], 413)


def run(t):
    # The access log elsewhere: what is measured is what uploads leave behind.
    with Zhend(settings={"host": {"access_log": "/dev/null", "log_level": "error"}}) as z:
        z.turn_clock("2026-09-18T09:00:00+08:00")
        nothing_written(t, z)
    for home in ("inproc", "process"):
        with Zhend(home=home) as z:
            reach(t, z, home, z.post("/p/approvals/applications", json=application(1)).json)
        from_the_bare_form(t, home)
    limited(t)
