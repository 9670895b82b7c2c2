"""Simultaneous builds, and builds without a cluster."""

import json
import os
import subprocess

from frame import ENVIRONMENT, ClusterTest, registry
from test_examples import login_config


class Engines(ClusterTest):
    def prepare(self, *names):
        lines = ["images:"]
        for name in names:
            lines.append("  %s:" % name)
            lines.append("    image: " + registry("%s/%s" % (self.namespace, name)))
            lines.append("    build:\n      kaniko: {}")
        self.write("devspace.yaml", "\n".join(lines) + "\n")
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")

    def at_once(self, *images):
        """Runs each build in a process of its own."""
        running = [self.start_build(image) for image in images]
        for each in running:
            self.assert_built(each.finish())
        self.assert_namespace_as_before()

    def test_two_builds_of_different_images(self):
        self.prepare("one", "two")
        self.at_once("one", "two")
        for name in ("one", "two"):
            pulled = self.pull_only(registry("%s/%s" % (self.namespace, name)))
            self.assertEqual(["devspace.yaml"], list(pulled.files))

    def test_two_builds_of_the_same_image(self):
        self.prepare("app")
        self.at_once("app", "app")
        self.pull_only(registry(self.namespace + "/app"))

    def without_cluster(self, *args, **environment):
        finished = self.start_without_cluster(*args, **environment).finish()
        self.assert_built(finished)
        self.assertEqual("local", finished.result["images"][0]["engine"])
        self.assert_namespace_as_before()
        return finished

    def test_local(self):
        self.prepare("app")
        finished = self.without_cluster("--engine", "local")
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual(["devspace.yaml"], list(pulled.files))
        self.assertEqual(pulled.digest, finished.result["images"][0]["digest"])

    def test_output_as_a_file(self):
        self.prepare("app")
        finished = self.without_cluster("--output", "image.tar")
        self.assertFalse(finished.result["images"][0]["pushed"])
        self.assertEqual([], self.tags(registry(self.namespace + "/app")))
        inspected = subprocess.run(
            ("skopeo", "inspect", "docker-archive:%s/image.tar" % self.folder),
            stdout=subprocess.PIPE,
            check=True,
        )
        self.assertEqual(1, len(json.loads(inspected.stdout)["Layers"]))

    def test_output_needs_no_right_to_push(self):
        """Neither for the image nor for the cache's layers."""
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s/%s/app\n    build:\n      kaniko: "
            "{image: gcr.io/kaniko-project/executor:v1.24.0, insecure: true}\n"
            % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"], self.namespace),
        )
        self.write(
            "Dockerfile", "FROM %s\nRUN echo a > /a\n" % registry("library/busybox:1")
        )
        self.without_cluster("--output", "image.tar")
        self.assertTrue(os.path.exists(self.folder + "/image.tar"))

    def test_local_trusts_whom_this_machine_trusts(self):
        name = "%s/%s/app" % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"], self.namespace)
        self.write(
            "devspace.yaml",
            """
images:
  app:
    image: %s
    tags: [v1]
    build:
      kaniko:
        image: gcr.io/kaniko-project/executor:v1.24.0
        registryCertificates:
        - {registry: "%s", configMap: none-here}
"""
            % (name, ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]),
        )
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")
        self.write(self.home + "/.docker/config.json", login_config())
        finished = self.without_cluster(
            "--engine", "local", SSL_CERT_FILE=ENVIRONMENT["OVENBIRD_E2E_CA"]
        )
        pulled = self.pull(name + ":v1")
        self.assertEqual(pulled.digest, finished.result["images"][0]["digest"])
