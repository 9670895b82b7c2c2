"""Locks for the cluster: test runs share it; a run that starts or stops it has it alone."""

import contextlib
import fcntl
import os
import sys


class Lock:
    """A lock on a file, shared or exclusive; released when the process exits."""

    def __init__(self, path, what):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self._stream = open(path, "w")
        self._what = what

    def _take(self, how):
        if not self._try(how):
            print("cluster: waiting for " + self._what, file=sys.stderr)
            fcntl.flock(self._stream, how)

    def _try(self, how):
        try:
            fcntl.flock(self._stream, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self):
        self._take(fcntl.LOCK_SH)

    def own(self):
        self._take(fcntl.LOCK_EX)

    def try_own(self):
        """Takes the lock exclusively and returns True if no other process holds it; otherwise
        releases it and returns False."""
        return self._try(fcntl.LOCK_EX)

    def release(self):
        fcntl.flock(self._stream, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def owned(self):
        self.own()
        try:
            yield
        finally:
            self.release()

    @contextlib.contextmanager
    def shared(self):
        self.share()
        try:
            yield
        finally:
            self.release()
