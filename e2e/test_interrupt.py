"""Ctrl-C in each phase of a build: exit code 130, and nothing is left in the cluster."""

import os
import re
import shlex
import signal
import time

from faults import hanging_registry, slow_network, slow_pod_creation, slow_pod_deletion
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, named, registry, until
from test_examples import login_config

INTERRUPTED = 130
# The tool's own limit is 5 seconds; on a busy machine it gets some more.
PATIENCE = 8


class Interrupt(ClusterTest):
    def prepare(self, kaniko="{}", dockerfile="FROM scratch\nCOPY devspace.yaml /\n", name=None):
        name = name or registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (name, kaniko),
        )
        self.write("Dockerfile", dockerfile)

    def pod(self):
        pods = self.build_pods()
        return pods[0] if pods else None

    def wait_for_pod(self, what, condition):
        """Until the condition is true of the pod's status; fails when the tool ends."""

        def met():
            self.assertTrue(self.running.is_running(), self.running.output())
            pod = self.pod()
            return pod if pod and condition(pod["status"]) else None

        return until(what, met)

    def wait_for_log(self, text):
        def met():
            self.assertTrue(self.running.is_running(), self.running.output())
            pod = self.pod()
            if not pod:
                return False
            log = kubectl(
                *("logs", pod["metadata"]["name"], "-c", "kaniko", "-n", self.namespace),
                check=False,
            )
            return text in log

        until("the log has " + text, met)

    def interrupt(self):
        self.running.interrupt()
        return self.finish_interrupted()

    def finish_interrupted(self):
        signalled = time.monotonic()
        finished = self.running.finish(60)
        self.assertLess(time.monotonic() - signalled, PATIENCE)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        self.assert_namespace_as_before()
        return finished

    def test_while_the_pod_is_being_created(self):
        # With a login, so that there is a Secret already.
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(name="%s/%s/app" % (private, self.namespace))
        self.write(self.home + "/.docker/config.json", login_config())
        with slow_pod_creation(self.namespace) as asked:
            self.running = self.start_build()
            self.assertTrue(asked.wait(60), self.running.output())
            self.assertNotEqual(self.before, self.objects(), "there is a Secret")
            self.running.interrupt()
            finished = self.running.finish(60)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        # Nor does the pod come into being once the API server goes on.
        kubectl("label", "namespace", self.namespace, "slow-pods-")
        self.assert_namespace_as_before()

    def test_while_the_pod_is_pending(self):
        self.prepare("{nodeSelector: {pool: nowhere}}")
        self.running = self.start_build()

        def unschedulable(status):
            return any(c.get("reason") == "Unschedulable" for c in status.get("conditions", []))

        self.wait_for_pod("the pod is unschedulable", unschedulable)
        self.interrupt()

    def test_while_the_image_is_pulled(self):
        self.prepare('{initImage: "10.213.0.1:5999/none:1"}')
        self.running = self.start_build()

        def waits(status):
            states = [c["state"] for c in status.get("initContainerStatuses", [])]
            return any("waiting" in state for state in states)

        self.wait_for_pod("the init container waits", waits)
        self.interrupt()

    @alone
    def test_during_the_upload(self):
        self.prepare(dockerfile="FROM scratch\nCOPY big /\n")
        self.write("big", os.urandom(20 << 20))
        with slow_network("16mbit"):  # 10 s.
            self.running = self.start_build()
            pod = self.wait_for_pod(
                "the init container runs",
                lambda status: any(
                    "running" in c["state"] and c["name"] == "context"
                    for c in status.get("initContainerStatuses", [])
                ),
            )
            init = named(pod["spec"]["initContainers"], "context")
            folders = [m["mountPath"] for m in init["volumeMounts"]]

            def arriving():
                self.assertTrue(self.running.is_running(), self.running.output())
                sizes = kubectl(
                    *("exec", pod["metadata"]["name"], "-c", init["name"], "-n", self.namespace),
                    *("--", "du", "-s"),
                    *folders,
                    check=False,
                )
                return any(int(line.split()[0]) > 1024 for line in sizes.splitlines())

            until("a part of the context has arrived", arriving)
            self.interrupt()

    def start_long_run(self, seconds, **options):
        dockerfile = "FROM %s\nRUN echo going && sleep %d\n"
        self.prepare(dockerfile=dockerfile % (registry("library/busybox:1"), seconds))
        self.running = self.start_build(**options)
        self.wait_for_log("\ngoing")

    def test_during_the_build(self):
        self.start_long_run(600)
        self.interrupt()
        self.assertEqual([], self.tags(registry(self.namespace + "/app")))

    def test_terminated_during_the_build(self):
        self.start_long_run(600)
        self.running.send(signal.SIGTERM)
        self.finish_interrupted()

    def test_hung_up_during_the_build(self):
        """The terminal was closed."""
        self.start_long_run(600)
        self.running.send(signal.SIGHUP)
        self.finish_interrupted()

    def test_hung_up_twice(self):
        """The terminal was closed: the kernel and the shell send a signal each."""
        self.start_long_run(600)
        self.running.send(signal.SIGHUP)
        time.sleep(0.2)
        self.running.send(signal.SIGHUP)
        self.finish_interrupted()

    def test_terminated_twice_at_the_same_time(self):
        """As `timeout` does: its child, and then the group."""
        self.start_long_run(600)
        self.running.send(signal.SIGTERM)
        time.sleep(0.2)
        self.running.send(signal.SIGTERM)
        self.finish_interrupted()

    def test_hung_up_and_told_to_ignore_it(self):
        self.start_long_run(3, prefix=["nohup"])
        self.running.send(signal.SIGHUP)
        self.assert_built(self.running.finish())
        self.assert_namespace_as_before()

    def test_several_images_at_once(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.write(self.home + "/.docker/config.json", login_config())
        self.write("Dockerfile", "FROM %s\nRUN sleep 600\n" % registry("library/busybox:1"))
        image = "  app%d:\n    image: %s/%s/app%d\n    build: {kaniko: {}}\n"
        images = [image % (i, private, self.namespace, i) for i in range(3)]
        self.write("devspace.yaml", "images:\n" + "".join(images))
        self.running = self.start_build("--jobs", "3")

        def running():
            self.assertTrue(self.running.is_running(), self.running.output())
            return [pod for pod in self.build_pods() if pod["status"]["phase"] == "Running"]

        until("all three run", lambda: len(running()) == 3)
        self.interrupt()

    def test_the_cluster_does_not_answer(self):
        self.start_long_run(600)
        pod = self.pod()["metadata"]["name"]
        with slow_pod_deletion(self.namespace):
            self.running.interrupt()
            signalled = time.monotonic()
            finished = self.running.finish(60)
            self.assertLess(time.monotonic() - signalled, PATIENCE)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        self.assertIn("could not delete pods/%s" % pod, finished.stderr)

    def test_twice_during_the_build(self):
        """Another Ctrl-C exits immediately and lists what is left and how to remove it."""
        self.start_long_run(600)
        pod = self.pod()["metadata"]["name"]
        with slow_pod_deletion(self.namespace) as asked:
            self.running.interrupt()
            self.running.wait_for("cleaning up")
            printed = time.monotonic()
            self.assertTrue(asked.wait(60), self.running.output())
            # Two signals within a second are taken for one; after 2 s the request is given up.
            time.sleep(max(0, printed + 1.1 - time.monotonic()))
            self.running.interrupt()
            finished = self.running.finish(60)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        self.assertIn("left in namespace %s: pod/%s\n" % (self.namespace, pod), finished.stderr)
        line = re.search("delete with: kubectl (.*)", finished.stderr).group(1)
        # The first request for the deletion may have had its effect meanwhile.
        kubectl(*shlex.split(line), "--ignore-not-found")
        self.assert_namespace_as_before()

    @alone
    def test_during_the_push(self):
        self.start_long_run(3)
        with hanging_registry():
            self.wait_for_log("Pushing image to")
            self.interrupt()
        self.assertEqual([], self.tags(registry(self.namespace + "/app")))
