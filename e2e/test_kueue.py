"""Builds that wait in a queue of the real Kueue, which is built for them. They run only when a
filter names them: `test_kueue.`."""

import contextlib
import json
import signal
import time

from frame import ENVIRONMENT, ClusterTest, alone, get, is_ours, kubectl, registry, until
from kueue import API, FLAVOR, GROUP, NAMESPACES, Kueue
from test_examples import login_config

ENVIRONMENTAL, INTERRUPTED = 3, 130
QUEUE_LABEL = "kueue.x-k8s.io/queue-name"
PRIORITY_LABEL = "kueue.x-k8s.io/priority-class"
FINALIZER = "kueue.x-k8s.io/managed"
REQUESTS = {"cpu": "300m", "memory": "64Mi"}
QUOTA = {"cpu": "500m", "memory": "1Gi"}  # Room for one.
# The garbage collector sees new kinds of objects only every half a minute.
PATIENCE = 90


def is_true(item, condition):
    found = item.get("status", {}).get("conditions", [])
    return any(c["type"] == condition and c["status"] == "True" for c in found)


@alone
class Queues(ClusterTest):
    """A namespace with a LocalQueue `builds` that has room for one build."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kueue = Kueue()

    @classmethod
    def tearDownClass(cls):
        cls.kueue.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        labels = ["%s=%s" % label for label in NAMESPACES.items()]
        kubectl("label", "namespace", self.namespace, *labels)
        self.cluster_queue = self.namespace
        resources = [{"name": name, "nominalQuota": quota} for name, quota in QUOTA.items()]
        group = {
            "coveredResources": list(QUOTA),
            "flavors": [{"name": FLAVOR, "resources": resources}],
        }
        spec = {
            "namespaceSelector": {},
            "resourceGroups": [group],
            "preemption": {"withinClusterQueue": "LowerPriority"},
        }
        self.create("ClusterQueue", self.cluster_queue, spec=spec)
        self.addCleanup(self.delete, "clusterqueues." + GROUP, self.cluster_queue)
        self.make_local_queue("builds")

    def create(self, kind, name, version=API, **fields):
        metadata = {"name": name, **fields.pop("metadata", {})}
        item = {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}
        kubectl("create", "-n", self.namespace, "-f", "-", text=json.dumps(item))

    def delete(self, kind, name):
        kubectl("delete", kind, name, "-n", self.namespace, "--wait=false", check=False)

    def make_local_queue(self, name):
        self.create("LocalQueue", name, spec={"clusterQueue": self.cluster_queue})
        path = ("localqueues." + GROUP, name, "-n", self.namespace)
        until("the queue is active", lambda: is_true(get(*path), "Active"))

    def prepare(self, queue="builds", seconds=0, login=False):
        """A build; with a login, it has a Secret in the cluster."""
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN" if login else "OVENBIRD_E2E_REGISTRY"]
        self.name = "%s/%s/app" % (host, self.namespace)
        kaniko = {"queue": queue} if queue else {}
        kaniko["resources"] = {"requests": REQUESTS}
        if login:
            kaniko["insecure"] = True
            self.write(self.home + "/.docker/config.json", login_config())
        # The frame adds the executor before the first field.
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n"
            % (self.name, json.dumps(kaniko)),
        )
        base = registry("library/busybox:1")
        run = "echo going && sleep %d && echo done >/f" % seconds
        self.write("Dockerfile", "FROM %s\nRUN %s\n" % (base, run))

    def take_quota(self, name="holder", priority=None):
        """Runs a pod that leaves no room for a build."""
        labels = {QUEUE_LABEL: "builds"}
        if priority:
            labels[PRIORITY_LABEL] = priority
        container = {
            "name": "main",
            "image": "busybox:1",
            "command": ["sleep", "3600"],
            "resources": {"requests": REQUESTS},
        }
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
        self.create("Pod", name, "v1", metadata={"labels": labels}, spec=spec)
        self.addCleanup(self.delete, "pod", name)
        path = ("pod", name, "-n", self.namespace)
        until("%s runs" % name, lambda: get(*path)["status"]["phase"] == "Running")

    def free_quota(self, name="holder"):
        kubectl("delete", "pod", name, "-n", self.namespace, "--timeout=60s")

    def pod(self, but=()):
        """Waits for the pod of the running build; returns it as Kueue has created it."""

        def found():
            self.assertTrue(self.running.is_running(), self.running.output())
            pods = [p for p in self.build_pods() if is_ours(p["metadata"]["name"])]
            return [p for p in pods if p["metadata"]["name"] not in but]

        return until("the build pod is there", found)[0]

    def workloads(self):
        """Returns Kueue's objects for pods of builds."""
        items = get("workloads." + GROUP, "-n", self.namespace)["items"]
        return [i for i in items if is_ours(i["metadata"]["ownerReferences"][0]["name"])]

    def wait_in(self, queue, *args):
        """Starts a build; waits until it says that it waits in the queue."""
        self.running = self.start_build(*args)
        self.running.wait_for("waiting in queue `%s`" % queue)
        pod = self.pod()
        self.assertEqual(queue, pod["metadata"]["labels"][QUEUE_LABEL])
        self.assertIn(FINALIZER, pod["metadata"]["finalizers"])
        self.assertTrue(pod["spec"]["schedulingGates"], pod["spec"])
        return pod

    def wait_for_job(self):
        """Waits until the Job that lets the build expire has finished; returns it."""

        def finished():
            (job,) = get("jobs", "-n", self.namespace)["items"]
            return job if is_true(job, "Complete") else None

        return until("the Job has finished", finished)

    def finish(self):
        """Nothing is left, nor is there a warning about it. Kueue needs a moment for its part."""
        finished = self.running.finish()
        self.assertNotIn("could not delete", finished.stdout + finished.stderr)
        self.assert_nothing_left()
        return finished

    def assert_nothing_left(self):
        until("the namespace is as before", lambda: self.before == self.objects())
        until("Kueue's workload is gone", lambda: not self.workloads(), PATIENCE)

    def assert_pushed(self, finished):
        self.assert_built(finished)
        self.assertEqual("done\n", self.pull_only(self.name).text("f"))

    def test_room(self):
        self.prepare(seconds=3)
        self.running = self.start_build()
        pod = self.pod()
        self.assertEqual("builds", pod["metadata"]["labels"][QUEUE_LABEL])
        self.assertIn(FINALIZER, pod["metadata"]["finalizers"])

        def admitted():
            return [item for item in self.workloads() if is_true(item, "Admitted")]

        (workload,) = until("Kueue has admitted the build", admitted)
        self.assertEqual("builds", workload["spec"]["queueName"])
        self.assert_pushed(self.finish())

    def test_no_room(self):
        """Longer than --schedule-timeout. The Job that lets the build expire does not wait."""
        self.prepare()
        self.take_quota()
        self.wait_in("builds", "--schedule-timeout", "1s")
        self.wait_for_job()
        time.sleep(5)
        self.assertTrue(self.running.is_running(), self.running.output())
        (workload,) = self.workloads()
        self.assertFalse(is_true(workload, "QuotaReserved"), workload["status"])
        self.free_quota()
        self.assert_pushed(self.finish())

    def interrupt(self, stop):
        """Ends a build that waits, by `stop`."""
        self.prepare(login=True)
        self.take_quota()
        self.wait_in("builds")
        kinds = {kind for kind, name, _ in self.objects() if is_ours(name)}
        self.assertLessEqual({"Job", "Pod", "Secret"}, kinds)
        stop()
        started = time.monotonic()
        finished = self.running.finish(60)
        self.assertLess(time.monotonic() - started, 5, finished.stderr)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        self.assertNotIn("could not delete", finished.stdout + finished.stderr)

    def test_ctrl_c(self):
        self.interrupt(lambda: self.running.interrupt())
        self.free_quota()
        self.assert_nothing_left()

    def test_terminated(self):
        self.interrupt(lambda: self.running.send(signal.SIGTERM))
        self.free_quota()
        self.assert_nothing_left()

    def test_ctrl_c_while_kueue_is_away(self):
        """The build does not wait for Kueue, which later releases the deleted pod."""
        with contextlib.ExitStack() as stack:

            def stop():
                stack.enter_context(self.kueue.away())
                self.running.interrupt()

            self.interrupt(stop)
            (pod,) = [p for p in self.build_pods() if is_ours(p["metadata"]["name"])]
            self.assertIn("deletionTimestamp", pod["metadata"])
        self.free_quota()
        self.assert_nothing_left()

    def test_kueue_is_away(self):
        """Its webhook is asked about each pod."""
        self.prepare()
        with self.kueue.away():
            self.running = self.start_build()
            finished = self.running.finish()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("an admission webhook of the cluster does not answer", finished.stderr)
        self.assert_nothing_left()

    def test_killed(self):
        """`ovenbird cleanup` removes what is left."""
        self.prepare(login=True)
        self.take_quota()
        self.wait_in("builds")
        self.running.kill()
        command = ("cleanup", "--engine", "kubernetes", "--namespace", self.namespace)
        finished = self.start(*command).finish()
        self.assertEqual(0, finished.code, finished.stdout + finished.stderr)
        self.free_quota()
        self.assert_nothing_left()

    def test_a_missing_queue(self):
        """The build says in which queue it waits, and goes on when the queue is created."""
        self.prepare(queue="missing")
        self.wait_in("missing", "--schedule-timeout", "1s")
        time.sleep(3)
        self.assertTrue(self.running.is_running(), self.running.output())
        queue = "LocalQueue `missing` in namespace `%s`: " % self.namespace
        self.assertIn("warning  " + queue + "missing", self.doctor())
        self.make_local_queue("missing")
        self.assertIn("ok       " + queue + "exists", self.doctor())
        self.assert_pushed(self.finish())

    def test_a_default_queue(self):
        """Kueue puts a build without `queue` into it, and the Job, which expires nevertheless."""
        self.make_local_queue("default")
        self.prepare(queue=None)
        self.take_quota()
        self.wait_in("default")
        job = self.wait_for_job()
        self.assertEqual("default", job["metadata"]["labels"][QUEUE_LABEL])
        self.free_quota()
        self.assert_pushed(self.finish())

    def doctor(self):
        return self.start(
            *("doctor", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--engine", "kubernetes"),
            # Builds do not need the right to read LocalQueues.
            environment={"KUBECONFIG": ENVIRONMENT["KUBECONFIG"]}
        ).finish().stdout

    def test_kueue_takes_the_place_away(self):
        """The build waits again, in a new pod."""
        self.create("WorkloadPriorityClass", self.namespace, value=1000)
        self.addCleanup(self.delete, "workloadpriorityclasses." + GROUP, self.namespace)
        self.prepare(seconds=8)
        self.running = self.start_build()
        self.running.wait_for("going$")
        first = self.pod()["metadata"]["name"]
        self.take_quota("urgent", priority=self.namespace)
        self.running.wait_for(
            "(?s)trying again in a new pod: Kueue removed the build pod from its queue's quota"
            ".*waiting in queue `builds`"
        )
        second = self.pod(but=(first,))
        self.assertTrue(second["spec"]["schedulingGates"], second["spec"])
        self.free_quota("urgent")
        self.assert_pushed(self.finish())
