"""The Role that `ovenbird rbac` prints: a service account that has nothing else can build,
interrupt builds and clean up, and without any one of the verbs what the table says of it
(runtime/kube/rights.cc) happens."""

import json

from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry, until

ENVIRONMENTAL, INTERRUPTED = 3, 130
ACCOUNT = "builder"
ROLE = "ovenbird-" + ACCOUNT
# Without these a build fails.
NEEDED = {
    ("pods", "create"),
    ("pods", "list"),
    ("pods", "watch"),
    ("pods/exec", "get"),
    ("secrets", "create"),
}
# Without these it warns. Without the others it goes on silently.
WARNED_OF = {("pods", "delete"), ("pods/log", "get"), ("secrets", "delete")}
# Without these `cleanup` fails.
NEEDED_TO_CLEAN_UP = {(kind, verb) for kind in ("pods", "secrets") for verb in ("list", "delete")}


def minor():
    return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])


def needed():
    # From Kubernetes 1.35 on, a WebSocket needs it, too.
    return NEEDED | ({("pods/exec", "create")} if minor() >= 35 else set())


class Rbac(ClusterTest):
    def setUp(self):
        super().setUp()
        kubectl("create", "serviceaccount", ACCOUNT, "-n", self.namespace)
        if minor() < 24:

            def has_token():
                return get("serviceaccount", ACCOUNT, "-n", self.namespace).get("secrets")

            until("the account's token", has_token)
        self.before = self.objects()
        self.token = self.write(self.top + "/given/token", "of-the-user")

    def prepare(self, kaniko="cache: true", run="true"):
        """A build with a secret of this machine, and a cache."""
        self.name = registry(self.namespace + "/app")
        lines = [
            "images:",
            "  app:",
            "    image: " + self.name,
            "    build:",
            "      kaniko:",
            "        " + kaniko,
            "        args: [--cache-repo=%s]" % registry(self.namespace + "/kept"),
            "        options:",
            "          secrets:",
            "          - {id: token, file: %s}" % self.token,
        ]
        self.write("devspace.yaml", "\n".join(lines) + "\n")
        base = registry("library/busybox:1")
        mount = "--mount=type=secret,id=token,required"
        self.write("hello", "hi\n")
        self.write(
            "Dockerfile",
            "FROM %s\nRUN %s wc -c < /run/secrets/token > /size && %s\nCOPY hello /\n"
            % (base, mount, run),
        )

    def rbac(self, *args):
        """Returns what `ovenbird rbac` prints for the project."""
        finished = self.start(
            *("rbac", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--service-account", ACCOUNT),
            *args
        ).finish()
        self.assertEqual(0, finished.code, finished.stderr)
        return finished.stdout

    def become_account(self, *args):
        """Gives the account the printed rights; all that follows is run as the account."""
        kubectl("apply", "-f", "-", text=self.rbac(*args))
        path = "/api/v1/namespaces/%s/serviceaccounts/%s/token" % (self.namespace, ACCOUNT)
        request = self.write(
            self.top + "/request.json",
            '{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}',
        )
        made = json.loads(kubectl("create", "--raw", path, "-f", request))
        with open(ENVIRONMENT["KUBECONFIG"]) as stream:
            config = json.load(stream)
        for entry in config["users"]:
            entry["user"] = {"token": made["status"]["token"]}
        self.kubeconfig = self.write(self.top + "/account", json.dumps(config), 0o600)
        self.wait_until_allowed("list", "pods", True)

    def wait_until_allowed(self, verb, resource, allowed):
        """The API server reads changed Roles with a delay."""
        user = "system:serviceaccount:%s:%s" % (self.namespace, ACCOUNT)
        sub = ()
        if resource.startswith("pods/"):
            resource, _, name = resource.partition("/")
            sub = ("--subresource=" + name,)

        def is_so():
            answer = kubectl(
                *("auth", "can-i", verb, resource, "-n", self.namespace, "--as", user),
                *sub,
                check=False
            )
            return answer.strip() == ("yes" if allowed else "no")

        until("%s %s: %s" % (verb, resource, allowed), is_so)

    def set_rules(self, rules):
        role = get("role", ROLE, "-n", self.namespace)
        role["rules"] = rules
        role["metadata"].pop("resourceVersion")
        kubectl("replace", "-n", self.namespace, "-f", "-", text=json.dumps(role))

    def cleanup(self):
        return self.start(
            *("cleanup", "--namespace", self.namespace, "--engine", "kubernetes")
        ).finish()

    def test_a_build(self):
        self.prepare()
        self.become_account()
        self.assert_built(self.build())
        self.assertEqual("11\n", self.pull_only(self.name).text("size"))
        self.assert_namespace_as_before()
        # A second build takes the layer from the cache.
        self.write("hello", "hi again\n")
        finished = self.build()
        self.assert_built(finished)
        self.assertIn("Using caching version of cmd", finished.stderr)
        self.assertNotIn("forbidden", finished.stdout + finished.stderr)
        self.assert_namespace_as_before()

    def test_ctrl_c(self):
        self.prepare(run="sleep 600")
        self.become_account()
        running = self.start_build()
        running.wait_for("kaniko runs")
        running.interrupt()
        finished = running.finish(60)
        self.assertEqual(INTERRUPTED, finished.code, finished.stdout + finished.stderr)
        self.assertNotIn("could not delete", finished.stderr)
        self.assert_namespace_as_before()

    def test_cleanup(self):
        self.prepare(run="sleep 600")
        self.become_account()
        running = self.start_build()
        running.wait_for("kaniko runs")
        running.kill()
        done = self.cleanup()
        self.assertEqual(0, done.code, done.stderr)
        self.assertIn("deleted: pod/", done.stdout)
        until("all is gone", lambda: self.objects() == self.before)

    def test_a_pull_secret_is_the_only_one_that_can_be_read(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        kubectl(
            *("create", "secret", "docker-registry", "login", "-n", self.namespace),
            "--docker-server=" + private,
            "--docker-username=" + ENVIRONMENT["OVENBIRD_E2E_USER"],
            "--docker-password=" + ENVIRONMENT["OVENBIRD_E2E_PASSWORD"]
        )
        self.before = self.objects()
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s/%s/app\n    build:\n      kaniko: {pullSecret: login}\n"
            % (private, self.namespace),
        )
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")
        self.become_account()
        self.assert_built(self.build())
        self.assert_namespace_as_before()
        for verb in ("list", "create", "delete", "patch"):
            self.wait_until_allowed(verb, "secrets", False)
        self.wait_until_allowed("get", "secrets/another", False)

    def test_a_platform_lists_the_nodes(self):
        self.prepare()
        kinds = [item["kind"] for item in self.items(self.rbac("--platform", "linux/arm64"))]
        self.assertEqual(["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"], kinds)
        binding = "ovenbird-nodes-%s-%s" % (self.namespace, ACCOUNT)
        self.addCleanup(kubectl, "delete", "clusterrolebinding", binding, check=False)
        self.become_account("--platform", "linux/arm64")
        self.wait_until_allowed("list", "nodes", True)
        finished = self.build("--platform", "linux/arm64")
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("no arm64 node in this cluster", finished.stderr)
        kubectl("delete", "clusterrolebinding", binding)
        self.wait_until_allowed("list", "nodes", False)
        running = self.start_build("--platform", "linux/arm64")
        running.wait_for("waiting for a node")
        running.interrupt()
        self.assertEqual(INTERRUPTED, running.finish(60).code)

    def items(self, text):
        """Returns the objects of YAML, parsed by kubectl."""
        path = self.write(self.top + "/rbac.yaml", text)
        printed = kubectl("create", "--dry-run=client", "-f", path, "-o", "json")
        decoder, items = json.JSONDecoder(), []
        while printed.strip():
            item, end = decoder.raw_decode(printed.lstrip())
            items += item.get("items", [item])
            printed = printed.lstrip()[end:]
        return items

    def without_one_verb(self, check):
        """Calls `check` for each verb of the Role, while the account does not have it."""
        self.become_account()
        rules = get("role", ROLE, "-n", self.namespace)["rules"]
        for number, rule in enumerate(rules):
            (resource,) = rule["resources"]
            for verb in rule["verbs"]:
                others = dict(rule, verbs=[other for other in rule["verbs"] if other != verb])
                kept = rules[:number] + ([others] if others["verbs"] else []) + rules[number + 1 :]
                self.set_rules(kept)
                self.wait_until_allowed(verb, self.qualified(rule, resource), False)
                with self.subTest("%s %s" % (verb, resource)):
                    check(resource, verb)
                self.set_rules(rules)
                self.wait_until_allowed(verb, self.qualified(rule, resource), True)
        return {(rule["resources"][0], verb) for rule in rules for verb in rule["verbs"]}

    @staticmethod
    def qualified(rule, resource):
        group = rule["apiGroups"][0]
        return "%s.%s" % (resource, group) if group else resource

    def test_a_build_without_one_verb(self):
        self.prepare()

        def check(resource, verb):
            finished = self.build("--force")
            output = finished.stdout + finished.stderr
            if (resource, verb) in needed():
                self.assertEqual(ENVIRONMENTAL, finished.code, output)
                self.assertIn("you are not allowed to `%s` `%s`" % (verb, resource), output)
                self.assertIn("`ovenbird rbac`", output)
                return
            self.assertEqual(0, finished.code, output)
            refused = 'cannot %s resource "%s"' % (verb, resource)
            if (resource, verb) in WARNED_OF:
                self.assertIn(refused, output)
            self.assertNotIn("not allowed", output)

        verbs = self.without_one_verb(check)
        self.assertLessEqual(NEEDED | WARNED_OF, verbs)

    def test_cleanup_without_one_verb(self):
        self.prepare("nodeSelector: {pool: nowhere}")
        pending = []

        def check(resource, verb):
            if (resource, verb) not in NEEDED_TO_CLEAN_UP:
                return
            # The admin starts a build, as the same user of this machine, and kills it.
            account, self.kubeconfig = self.kubeconfig, ENVIRONMENT["KUBECONFIG"]
            running = self.start_build()
            running.wait_for("waiting for a node")
            running.kill()
            self.kubeconfig = account
            done = self.cleanup()
            output = done.stdout + done.stderr
            self.assertEqual(ENVIRONMENTAL, done.code, output)
            self.assertIn('cannot %s resource "%s"' % (verb, resource), output)
            pending.append(verb)

        self.without_one_verb(check)
        self.assertEqual(len(NEEDED_TO_CLEAN_UP), len(pending))
        done = self.cleanup()
        self.assertEqual(0, done.code, done.stdout + done.stderr)
        until("all is gone", lambda: self.objects() == self.before)
