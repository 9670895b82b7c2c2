"""Runs tests in parallel, each worker in a process of its own. Tests that change what
others need (the node, its servers, the network) are marked with frame.alone, and run
one after the other, without any other test at the same time."""

import collections
import concurrent.futures
import io
import itertools
import multiprocessing
import time
import unittest

# What one test came to: its name, what is wrong ("" when nothing is), seconds.
Outcome = collections.namedtuple("Outcome", "name wrong seconds")


class _Result(unittest.TestResult):
    """One outcome for each test, whatever fails in it: subtests, cleanups."""

    def __init__(self):
        super().__init__()
        self.outcomes = []
        self._wrong = []
        self._started = 0

    def startTest(self, test):
        super().startTest(test)
        self._wrong = []
        self._started = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        seconds = time.monotonic() - self._started
        self.outcomes.append(Outcome(test.id(), "\n".join(self._wrong), seconds))
        self._wrong = []

    def _fail(self, test, error):
        self._wrong.append(self._exc_info_to_string(error, test))

    def addError(self, test, err):
        self._fail(test, err)

    def addFailure(self, test, err):
        self._fail(test, err)

    def addSubTest(self, test, subtest, err):
        if err:
            self._fail(subtest, err)

    def addSkip(self, test, reason):
        self._wrong.append("skipped, which proves nothing: " + reason)

    def end(self, tests):
        """Reports tests that did not start because the setup of their class failed."""
        begun = {outcome.name for outcome in self.outcomes}
        why = "\n".join(self._wrong) or "was not run"
        for test in tests:
            if test.id() not in begun:
                self.outcomes.append(Outcome(test.id(), why, 0.0))


def is_alone(test):
    method = getattr(test, test._testMethodName)
    return getattr(method, "alone", False) or getattr(type(test), "alone", False)


def units_of(tests):
    """Lists of tests that one worker runs in a row: a class that prepares something for
    all of its tests stays together."""
    shares = unittest.TestCase.setUpClass.__func__
    for kind, group in itertools.groupby(tests, type):
        if kind.setUpClass.__func__ is not shares:
            yield list(group)
        else:
            yield from ([test] for test in group)


def run_unit(tests):
    result = _Result()
    unittest.TestSuite(tests).run(result)
    result.end(tests)
    return result.outcomes


_UNITS = []  # What the workers run: they are copies of this process.


def _run_numbered(number):
    return run_unit(_UNITS[number])


def run_side_by_side(tests, jobs):
    """Yields the outcomes as they come."""
    _UNITS[:] = units_of(tests)
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=context) as pool:
        running = [pool.submit(_run_numbered, number) for number in range(len(_UNITS))]
        for future in concurrent.futures.as_completed(running):
            yield from future.result()


def run_one_by_one(tests):
    for unit in units_of(tests):
        yield from run_unit(unit)
