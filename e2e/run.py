#!/usr/bin/env -S python3 -B
"""Runs the end-to-end tests on a real cluster.

  test [--kubernetes current|1.20.2] [--ovenbird PATH] [--keep]
       [--without FILTER]... [--write-docs docs/e2e.md] [FILTER...]

FILTER: part of a test's name (test_quickstart.Quickstart.test_...); without any,
all are run, but for those --without. A cluster that is up already, with this Kubernetes, is used and
left; else one is started and ended. The last line is `N passed, N failed`.
"""

import argparse
import os
import sys
import unittest

import cluster
import frame
import layout
import proofs


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


class Result(unittest.TextTestResult):
    """Counts tests, not the subtests or cleanups that may fail in one. Says at
    once what is wrong, for the whole takes minutes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.failed = set()

    def addError(self, test, err):
        super().addError(test, err)
        self._fail(test, self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fail(test, self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._fail(test, self._exc_info_to_string(err, test))

    def _fail(self, test, text):
        self.failed.add(test.id())
        self.stream.writeln("%s\n%s" % (test.id(), text))

    def printErrors(self):
        pass


def select_tests(filters, without):
    here = os.path.dirname(os.path.realpath(__file__))
    found = list(tests_of(unittest.TestLoader().discover(here, pattern="test_*.py")))
    found = [t for t in found if not any(f in t.id() for f in without)]
    return [t for t in found if not filters or any(f in t.id() for f in filters)]


def wait_until_namespaces_are_gone():
    """They are deleted in the background, and each must get away."""

    def gone():
        names = [n["metadata"]["name"] for n in frame.get("namespaces")["items"]]
        return not any(name.startswith(frame.NAMESPACE_PREFIX) for name in names)

    frame.until("the tests' namespaces are deleted", gone, 90)


def default_tool():
    """bazel run starts in the runfiles' folder; the tool is among them."""
    path = os.path.abspath("tools/ovenbird")
    return path if os.path.exists(path) else None


def write_docs(path, tests, failed):
    """Adds the results of this run to the page."""
    # bazel run starts in the runfiles' folder; the user is elsewhere.
    path = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)
    results = {}
    if os.path.exists(path):
        with open(path) as stream:
            results = proofs.read_results(stream.read())
    version = frame.ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"]
    for test in tests:
        results[version, test.id()] = "failed" if test.id() in failed else "passed"
    with open(path, "w") as stream:
        stream.write(proofs.render(results))


def run(tests, docs=None):
    """How many passed and failed."""
    runner = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=Result)
    result = runner.run(unittest.TestSuite(tests))
    if docs:
        write_docs(docs, tests, result.failed)
    failed = len(result.failed)
    passed = result.testsRun - failed
    try:
        wait_until_namespaces_are_gone()
    except AssertionError as error:
        print("FAIL: %s" % error, file=sys.stderr)
        failed += 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kubernetes", default="current")
    parser.add_argument("--state", default=layout.default_state())
    parser.add_argument("--ovenbird", default=default_tool(), help="the tool under test")
    parser.add_argument("--keep", action="store_true", help="leave the cluster up")
    parser.add_argument("--write-docs", metavar="FILE", help="add the results to docs/e2e.md")
    parser.add_argument("--without", metavar="FILTER", action="append", default=[])
    parser.add_argument("filters", nargs="*", metavar="FILTER")
    args = parser.parse_args()
    if not args.ovenbird:
        parser.error("no ovenbird among the runfiles: give --ovenbird PATH")
    tests = select_tests(args.filters, args.without)
    if not tests:
        parser.error("no test has such a name")

    its = cluster.Cluster(args.state)
    frame.OVENBIRD[:] = [os.path.abspath(args.ovenbird)]
    with its.locked():
        was_up = bool(its.running())
        its.up(args.kubernetes)
        frame.ENVIRONMENT.update(its.environment())
        try:
            passed, failed = run(tests, args.write_docs)
        finally:
            if not (args.keep or was_up):
                its.down()
    print("%d passed, %d failed" % (passed, failed), flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
