"""RUN --mount: caches, tmpfs and files of the context are volumes of the build pod."""

import json
import os

from frame import ClusterTest, kubectl, registry


class Mounts(ClusterTest):
    def build_image(self, dockerfile, kaniko="{}"):
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n"
            % (registry(self.namespace + "/app"), kaniko),
        )
        self.write("Dockerfile", dockerfile)
        finished = self.build("--strict")
        self.assert_built(finished)
        self.assert_namespace_as_before()
        return self.pull_only(registry(self.namespace + "/app"))

    def test_a_cache(self):
        image = self.build_image(
            "FROM %s AS one\n"
            "RUN --mount=type=cache,target=/c/deep echo 1 > /c/deep/a && stat -c %%a:%%u /c/deep > /f\n"
            "FROM %s\n"
            "COPY --from=one /f /f\n"
            "RUN --mount=type=cache,target=/c/deep,ro cp /c/deep/a /g\n"
            "RUN --mount=type=cache,target=/d,uid=7,gid=8,mode=0710 stat -c %%a:%%u:%%g /d > /h\n"
            % (registry("library/busybox:1"), registry("library/busybox:1"))
        )
        self.assertEqual("755:0\n", image.text("f"))
        self.assertEqual("1\n", image.text("g"))
        self.assertEqual("710:7:8\n", image.text("h"))
        for path in image.files:
            self.assertFalse(path.split("/")[0] in ("c", "d"), path)

    def test_a_tmpfs(self):
        image = self.build_image(
            "FROM %s\n"
            "RUN --mount=type=tmpfs,target=/t,size=1m "
            "grep ' /t tmpfs ' /proc/mounts > /f && stat -c %%a /t >> /f && echo 1 > /t/a\n"
            "RUN --mount=type=tmpfs,target=/t,size=1m ls -A /t > /g\n"
            % registry("library/busybox:1")
        )
        self.assertIn("tmpfs", image.text("f"))
        self.assertTrue(image.text("f").endswith("1777\n"))
        self.assertEqual("", image.text("g"))
        self.assertFalse([path for path in image.files if path.startswith("t/")])

    def test_files_of_the_context(self):
        self.write("d/a", "1\n")
        self.write("d/ignored", "2\n")
        self.write(".dockerignore", "d/ignored\n")
        image = self.build_image(
            "FROM %s\n"
            "ARG S=/src\n"
            "RUN --mount=source=d,target=$S --mount=source=d/a,target=/one "
            "ls -A /src > /f && cat /one >> /f && (echo 3 > /src/b || echo no >> /f)\n"
            "RUN --mount=target=/all ls -A /all > /g && cat /all/d/a >> /g\n"
            % registry("library/busybox:1")
        )
        self.assertEqual("a\n1\nno\n", image.text("f"))
        self.assertEqual(".dockerignore\nDockerfile\nd\ndevspace.yaml\n1\n", image.text("g"))
        self.assertNotIn("src/a", image.files)
        self.assertNotIn("all/d", image.files)


class Kept(ClusterTest):
    """cacheVolumes: files that the next build finds."""

    def write_project(self, kaniko):
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko:\n"
            # Kept layers would take the place of the second run.
            "        cache: false\n        cacheVolumes: %s\n"
            % (registry(self.namespace + "/app"), kaniko),
        )
        self.write(
            "Dockerfile",
            "FROM %s\n"
            "RUN --mount=type=cache,target=/c,id=npm ls /c > /f && date +%%N > /c/$(ls /c | wc -l)\n"
            % registry("library/busybox:1"),
        )

    def make_claim(self):
        name = self.namespace
        items = [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": name},
                "spec": {
                    "capacity": {"storage": "1Gi"},
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": name,
                    "hostPath": {"path": self.top + "/volume", "type": "DirectoryOrCreate"},
                },
            },
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "npm-cache", "namespace": name},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": name,
                    "resources": {"requests": {"storage": "1Gi"}},
                },
            },
        ]
        every = {"apiVersion": "v1", "kind": "List", "items": items}
        kubectl("create", "-f", "-", text=json.dumps(every))
        self.addCleanup(kubectl, "delete", "pv", name, "--wait=false")

    def build_twice(self, start):
        for listing in ("", "0\n"):
            started = start("--strict", "--force", "--tag", "v" + str(len(listing)))
            self.assert_built(started.finish())
            self.assert_namespace_as_before()
            image = self.pull(registry("%s/app:v%d" % (self.namespace, len(listing))))
            self.assertEqual(listing, image.text("f"))

    def test_in_a_claim(self):
        self.make_claim()
        self.write_project("{npm: {claim: npm-cache}}")
        self.build_twice(self.start_build)

    def test_in_a_folder_of_this_machine(self):
        self.write_project("{npm: {path: .cache/npm}}")
        self.write(".dockerignore", ".cache\n")
        self.build_twice(self.start_without_cluster)
        self.assertEqual(["0", "1"], sorted(os.listdir(self.folder + "/.cache/npm")))

    def test_two_builds_with_one_claim(self):
        self.make_claim()
        self.write_project("{npm: {claim: npm-cache}}")
        with open(self.folder + "/devspace.yaml") as stream:
            config = stream.read()
        second = config.partition("images:\n")[2].replace("/app", "/app2").replace("app:", "app2:")
        self.write("devspace.yaml", config + second)
        finished = self.build("--strict")
        self.assert_built(finished)
        self.assertRegex(finished.stderr, "waiting for the cache volume `npm-cache`")
        listings = {
            self.pull_only(registry("%s/%s" % (self.namespace, name))).text("f")
            for name in ("app", "app2")
        }
        self.assertEqual({"", "0\n"}, listings)

    def test_a_missing_claim(self):
        self.write_project("{npm: {claim: npm-cache}}")
        finished = self.build()
        self.assertEqual(3, finished.code, finished.stderr)
        self.assertIn(
            "image `app`: the PersistentVolumeClaim `npm-cache` does not exist", finished.stderr
        )
        self.assertIn("create it in the build namespace, or fix `cacheVolumes`", finished.stderr)
