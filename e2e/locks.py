"""Who may use the cluster: runs of the tests share it, whoever starts or ends it is alone."""

import contextlib
import fcntl
import os
import sys


class Lock:
    """A file's lock: shared by many or held by one; goes with the process."""

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
        """Whether nobody else holds it: then it is held alone from now on. Else it is
        not held at all."""
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
