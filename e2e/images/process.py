"""Child processes with a time limit, and servers."""

import collections
import contextlib
import os
import signal
import subprocess

# Variables of the user and of `bazel run` that would change what a builder does.
HIDDEN = ("KUBECONFIG", "DOCKER_CONFIG", "BUILD_WORKING_DIRECTORY", "BUILD_WORKSPACE_DIRECTORY")
TIMED_OUT = 124  # The exit code of a process that had to be interrupted.

Done = collections.namedtuple("Done", "code stdout stderr")


def run(command, folder, seconds, variables=None):
    """Runs the command; after the time limit interrupts it, then kills it with its children."""
    env = {key: value for key, value in os.environ.items() if key not in HIDDEN}
    env.update(variables or {})
    with subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
            return Done(process.returncode, out, err)
        except subprocess.TimeoutExpired:
            out, err = _stop(process)
            return Done(TIMED_OUT, out, err + "\ntimed out after %d s\n" % seconds)


def _stop(process):
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=15)
    return "", "cannot be killed"


@contextlib.contextmanager
def server(command, log):
    """Runs a server until the end of the `with` statement."""
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
