#!/usr/bin/env python3
"""Each verb of the command line has a target, and a row in the README."""

import re
import subprocess
import unittest


class Verbs(unittest.TestCase):
    def setUp(self):
        page = subprocess.run(
            ["tools/ovenbird", "man"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        self.verbs = sorted(re.findall(r"^\.SS ovenbird (\S+)", page, re.MULTILINE))

    def test_each_has_a_target(self):
        with open("tools/verbs.bzl", encoding="utf-8") as file:
            self.assertEqual(self.verbs, re.findall(r'^    "([a-z]+)",$', file.read(), re.MULTILINE))

    def test_each_is_in_the_readme(self):
        with open("README.md", encoding="utf-8") as file:
            table = re.findall(r"^\| (`[^|]*?`) +\|", file.read().replace("\\|", "/"), re.MULTILINE)
        named = {verb for row in table for verb in re.findall(r"`([a-z]+)", row)}
        self.assertFalse(set(self.verbs) - named)


if __name__ == "__main__":
    unittest.main()
