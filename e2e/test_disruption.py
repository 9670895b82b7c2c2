"""What a cluster does to running pods for the sake of others: eviction, drain, preemption. Such
a build is tried again, once by default."""

import json

from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, registry, until

ENVIRONMENTAL = 3
AGAIN = "trying again in a new pod: "
DELETED = "the build pod was deleted while it was in use"


def names_the_cause():
    """From 1.26 on a condition of the pod says who evicts it."""
    return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1]) >= 26


class Disruption(ClusterTest):
    def prepare(self, kaniko="{}", seconds=5):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (self.name, kaniko),
        )
        run = "RUN echo going && sleep %d && echo done > /f\n" % seconds
        self.write("Dockerfile", "FROM %s\n%s" % (registry("library/busybox:1"), run))

    def start_long(self, *args):
        running = self.start_build(*args)
        running.wait_for("going$")
        (pod,) = self.build_pods()
        return running, pod["metadata"]["name"]

    def evict(self, pod):
        version = "policy/v1" if names_the_cause() else "policy/v1beta1"
        metadata = {"name": pod, "namespace": self.namespace}
        eviction = {"apiVersion": version, "kind": "Eviction", "metadata": metadata}
        path = "/api/v1/namespaces/%s/pods/%s/eviction" % (self.namespace, pod)
        kubectl("create", "--raw", path, "-f", "-", text=json.dumps(eviction))

    def assert_built_again(self, finished, cause):
        self.assert_built(finished)
        self.assertIn(AGAIN + cause, finished.stderr)
        self.assertEqual(1, finished.stderr.count(AGAIN), finished.stderr)
        self.assertEqual("done\n", self.pull_only(self.name).text("f"))
        self.assert_namespace_as_before()

    def assert_failed(self, finished, cause):
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn(cause, finished.stderr)
        self.assertNotIn(AGAIN, finished.stderr)
        self.assertEqual([], self.tags(self.name))

    def test_the_eviction_api(self):
        self.prepare()
        running, pod = self.start_long()
        self.evict(pod)
        finished = running.finish()
        if names_the_cause():
            self.assert_built_again(finished, "the build pod was evicted, for example by `kubectl drain`")
        else:
            self.assert_failed(finished, DELETED)
        self.assert_namespace_as_before()

    def test_without_retries(self):
        self.prepare()
        running, pod = self.start_long("--retries", "0")
        self.evict(pod)
        evicted = "the build pod was evicted, for example by `kubectl drain`"
        self.assert_failed(running.finish(), evicted if names_the_cause() else DELETED)
        self.assert_namespace_as_before()

    def test_the_namespace_is_deleted(self):
        self.prepare(seconds=90)
        other = self.namespace + "-other"
        kubectl("create", "namespace", other)
        self.addCleanup(kubectl, "delete", "namespace", other, "--ignore-not-found", "--wait=false")
        self._wait_until_settled(other)
        running = self.start(
            *("build", "--config", "devspace.yaml", "--namespace", other, "--engine", "kubernetes")
        )
        running.wait_for("going$")
        kubectl("delete", "namespace", other, "--wait=false")
        self.assert_failed(running.finish(), DELETED)
        until("the namespace is gone", lambda: other not in self.namespaces())

    def namespaces(self):
        return [one["metadata"]["name"] for one in get("namespaces")["items"]]

    @alone
    def test_preemption(self):
        important = {"value": 1000, "metadata": {"name": self.namespace}}
        important.update(apiVersion="scheduling.k8s.io/v1", kind="PriorityClass")
        kubectl("create", "-f", "-", text=json.dumps(important))
        self.addCleanup(kubectl, "delete", "priorityclass", self.namespace)
        self.prepare("{resources: {requests: {cpu: 1200m}}}")
        running, _ = self.start_long()
        container = {
            "name": "main",
            "image": registry("library/busybox:1"),
            "command": ["sleep", "2"],
            "resources": {"requests": {"cpu": "1200m"}},
        }
        spec = {
            "priorityClassName": self.namespace,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
        }
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "important"}, "spec": spec}
        kubectl("create", "-n", self.namespace, "-f", "-", text=json.dumps(pod))
        finished = running.finish()
        kubectl("delete", "pod", "important", "-n", self.namespace)
        self.assert_built_again(finished, "a pod with a higher priority preempted the build pod")

    @alone
    def test_a_drained_node(self):
        self.prepare()
        running, pod = self.start_long()
        self.addCleanup(kubectl, "uncordon", "node")
        kubectl(
            *("drain", "node", "--force", "--ignore-daemonsets", "--timeout=60s"),
            *("--delete-emptydir-data", "--pod-selector"),
            "ovenbird.dev/build-id=" + pod.rpartition("-")[2]
        )
        if names_the_cause():
            running.wait_for("waiting for a node")
        kubectl("uncordon", "node")
        finished = running.finish()
        if names_the_cause():
            self.assert_built_again(finished, "the build pod was evicted, for example by `kubectl drain`")
        else:
            self.assert_failed(finished, DELETED)
            self.assert_namespace_as_before()
