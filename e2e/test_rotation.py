"""A registry's password that is changed while a build runs."""

import base64
import crypt
import json
import os
import warnings

import locks
from frame import ENVIRONMENT, ClusterTest, registry

BASE = "FROM %s\n"
# kaniko has no file system of its own: RUN sees what kaniko will push with.
UNTIL_IT_IS_NEW = """RUN echo going && i=0 && \\
    until grep -q %s /kaniko/.docker/config.json; do sleep 1; i=$((i+1)); [ $i -lt 280 ] || exit 9; done
"""
# Until the registry takes no push with the old password any more.
UNTIL_IT_IS_REFUSED = """RUN echo going && i=0 && \\
    while wget -q -O /dev/null --header 'Authorization: Basic %s' http://%s/v2/; do \\
    sleep 1; i=$((i+1)); [ $i -lt 280 ] || exit 9; done
"""


def basic(user, password):
    return base64.b64encode(("%s:%s" % (user, password)).encode()).decode()


class Rotation(ClusterTest):
    def prepare(self):
        self.host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.user = self.namespace
        self.name = "%s/%s/app" % (self.host, self.namespace)
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {}\n" % self.name,
        )
        run = UNTIL_IT_IS_NEW % basic(self.user, "new").rstrip("=")
        self.write("Dockerfile", BASE % registry("library/busybox:1") + run)
        self.addCleanup(self.set_password, None)

    def set_password(self, password):
        """In the registry, which reads its file again when it has changed. The other users'
        lines stay: other tests log in, and change passwords, at the same time."""
        path = os.path.dirname(ENVIRONMENT["KUBECONFIG"]) + "/htpasswd"
        with locks.Lock(path + ".lock", "another test's new password").owned():
            with open(path) as stream:
                lines = [line for line in stream if not line.startswith(self.user + ":")]
            if password is not None:
                lines.append("%s:%s\n" % (self.user, self.encrypt(password)))
            with open(path + ".new", "w") as stream:
                stream.writelines(lines)
            os.rename(path + ".new", path)

    def encrypt(self, password):
        """As `htpasswd -B` does it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=32))

    def log_in(self, password):
        """What `docker login` does on this machine."""
        config = {"auths": {self.host: {"auth": basic(self.user, password)}}}
        self.write(self.home + "/.docker/config.json", json.dumps(config))

    def test_the_build_pushes_with_the_new_password(self):
        self.prepare()
        self.set_password("old")
        self.log_in("old")
        running = self.start_build()
        running.wait_for("going$")
        self.set_password("new")
        self.log_in("new")
        self.assert_built(running.finish())
        self.pull_only(self.name)
        self.assert_namespace_as_before()

    def test_without_a_new_login_the_refused_push_is_named(self):
        self.prepare()
        run = UNTIL_IT_IS_REFUSED % (basic(self.user, "old"), self.host)
        self.write("Dockerfile", BASE % registry("library/busybox:1") + run)
        self.set_password("old")
        self.log_in("old")
        running = self.start_build()
        running.wait_for("going$")
        self.set_password("new")
        finished = running.finish()
        self.assertNotEqual(0, finished.code, finished.stdout + finished.stderr)
        self.assertIn("image `app`: the push failed", finished.stderr)
        self.assertIn("401 Unauthorized", finished.stderr)
        self.assertEqual([], self.tags(self.name))
        self.assert_namespace_as_before()
