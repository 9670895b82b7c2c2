#!/usr/bin/env -S python3 -B
"""Checks that the example of doctor.md is what the tool prints: a golden of testdata/doctor."""

import re
import unittest


class DoctorPage(unittest.TestCase):
    maxDiff = None

    def test_the_example(self):
        with open("docs/doctor.md") as stream:
            page = stream.read()
        with open("testdata/doctor/wrong-password.txt") as stream:
            golden = stream.read()
        (example,) = re.findall(r"^```text\n(.*?)^```$", page, re.S | re.M)
        self.assertEqual(golden, example)


if __name__ == "__main__":
    unittest.main()
