#!/usr/bin/env -S python3 -B
"""Runs the end-to-end tests on a real cluster.

  test [--kubernetes current|1.20.2] [--containerd debian|VERSION] [--ovenbird PATH]
       [--keep] [--jobs N] [--without FILTER]... [--write-docs docs/e2e.md] [FILTER...]

FILTER: part of a test's name (test_quickstart.Quickstart.test_...); without any,
all are run, but for those --without and those of `test_kueue.`, which build Kueue:
N side by side and at last those that must be alone. A cluster that is up already, with
this Kubernetes, is used and left; else one is started and ended. The last line is
`N passed, N failed`.
"""

import argparse
import os
import subprocess
import sys
import unittest

import cluster
import frame
import layout
import parallel
import proofs


OLDEST = "1.20.2"  # of the versions of Kubernetes that Ovenbird supports
# Tests wait most of the time.
JOBS = 2 * (os.cpu_count() or 1)


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


def select_tests(filters, without):
    here = os.path.dirname(os.path.realpath(__file__))
    found = list(tests_of(unittest.TestLoader().discover(here, pattern="test_*.py")))
    found = [t for t in found if not any(f in t.id() for f in without)]
    if not filters:
        found = [t for t in found if not t.id().startswith(proofs.BY_NAME)]
    return [t for t in found if not filters or any(f in t.id() for f in filters)]


def wait_until_namespaces_are_gone():
    """Waits until the tests' namespaces, which are deleted in the background, are gone."""

    def gone():
        names = [n["metadata"]["name"] for n in frame.get("namespaces")["items"]]
        return not any(name.startswith(frame.NAMESPACE_PREFIX) for name in names)

    frame.until("the tests' namespaces are deleted", gone, 90)


def default_tool():
    """bazel run starts in the runfiles' folder; the tool is among them."""
    path = os.path.abspath("tools/ovenbird")
    return path if os.path.exists(path) else None


def commit():
    git = ["git", "-C", os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."), "rev-parse", "--short=10"]
    done = subprocess.run(git + ["HEAD"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def write_docs(path, outcomes, whole):
    """Adds the results of this run to the page; of a whole run the commit, too."""
    # bazel run starts in the runfiles' folder; the user is elsewhere.
    path = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)
    results, commits = {}, {}
    if os.path.exists(path):
        with open(path) as stream:
            text = stream.read()
        results, commits = proofs.read_results(text), proofs.read_commits(text)
    version = frame.ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"]
    if version != OLDEST:
        results = {key: value for key, value in results.items() if key[0] in (OLDEST, version)}
    for outcome in outcomes:
        results[version, outcome.name] = "failed" if outcome.wrong else "passed"
    if whole:
        commits[version] = commit()
    with open(path, "w") as stream:
        stream.write(proofs.render(results, commits))


def report(outcome):
    """Prints the outcome immediately, because the whole run takes minutes."""
    verdict = "FAIL" if outcome.wrong else "ok"
    print("%s ... %s, %.1f s" % (outcome.name, verdict, outcome.seconds), file=sys.stderr)
    if outcome.wrong:
        print(outcome.wrong, file=sys.stderr, flush=True)


def run(its, tests, jobs):
    """Runs all tests; returns their outcomes."""
    outcomes = []
    alone = [test for test in tests if parallel.is_alone(test)]
    parallel_tests = [test for test in tests if not parallel.is_alone(test)]
    for lock, some in (
        (its.alone.shared(), parallel.run_side_by_side(parallel_tests, jobs)),
        (its.alone.owned(), parallel.run_one_by_one(alone)),
    ):
        with lock:
            for outcome in some:
                report(outcome)
                outcomes.append(outcome)
    try:
        wait_until_namespaces_are_gone()
    except AssertionError as error:
        outcomes.append(parallel.Outcome("the end", str(error), 0.0))
        report(outcomes[-1])
    return outcomes


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kubernetes", default="current")
    parser.add_argument("--containerd", default=layout.DEBIAN, help="the node's containerd")
    parser.add_argument("--state", default=layout.default_state())
    parser.add_argument("--ovenbird", default=default_tool(), help="the tool under test")
    parser.add_argument("--keep", action="store_true", help="leave the cluster up")
    parser.add_argument("--jobs", type=int, default=JOBS, help="tests side by side")
    parser.add_argument("--write-docs", metavar="FILE", help="add the results to docs/e2e.md")
    parser.add_argument("--without", metavar="FILTER", action="append", default=[])
    parser.add_argument("filters", nargs="*", metavar="FILTER")
    args = parser.parse_args()
    if not args.ovenbird:
        parser.error("no ovenbird among the runfiles: give --ovenbird PATH")
    tests = select_tests(args.filters, args.without)
    if args.kubernetes != "current" and not args.filters:
        tests = [test for test in tests if not proofs.is_for_any_version(test.id())]
    if not tests:
        parser.error("no test has such a name")

    its = cluster.Cluster(args.state, args.containerd)
    frame.OVENBIRD[:] = [os.path.abspath(args.ovenbird)]
    with its.used(args.kubernetes, args.keep):
        frame.ENVIRONMENT.update(its.environment())
        outcomes = run(its, tests, args.jobs)
        if args.write_docs:
            write_docs(args.write_docs, outcomes, whole=not args.filters and not args.without)
    failed = sum(bool(outcome.wrong) for outcome in outcomes)
    passed = len(outcomes) - failed
    print("%d passed, %d failed" % (passed, failed), flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
