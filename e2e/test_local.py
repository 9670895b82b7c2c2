"""The containers of this machine by themselves: the local engine's runtimes
(local/engine_test.cc) and a Docker daemon (local/docker_test.cc)."""

import os
import subprocess
import tempfile
import unittest

from frame import alone

# bazel run starts in the runfiles' folder; the tests' programs are among them.
FOLDER = os.path.abspath("e2e/local")


class Local(unittest.TestCase):
    def shortDescription(self):
        return None

    def run_program(self, name):
        scratch = tempfile.TemporaryDirectory(prefix="ovenbird-e2e-")
        self.addCleanup(scratch.cleanup)
        # Debian's docker has BuildKit within it; others want a plugin for it.
        path = "/usr/bin:" + os.environ["PATH"]
        done = subprocess.run(
            (os.path.join(FOLDER, name),),
            env=dict(os.environ, PATH=path, TEST_TMPDIR=scratch.name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout)

    @alone  # It looks at all that this machine has of such builds.
    def test_local_engine(self):
        self.run_program("engine_test")

    def test_docker(self):
        self.run_program("docker_test")
