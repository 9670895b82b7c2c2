#!/usr/bin/env -S python3 -B
"""Tests what make_site.py gives to mdBook: pages with their links, and their order."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import make_site  # noqa: E402

FILES = {
    "README.md": "# Top\n[guide](docs/guides/a.md#part), [all](docs/guides/README.md), [web](https://example.com/README.md)\n",
    "action.yml": "name: x\n",
    "docs/guides/README.md": "# Guides\n\n| [B](b.md) | [A](a.md) |\n",
    "docs/guides/a.md": "# The `a` guide\n",
    "docs/guides/b.md": "# B\n",
    "docs/guides/c.md": "# The `c` guide\n",
    "docs/reference/README.md": "# All\n- [`x`](x.md)\n  - [`y`](y.md)\n    - [`x`](x.md)\n- [`z`](z.md)\n",
    "docs/reference/x.md": "# `x.*`\n",
    "docs/reference/y.md": "# y\n",
    "docs/reference/z.md": "# z\n",
    "examples/README.md": "# Examples\n[two](two), [one](one)\n",
    "examples/one/devspace.yaml": "images: {}\n",
    "examples/one/sub/README.md": "# Not a page\n```\n",
    "examples/two/Dockerfile": "FROM scratch\n",
}


def page(text, path="docs/guides/a.md"):
    """Returns what the site has of a page with this text."""
    return make_site.Site({**FILES, path: text}).pages()[make_site.page_of(path)[0]]


class Links(unittest.TestCase):
    CASES = [
        ("a page", "[b](b.md)", "[b](b.md)"),
        ("an anchor", "[b](b.md#part) [here](#part)", "[b](b.md#part) [here](#part)"),
        ("a README is the page of its folder", "[t](../../README.md#x)", "[t](../../index.md#x)"),
        ("a folder", "[e](../../examples)", "[e](../../examples/index.md)"),
        ("an example", "[e](../../examples/two)", "[e](../../examples/two/index.md)"),
        (
            "a file of an example",
            "[`d`](../../examples/one/devspace.yaml)",
            "[`d`](../../examples/one/index.md#devspaceyaml)",
        ),
        ("another file", "[action](../../action.yml)", "[action](../../action.yml.md)"),
        ("a file that the site lacks", "see [`main.cc`](../../main.cc).", "see `main.cc`."),
        ("a folder that the site lacks", "see [it](../../testdata).", "see it."),
        ("another host", "[w](https://example.com/a.md)", "[w](https://example.com/a.md)"),
        ("a text in two lines", "[two\nlines](../../main.cc)", "two\nlines"),
        ("a code span", "`[b](../../main.cc)` [b](../../main.cc)", "`[b](../../main.cc)` b"),
        (
            "a code block",
            "```md\n[b](../../main.cc)\n```\n[b](../../main.cc)\n",
            "```md\n[b](../../main.cc)\n```\nb\n",
        ),
        (
            "a code block with a shorter fence inside",
            "````md\n```\n[b](../../main.cc)\n````\n",
            "````md\n```\n[b](../../main.cc)\n````\n",
        ),
        ("brackets in the text", "[`a[*]`](../../action.yml)", "[`a[*]`](../../action.yml.md)"),
    ]

    def test_links(self):
        for name, text, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(expected, page(text))

    def test_anchors_are_those_of_code_hosts(self):
        for heading, expected in [
            ("`RUN --mount=type=cache`", "run---mounttypecache"),
            ("Which node builds?", "which-node-builds"),
            ("devspace.yaml", "devspaceyaml"),
            ("a_b, c", "a_b-c"),
            ("[x](y.md) z", "x-z"),
        ]:
            self.assertEqual(expected, make_site.anchor_of(heading))


class Pages(unittest.TestCase):
    def setUp(self):
        self.pages = make_site.Site(FILES).pages()

    def test_an_example_is_one_page(self):
        self.assertEqual(
            "# Example: one\n"
            "\n## devspace.yaml\n\n```yaml\nimages: {}\n```\n"
            "\n## sub/README.md\n\n````text\n# Not a page\n```\n````\n",
            self.pages["examples/one/index.md"],
        )
        self.assertIn("```dockerfile\nFROM scratch\n```\n", self.pages["examples/two/index.md"])
        self.assertNotIn("examples/one/sub/index.md", self.pages)

    def test_a_file_is_a_page(self):
        self.assertEqual("# action.yml\n\n```yaml\nname: x\n```\n", self.pages["action.yml.md"])


class Languages(unittest.TestCase):
    def test_languages(self):
        text = "```yaml\na: 1\n```\n\n- b\n  ```groovy\n  c\n  ```\n```dockerfile\nFROM d\n```\n```\ne\n```\ngroovy\n"
        expected = text.replace("```groovy", "```text").replace("```dockerfile", "```plaintext,dockerfile")
        self.assertEqual(expected, make_site.with_languages(text))


class Order(unittest.TestCase):
    NAV = """// A comment.
README.md

# Guides
docs/guides/README.md
docs/guides/*.md
# Reference
docs/reference/README.md
  docs/reference/*.md
examples/README.md
  examples/*/index.md
action.yml | The action
none-*.md
"""

    def test_order(self):
        self.assertEqual(
            """# Summary
- [Top](index.md)

# Guides

- [Guides](docs/guides/index.md)
- [B](docs/guides/b.md)
- [A](docs/guides/a.md)
- [The c guide](docs/guides/c.md)

# Reference

- [All](docs/reference/index.md)
  - [x.\\*](docs/reference/x.md)
    - [y](docs/reference/y.md)
  - [z](docs/reference/z.md)
- [Examples](examples/index.md)
  - [two](examples/two/index.md)
  - [one](examples/one/index.md)
- [The action](action.yml.md)
""",
            make_site.Site(FILES).summary(self.NAV),
        )

    def test_a_page_of_a_pattern_can_be_named(self):
        summary = make_site.Site(FILES).summary(self.NAV.replace("# Guides\n", "docs/guides/c.md\n# Guides\n"))
        self.assertLess(summary.index("(docs/guides/c.md)"), summary.index("# Guides"))
        self.assertEqual(1, summary.count("(docs/guides/c.md)"))

    def test_missing_page(self):
        with self.assertRaisesRegex(ValueError, "nav.txt names docs/none.md, which is not a page"):
            make_site.Site(FILES).summary(self.NAV + "docs/none.md\n")

    def test_page_without_a_line(self):
        with self.assertRaisesRegex(ValueError, "nav.txt does not name action.yml.md"):
            make_site.Site(FILES).summary(self.NAV.replace("action.yml | The action\n", ""))


if __name__ == "__main__":
    unittest.main()
