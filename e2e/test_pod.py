"""Options of the kaniko section that change the pod, seen in the pod while it runs
or in what it does."""

from frame import ENVIRONMENT, ClusterTest, kubectl, registry, until
from test_examples import login_config


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
        env = self.pod_of(running)["spec"]["containers"][0]["env"]
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
        context = self.pod_of(running)["spec"]["containers"][0]["securityContext"]
        self.assertEqual({"runAsUser": 0, "capabilities": {"add": ["NET_RAW"]}}, context)
        self.assert_built(running.finish())
        self.assert_namespace_as_before()
