"""The checks of the registry before and after a build."""

import json

from frame import ENVIRONMENT, ClusterTest, get, is_ours, kubectl
from test_examples import login_config

BUILD = 1
ENVIRONMENTAL = 3


class Push(ClusterTest):
    def prepare(self, name, kaniko="{}"):
        self.name = name
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (name, kaniko),
        )
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")

    def private(self):
        return "%s/%s/app" % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"], self.namespace)

    def wrong_login(self):
        login = json.loads(login_config())
        for entry in login["auths"].values():
            entry["auth"] = "am9objp3cm9uZw=="  # john:wrong
        return json.dumps(login)

    def assert_no_pod_was_made(self):
        events = get("events", "-n", self.namespace)["items"]
        made = [e["involvedObject"]["name"] for e in events]
        self.assertEqual([], [name for name in made if is_ours(name)])
        self.assert_namespace_as_before()

    def assert_pod_was_made(self):
        events = get("events", "-n", self.namespace)["items"]
        made = [e["involvedObject"]["name"] for e in events]
        self.assertTrue(any(is_ours(name) for name in made), made)
        self.assert_namespace_as_before()

    def refused(self, finished, *words, code=BUILD):
        self.assertEqual(code, finished.code, finished.stdout + finished.stderr)
        for word in words:
            self.assertIn(word, finished.stderr)

    def test_a_wrong_login_is_known_before_the_pod(self):
        self.prepare(self.private(), "{insecure: true}")
        self.write(self.home + "/.docker/config.json", self.wrong_login())
        self.refused(
            self.build(),
            "image `app`: the registry does not accept the image: ",
            "401 Unauthorized",
            " rejected the credentials of `john`",
            "fix the credentials or the image's name; use --skip-push-check to build anyway",
        )
        self.assert_no_pod_was_made()

    def test_a_missing_login_is_known_before_the_pod(self):
        self.prepare(self.private())
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.refused(
            self.build(),
            "image `app`: the registry does not accept the image: ",
            "; there are no credentials for %s: `docker login %s`" % (host, host),
        )
        self.assert_no_pod_was_made()

    def test_the_check_can_be_skipped(self):
        self.prepare(self.private())
        self.write(self.home + "/.docker/config.json", self.wrong_login())
        finished = self.build("--skip-push-check")
        self.refused(
            finished,
            "image `app`: the registry refused the push: not logged in, or no permission to push",
        )
        self.assertNotIn("does not accept the image", finished.stderr)
        self.assert_pod_was_made()

    def test_the_login_of_a_pull_secret_is_not_judged_by_ours(self):
        self.prepare(self.private(), "{pullSecret: good-login}")
        self.write(self.home + "/.docker/config.json", self.wrong_login())
        path = self.write(self.top + "/login.json", login_config())
        kubectl(
            *("create", "secret", "generic", "good-login", "-n", self.namespace),
            "--from-file=.dockerconfigjson=" + path,
        )
        self.before = self.objects()
        finished = self.build()
        self.assert_built(finished)
        self.assertIn("not verified", finished.stderr)
        self.assert_namespace_as_before()

    def test_nothing_is_left_in_the_registry_by_the_check(self):
        self.prepare(self.private(), "{insecure: true}")
        self.write(self.home + "/.docker/config.json", login_config())
        finished = self.build()
        self.assert_built(finished)
        self.assertNotIn("not verified", finished.stderr)
        pulled = self.pull_only(self.name)
        self.assertEqual(pulled.digest, finished.result["images"][0]["digest"])

    def test_a_registry_that_is_out_of_reach_from_here_is_no_failure(self):
        # Nothing answers there, here or in the pod: kaniko's result counts.
        self.prepare("10.213.0.1:5999/%s/app" % self.namespace)
        finished = self.build()
        self.refused(
            finished, "image `app`: kaniko cannot reach the registry", code=ENVIRONMENTAL
        )
        self.assertNotIn("does not accept the image", finished.stderr)
        self.assert_pod_was_made()
