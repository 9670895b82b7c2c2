"""Parts of the cluster that fail while builds run: each is survived or explained,
every build ends, and nothing of ours is left."""

import os
import time

from faults import cutting_relay, hanging, stopped
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, registry, until

BUILDS = 10


@alone
class Faults(ClusterTest):
    def prepare(self, dockerfiles):
        lines = ["images:"]
        for name, dockerfile in dockerfiles.items():
            lines += [
                "  %s:" % name,
                "    image: " + registry("%s/%s" % (self.namespace, name)),
                "    dockerfile: %s/Dockerfile" % name,
                "    context: " + name,
                "    build:",
                "      kaniko: {}",
            ]
            self.write(name + "/Dockerfile", dockerfile)
            self.write(name + "/file", name)
        self.write("devspace.yaml", "\n".join(lines) + "\n")

    def waiting(self, seconds, rest="COPY file /\n"):
        """A Dockerfile whose build takes so long."""
        return "FROM %s\nRUN echo begins && sleep %d\n%s" % (
            registry("library/busybox:1"),
            seconds,
            rest,
        )

    def running_pods(self):
        """By image, those in which kaniko runs."""
        return {
            pod["metadata"]["labels"]["ovenbird.dev/image"]: pod["metadata"]["name"]
            for pod in self.build_pods()
            if pod["status"]["phase"] == "Running"
        }

    def wait_until_run(self, running, *names):
        def they_do():
            self.assertTrue(running.is_running(), running.output())
            return set(names) <= set(self.running_pods())

        until("kaniko runs for " + ", ".join(names), they_do, 180)

    def assert_pushed(self, name):
        pulled = self.pull_only(registry("%s/%s" % (self.namespace, name)))
        self.assertEqual(name, pulled.text("file"))

    def test_ten_builds_meet_every_fault(self):
        names = ["image-%d" % n for n in range(BUILDS)]
        cut, pushing, deleted = names[0], names[1], names[-1]
        dockerfiles = {name: self.waiting(200) for name in names}
        # Its context is large, so that its connection is the one that is cut.
        dockerfiles[cut] = "FROM scratch\nCOPY big file /\n"
        # It pushes as soon as the registry is away.
        dockerfiles[pushing] = "FROM %s\nRUN while wget -q -O /dev/null %s; do sleep 1; done\n" % (
            registry("library/busybox:1"),
            "http://%s/v2/" % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"],
        )
        dockerfiles[deleted] = self.waiting(600)
        self.prepare(dockerfiles)
        big = os.urandom(8 << 20)
        self.write(cut + "/big", big)
        with cutting_relay(4 << 20, 1) as relay:
            self.kubeconfig = relay.kubeconfig(self.top)
            running = self.start_build("--jobs", str(BUILDS), "--keep-going")
            self.wait_until_run(running, *names[1:])
            until("the upload was cut", lambda: relay.cut == 1)
            with stopped("kube-apiserver"):
                # Watches and logs break; the watch's version is too old afterwards.
                running.wait_for("the cluster does not answer")
                time.sleep(5)
            running.wait_for("the cluster answers again")
            with stopped("etcd"):
                time.sleep(5)
            with stopped("kubelet"):
                time.sleep(5)
            with stopped("registry-plain"):
                running.wait_for("error pushing image")
            kubectl(
                *("delete", "pod", self.running_pods()[deleted], "-n", self.namespace),
                "--wait=false",
            )
            finished = running.finish(420)
        # What no build can survive is explained; all others are pushed.
        output = finished.stdout + finished.stderr
        results = {image["key"]: image for image in finished.result["images"]}
        self.assertEqual(set(names), set(results))
        failed = {name for name, image in results.items() if not image["ok"]}
        self.assertEqual({deleted, pushing}, failed, output)
        self.assertIn("deleted", results[deleted]["failure"]["what"])
        self.assertIn("registry could not be reached", results[pushing]["failure"]["what"])
        for name in set(names) - failed:
            self.assert_pushed(name)
        pulled = self.pull_only(registry("%s/%s" % (self.namespace, cut)))
        self.assertEqual(big, pulled.files["big"].data)
        self.assertNotEqual(0, finished.code)
        self.assert_namespace_as_before()

    def test_the_api_server_is_away_when_a_build_ends(self):
        """Its end is seen, and its objects are deleted, once the server is back."""
        self.prepare({"app": self.waiting(12)})
        running = self.start_build()
        self.wait_until_run(running, "app")
        with stopped("kube-apiserver"):
            running.wait_for("the cluster does not answer")
            time.sleep(15)
        finished = running.finish(180)
        self.assert_built(finished)
        self.assertIn("the cluster answers again", finished.stderr)
        self.assert_pushed("app")
        self.assert_namespace_as_before()

    def test_the_node_is_lost(self):
        """Its kubelet is silent for good: a minute and a half, not for ever."""
        self.prepare({"app": self.waiting(600)})
        running = self.start_build()
        self.wait_until_run(running, "app")
        with hanging("kubelet"):
            running.wait_for("does not answer", 300)
            # The pod can't be deleted there until the kubelet is back.
            finished = running.finish(120)
        self.assertEqual(3, finished.code, finished.stdout + finished.stderr)
        self.assertIn("node `node` of the build pod does not answer", finished.stderr)

        def node_is_back():
            return any(
                c["type"] == "Ready" and c["status"] == "True"
                for c in get("node", "node")["status"]["conditions"]
            )

        until("the node is ready again", node_is_back, 120)
        until("the pod is gone", lambda: not self.build_pods(), 120)
        self.assert_namespace_as_before()
