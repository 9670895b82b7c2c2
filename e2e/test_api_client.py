"""The API client by itself: watch, log and exec, also over a bad network (kube/client_test.cc)."""

import os
import subprocess

from frame import ENVIRONMENT, ClusterTest

# bazel run starts in the runfiles' folder; the test's program is among them.
PROGRAM = os.path.abspath("e2e/kube/client_test")


class ApiClient(ClusterTest):
    def test_on_a_real_api_server(self):
        self.assertTrue(os.path.exists(PROGRAM), PROGRAM)
        environment = dict(os.environ, **ENVIRONMENT)
        environment["OVENBIRD_E2E_NAMESPACE"] = self.namespace
        done = subprocess.run(
            (PROGRAM,),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout)
