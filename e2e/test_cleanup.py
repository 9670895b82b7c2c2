"""kill -9: nothing runs forever; whatever is left behind expires on its own, or is removed
by the next build or by `ovenbird cleanup`, which deletes nothing else."""

import contextlib
import glob
import json
import os
import random
import socket

from dockerd import Dockerd
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, registry, until
from layout import cache

ENVIRONMENTAL = 3
NOWHERE = "nodeSelector: {pool: nowhere}"


def has_expiry():
    """Whether the cluster deletes expired Jobs (from 1.21 on)."""
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
        """A build that is killed while its pod cannot be scheduled."""
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
        # What is on this machine may be of other tests.
        command = ("cleanup", "--engine", "kubernetes", "--namespace", self.namespace)
        return self.start(*command, *args, **options).finish()

    # What goes without us.

    def test_all_goes_by_itself(self):
        self.kill_pending("5s")
        self.assertNotEqual(self.before, self.objects())
        if has_expiry():
            until("all is gone", lambda: self.objects() == self.before, 150)
        else:
            kinds = [kind for kind, _ in self.names() - {o[:2] for o in self.before}]
            self.assertEqual(["Pod"], kinds, "a Job that is never deleted does not help")

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
        self.assertEqual(1, until("it has exited", lambda: init_state("terminated"))["exitCode"])
        log = kubectl("logs", "-n", self.namespace, name, "-c", "context")
        self.assertIn("no build context was sent", log)

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

    def allow(self, user, name, namespace=None, **rules):
        """`user` may use the verbs on the resource, there or in all of the cluster."""
        where = ("-n", namespace) if namespace else ()
        role, kind = ("role", "rolebinding") if namespace else ("clusterrole", "clusterrolebinding")
        for resource, verbs in rules.items():
            its = "%s-%s" % (name, resource)
            kubectl("create", role, its, *where, "--resource=" + resource, "--verb=" + verbs)
            self.addCleanup(kubectl, "delete", role, its, *where, check=False)
            kubectl("create", kind, its, *where, "--%s=%s" % (role, its), "--user=" + user)
            self.addCleanup(kubectl, "delete", kind, its, *where, check=False)

    def kubeconfig_of(self, user):
        with open(ENVIRONMENT["KUBECONFIG"]) as stream:
            config = json.load(stream)
        for entry in config["users"]:
            entry["user"]["as"] = user
        return self.write(self.top + "/as-" + user, json.dumps(config))

    def test_all_namespaces(self):
        """A user who may see all namespaces, but only into two of them: other tests'
        remains in the cluster are of the same user."""
        first, namespaces = self.kill_pending(), [self.namespace]
        self.namespace = self.make_namespace()
        namespaces.append(self.namespace)
        second = self.kill_pending()
        self.namespace = namespaces[0]
        user = "e2e-" + namespaces[0]
        self.allow(user, user, namespaces="list")
        for namespace in namespaces:
            verbs = "list,delete"
            self.allow(user, user, namespace, pods=verbs, secrets=verbs, jobs=verbs)
        # The administrator sees all namespaces in one request.
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        shown = self.start("cleanup", "-A", "--engine", "kubernetes", "--dry-run").finish()
        self.assertEqual(0, shown.code, shown.stderr)
        self.kubeconfig = self.kubeconfig_of(user)
        done = self.start("cleanup", "-A", "--engine", "kubernetes").finish()
        self.assertEqual(0, done.code, done.stderr)
        for pod, namespace in ((first, namespaces[0]), (second, namespaces[1])):
            what = "pod/%s in namespace %s" % (pod["name"], namespace)
            self.assertIn("would be deleted: " + what, shown.stdout)
            self.assertIn("deleted: " + what, done.stdout)
        self.assertRegex(done.stdout, "not checked, .*kube-system")
        self.assertIn("all namespaces (", done.stdout)
        until("all is gone", lambda: not get("pods,jobs", "-n", namespaces[1])["items"])

    def test_the_user_may_not_look(self):
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        finished = self.cleanup()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("cannot list secrets", finished.stderr)

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


@alone  # They look at all that this machine has of such builds.
class LocalCleanup(ClusterTest):
    """The same without a cluster: containers, folders and control groups of this machine."""

    def setUp(self):
        super().setUp()
        # The executor is where the cluster's comes from; the runs are this test's alone.
        os.makedirs(self.home + "/.cache/ovenbird")
        for name in os.listdir(cache()):
            if name != "run":
                os.symlink("%s/%s" % (cache(), name), "%s/.cache/ovenbird/%s" % (self.home, name))
        self.seconds = random.randrange(10**6, 10**7)
        self.environment = {"KUBECONFIG": "/dev/null", "HOME": self.home}

    def prepare(self, script):
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build: {kaniko: {timeout: 9m}}\n"
            % registry(self.namespace + "/app"),
        )
        self.write("Dockerfile", "FROM %s\nRUN %s\n" % (registry("library/busybox:1"), script))

    def start_local(self):
        return self.start(
            *("build", "--config", "devspace.yaml", "--engine", "local"),
            environment=self.environment
        )

    def start_long(self):
        self.prepare("echo going && sleep %d" % self.seconds)
        running = self.start_local()
        running.wait_for("^  going$")
        return running

    def cleanup(self, *args):
        done = self.start(
            "cleanup", "--engine", "local", *args, environment=self.environment
        ).finish()
        self.assertEqual(0, done.code, done.stdout + done.stderr)
        return done.stdout

    def folders(self):
        return glob.glob(self.home + "/.cache/ovenbird/run/*")

    def groups(self):
        return glob.glob("/sys/fs/cgroup/*/ovenbird-run-*") + glob.glob(
            "/sys/fs/cgroup/ovenbird-run-*"
        )

    def members(self, groups):
        found = []
        for path in groups:
            with contextlib.suppress(OSError), open(path + "/cgroup.procs") as stream:
                found += stream.read().split()
        return found

    def processes(self):
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, errors="replace") as stream:
                    if str(self.seconds) in stream.read():
                        found.append(path)
            except OSError:
                pass  # It has ended.
        return found


