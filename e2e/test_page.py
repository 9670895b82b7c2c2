"""The examples of DevSpace 4.11's page on kaniko that a cluster can build.

The examples are copied with their indentation; REPOSITORY replaces the page's
repositories.
"""

from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry
from layout import OLD
from test_examples import login_config

SCRATCH = "FROM scratch\nCOPY devspace.yaml /\n"


class Page(ClusterTest):
    executor = OLD  # The nearest to the page's default, v0.17.1.

    def prepare(self, config, dockerfile=SCRATCH, repository=None):
        self.repository = repository or registry(self.namespace)
        self.write("devspace.yaml", config.replace("REPOSITORY", self.repository))
        self.write("Dockerfile", dockerfile)

    def build_and_pull(self, *args, name="appbackend"):
        self.assert_built(self.build(*args))
        pulled = self.pull_only(self.repository + "/" + name)
        self.assert_namespace_as_before()
        return pulled

    def test_kaniko_as_default(self):
        self.prepare("""
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        cache: true
""")
        self.assertEqual(["devspace.yaml"], list(self.build_and_pull().files))

    def test_cache_is_used_by_one_of_two(self):
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        cache: true
  frontend:
    image: REPOSITORY/${DEVSPACE_USERNAME}/appfrontend
    build:
      kaniko:
        cache: false
""",
            "FROM %s\nRUN echo built > /built\nCOPY devspace.yaml /\n"
            % registry("library/busybox:1"),
        )
        backend = self.build_and_pull("--var", "DEVSPACE_USERNAME=john")
        self.assertEqual("built\n", backend.text("built"))
        self.pull_only(self.repository + "/john/appfrontend")
        finished = self.build("--var", "DEVSPACE_USERNAME=john", "--force", "backend")
        self.assert_built(finished)
        self.assertIn("Using caching version of cmd: RUN echo built", self.log_of(finished))

    def log_of(self, finished):
        return finished.stdout + finished.stderr

    def test_snapshot_modes(self):
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        snapshotMode: full
  frontend:
    image: REPOSITORY/appfrontend
    build:
      kaniko:
        snapshotMode: time
""",
            "FROM %s\nCOPY devspace.yaml /app/\nRUN chown 333:333 -R /app\n"
            % registry("library/busybox:1"),
        )
        full = self.build_and_pull()
        self.assertEqual(333, full.files["app/devspace.yaml"].uid)
        time = self.pull_only(self.repository + "/appfrontend")
        # The limitation that the page describes, seen.
        self.assertEqual(0, time.files["app/devspace.yaml"].uid)

    def test_insecure_registry(self):
        self.prepare("""
images:
  backend:
    image: REPOSITORY/john/appbackend
    build:
      kaniko:
        insecure: true
""")
        self.build_and_pull(name="john/appbackend")

    def test_args(self):
        self.prepare("""
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        args:
        - --cache-dir=/tmp
        - --verbosity=debug
""")
        finished = self.build()
        self.assert_built(finished)
        self.assertIn("DEBU", self.log_of(finished))
        self.assert_namespace_as_before()

    def test_kaniko_image(self):
        self.prepare("""
images:
  backend:
    image: REPOSITORY/john/appbackend
    build:
      kaniko:
        image: gcr.io/kaniko-project/executor:v0.19.0
""")
        self.build_and_pull(name="john/appbackend")
        events = get("events", "-n", self.namespace)["items"]
        pulled = [e["message"] for e in events if e["reason"] == "Pulled"]
        self.assertTrue(any("executor:v0.19.0" in m for m in pulled), pulled)

    def pull_secret(self, key):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        pullSecret: custom-pull-secret
""",
            "FROM %s/base/busybox:1\nCOPY devspace.yaml /\n" % private,
            "%s/%s" % (private, self.namespace),
        )
        path = self.write(self.top + "/login.json", login_config())
        kubectl(
            *("create", "secret", "generic", "custom-pull-secret", "-n", self.namespace),
            "--from-file=%s=%s" % (key, path),
        )
        self.before = self.objects()
        self.build_and_pull()

    def test_pull_secret_of_the_page(self):
        self.pull_secret("config.json")

    def test_pull_secret_of_kubectl(self):
        self.pull_secret(".dockerconfigjson")

    def test_login_of_this_machine(self):
        """ "In most cases DevSpace makes sure that kaniko gets the correct secrets"."""
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko: {}
""",
            repository="%s/%s" % (private, self.namespace),
        )
        self.write(self.home + "/.docker/config.json", login_config())
        self.build_and_pull()

    def test_additional_mounts(self):
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        additionalMounts:
        - mountPath: /some/configmap/dir
          configMap:
            name: my-configmap
        - mountPath: /some/secret/dir
          secret:
            name: my-secret
            items:
            - key: aws-token
              path: token.json
""",
            "FROM %s\nRUN ls /some/configmap/dir > /listing && cat /some/secret/dir/token.json "
            "> /token\n" % registry("library/busybox:1"),
        )
        kubectl(
            *("create", "configmap", "my-configmap", "-n", self.namespace),
            *("--from-literal=one=1", "--from-literal=two=2"),
        )
        kubectl(
            *("create", "secret", "generic", "my-secret", "-n", self.namespace),
            *("--from-literal=aws-token={}", "--from-literal=other=x"),
        )
        self.before = self.objects()
        pulled = self.build_and_pull()
        self.assertEqual("one\ntwo\n", pulled.text("listing"))
        self.assertEqual("{}", pulled.text("token"))
        self.assertEqual([], [path for path in pulled.files if path.startswith("some/")])

    def test_namespace(self):
        other = self.make_namespace()
        self.prepare("""
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        namespace: %s
""" % other)
        # Without --namespace, which stands above the file.
        finished = self.start(
            *("build", "--config", "devspace.yaml", "--engine", "kubernetes"),
        ).finish()
        self.assert_built(finished)
        self.pull_only(self.repository + "/appbackend")
        events = get("events", "-n", other)["items"]
        self.assertIn("Scheduled", {event["reason"] for event in events})
        self.assertEqual([], get("pods", "-n", other)["items"])
        self.assert_namespace_as_before()

    def test_target_and_build_args(self):
        self.prepare(
            """
images:
  backend:
    image: REPOSITORY/appbackend
    build:
      kaniko:
        options:
          target: production
          buildArgs:
            arg1: arg-value-1
            arg2: arg-value-2
""",
            "FROM scratch AS production\nARG arg1\nARG arg2\n"
            "LABEL arg1=${arg1} arg2=${arg2}\nCOPY devspace.yaml /\n"
            "FROM scratch\nCOPY devspace.yaml /last-stage\n",
        )
        pulled = self.build_and_pull()
        self.assertEqual(["devspace.yaml"], list(pulled.files))
        self.assertEqual(
            {"arg1": "arg-value-1", "arg2": "arg-value-2"},
            pulled.config["Labels"],
        )
