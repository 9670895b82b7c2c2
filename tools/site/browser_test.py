#!/usr/bin/env -S python3 -B
"""Opens the documentation site in headless Chromium, from its folder and from `serve`.

Run: tools/site/test.sh. The last line counts the tests.
"""

import argparse
import html
import os
import re
import subprocess
import sys
import unittest
import urllib.parse

from playwright.sync_api import sync_playwright

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import make_site  # noqa: E402

SITE = os.path.realpath("bazel-bin/docs/site")
AGAIN = os.path.realpath("bazel-bin/docs/site_again")
HERE = os.path.dirname(os.path.realpath(__file__))
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
# The page has to be one of the first results; one page can have several.
FIRST_PAGES = 3

# Returns what a test of links and of the layout needs of a page.
FACTS = """() => ({
  ids: Array.from(document.querySelectorAll("[id]"), (element) => element.id),
  links: Array.from(document.links, (link) => link.href),
  // mdBook's page is an element that can scroll by itself.
  width: Math.max(...["html", ".page-wrapper", ".content", "main"].map((name) => document.querySelector(name).scrollWidth)),
  title: document.querySelector("main h1")?.innerText,
})"""

# Returns the words with less contrast than WCAG asks for (4.5), each with its contrast.
PALE = """(part) => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => numbers(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (element) => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const pale = [];
  const words = document.createTreeWalker(document.querySelector(part), NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    const [low, high] = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) pale.push(words.currentNode.data.trim().slice(0, 40) + ": " + contrast.toFixed(1));
  }
  return pale;
}"""


def pages():
    """Returns the address of each page, relative to the top of the site."""
    found = []
    for folder, _, names in os.walk(SITE):
        found += [os.path.relpath(os.path.join(folder, name), SITE) for name in names if name.endswith(".html")]
    return sorted(page for page in found if page != "toc.html")  # the list of pages for browsers without scripts


def questions():
    """Returns (page, question) of each line of questions.txt."""
    with open(os.path.join(HERE, "questions.txt")) as stream:
        lines = [line for line in stream.read().splitlines() if line and not line.startswith("//")]
    return [tuple(part.strip() for part in line.split("|", 1)) for line in lines]


unittest.TestCase.maxDiff = None


