"""Looks at report.html pages in headless Chromium: no console error, no request but of pictures
beside the page, which must be shown, tables that sort,
tooltips, no sideways scrolling, contrast in both colour schemes, print without scripts.

    python3 Tests/Page/check.py results/quick/report.html [--shots FOLDER]
"""

import argparse
import pathlib
import sys

from browser import Browser, BrowserError

HERE = pathlib.Path(__file__).resolve().parent
DASH = "\u2013"
# (width, height) of a laptop, a telephone, and the narrowest that WCAG's reflow asks for.
SIZES = [(1280, 900), (400, 800), (320, 640)]


class Check:
    """The findings on one page."""

    def __init__(self, browser, path, shots):
        self.browser, self.path, self.shots = browser, path, shots
        self.url = path.resolve().as_uri()
        self.failures, self.count = [], 0

    def expect(self, condition, what):
        self.count += 1
        if not condition:
            self.failures.append(what)

    def load(self, **options):
        self.browser.show(self.url, **options)
        # What the expressions below call.
        if options.get("scripts", True):
            self.browser.evaluate((HERE / "look.js").read_text())

    def run(self):
        for scheme in ("light", "dark"):
            for width, height in SIZES:
                self.look(scheme, width, height)
        self.load()
        self.structure()
        self.sorting()
        self.tooltips()
        self.print()

    def look(self, scheme, width, height):
        where = f"{scheme}, {width} px"
        self.load(scheme=scheme, width=width, height=height)
        self.quiet(where)
        self.expect(self.browser.evaluate(
            f"matchMedia('(prefers-color-scheme: {scheme})').matches"), f"{where}: scheme not set")
        self.fits(where)
        if self.shots:
            self.shoot(f"{scheme}-{width}", self.browser.evaluate("look.places()"))
        self.browser.evaluate("look.unfold()")
        self.fits(f"{where}, unfolded")
        if self.shots:
            self.shoot(f"{scheme}-{width}-unfolded", ["configuration", "runs"])
        for problem in self.browser.evaluate("look.contrast()"):
            self.expect(False, f"{where}: {problem}")
        background = self.browser.evaluate("look.luminance(getComputedStyle(document.body).backgroundColor)")
        self.expect((background < 0.2) == (scheme == "dark"), f"{where}: background {background:.2f}")

    def fits(self, where):
        wide = self.browser.evaluate("look.overflow()")
        self.expect(wide is None, f"{where}: the page scrolls sideways ({wide})")

    def quiet(self, where):
        """No error, no warning, and nothing requested from elsewhere."""
        for method, event in self.browser.events():
            if method == "Runtime.exceptionThrown":
                self.expect(False, f"{where}: {event['exceptionDetails']['text']}")
            elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning"):
                self.expect(False, f"{where}: console: {event['args']}")
            elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
                self.expect(False, f"{where}: {event['entry']['text']}")
            elif method == "Network.requestWillBeSent":
                url = event["request"]["url"]
                # The page itself, what it holds, and the pictures beside it.
                figures = self.url.rsplit("/", 1)[0] + "/figures/"
                own = url.split("#")[0] == self.url or url.startswith(("data:", figures))
                self.expect(own, f"{where}: request of {url[:100]}")

    def structure(self):
        for problem in self.browser.evaluate("look.structure()"):
            self.expect(False, problem)
        self.expect(self.browser.evaluate("document.querySelectorAll('svg.scatter').length > 0"),
                    "no scatter")
        broken = self.browser.evaluate(
            "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)")
        self.expect(not broken, f"pictures that are not shown: {broken}")

    def column(self, table, index):
        return self.browser.evaluate(f"look.column({table}, {index})")

    def sorting(self):
        """A real click and a real key on the first table; then every column of every table."""
        # Also where all tables are folded away.
        self.browser.evaluate("look.unfold()")
        tables = self.browser.evaluate("look.tables()")
        self.expect(len(tables) > 0, "no table")
        buttons = self.browser.evaluate("look.hasButtons()")
        self.expect(buttons, "a table without buttons in its head")
        if not tables or not buttons:
            return
        index = next((i for i, numeric in enumerate(tables[0]) if numeric), 0)
        # Whether or not the sweep has gaps, they sort last.
        self.browser.evaluate(f"look.blank(0, {index})")
        before = self.column(0, index)
        self.expect(before[0] == DASH and before[-1] == DASH, "the check cannot blank a cell")
        self.browser.click(*self.browser.evaluate(f"look.center(look.button(0, {index}))"))
        self.ordered(0, index, tables[0][index], "ascending", before, "clicked")
        self.browser.evaluate(f"look.button(0, {index}).focus()")
        self.browser.key("Enter", text="\r")
        self.ordered(0, index, tables[0][index], "descending", before, "Enter")
        self.browser.key("Enter", text="\r")
        self.expect(self.column(0, index) == before, "Enter again: not the first order")
        for table, columns in enumerate(tables):
            for index, numeric in enumerate(columns):
                before = self.column(table, index)
                for order in ("ascending", "descending"):
                    self.browser.evaluate(f"look.button({table}, {index}).click()")
                    self.ordered(table, index, numeric, order, before, "click()")
                self.browser.evaluate(f"look.button({table}, {index}).click()")
                self.expect(self.column(table, index) == before, f"table {table}: order lost")

    def ordered(self, table, index, numeric, order, before, how):
        what = f"{how}: table {table}, column {index}, {order}"
        after = self.column(table, index)
        self.expect(sorted(after) == sorted(before), f"{what}: other cells than before")
        state = self.browser.evaluate(f"look.state({table})")
        self.expect(state == [order if i == index else None for i in range(len(state))],
                    f"{what}: aria-sort {state}")
        values = [text for text in after if text != DASH]
        self.expect(after == values + [DASH] * (len(after) - len(values)), f"{what}: dashes not last")
        if numeric:
            numbers = [float(text.split()[0]) for text in values]
            expected = sorted(numbers, reverse=order == "descending")
            self.expect(numbers == expected, f"{what}: {numbers[:6]}")
        elif len(set(values)) > 1:
            other = self.browser.evaluate(f"look.inOrder({table}, {index}, {int(order == 'ascending')})")
            self.expect(other, f"{what}: {values[:6]}")

    def tip(self):
        return self.browser.evaluate("look.tip()")

    def tooltips(self):
        marks = self.browser.evaluate("look.marks()")
        self.expect(len(marks) > 0, "no mark with a tooltip")
        # A pointer at rest, under which the page scrolls from mark to mark.
        self.browser.move(300, 10)
        for index, label in enumerate(marks):
            self.browser.evaluate(f"look.mark({index}).focus()")
            self.expect(self.tip() == label, f"focus on mark {index}: tooltip {self.tip()!r}")
        firsts = self.browser.evaluate("look.firstMarks()")
        for width in (1280, 400):
            self.load(width=width)
            for index in firsts:
                self.browser.move(1, 1)
                self.browser.evaluate("document.activeElement.blur()")
                self.expect(self.tip() is None, f"{width} px: tooltip without pointer")
                self.browser.move(*self.browser.evaluate(f"look.center(look.hit({index}))"))
                # A mark under another one shows the other's.
                self.expect(self.tip() in marks, f"{width} px: pointer on mark {index}: {self.tip()!r}")
                if self.shots:
                    self.shots.mkdir(parents=True, exist_ok=True)
                    self.browser.screenshot(
                        self.shots / f"{self.path.resolve().parent.name}-tip-{width}-{index}.png")
                self.browser.key("Escape")
                self.expect(self.tip() is None, f"{width} px: Escape leaves the tooltip")
        self.browser.evaluate("look.mark(0).focus()")
        self.browser.key("Tab")
        self.expect(len(marks) < 2 or self.tip() == marks[1], "Tab does not reach the next mark")
        self.quiet("tooltips")

    def print(self):
        """On paper, and where scripts do not run, nothing is folded and all is black on white."""
        self.load(scripts=False, media="print", scheme="dark", width=960)
        self.browser.send("Emulation.setScriptExecutionDisabled", value=False)
        self.browser.evaluate((HERE / "look.js").read_text())
        self.expect(self.browser.evaluate("document.querySelectorAll('details:not([open])').length") == 0,
                    "print: something is folded without scripts")
        self.expect(self.browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none",
                    "print: the contents are printed")
        self.expect(self.browser.evaluate(
            "look.luminance(getComputedStyle(document.body).backgroundColor)") > 0.9, "print: dark")
        self.fits("print")
        if self.shots:
            self.shoot("print", ["", "runs"])

    def shoot(self, name, places):
        """A picture of the window at each place; the empty one is the top."""
        self.shots.mkdir(parents=True, exist_ok=True)
        stem = f"{self.path.resolve().parent.name}-{name}"
        for anchor in places:
            self.browser.evaluate(f"look.go({anchor!r})")
            self.browser.screenshot(self.shots / f"{stem}-{anchor or 'top'}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="+", type=pathlib.Path, metavar="report.html")
    parser.add_argument("--shots", type=pathlib.Path, help="folder for screenshots")
    options = parser.parse_args()
    failed = False
    try:
        with Browser() as browser:
            for path in options.pages:
                if not path.is_file():
                    raise BrowserError(f"{path}: no such page; write it by: recallbench report {path.parent}")
                check = Check(browser, path, options.shots)
                check.run()
                failed = failed or bool(check.failures)
                print(f"{path}: {check.count} checks, {len(check.failures)} failed")
                for failure in check.failures[:40]:
                    print(f"  {failure}")
    except BrowserError as error:
        sys.exit(f"{error}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
