"""Images for several platforms. The only node is of amd64: where an image has no RUN, its executor
builds for any platform there."""

import json

import image
from frame import ENVIRONMENT, ClusterTest, alone, kubectl, registry

BUILD, ENVIRONMENTAL = 1, 3
BOTH = ["linux/amd64", "linux/arm64"]


class Platforms(ClusterTest):
    def prepare(self, dockerfile, lines=""):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    tags: [v1, latest]\n%s    build: {kaniko: {}}\n"
            % (self.name, lines),
        )
        self.write("Dockerfile", dockerfile)
        for architecture in ("amd64", "arm64"):
            self.write("bin-" + architecture, architecture + "\n")

    def prepare_both(self, dockerfile="FROM scratch\nARG TARGETARCH\nCOPY bin-$TARGETARCH /bin\n"):
        self.prepare(dockerfile, "    platforms: [linux/amd64, linux/arm64]\n")

    def inspect(self, reference, *args):
        options = image.login_options(ENVIRONMENT, reference, "")
        return json.loads(image.skopeo("inspect", *args, *options, "docker://" + reference))

    def index(self, tag):
        """Returns the digests in the index by platform."""
        raw = self.inspect("%s:%s" % (self.name, tag), "--raw")
        return {
            "%s/%s" % (one["platform"]["os"], one["platform"]["architecture"]): one["digest"]
            for one in raw["manifests"]
        }

    def digest(self, tag):
        return image.digest(ENVIRONMENT, "%s:%s" % (self.name, tag))

    def test_the_tags_name_an_index(self):
        self.prepare_both()
        finished = self.build()
        self.assert_built(finished)
        result = finished.result["images"][0]
        built = {one["platform"]: one["digest"] for one in result["platforms"]}
        self.assertEqual(BOTH, sorted(built))
        for tag in ("v1", "latest"):
            self.assertEqual(built, self.index(tag))
            self.assertEqual(result["digest"], self.digest(tag))
        for platform, digest in built.items():
            architecture = platform.split("/")[1]
            reference = "%s@%s" % (self.name, digest)
            self.assertEqual(architecture + "\n", self.pull(reference).text("bin"))
            config = self.inspect(reference, "--config")
            self.assertEqual(architecture, config["architecture"])
        self.assert_namespace_as_before()

        again = self.build()
        self.assert_built(again)
        skipped = again.result["images"][0]
        self.assertTrue(skipped["skipped"])
        self.assertEqual(result["digest"], skipped["digest"])

    def test_a_platform_that_fails_leaves_the_tag(self):
        self.prepare_both()
        self.assert_built(self.build())
        before = self.index("v1")

        base = registry(self.namespace + "/base")
        options = [
            *image.login_options(ENVIRONMENT, base, "src-"),
            *image.login_options(ENVIRONMENT, base, "dest-"),
        ]
        busybox = "docker://" + registry("library/busybox:1")
        image.skopeo("copy", "--quiet", *options, busybox, "docker://%s:amd64" % base)
        self.write("Dockerfile", "FROM %s:$TARGETARCH\nCOPY bin-amd64 /bin-amd64\n" % base)
        finished = self.build()
        self.assertEqual(BUILD, finished.code, finished.stdout + finished.stderr)
        result = finished.result["images"][0]
        self.assertIn("linux/arm64", result["failure"]["what"])
        self.assertEqual([True, False], ["digest" in one for one in result["platforms"]])
        self.assertNotIn("digest", result)
        for tag in ("v1", "latest"):
            self.assertEqual(before, self.index(tag))
        self.assert_namespace_as_before()

    def test_no_node_of_the_platform(self):
        self.prepare_both("FROM %s\nRUN true\n" % registry("library/busybox:1"))
        finished = self.build()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        for words in (
            "no arm64 node in this cluster",
            "nodes: 1 of amd64",
            "remove linux/arm64 from the platforms, or add such a node",
        ):
            self.assertIn(words, finished.stderr)
        self.assertEqual([], self.tags(self.name))
        self.assert_namespace_as_before()

        # An autoscaler may add the node for a pod that waits.
        waited = self.build("--platform", "linux/arm64", "--schedule-timeout", "2s")
        self.assertEqual(ENVIRONMENTAL, waited.code, waited.stdout + waited.stderr)
        self.assertIn("the build pod cannot be scheduled", waited.stderr)
        self.assertIn("nodeSelector: kubernetes.io/arch=arm64", waited.stderr)
        self.assert_namespace_as_before()

    def test_without_platforms(self):
        """All nodes are alike, so TARGETARCH has a value."""
        self.prepare("FROM scratch\nARG TARGETARCH\nCOPY bin-$TARGETARCH /bin\n")
        finished = self.build()
        self.assert_built(finished)
        self.assertNotIn("kaniko-differs", finished.stderr)
        self.assertEqual("amd64\n", self.pull(self.name + ":v1").text("bin"))
        self.assertNotIn("platforms", finished.result["images"][0])
        self.assert_namespace_as_before()

    @alone
    def test_nodes_of_two_platforms(self):
        """A node without a machine; no pod is scheduled on it."""
        labels = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64"}
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.namespace, "labels": labels},
            "spec": {"unschedulable": True},
        }
        kubectl("create", "-f", "-", text=json.dumps(node))
        self.addCleanup(kubectl, "delete", "node", self.namespace)
        self.prepare("FROM scratch\nARG TARGETARCH\nCOPY bin-amd64$TARGETARCH /bin\n")
        finished = self.build()
        self.assert_built(finished)
        for words in ("leaves `TARGETARCH` empty", "Dockerfile:2:5", "platforms: [linux/amd64]"):
            self.assertIn(words, finished.stderr)
        self.assert_namespace_as_before()

    def test_one_platform_has_no_index(self):
        self.prepare(
            "FROM %s\nARG TARGETPLATFORM\nRUN echo $TARGETPLATFORM > /f\n"
            % registry("library/busybox:1"),
            "    platforms: [linux/arm64]\n",
        )
        finished = self.build("--platform", "linux/amd64")
        self.assert_built(finished)
        result = finished.result["images"][0]
        self.assertEqual(
            [{"platform": "linux/amd64", "digest": result["digest"]}], result["platforms"]
        )
        self.assertEqual(["latest", "v1"], self.tags(self.name))
        self.assertEqual("linux/amd64\n", self.pull(self.name + ":v1").text("f"))
        self.assert_namespace_as_before()
