"""Compares images that Ovenbird builds in the cluster with BuildKit's: the same check for
engine `kubernetes` as images/run.py makes for engine `local`."""

import os
import subprocess

from frame import ENVIRONMENT, OVENBIRD, ClusterTest

# One or two of each kind: what is sent for them differs from what the user wrote, or hangs on
# how the context comes into the pod.
CASES = """
add/tar-xz add/unpack-false arg/env-wins arg/global-chain cmd/under-shell copy/dot-dot-outside
copy/exclude copy/folders-merge copy/parents copy/private-context delete/file expose/forms
ignore/negated links/absolute links/folder modes/chmod-symbolic modes/setuid-context
onbuild/stage stages/copy-number-unnamed varrun/file
""".split()
SECONDS = 900


class Images(ClusterTest):
    def test_images_are_those_of_buildkit(self):
        done = subprocess.run(
            [
                os.path.abspath("e2e/images/run"),
                "--ovenbird=" + OVENBIRD[0],
                "--kubeconfig=" + ENVIRONMENT["KUBECONFIG"],
                "--namespace=" + self.namespace,
                "--registry=" + ENVIRONMENT["OVENBIRD_E2E_REGISTRY"],
                *CASES,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        last = done.stdout.strip().rpartition("\n")[2]
        self.assertEqual("%d passed, 0 failed" % len(CASES), last, done.stdout)
        self.assert_namespace_as_before()
