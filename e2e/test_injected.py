"""Containers that an admission webhook adds to the build pod, as service meshes do: a
build is over when kaniko is, and another container's failure has its own name."""

import time

from faults import injected_containers
from frame import ENVIRONMENT, ClusterTest, registry

ENVIRONMENTAL, INTERRUPTED = 3, 130
# As many seconds as a build takes that waits for no sidecar, on a busy machine.
PATIENCE = 90


def container(name, script, **fields):
    return {"name": name, "image": "busybox:1", "command": ["sh", "-c", script], **fields}


# Their statuses are on both sides of kaniko's, and they never end.
PROXIES = [container("aaa-proxy", "sleep 3600"), container("zzz-proxy", "sleep 3600")]


class Injected(ClusterTest):
    def prepare(self, run="true"):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {}\n" % self.name,
        )
        self.write("hello", "hi\n")
        base = registry("library/busybox:1")
        self.write("Dockerfile", "FROM %s\nCOPY hello /\nRUN %s\n" % (base, run))

    def first_containers(self):
        found = [container("aaa-init", "sleep 2")]
        # From Kubernetes 1.29 on, an init container may run next to the others.
        if int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1]) >= 29:
            found.append(container("native-proxy", "sleep 3600", restartPolicy="Always"))
        return found

    def test_a_build_ends_though_others_run_on(self):
        self.prepare()
        crashing = container("bbb-proxy", "exit 3")
        with injected_containers(
            self.namespace, self.first_containers(), PROXIES + [crashing]
        ) as pods:
            started = time.monotonic()
            finished = self.start_build().finish(PATIENCE)
            self.assert_built(finished)
            self.assertLess(time.monotonic() - started, PATIENCE)
            self.assert_namespace_as_before()
        self.assertEqual(1, len(pods), pods)
        image = self.pull_only(self.name)
        self.assertEqual("hi\n", image.text("hello"))
        self.assertEqual(image.digest, finished.result["images"][0]["digest"])

    def test_a_failed_build_ends_though_others_run_on(self):
        self.prepare("echo some output && exit 7")
        with injected_containers(self.namespace, self.first_containers(), PROXIES) as pods:
            finished = self.start_build().finish(PATIENCE)
            self.assertEqual(1, finished.code, finished.stdout + finished.stderr)
            self.assertIn(
                "image `app`: a command of the Dockerfile failed (exit code 7)", finished.stderr
            )
            self.assertIn("Dockerfile:3: RUN echo some output && exit 7", finished.stderr)
            self.assert_namespace_as_before()
        self.assertEqual(1, len(pods), pods)

    def test_ctrl_c(self):
        self.prepare("echo going && sleep 600")
        with injected_containers(self.namespace, self.first_containers(), PROXIES):
            running = self.start_build()
            running.wait_for("^.*going$", PATIENCE)
            running.interrupt()
            finished = running.finish(60)
            self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
            self.assert_namespace_as_before()

    def fails(self, init_container, *sentences):
        self.prepare()
        with injected_containers(self.namespace, [init_container], PROXIES):
            finished = self.start_build().finish(PATIENCE)
            self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
            for sentence in sentences:
                self.assertIn(sentence, finished.stderr)
            self.assertIn("an admission webhook of the cluster added it", finished.stderr)
            self.assert_namespace_as_before()
        self.assertEqual([], self.tags(self.name))

    def test_an_init_container_that_fails(self):
        self.fails(
            container("aaa-init", "echo iptables: denied >/dev/termination-log; exit 3"),
            "container `aaa-init` of image `busybox:1` exited with code 3 (Error)",
            "iptables: denied",
        )

    def test_an_init_container_without_its_image(self):
        missing = container("aaa-init", "true", imagePullPolicy="Never")
        missing["image"] = "localhost/missing:1"
        self.fails(
            missing,
            "the node is not allowed to pull image `localhost/missing:1` (container `aaa-init`, "
            "ErrImageNeverPull)",
        )
