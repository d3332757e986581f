# SPDX-License-Identifier: Apache-2.0
"""Materials as a browser meets them: sent in one by one, counted by the clerk in the form of accepting, named where one lacks."""
import html
import re
import urllib.parse

from tap import check, same
from zhend import Zhend, id_card

WINDOW = "window-532327101000"
ITEM = "/p/approvals/items/YB0215/apply"  # 居民身份证（共享）、经营场所使用证明、登记申请书
PAGE = {"Accept": "text/html"}


def filing(number):
    return {"village": "532327101003", "applicant": "张阿婆", "id_card": id_card(number), "phone": "13987650000", "content": "开小卖部"}


def links(page, part):
    """Addresses on a page with that in them, as a browser would ask for them."""
    found = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', page) if part in one]
    return [urllib.parse.quote(one, safe="/?&=%.:,+-_~") for one in found]


def multipart(fields, file):
    mark = "zhen-mark"
    parts = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    parts += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return parts.encode() + file + f"\r\n--{mark}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={mark}", **PAGE}


def hidden(page):
    """What the form on that page carries."""
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)}


def upload(z, link, as_=None, **said):
    """As a browser would: the form behind the link with what it begins with and carries, a file."""
    begun = {name: value for name, value in urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query) if name != "_form"}
    body, headers = multipart({**begun, **hidden(z.page(link, as_=as_).text), **said}, b"%PDF-1.7\nscan")
    return z.request("POST", urllib.parse.urlsplit(link).path, body, headers, as_)


def run(t):
    with Zhend() as z:
        window = z.login(WINDOW)
        filed = z.post(ITEM, json=filing(701)).json
        case = f"/p/approvals/cases/{filed['id']}"
        page = z.post(ITEM, form=filing(702), headers=PAGE)
        with t.case("who has filed is led to each material that is asked for, and to none that the body gets itself"):
            same(page.status, 201, page)
            titles = re.findall(r">上传：([^<]*)<", page.text)
            same(titles, ["经营场所使用证明", "登记申请书"])
            check("都带纸质件到窗口" in page.text, page.text)
        with t.case("one after another is sent in from page to page, and the query code is typed nowhere"):
            for left in (["登记申请书"], []):
                page = upload(z, links(page.text, "track/materials")[0])
                same(page.status, 200, page.text[-3000:])
                same(re.findall(r">上传：([^<]*)<", page.text), left)
            check("尚未提交" not in page.text and "查询办理进度" in page.text, page.text)
        with t.case("the clerk scans what was brought, one after another, and accepts"):
            page = z.post(ITEM, form=[*filing(704).items(), ("_csrf", window.csrf)], as_=window, headers=PAGE)
            same(page.status, 201, page)
            for how, left in (("paper", 1), ("file", 0)):
                page = upload(z, links(page.text, "/scans?")[0], window, how=how)
                same((page.status, len(links(page.text, "/scans?"))), (200, left), page.text[-3000:])
            done = z.post(urllib.parse.urlsplit(links(page.text, "/accept?")[0]).path, form=[("_csrf", window.csrf)], as_=window, headers=PAGE)
            same(done.status, 200, done.text[-3000:])
        with t.case("the page of the case leads to a form that begins with what lacks"):
            page = z.page(case, as_=window)
            form = z.page(links(page.text, "/accept?")[0], as_=window)
            same(re.findall(r'name="materials\.\d+\.material"[^>]*value="([^"]+)"', form.text), ["经营场所使用证明", "登记申请书"])
        with t.case("accepted without them: the form comes back and names each"):
            sent = [("_csrf", window.csrf), ("materials.0.material", "经营场所使用证明"), ("materials.0.how", "paper"),
                    ("materials.1.material", "登记申请书")]
            refused = z.post(case + "/accept", form=sent, as_=window, headers=PAGE)
            same(refused.status, 422, refused)
            check("缺少“登记申请书”" in refused.text and "缺少“经营场所使用证明”" not in refused.text, refused.text)
            check('href="#f-materials-1-how"' in refused.text, refused.text)
            same(z.get(case, as_=window).json["state"], "filed")
        with t.case("the same form with its last row filled in accepts it, and the case says who has seen what"):
            same(z.post(case + "/accept", form=[*sent, ("materials.1.how", "paper")], as_=window, headers=PAGE).status, 200)
            rows = z.get(case, as_=window).json
            same((rows["state"], [one["how"] for one in rows["checklist"]]), ("review", ["", "paper", "paper"]))
            check("核收" in rows["checklist"][1]["stands"], rows["checklist"])
        with t.case("filed at the window, the next step is to accept"):
            page = z.post(ITEM, form=[*filing(703).items(), ("channel", "window"), ("_csrf", window.csrf)], as_=window, headers=PAGE)
            same(page.status, 201, page)
            check(len(links(page.text, "/accept?")) == 1, page.text)
        with t.case("the document of the interface tells the fields"):
            text = z.get("/kernel/openapi.json").text
            for word in ("（数据共享、内部核验）都已取得", "从哪里取得", "容缺后补", "怎样收到", "申请材料核对"):
                check(word in text, f"{word} is not in the document")
