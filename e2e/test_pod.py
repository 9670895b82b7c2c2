"""Options under `kaniko` that change the pod, seen in the pod while it runs
or in what it does."""

import getpass
import json
import re
import socket

from frame import ENVIRONMENT, ClusterTest, kubectl, named, registry, until
from test_examples import login_config

# CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETGID, SETUID, SETFCAP; linux/capability.h has the bits.
LEAST = sum(1 << bit for bit in (0, 1, 3, 4, 6, 7, 31))


class Pods(ClusterTest):
    def prepare(self, kaniko, run, name=None):
        self.name = name or registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (self.name, kaniko),
        )
        self.write("Dockerfile", "FROM %s\nRUN %s\n" % (registry("library/busybox:1"), run))

    def build_and_pull(self):
        self.assert_built(self.build())
        self.assert_namespace_as_before()
        return self.pull_only(self.name)

    def pod_of(self, running):
        def there():
            self.assertTrue(running.is_running(), running.output())
            return self.build_pods()

        return until("the pod is there", there)[0]

    def test_labels_and_annotations(self):
        self.prepare('{labels: {team: web}, annotations: {example.com/note: "a b"}}', "true")
        running = self.start_build()
        metadata = self.pod_of(running)["metadata"]
        self.assertEqual("web", metadata["labels"]["team"])
        self.assertEqual("ovenbird", metadata["labels"]["app.kubernetes.io/managed-by"])
        self.assertEqual("a b", metadata["annotations"]["example.com/note"])
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_who_builds_what(self):
        """A pod's metadata name the user and the image."""
        self.prepare("{}", "true")
        running = self.start_build()
        metadata = self.pod_of(running)["metadata"]
        notes = metadata["annotations"]
        self.assertEqual(getpass.getuser(), notes["ovenbird.dev/user"])
        self.assertEqual(socket.gethostname(), notes["ovenbird.dev/host"])
        self.assertEqual("project", notes["ovenbird.dev/project"])  # the folder
        self.assertEqual("app", notes["ovenbird.dev/image-key"])
        self.assertEqual(self.name, notes["ovenbird.dev/destination"])
        self.assertRegex(notes["ovenbird.dev/fingerprint"], "^[0-9a-f]{64}$")
        self.assertRegex(notes["ovenbird.dev/version"], r"^[0-9]")
        self.assertEqual("app", metadata["labels"]["ovenbird.dev/image"])
        self.assert_built(running.finish())
        # The default tag begins like it.
        tag = self.tags(self.name)[0]
        self.assertTrue(notes["ovenbird.dev/fingerprint"].startswith(tag), tag)
        self.assert_namespace_as_before()

    def test_rendered_pods_name_nobody(self):
        self.prepare("{}", "true")
        command = ("render", "--namespace", self.namespace)
        rendered = [self.start(*command).finish() for _ in range(2)]
        self.assertEqual(0, rendered[0].code, rendered[0].stderr)
        self.assertEqual(rendered[0].stdout, rendered[1].stdout)
        self.assertIn("ovenbird.dev/fingerprint", rendered[0].stdout)
        for name in ("user", "host", "process", "project"):
            self.assertNotIn("ovenbird.dev/" + name, rendered[0].stdout)

    def test_least_capabilities(self):
        """RUN commands have exactly these capabilities, and they suffice."""
        self.prepare(
            "{snapshotMode: full}",
            "grep ^CapEff /proc/self/status > /caps && chown 12:13 /caps && chmod 4755 /caps "
            "&& mkdir -m 700 /own && chown 12 /own && touch /own/file "
            "&& printf 'u:x:12:13::/:/bin/sh\\n' >> /etc/passwd && su u -c 'id -u' > /user",
        )
        image = self.build_and_pull()
        found = re.search(r"CapEff:\s*([0-9a-f]+)", image.text("caps")).group(1)
        self.assertEqual(LEAST, int(found, 16), found)
        caps = image.files["caps"]
        self.assertEqual((0o4755, 12, 13), (caps.mode, caps.uid, caps.gid))
        self.assertEqual("12\n", image.text("user"))

    def test_resources_and_deadline(self):
        amounts = {"cpu": "500m", "memory": "300Mi", "ephemeral-storage": "400Mi"}
        text = "cpu: 500m, memory: 300Mi, ephemeral-storage: 400Mi"
        self.prepare("{timeout: 7m, resources: {limits: {%s}, requests: {%s}}}" % (text, text), "true")
        running = self.start_build()
        spec = self.pod_of(running)["spec"]
        for container in spec["initContainers"] + spec["containers"]:
            self.assertEqual({"limits": amounts, "requests": amounts}, container["resources"])
        self.assertEqual(2, len(spec["initContainers"] + spec["containers"]))
        self.assertEqual(420, spec["activeDeadlineSeconds"])
        self.assertEqual("Never", spec["restartPolicy"])
        self.assertFalse(spec["automountServiceAccountToken"])
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_priority_runtime_and_scheduler(self):
        for kind, group, more in (
            ("PriorityClass", "scheduling.k8s.io/v1", {"value": 100}),
            ("RuntimeClass", "node.k8s.io/v1", {"handler": "runc"}),
        ):
            made = dict(more, apiVersion=group, kind=kind, metadata={"name": self.namespace})
            kubectl("create", "-f", "-", text=json.dumps(made))
            self.addCleanup(kubectl, "delete", kind, self.namespace)
        classes = "priorityClassName: %s, runtimeClassName: %s" % (self.namespace, self.namespace)
        self.prepare("{%s, schedulerName: default-scheduler}" % classes, "true")
        running = self.start_build()
        spec = self.pod_of(running)["spec"]
        self.assertEqual(self.namespace, spec["priorityClassName"])
        self.assertEqual(100, spec["priority"])
        self.assertEqual(self.namespace, spec["runtimeClassName"])
        self.assertEqual("default-scheduler", spec["schedulerName"])
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_classes_that_the_cluster_lacks(self):
        for option, message in (
            ("priorityClassName", "the cluster does not have the priority class"),
            ("runtimeClassName", "the cluster does not have the runtime class"),
        ):
            self.prepare("{%s: nowhere}" % option, "true")
            finished = self.build()
            self.assertEqual(3, finished.code, finished.stdout + finished.stderr)
            self.assertIn(message, finished.stderr)
            self.assertIn("fix `%s` under `kaniko`" % option, finished.stderr)
            self.assert_namespace_as_before()

    def test_affinity_and_spread(self):
        terms = "requiredDuringSchedulingIgnoredDuringExecution"
        linux = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}
        away = {
            "topologyKey": "kubernetes.io/hostname",
            "labelSelector": {"matchLabels": {"app": "loner"}},
        }
        affinity = {
            "nodeAffinity": {terms: {"nodeSelectorTerms": [{"matchExpressions": [linux]}]}},
            "podAntiAffinity": {terms: [away]},
        }
        spread = {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/managed-by": "ovenbird"}},
        }
        kaniko = json.dumps({"affinity": affinity, "topologySpreadConstraints": [spread]})
        self.prepare(kaniko, "true")
        running = self.start_build()
        spec = self.pod_of(running)["spec"]
        self.assertEqual(affinity, spec["affinity"])
        self.assertEqual([spread], spec["topologySpreadConstraints"])
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_affinity_that_no_node_meets(self):
        self.prepare(
            "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "{nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: Exists}]}]}}}}",
            "true",
        )
        finished = self.build("--schedule-timeout", "1s")
        self.assertEqual(3, finished.code, finished.stdout + finished.stderr)
        self.assertIn("the build pod cannot be scheduled", finished.stderr)
        self.assert_namespace_as_before()

    def test_host_users(self):
        """The pod has the field where the cluster knows it, and else there is a warning."""
        self.prepare("{hostUsers: false}", "true")
        running = self.start_build("--schedule-timeout", "5s")
        spec = self.pod_of(running)["spec"]
        if self.minor < 25:
            self.assertNotIn("hostUsers", spec)
            finished = running.finish()
            self.assert_built(finished)
            self.assertIn("the cluster ignores `hostUsers: false`", finished.stderr)
        else:
            self.assertIs(False, spec["hostUsers"])
            # Whether the node can run it depends on its kernel and its runtime.
            running.interrupt()
            running.finish()
        self.assert_namespace_as_before()

    def test_build_in_a_user_namespace(self):
        """kaniko builds as root of a user namespace where the node has them (--containerd 2.1.9),
        as root of the node where the cluster does not know the field, and else the reason is shown."""
        has_namespaces = self.minor >= 25 and self.has_user_namespaces()
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {hostUsers: false, snapshotMode: full}\n"
            % self.name,
        )
        self.write(
            "Dockerfile",
            "FROM %s\n" % registry("library/busybox:1")
            + "COPY --chown=1000:1001 given /given\n"
            "RUN cat /proc/self/uid_map > /map && chown 65534:65534 /map\n"
            "RUN touch /large && chown 70000 /large || echo refused > /large\n"
            "USER 1000\n"
            "RUN id -u > /tmp/user\n",
        )
        self.write("given", "content\n")
        running = self.start_build()
        if self.minor >= 25 and not has_namespaces:
            running.wait_for("user namespaces")
            running.interrupt()
            running.finish()
            self.assert_namespace_as_before()
            return
        if has_namespaces:
            self.assertIs(False, self.pod_of(running)["spec"]["hostUsers"])
        finished = running.finish()
        self.assert_built(finished)
        self.assert_namespace_as_before()
        files = self.pull_only(self.name).files
        inside, outside, count = files["map"].data.split()
        if has_namespaces:
            self.assertEqual((b"0", b"65536"), (inside, count))
            self.assertGreaterEqual(int(outside), 65536)
        else:
            self.assertEqual((b"0", b"0"), (inside, outside))
        # The image has the numbers of the namespace, not those of the node.
        self.assertEqual((65534, 65534), (files["map"].uid, files["map"].gid))
        self.assertEqual((1000, 1001), (files["given"].uid, files["given"].gid))
        if has_namespaces:
            self.assertEqual(b"refused\n", files["large"].data)
        self.assertEqual(b"1000\n", files["tmp/user"].data)

    def has_user_namespaces(self):
        node = json.loads(kubectl("get", "node", "node", "-o", "json"))
        return any(
            handler["name"] == "" and handler.get("features", {}).get("userNamespaces")
            for handler in node["status"].get("runtimeHandlers", ())
        )

    def test_doctor_says_whether_nodes_have_user_namespaces(self):
        self.prepare("{hostUsers: false}", "true")
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]  # It may list nodes.
        done = self.start(
            *("doctor", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--engine", "kubernetes", "--output", "json"),
        ).finish()
        findings = json.loads(done.stdout)["findings"]
        (finding,) = [one for one in findings if one["check"] == "user-namespaces"]
        if self.minor < 25:
            self.assertIn("ignores `hostUsers: false`", finding["text"])
        elif self.has_user_namespaces():
            self.assertEqual("ok", finding["state"], finding)
        else:
            self.assertEqual("error", finding["state"], finding)
            self.assertIn("containerd 2.0", finding["next"])

    def test_autoscalers_are_asked_to_leave_it_alone(self):
        self.prepare("{}", "true")
        running = self.start_build()
        notes = self.pod_of(running)["metadata"]["annotations"]
        self.assertEqual("false", notes["cluster-autoscaler.kubernetes.io/safe-to-evict"])
        self.assertEqual("true", notes["karpenter.sh/do-not-disrupt"])
        self.assert_built(running.finish())

    def test_service_account(self):
        """Its token is in the pod, and only there where an account is named."""
        token = "/var/run/secrets/kubernetes.io/serviceaccount/token"
        run = "if [ -s %s ]; then echo token; else echo none; fi > /found" % token
        self.prepare("{}", run)
        self.assertEqual("none\n", self.build_and_pull().text("found"))
        kubectl("create", "serviceaccount", "builder", "-n", self.namespace)
        if self.minor < 24:
            # Its controller gives it a token, without which no pod may use it.
            path = "jsonpath={.secrets}"
            get = ("get", "serviceaccount", "builder", "-n", self.namespace, "-o", path)
            until("the account has a token", lambda: kubectl(*get))
        self.before = self.objects()
        self.prepare("{serviceAccount: builder}", run, registry(self.namespace + "/named"))
        self.assertEqual("token\n", self.build_and_pull().text("found"))

    @property
    def minor(self):
        return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])

    def test_environment(self):
        """kaniko's own variables; those of RUN commands are the Dockerfile's."""
        self.prepare('{env: {FF_KANIKO_NOTE: "a b"}}', "true")
        running = self.start_build()
        env = named(self.pod_of(running)["spec"]["containers"], "kaniko")["env"]
        self.assertIn({"name": "FF_KANIKO_NOTE", "value": "a b"}, env)
        self.assertIn({"name": "container", "value": "kube"}, env)
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_skip_pull_secret_mount(self):
        """Another mount brings the login; a secret of ours is not even made."""
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.write(self.home + "/.docker/config.json", login_config())
        path = self.write(self.top + "/login.json", login_config())
        kubectl(
            *("create", "configmap", "login", "-n", self.namespace),
            "--from-file=config.json=" + path,
        )
        self.before = self.objects()
        self.prepare(
            "{skipPullSecretMount: true, additionalMounts: "
            "[{mountPath: /kaniko/.docker, configMap: {name: login}}]}",
            "true",
            "%s/%s/app" % (private, self.namespace),
        )
        running = self.start_build()
        volumes = self.pod_of(running)["spec"]["volumes"]
        self.assertEqual([], [v for v in volumes if "secret" in v])
        self.assert_built(running.finish())
        self.pull_only(self.name)
        self.assert_namespace_as_before()

    def test_security_context(self):
        """What the user sets takes the place of ours."""
        self.prepare("{securityContext: {runAsUser: 0, capabilities: {add: [NET_RAW]}}}", "true")
        running = self.start_build()
        context = named(self.pod_of(running)["spec"]["containers"], "kaniko")["securityContext"]
        self.assertEqual({"runAsUser": 0, "capabilities": {"add": ["NET_RAW"]}}, context)
        self.assert_built(running.finish())
        self.assert_namespace_as_before()
