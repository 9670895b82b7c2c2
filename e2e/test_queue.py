"""Pods that are held back before they are scheduled: by Kueue, or by another owner of a
scheduling gate. A webhook of the test adds what Kueue's webhook adds; the test plays Kueue."""

import json
import threading
import time

from faults import held_back
from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry, until

GATE = "kueue.x-k8s.io/admission"
FINALIZER = "kueue.x-k8s.io/managed"
INTERRUPTED = 130


def minor():
    return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])


class Queue(ClusterTest):
    def prepare(self, kaniko):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (self.name, kaniko),
        )
        self.write("Dockerfile", "FROM %s\nRUN true\n" % registry("library/busybox:1"))

    def patch(self, name, operations, *more):
        """Patches the pod; does nothing if it no longer exists."""
        kubectl(
            *("patch", "pod", name, "-n", self.namespace, "--type=json", *more),
            *("--patch", json.dumps(operations)),
            check=False,
        )

    def release_deleted_pods(self):
        """Removes Kueue's finalizer from deleted pods until the end of the test."""
        stop = threading.Event()

        def release():
            while not stop.wait(0.2):
                for pod in self.build_pods():
                    metadata = pod["metadata"]
                    if "deletionTimestamp" in metadata and metadata.get("finalizers"):
                        remove = {"op": "remove", "path": "/metadata/finalizers"}
                        self.patch(metadata["name"], [remove])

        thread = threading.Thread(target=release)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stop.set)

    def gated_pod(self, but=()):
        def there():
            self.assertTrue(self.running.is_running(), self.running.output())
            pods = [p for p in self.build_pods() if p["metadata"]["name"] not in but]
            return [p for p in pods if p["spec"].get("schedulingGates")]

        return until("the gated pod is there", there)[0]

    def admit(self, pod):
        remove = {"op": "remove", "path": "/spec/schedulingGates"}
        self.patch(pod["metadata"]["name"], [remove])

    def finish(self):
        finished = self.running.finish()
        until("the namespace is as before", lambda: self.before == self.objects())
        return finished

    def test_a_build_waits_in_its_queue(self):
        """Longer than --schedule-timeout. The Job that lets the build expire does not wait."""
        self.prepare("{queue: builds, labels: {team: web}}")
        if minor() < 27:  # Without scheduling gates; Kueue's label alone.
            self.running = self.start_build()
            label = until("the pod is there", self.build_pods)[0]["metadata"]["labels"]
            self.assertEqual("builds", label["kueue.x-k8s.io/queue-name"])
            self.assert_built(self.running.finish())
            return self.assert_namespace_as_before()
        with held_back(self.namespace, GATE, FINALIZER):
            self.release_deleted_pods()
            self.running = self.start_build("--schedule-timeout", "1s")
            pod = self.gated_pod()
            self.running.wait_for("waiting in queue `builds`")
            self.assertEqual("builds", pod["metadata"]["labels"]["kueue.x-k8s.io/queue-name"])
            (job,) = get("jobs", "-n", self.namespace)["items"]
            self.assertNotIn("kueue.x-k8s.io/queue-name", job["metadata"]["labels"])
            self.assertTrue(job["status"].get("completionTime"), job["status"])
            time.sleep(4)
            self.assertTrue(self.running.is_running(), self.running.output())
            self.admit(pod)
            self.assert_built(self.finish())
        self.pull(self.name + ":" + self.tags(self.name)[0])

    def test_ctrl_c_in_the_queue(self):
        if minor() < 27:
            return
        self.prepare("{queue: builds}")
        with held_back(self.namespace, GATE, FINALIZER):
            self.release_deleted_pods()
            self.running = self.start_build()
            self.running.wait_for("waiting in queue `builds`")
            self.running.interrupt()
            self.assertEqual(INTERRUPTED, self.finish().code)

    def test_a_gate_of_others(self):
        if minor() < 27:
            return
        self.prepare("{}")
        with held_back(self.namespace, "example.com/budget"):
            self.running = self.start_build("--schedule-timeout", "1s")
            pod = self.gated_pod()
            self.running.wait_for("the scheduling gate `example.com/budget`")
            time.sleep(3)
            self.admit(pod)
            self.assert_built(self.finish())

    def test_kueue_takes_the_place_away(self):
        """The build waits again, in a new pod."""
        if minor() < 27:
            return
        self.prepare("{queue: builds}")
        with held_back(self.namespace, GATE, FINALIZER):
            self.release_deleted_pods()
            self.running = self.start_build()
            first = self.gated_pod()["metadata"]["name"]
            condition = {
                "type": "TerminationTarget",
                "status": "True",
                "reason": "WorkloadEvictedDueToPreempted",
                "message": "Preempted to accommodate a workload",
                "lastTransitionTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            add = {"op": "add", "path": "/status/conditions/-", "value": condition}
            self.patch(first, [add], "--subresource=status")
            kubectl("delete", "pod", first, "-n", self.namespace, "--wait=false")
            second = self.gated_pod(but=(first,))
            self.running.wait_for("trying again in a new pod")
            self.admit(second)
            self.assert_built(self.finish())
