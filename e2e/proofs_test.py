#!/usr/bin/env -S python3 -B
"""Checks that docs/e2e.md covers every option and every failure, and names only tests
that exist. Needs no cluster."""

import importlib
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import proofs  # pylint: disable=wrong-import-position


def read(path):
    with open(os.path.join(os.path.dirname(HERE), path)) as stream:
        return stream.read()


class Proofs(unittest.TestCase):
    def all(self):
        return [(what, tests) for group in proofs.PROOFS.values() for what, tests in group.items()]

    def test_every_option_is_named(self):
        schema = json.loads(read("schema/config.schema.json"))
        options = schema["definitions" if "definitions" in schema else "$defs"]["Kaniko"]
        named = proofs.PROOFS["Options under `kaniko`"]
        self.assertEqual(sorted(options["properties"]), sorted(named))

    def test_every_row_has_a_test_or_a_reason(self):
        for what, tests in self.all():
            self.assertEqual(not tests, what in proofs.NOT_PROVEN, what)
        self.assertLessEqual(set(proofs.NOT_PROVEN), {what for what, _ in self.all()})

    def test_every_test_exists(self):
        for what, tests in self.all():
            for test in proofs.tests_of(tests):
                module, case, name = test.split(".")
                cases = getattr(importlib.import_module(module), case, None)
                self.assertTrue(hasattr(cases, name), "%s: %s" % (what, test))

    def test_every_failure_test_is_named(self):
        named = {test for _, tests in self.all() for test in tests}
        for module, case in (("test_failures", "Failures"), ("test_faults", "Faults")):
            for name in dir(getattr(importlib.import_module(module), case)):
                test = "%s.%s.%s" % (module, case, name)
                if name.startswith("test_") and test not in OTHERS:
                    self.assertIn(test, named)

    def test_the_page_is_made_from_this(self):
        page = read("docs/e2e.md")
        commits = proofs.read_commits(page)
        self.assertEqual(proofs.render(proofs.read_results(page), commits), page)
        self.assertNotIn("|  |", page)
        self.assertNotIn("failed", proofs.read_results(page).values())


# Of variations on what another test proves.
OTHERS = {
    "test_failures.Failures.test_kaniko_does_not_run_as_root",
    "test_failures.Failures.test_one_of_two_images_fails",
    "test_failures.Failures.test_the_context_is_missing",
    "test_failures.Failures.test_the_registry_of_the_base_image_is_unreachable",
}

if __name__ == "__main__":
    unittest.main()
