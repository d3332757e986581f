# SPDX-License-Identifier: Apache-2.0
"""EventSource of a real browser, on a page with a strict policy, through a proxy that cuts the connection again and again."""
import http.client
import http.server
import json
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time

import events
from tap import check, same
from zhend import PASSWORD, Zhend

LOGIN = "window-" + events.TOWN
POLICY = "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'"
PAGE = """<!doctype html><meta charset="utf-8"><script>
let heard = 0; /* reports overtake each other on their way; what the page heard has an order */
const say = what => fetch('/report', {method: 'POST', body: JSON.stringify(what)});
fetch('/login', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({login: '%s', password: '%s'})})
  .then(() => {
    const source = new EventSource('/kernel/events?topics=ring_a.passed');
    source.onopen = () => say({open: true});
    source.onmessage = message => say({n: heard++, token: JSON.parse(message.data).data.token, id: message.lastEventId});
    source.addEventListener('end', message => say({end: JSON.parse(message.data).code}));
    source.onerror = () => say({state: source.readyState});
  });
</script>""" % (LOGIN, PASSWORD)


class Front(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """The browser asks on when zhend has ended, and goes away in the midst of an answer."""


def front(z, said, cuts):
    """The page and /report are its own; all else goes on to zhend, cookies and all."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            if self.path != "/page":
                self.forward(b"")
                return
            self.send_response(200)
            for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY)):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            if self.path != "/report":
                self.forward(body)
                return
            said.append(json.loads(body))
            self.send_response(204)
            self.end_headers()

        def forward(self, body):
            connection = http.client.HTTPConnection("127.0.0.1", z.port, timeout=60)
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
            connection.request(self.command, self.path, body=body or None, headers=kept)
            sock = connection.sock
            reply = connection.getresponse()
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length", "date"):
                    self.send_header(name, value)
            self.end_headers()
            try:
                pieces = 0
                while piece := reply.read1(65536):
                    self.wfile.write(piece)
                    self.wfile.flush()
                    pieces += 1
                    if self.path.startswith("/kernel/events") and cuts and b"data:" in piece:
                        cuts.pop()
                        break
            finally:
                sock.close()
                connection.close()

    server = Front(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(t):
    sentence = "EventSource follows on a page with a strict policy, resumes after cuts, and hears of the end"
    chromium = shutil.which("chromium")
    if chromium is None:
        t.skip(sentence, "there is no chromium")
        return
    with Zhend(pilot="test", pilots=events.PILOTS, roles=events.ROLES, settings=events.BEAT) as z, tempfile.TemporaryDirectory() as home:
        said, cuts = [], [1, 2]
        server = front(z, said, cuts)
        browser = subprocess.Popen([chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}",
                                    f"http://127.0.0.1:{server.server_port}/page"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            with t.case(sentence):
                events.soon(lambda: {"open": True} in said, "the stream opens", 60)
                sent = []
                for _ in range(6):
                    sent.append(events.send(z))
                    time.sleep(0.1)
                events.soon(lambda: len([row for row in said if "token" in row]) >= len(sent), f"all come: {said}", 60)
                same([row["token"] for row in sorted((row for row in said if "token" in row), key=lambda row: row["n"])], sent)
                events.soon(lambda: said.count({"open": True}) == 3, f"it comes back after each cut: {said}")
                same(cuts, [])
                check(all(row["id"].startswith("ring_a:") for row in said if "token" in row), said)
                z.stop()
                events.soon(lambda: {"end": "stopping"} in said, f"it hears that the host stops: {said}")
        finally:
            browser.terminate()
            browser.wait(20)
            server.shutdown()
            server.server_close()
