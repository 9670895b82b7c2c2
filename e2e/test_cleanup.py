"""kill -9: nothing runs on for ever, and what is left goes by itself, with the
next build, or with `ovenbird cleanup`, which touches nothing else."""

import json
import socket

from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry, until

ENVIRONMENTAL = 3
NOWHERE = "nodeSelector: {pool: nowhere}"


def has_expiry():
    """Whether the cluster deletes Jobs whose time is over (from 1.21 on)."""
    return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1]) >= 21


class Cleanup(ClusterTest):
    def prepare(self, kaniko="{}", dockerfile="FROM scratch\nCOPY devspace.yaml /\n"):
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n"
            % (registry(self.namespace + "/app"), kaniko),
        )
        self.write("Dockerfile", dockerfile)

    def names(self):
        return {(kind, name) for kind, name, _ in self.objects()}

    def wait_for_pods(self, running, condition):
        """Until as many new pods are there as asked for, each in the wanted state."""

        def met():
            self.assertTrue(running.is_running(), running.output())
            pods = self.build_pods()
            return pods if pods and all(condition(pod["status"]) for pod in pods) else None

        return until("the pod is there", met)

    def kill_pending(self, timeout="1h"):
        """A build that is killed while no node takes its pod."""
        self.prepare("{timeout: %s, %s}" % (timeout, NOWHERE))
        running = self.start_build()
        pods = self.wait_for_pods(running, lambda status: "conditions" in status)
        running.kill()
        return pods[-1]["metadata"]

    def kill_running(self, timeout="1h"):
        """A build that is killed while kaniko runs."""
        dockerfile = "FROM %s\nRUN sleep 600\n" % registry("library/busybox:1")
        self.prepare("{timeout: %s}" % timeout, dockerfile)
        running = self.start_build()
        pods = self.wait_for_pods(running, lambda status: status["phase"] == "Running")
        running.kill()
        return pods[-1]["metadata"]

    def cleanup(self, *args, **options):
        return self.start("cleanup", "--namespace", self.namespace, *args, **options).finish()

    # What goes without us.

    def test_all_goes_by_itself(self):
        self.kill_pending("5s")
        self.assertNotEqual(self.before, self.objects())
        if has_expiry():
            until("all is gone", lambda: self.objects() == self.before, 150)
        else:
            kinds = [kind for kind, _ in self.names() - {o[:2] for o in self.before}]
            self.assertEqual(["Pod"], kinds, "a Job that never goes is no help")

    def test_nothing_runs_on_past_the_deadline(self):
        pod = self.kill_running("20s")

        def ended():
            status = get("pod", pod["name"], "-n", self.namespace)["status"]
            return status if status["phase"] == "Failed" else None

        status = until("the pod has ended", ended, 90)
        self.assertEqual("DeadlineExceeded", status["reason"])

    def test_a_pod_to_which_nobody_sends_ends(self):
        """After 5 minutes; here after 20 seconds. A receiver keeps it waiting."""
        self.prepare()
        shown = self.start("render", "--config", "devspace.yaml").finish()
        self.assertEqual(0, shown.code, shown.stderr)
        self.assertIn("-lt 30", shown.stdout)
        text = shown.stdout.replace("-lt 30", "-lt 2")
        kubectl("create", "-n", self.namespace, "-f", "-", text=text)

        def init_state(state):
            pod = self.build_pods()[0]
            for status in pod["status"].get("initContainerStatuses", []):
                if state in status["state"]:
                    return status["state"][state]
            return None

        until("the pod waits", lambda: init_state("running"))
        name = self.build_pods()[0]["metadata"]["name"]
        receive = "echo $$ >/tmp/receiver; sleep 35"
        kubectl("exec", "-n", self.namespace, name, "-c", "context", "--", "sh", "-c", receive)
        self.assertIsNone(init_state("terminated"))
        self.assertEqual(1, until("it has ended", lambda: init_state("terminated"))["exitCode"])
        log = kubectl("logs", "-n", self.namespace, name, "-c", "context")
        self.assertIn("nobody has sent a build context", log)

    # The next build.

    def test_the_next_build_deletes_it(self):
        self.kill_pending()
        self.make_objects_of_others()
        others = self.others()
        self.prepare()
        finished = self.build()
        self.assert_built(finished)
        self.assertNotIn("deleted", finished.stderr)
        self.assertEqual(sorted(self.before + others), self.objects())

    # `ovenbird cleanup`.

    def test_cleanup(self):
        pending = self.kill_pending()
        self.prepare("{%s}" % NOWHERE)
        self.write("other", "So that the pods' names differ in more than chance.")
        self.make_objects_of_others()
        with_remains = self.objects()

        shown = self.cleanup("--dry-run")
        self.assertEqual(0, shown.code, shown.stderr)
        self.assertIn("would be deleted: pod/" + pending["name"], shown.stdout)
        self.assertEqual(with_remains, self.objects())

        done = self.cleanup()
        self.assertEqual(0, done.code, done.stderr)
        self.assertIn("deleted: pod/" + pending["name"], done.stdout)
        self.assertNotIn("theirs", done.stdout)
        self.assertEqual(sorted(self.before + self.others()), self.objects())

        again = self.cleanup()
        self.assertEqual(0, again.code, again.stderr)
        self.assertIn(" 0 deleted", again.stdout)

    def test_a_running_build_is_kept(self):
        self.prepare("{%s}" % NOWHERE)
        running = self.start_build()
        pod = self.wait_for_pods(running, lambda status: "conditions" in status)[0]["metadata"]
        with_build = self.objects()
        done = self.cleanup()
        self.assertEqual(0, done.code, done.stderr)
        self.assertIn("kept: pod/" + pod["name"], done.stdout)
        self.assertEqual(with_build, self.objects())
        # Nor does another build of the same user take it away.
        self.prepare()
        self.assert_built(self.build())
        self.assertEqual(with_build, self.objects())
        running.interrupt()
        self.assertEqual(130, running.finish(60).code)
        self.assert_namespace_as_before()

    def test_a_running_pod_of_a_killed_build_is_ended(self):
        self.kill_running()
        done = self.cleanup()
        self.assertEqual(0, done.code, done.stderr)
        until("all is gone", lambda: self.objects() == self.before)

    def test_the_user_may_not_look(self):
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        finished = self.cleanup()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("secrets", finished.stderr)

    def make_objects_of_others(self):
        """Another user's build, on this very host and long over, and one of this user's
        on another host, which may be at work."""
        mine = get("pods", "-n", self.namespace, "-l", "app.kubernetes.io/managed-by=ovenbird")
        annotations = mine["items"][0]["metadata"]["annotations"]
        ended = dict(annotations, **{"ovenbird.dev/user": "somebody-else"})
        elsewhere = dict(annotations, **{"ovenbird.dev/host": "not-" + socket.gethostname()})
        items = []
        for name, its in (("theirs", ended), ("elsewhere", elsewhere)):
            labels = {"app.kubernetes.io/managed-by": "ovenbird", "ovenbird.dev/build-id": name}
            metadata = {"name": name, "labels": labels, "annotations": its}
            container = {"name": "kaniko", "image": "busybox:1"}
            spec = {"containers": [container], "nodeSelector": {"pool": "of-others"}}
            items.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
            items.append({"apiVersion": "v1", "kind": "Secret", "metadata": metadata})
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        kubectl("create", "-n", self.namespace, "-f", "-", text=text)

    def others(self):
        return [o for o in self.objects() if o[1] in ("theirs", "elsewhere")]
