"""Parts of the cluster that fail while builds run: each is survived or explained,
every build ends, and nothing of ours is left."""

import json
import os
import time

import image
from faults import cutting_relay, hanging, relay, stopped
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, registry, until

BUILDS = 10
# Whether its last state or only its absence was seen.
DELETED = "build pod was deleted while it was in use|build pod was deleted by another user"


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

    def waiting(self, command):
        """A Dockerfile whose build waits for the end of a command of the shell."""
        return "FROM %s\nRUN %s\nCOPY file /\n" % (registry("library/busybox:1"), command)

    def waiting_at_gate(self):
        """The gate is a repository in the plain registry: closed while there is none."""
        url = "http://%s/v2/%s/gate/tags/list" % (
            ENVIRONMENT["OVENBIRD_E2E_REGISTRY"],
            self.namespace,
        )
        return self.waiting("until wget -q -O /dev/null %s; do sleep 1; done" % url)

    def open_gate(self):
        image.skopeo(
            *("copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"),
            "docker://" + registry("library/busybox:1"),
            "docker://" + registry(self.namespace + "/gate:open"),
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

    def delete_pod(self, name):
        kubectl(
            *("delete", "pod", self.running_pods()[name], "-n", self.namespace),
            "--grace-period=1",
        )

    def pods_path(self, query=""):
        return "/api/v1/namespaces/%s/pods%s" % (self.namespace, query)

    def version(self):
        """Of the namespace's pods, as a watch would start from it."""
        return json.loads(kubectl("get", "--raw", self.pods_path()))["metadata"][
            "resourceVersion"
        ]

    def assert_expired(self, version):
        """A watch that goes on from there is refused, with an event of its stream."""
        query = "?watch=1&timeoutSeconds=1&resourceVersion=" + version
        event = json.loads(kubectl("get", "--raw", self.pods_path(query)).splitlines()[0])
        self.assertEqual("ERROR", event["type"], event)
        self.assertEqual(410, event["object"]["code"], event)

    def wait_until_pushed(self, name):
        repository = registry("%s/%s" % (self.namespace, name))
        until(name + " is pushed", lambda: self.tags(repository), 60)

    def assert_pushed(self, name):
        pulled = self.pull_only(registry("%s/%s" % (self.namespace, name)))
        self.assertEqual(name, pulled.text("file"))

    def assert_ends(self, finished, failures):
        """Each image that is not among the `failures`, which say what is told of
        them, is pushed; the others are not. Returns the results by image."""
        output = finished.stdout + finished.stderr
        results = {image["key"]: image for image in finished.result["images"]}
        failed = {name for name, image in results.items() if not image["ok"]}
        self.assertEqual(set(failures), failed, output)
        for name, text in failures.items():
            self.assertRegex(results[name]["failure"]["what"], text, output)
            self.assertEqual([], self.tags(registry("%s/%s" % (self.namespace, name))))
        self.assertEqual(bool(failures), finished.code != 0, output)
        self.assert_namespace_as_before()
        return results

    def assert_told(self, running, outages):
        """Asserts that each outage is reported once, with its end."""
        self.assertEqual(outages, running.output().count("the cluster does not answer"))
        self.assertEqual(outages, running.output().count("the cluster answers again"))

    def test_ten_builds_meet_every_fault(self):
        names = ["image-%d" % n for n in range(BUILDS)]
        cut, pushing, deleted = names[0], names[1], names[-1]
        with cutting_relay(4 << 20, 1) as way:
            dockerfiles = {name: self.waiting_at_gate() for name in names}
            # Its context is large, so that its connection is the one that is cut.
            dockerfiles[cut] += "COPY big /\n"
            # It pushes as soon as the registry is away.
            dockerfiles[pushing] = self.waiting(
                "while wget -q -O /dev/null http://%s/v2/; do sleep 1; done"
                % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]
            )
            self.prepare(dockerfiles)
            big = os.urandom(8 << 20)
            self.write(cut + "/big", big)
            self.kubeconfig = way.kubeconfig(self.top, self.kubeconfig)
            running = self.start_build("--jobs", str(BUILDS), "--keep-going")
            self.wait_until_run(running, *names)
            self.assertEqual(1, way.cut)
            running.wait_for("sending the context again")
            version = self.version()
            # So that the server, when it starts again, starts with a later one.
            kubectl("label", "namespace", self.namespace, "version=" + version)
            with stopped("kube-apiserver"):
                running.wait_for("the cluster does not answer")
            running.wait_for("the cluster answers again")
            self.assert_expired(version)
            with stopped("etcd"):
                time.sleep(2)
            with stopped("kubelet"):
                time.sleep(2)
            with stopped("registry-plain"):
                running.wait_for("error pushing image")
            self.delete_pod(deleted)
            self.open_gate()
            finished = running.finish(240)
        # What no build can survive is explained; all others are pushed.
        results = self.assert_ends(
            finished,
            {deleted: DELETED, pushing: "registry could not be reached"},
        )
        self.assertEqual(set(names), set(results))
        for name in set(names) - {deleted, pushing}:
            self.assert_pushed(name)
        pulled = self.pull_only(registry("%s/%s" % (self.namespace, cut)))
        self.assertEqual(big, pulled.files["big"].data)

    def test_the_api_server_is_away_when_a_build_ends(self):
        """Its end is seen, and its objects are deleted, once the server is back."""
        self.prepare({"app": self.waiting_at_gate()})
        running = self.start_build()
        self.wait_until_run(running, "app")
        with stopped("kube-apiserver"):
            running.wait_for("the cluster does not answer")
            self.open_gate()
            self.wait_until_pushed("app")
        finished = running.finish(180)
        self.assert_ends(finished, {})
        self.assert_told(running, 1)
        self.assert_pushed("app")

    def test_the_watchs_version_has_expired(self):
        """Then only a list tells what has happened meanwhile."""
        with relay() as way:
            self.prepare({"app": self.waiting_at_gate(), "gone": self.waiting_at_gate()})
            self.kubeconfig = way.kubeconfig(self.top, self.kubeconfig)
            running = self.start_build("--keep-going")
            self.wait_until_run(running, "app", "gone")
            version = self.version()
            with way.closed():
                running.wait_for("the cluster does not answer")
                self.delete_pod("gone")
                # It forgets all versions before its start.
                with stopped("kube-apiserver"):
                    pass
                self.assert_expired(version)
            running.wait_for("the cluster answers again")
            self.open_gate()
            finished = running.finish(120)
        self.assert_ends(finished, {"gone": DELETED})
        self.assert_told(running, 1)
        self.assert_pushed("app")

    def test_etcd_is_away(self):
        """The API server lets requests wait that it cannot store or read."""
        self.prepare({"app": self.waiting_at_gate(), "next": self.waiting_at_gate()})
        running = self.start_build("--sequential")
        self.wait_until_run(running, "app")
        with stopped("etcd"):
            self.open_gate()
            self.wait_until_pushed("app")
        finished = running.finish(240)
        self.assert_ends(finished, {})
        self.assert_pushed("app")
        self.assert_pushed("next")

    def test_the_node_is_lost(self):
        """Its kubelet is silent for good: a minute and a half, not forever."""
        self.prepare({"app": self.waiting("sleep 600")})
        running = self.start_build("--retries", "0")
        self.wait_until_run(running, "app")
        with hanging("kubelet"):
            running.wait_for("does not answer", 300)
            # The pod cannot be deleted there until the kubelet is back.
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