class Files(unittest.TestCase):
    """The files of the site, without a browser."""

    def test_same_bytes_twice(self):
        compared = subprocess.run(["diff", "-rq", SITE, AGAIN], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((0, ""), (compared.returncode, compared.stdout))

    def test_every_page_of_the_repository(self):
        self.assertEqual([], [path for path in self._tracked() if not os.path.exists(self._made(path))])

    def test_anchors_are_those_of_a_code_host(self):
        for path, text in self._tracked().items():
            with open(self._made(path)) as stream:
                ids = set(re.findall(r' id="([^"]*)"', stream.read()))
            headings = [line.lstrip("# ") for line in make_site.lines_of(text) if re.match("#{1,6} ", line)]
            with self.subTest(path):
                self.assertEqual(set(), {html.escape(make_site.anchor_of(heading)) for heading in headings} - ids)

    def test_links_lead_to_files_of_the_repository(self):
        for path, text in self._tracked().items():
            for _, _, target in make_site.links_of(path, text):
                with self.subTest(path, target=target):
                    self.assertTrue(os.path.exists(target))

    def _tracked(self):
        """Returns the text of each page that belongs to the documentation, by its path."""
        listed = ["git", "ls-files", "*.md", "docs/*.md"]
        paths = subprocess.run(listed, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        return make_site.read_files(path for path in paths if "/" not in path or path.startswith("docs/"))

    def _made(self, path):
        return os.path.join(SITE, make_site.page_of(path)[0][: -len("md")] + "html")


class Site:
    """The tests of one way to open the site."""

    TOP = ""  # with a slash at its end

    @classmethod
    def setUpClass(cls):
        cls.driver = sync_playwright().start()
        # Its sandbox does not work in a container, nor for root; it opens only our own pages.
        cls.browser = cls.driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        cls.wrong = []
        cls.asked = cls.new_tab()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.driver.stop()

    @classmethod
    def new_tab(cls, page="index.html", **options):
        """Returns a tab with a page. What its console says, and other hosts that it asks, are in `wrong`."""

        def check_host(request):
            if not request.url.startswith((cls.TOP, "data:")):
                cls.wrong.append("request of " + request.url)

        context = cls.browser.new_context(**{"viewport": DESKTOP, **options})
        context.on("console", lambda message: cls.wrong.append("%s: %s" % (message.type, message.text)))
        context.on("weberror", lambda error: cls.wrong.append(str(error.error)))
        context.on("request", check_host)
        tab = context.new_page()
        tab.goto(cls.TOP + page)
        return tab

    def open(self, page="index.html", **options):
        tab = self.new_tab(page, **options)
        self.addCleanup(tab.context.close)
        return tab

    def setUp(self):
        self.wrong.clear()

    def tearDown(self):
        self.assertEqual([], self.wrong)

    def test_every_page(self):
        """On a phone: no page is wider than the screen, and each link leads to a page and an anchor of it."""
        tab = self.open(viewport=PHONE)
        facts = {}
        for page in pages():
            tab.goto(self.TOP + page)
            facts[page] = tab.evaluate(FACTS)
        self.assertGreater(len(facts), 200)
        for page, fact in facts.items():
            with self.subTest(page=page):
                self.assertLessEqual(fact["width"], PHONE["width"])
                self.assertTrue(fact["title"])
                self.assertEqual([], [link for link in fact["links"] if self._is_broken(link, facts)])

    def _is_broken(self, link, facts):
        if not link.startswith(self.TOP):
            return not link.startswith("https://")
        page, _, anchor = link[len(self.TOP) :].partition("#")
        page = page or "index.html"
        return page not in facts or bool(anchor) and urllib.parse.unquote(anchor) not in facts[page]["ids"]

    def search(self, tab, question):
        """Returns the pages that the search finds, best first."""
        tab.locator("body").press("/")
        tab.locator("#mdbook-searchbar").fill(question)
        tab.locator("#mdbook-searchbar").press("End")
        tab.wait_for_function(
            "question => document.getElementById('mdbook-searchresults-header').innerText.includes(question)",
            arg=question,
        )
        links = [link.get_attribute("href") for link in tab.locator("#mdbook-searchresults li > a").all()]
        found = [urllib.parse.urljoin(tab.url, link)[len(self.TOP) :].partition("?")[0] for link in links]
        return list(dict.fromkeys(found))

    def check_question(self, page, question):
        """Types into one tab for all questions, as a reader does."""
        self.assertIn(page, self.search(self.asked, question)[:FIRST_PAGES])

    def test_a_result_opens_at_its_words(self):
        tab = self.open("docs/guides/caches.html")
        self.search(tab, "unknown-field")
        tab.locator("#mdbook-searchresults li > a").first.click()
        tab.wait_for_url("**/docs/messages/unknown-field.html?*")
        self.assertIn("unknown", tab.locator("mark").first.inner_text().lower())

    def test_search_on_a_phone(self):
        tab = self.open(viewport=PHONE, has_touch=True, is_mobile=True)
        tab.locator("#mdbook-search-toggle").tap()
        tab.locator("#mdbook-searchbar").press_sequentially("secret")
        tab.locator("#mdbook-searchresults li > a").first.wait_for()
        self.assertLessEqual(tab.evaluate("document.documentElement.scrollWidth"), PHONE["width"])

    def copied(self, page, block):
        """Returns what the copy button of a block gives to a text field, on a phone."""
        tab = self.open(page, viewport=PHONE, has_touch=True, is_mobile=True)
        code = tab.locator("pre:has(%s)" % block).first
        opacity = code.locator(".buttons").evaluate("buttons => Number(getComputedStyle(buttons).opacity)")
        self.assertGreater(opacity, 0.5)
        code.locator(".clip-button").tap()
        self.assertEqual("Copied!", code.locator(".tooltiptext").inner_text())
        tab.evaluate("document.querySelector('main').innerHTML = '<textarea></textarea>'")
        tab.locator("main textarea").focus()
        tab.keyboard.press("Control+v")
        return tab.locator("main textarea").input_value()

    def test_copy_button(self):
        text = self.copied("index.html", "code.language-yaml")
        self.assertTrue(text.startswith("images:\n  backend:\n    image: "), text)

    def test_copy_button_of_a_dockerfile(self):
        text = self.copied("examples/caches/index.html", "code.dockerfile")
        with open("examples/caches/Dockerfile") as stream:
            self.assertEqual(stream.read(), text)

    def test_copy_button_copies_commands_without_their_output(self):
        text = self.copied("docs/guides/rbac.html", "code.language-console")
        self.assertEqual("ovenbird rbac --namespace builds --service-account ci 2>/dev/null\n", text)

    def test_a_phone_opens_the_list_of_pages(self):
        tab = self.open(viewport=PHONE, has_touch=True, is_mobile=True)
        link = tab.locator("#mdbook-sidebar a", has_text="Caches")
        self.assertFalse(tab.evaluate("document.documentElement.classList.contains('sidebar-visible')"))
        tab.locator("#mdbook-sidebar-toggle").tap()
        link.first.tap()
        tab.wait_for_url("**/docs/guides/caches.html")

    def test_dark(self):
        for scheme, brightness in [("dark", range(0, 80)), ("light", range(200, 256))]:
            with self.subTest(scheme):
                tab = self.open(color_scheme=scheme)
                color = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
                self.assertIn(int(re.search(r"\d+", color).group()), brightness)

    def test_a_chosen_theme_is_kept(self):
        tab = self.open(color_scheme="light")
        tab.locator("#mdbook-theme-toggle").click()
        tab.locator("#mdbook-theme-navy").click()
        tab.goto(self.TOP + "docs/security.html")
        self.assertIn("navy", tab.evaluate("document.documentElement.className"))

    def test_contrast(self):
        for scheme in ["dark", "light"]:
            for page in ["index.html", "docs/guides/rbac.html", "docs/guides/secrets.html", "docs/reference/kaniko.html"]:
                tab = self.open(page, color_scheme=scheme)
                self.search(tab, "secret")
                for part in ["main", "#mdbook-sidebar", "#mdbook-searchresults-outer"]:
                    with self.subTest(scheme=scheme, page=page, part=part):
                        self.assertEqual([], tab.evaluate(PALE, part))


def add_questions():
    """Adds a test for each question."""
    for page, question in questions():
        name = "test_search_" + re.sub(r"\W+", "_", question).strip("_")
        setattr(Site, name, lambda self, page=page, question=question: self.check_question(page, question))


class FromAFolder(Site, unittest.TestCase):
    TOP = "file://%s/" % SITE


class Served(Site, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [sys.executable, os.path.join(HERE, "serve.py"), "serve", "--port", "0"]
        cls.server = subprocess.Popen(
            command, cwd="bazel-bin", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        cls.TOP = cls.server.stdout.readline().split()[0]
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()


def take_screenshots(folder):
    """Writes PNG files of pages, narrow and wide, light and dark."""
    os.makedirs(folder, exist_ok=True)
    some = ["index", "docs/guides/rbac", "docs/guides/secrets", "docs/reference/index", "docs/reference/kaniko"]
    some += ["docs/messages/index", "docs/messages/unknown-field", "docs/security", "examples/caches/index"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size in [PHONE, DESKTOP]:
            for scheme in ["light", "dark"]:
                tab = browser.new_page(viewport=size, color_scheme=scheme)
                for page in some:
                    tab.goto("file://%s/%s.html" % (SITE, page))
                    name = "%s-%d-%s.png" % (page.replace("/", "-"), size["width"], scheme)
                    tab.screenshot(path=os.path.join(folder, name))
        browser.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--screenshots", metavar="FOLDER", help="only writes screenshots")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="e.g. Served.test_dark")
    options = parser.parse_args()
    if options.screenshots:
        take_screenshots(options.screenshots)
        return 0
    add_questions()
    loader = unittest.TestLoader()
    module = sys.modules[__name__]
    suite = loader.loadTestsFromNames(options.tests, module) if options.tests else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    # A test can have several failures: those of its subtests.
    failed = len({test.id().partition(" ")[0] for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
