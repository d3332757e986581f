# SPDX-License-Identifier: Apache-2.0
"""Cases as sentences, TAP out."""
import contextlib
import traceback


class Tap:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    @contextlib.contextmanager
    def case(self, sentence):
        """A case is what stands in the block; it fails by an exception, and the next one runs."""
        try:
            yield
        except Exception as error:
            self.failed += 1
            frame = traceback.extract_tb(error.__traceback__)[-1]
            print(f"not ok - {sentence}")
            print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
            print(f"# at {frame.filename}:{frame.lineno}: {frame.line}", flush=True)
        else:
            self.passed += 1
            print(f"ok - {sentence}", flush=True)

    def skip(self, sentence, reason):
        self.skipped += 1
        print(f"ok - {sentence} # SKIP {reason}", flush=True)

    def note(self, text):
        print(f"# {text}", flush=True)


def same(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what}\n  found  {found!r}\n  wanted {wanted!r}")


def check(true, what):
    if not true:
        raise AssertionError(what)


def refused(reply, status, code=None):
    """A problem of that status and code, titled in Chinese and English."""
    same((reply.status, reply.code if code else None), (status, code), reply)
    problem = reply.json
    check(any("\u4e00" <= c <= "\u9fff" for c in problem["title"]), f"no Chinese title: {reply}")
    check(problem["title_en"].isascii() and problem["title_en"], f"no English title: {reply}")
    same((problem["type"], problem["status"]), (f"/problems/{problem['code']}", status), reply)