class RuncCleanup(LocalCleanup):
    def setUp(self):
        super().setUp()
        # No docker, no podman.
        programs = self.top + "/bin"
        os.mkdir(programs)
        for name in ("docker", "podman"):
            self.write("%s/%s" % (programs, name), "#!/bin/sh\nexit 1\n", 0o755)
        self.environment["PATH"] = programs + ":" + os.environ["PATH"]

    def test_a_running_build_is_kept_and_a_killed_one_is_not(self):
        running = self.start_long()
        (folder,) = self.folders()
        name = os.path.basename(folder)
        groups = [path for path in self.groups() if path.endswith(name)]
        self.assertIn("kept: folder " + folder, self.cleanup())
        self.assertTrue(self.processes())
        running.kill()
        # One that is about to end has no command line, and is in its group still.
        until("its groups are empty", lambda: not self.members(groups), 30)
        self.assertEqual([], self.processes())
        self.assertIn("would be deleted: folder " + folder, self.cleanup("--dry-run"))
        self.assertEqual([folder], self.folders())
        done = self.cleanup()
        self.assertIn("\ndeleted: folder " + folder, "\n" + done)
        self.assertEqual([], self.folders())
        self.assertEqual([], [path for path in groups if os.path.exists(path)])
        with open("/proc/mounts") as stream:
            self.assertNotIn(name, stream.read())

    def test_the_next_build_deletes_it(self):
        self.start_long().kill()
        (folder,) = self.folders()
        name = os.path.basename(folder)
        groups = [path for path in self.groups() if path.endswith(name)]
        until("its groups are empty", lambda: not self.members(groups), 30)
        self.prepare("true")
        self.assert_built(self.start_local().finish())
        self.assertEqual([], self.folders())
        self.assertEqual([], [path for path in self.groups() if path.endswith(name)])

    def test_the_time_is_over(self):
        self.prepare("echo going && sleep %d" % self.seconds)
        path = self.folder + "/devspace.yaml"
        with open(path) as stream:
            text = stream.read()
        self.write(path, text.replace("9m", "5s"))
        finished = self.start_local().finish(60)
        self.assertEqual(1, finished.code, finished.stderr)
        self.assertIn("the build took longer than its deadline of 5s", finished.stderr)
        self.assertEqual([], self.processes() + self.folders())


class DockerCleanup(LocalCleanup):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Dockerd()
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        super().setUp()
        self.environment.update(self.daemon.environment)

    def containers(self):
        return self.daemon.docker("ps", "--all", "--quiet").stdout.split()

    def volumes(self):
        return self.daemon.docker("volume", "ls", "--quiet").stdout.split()

    def test_a_running_build_is_kept_and_a_killed_one_is_not(self):
        other = self.daemon.docker(
            *("create", "--label=app.kubernetes.io/managed-by=ovenbird"),
            *("--label=ovenbird.dev/user=another", "--label=ovenbird.dev/host=elsewhere"),
            *("--label=ovenbird.dev/process=1/2/3/4", "--entrypoint=/none", self.any_image())
        ).stdout.strip()
        self.addCleanup(self.daemon.docker, "rm", "--force", other)
        running = self.start_long()
        mine = [name for name in self.containers() if not other.startswith(name)]
        self.assertEqual(1, len(mine))
        self.assertIn("kept: docker container " + mine[0], self.cleanup())
        running.kill_all()
        self.assertTrue(self.processes())
        done = self.cleanup()
        self.assertIn("deleted: docker container %s (image `app`)" % mine[0], done)
        self.assertEqual([other[:12]], self.containers())
        self.assertEqual([], self.volumes() + self.folders() + self.processes())

    def test_the_next_build_deletes_it(self):
        self.start_long().kill_all()
        self.assertTrue(self.processes())
        self.prepare("sleep 3")
        self.assert_built(self.start_local().finish())
        self.assertEqual([], self.containers() + self.volumes() + self.folders())

    def test_kill_ends_the_build(self):
        # Docker's own program exits at the first line that no process reads.
        self.prepare("echo going; while true; do echo more; sleep 0.01; done")
        for _ in range(5):
            running = self.start_local()
            running.wait_for("^  going$")
            running.kill()
            until("the container has gone", lambda: not self.containers(), 30)
            self.assertEqual([], self.volumes())

    def any_image(self):
        name = "e2e/any:1"
        self.write("empty/Dockerfile", "FROM scratch\nLABEL any=1\n")
        self.daemon.docker("build", "--tag", name, self.folder + "/empty")
        return name
