"""`ovenbird doctor` in clusters in which builds can and cannot work. Its whole output is compared
with the files of testdata/doctor; OVENBIRD_UPDATE_GOLDENS=1 writes them."""

import json
import os
import re
import sys
import time

import layout
from faults import injected_containers
from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry, until
from test_examples import login_config

ENVIRONMENTAL = 3
GOLDENS = os.path.join(
    os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "testdata/doctor"
)
# The node does not have it; nothing is pulled.
EXECUTOR = "ghcr.io/osscontainertools/kaniko:v1.28.3"


def minor():
    return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])


class Doctor(ClusterTest):
    def setUp(self):
        super().setUp()
        # The checks of quotas, nodes and accounts need more rights than a build.
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        self.write(self.home + "/.docker/config.json", login_config())
        self.name = "%s/%s/app" % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"], self.namespace)
        self.cached = registry(self.namespace + "/kept")

    def prepare(self, kaniko="insecure: true", name=None):
        """A build with credentials of this machine and a cache in another registry."""
        self.name = name or self.name
        lines = [
            "images:",
            "  app:",
            "    image: " + self.name,
            "    build:",
            "      kaniko:",
            "        image: " + EXECUTOR,
            "        cache: true",
            "        args: [--cache-repo=%s]" % self.cached,
            "        " + kaniko,
        ]
        self.write("devspace.yaml", "\n".join(lines) + "\n")
        self.write("hello", "hi\n")
        base = registry("library/busybox:1")
        self.write("Dockerfile", "FROM %s\nCOPY hello /\nRUN true\n" % base)

    def doctor(self, *args, engine="kubernetes", **options):
        """Runs the tool; nothing may be left in the cluster and in the registries."""
        before = self.objects()
        started = time.monotonic()
        finished = self.start(
            *("doctor", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--engine", engine),
            *args,
            **options
        ).finish()
        print("doctor: %.2f s" % (time.monotonic() - started), file=sys.stderr)
        self.assertEqual(before, self.objects())
        for repository in (self.name, self.cached):
            self.assertEqual([], self.tags(repository))
        self.assertEqual("", finished.stderr)
        return finished

    def normalized(self, output):
        for text, name in (
            (self.namespace, "NAMESPACE"),
            (self.kubeconfig, "KUBECONFIG"),
            (self.home, "HOME"),
        ):
            output = output.replace(text, name)
        output = re.sub(r"Kubernetes v1\.[0-9.]+", "Kubernetes VERSION", output)
        return re.sub(r"[0-9.]+ GiB", "SIZE GiB", output)

    def check(self, golden, finished, code):
        self.assertEqual(code, finished.code, finished.stdout)
        output = self.normalized(finished.stdout)
        path = "%s/%s.txt" % (GOLDENS, golden)
        if os.environ.get("OVENBIRD_UPDATE_GOLDENS"):
            with open(path, "w") as stream:
                stream.write(output)
        with open(path) as stream:
            self.assertEqual(stream.read(), output)

    def test_a_good_cluster(self):
        self.prepare()
        self.check("good", self.doctor(), 0)

    def test_as_json(self):
        self.prepare()
        report = json.loads(self.doctor("--output", "json").stdout)
        self.assertEqual((0, 0), (report["errors"], report["warnings"]), report)
        self.assertEqual({"ok"}, {finding["state"] for finding in report["findings"]})
        found = {finding["check"] for finding in report["findings"]}
        self.assertLessEqual({"server", "rights", "dry-run", "registry", "executor"}, found)

    def test_the_rights_of_rbac_suffice(self):
        """An account with the Role of `ovenbird rbac` has no error, and no warning."""
        self.prepare()
        role = self.start(
            *("rbac", "--config", "devspace.yaml", "--namespace", self.namespace)
        ).finish()
        kubectl("create", "serviceaccount", "ovenbird", "-n", self.namespace)
        kubectl("apply", "-f", "-", text=role.stdout)
        path = "/api/v1/namespaces/%s/serviceaccounts/ovenbird/token" % self.namespace
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        file = self.write(self.top + "/request.json", json.dumps(request))
        made = json.loads(kubectl("create", "--raw", path, "-f", file))
        with open(ENVIRONMENT["KUBECONFIG"]) as stream:
            config = json.load(stream)
        for entry in config["users"]:
            entry["user"] = {"token": made["status"]["token"]}
        self.kubeconfig = self.write(self.top + "/account", json.dumps(config), 0o600)
        # The API server reads changed Roles with a delay.
        until("the rights are granted", lambda: "all 19 are granted" in self.doctor().stdout)
        finished = self.doctor()
        self.assertEqual(0, finished.code, finished.stdout)
        self.assertIn("no errors, no warnings", finished.stdout)

    def test_no_rights(self):
        self.prepare()
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        golden = "no-rights" if minor() >= 35 else "no-rights-before-1.35"
        self.check(golden, self.doctor(), ENVIRONMENTAL)

    def test_a_wrong_registry_password(self):
        self.prepare()
        login = json.loads(login_config())
        for entry in login["auths"].values():
            entry["auth"] = "am9objp3cm9uZw=="  # john:wrong
        self.write(self.home + "/.docker/config.json", json.dumps(login))
        self.check("wrong-password", self.doctor(), ENVIRONMENTAL)

    def pod_security(self, **levels):
        for mode, level in levels.items():
            label = "pod-security.kubernetes.io/%s=%s" % (mode, level)
            kubectl("label", "namespace", self.namespace, label)

    def test_pod_security_baseline(self):
        self.prepare()
        self.pod_security(enforce="baseline", warn="restricted")
        # Before 1.25 the labels have no effect.
        self.check("baseline" if minor() >= 25 else "good", self.doctor(), 0)

    def test_pod_security_restricted(self):
        self.prepare()
        self.pod_security(enforce="restricted")
        if minor() < 25:  # The label has no effect.
            return self.check("good", self.doctor(), 0)
        return self.check("restricted", self.doctor(), ENVIRONMENTAL)

    def test_a_full_quota(self):
        self.prepare()
        kubectl("create", "quota", "none", "--hard=pods=2,secrets=100", "-n", self.namespace)
        until(
            "the quota is counted",
            lambda: get("quota", "none", "-n", self.namespace).get("status", {}).get("used"),
        )
        self.check("quota-full", self.doctor(), ENVIRONMENTAL)

    def test_injected_containers(self):
        self.prepare()
        proxy = {"name": "aaa-proxy", "image": "busybox:1", "command": ["sleep", "3600"]}
        first = {"name": "aaa-init", "image": "busybox:1", "command": ["true"]}
        with injected_containers(self.namespace, [first], [proxy]) as pods:
            self.check("injected", self.doctor(), 0)
        self.assertEqual(["ovenbird-app-doctor"], pods)

    def test_no_cluster(self):
        self.prepare()
        with open(ENVIRONMENT["KUBECONFIG"]) as stream:
            config = json.load(stream)
        for entry in config["clusters"]:
            entry["cluster"]["server"] = "https://%s:1" % layout.NODE_ADDRESS
        self.kubeconfig = self.write(self.top + "/gone", json.dumps(config), 0o600)
        self.check("no-cluster", self.doctor(), ENVIRONMENTAL)

    def test_no_kubeconfig(self):
        self.prepare()
        self.kubeconfig = "/dev/null"
        self.check("no-kubeconfig", self.doctor(), ENVIRONMENTAL)

    def test_missing_objects(self):
        self.prepare("serviceAccount: builder\n        pullSecret: login")
        self.check("missing-objects", self.doctor(), ENVIRONMENTAL)

    def test_a_pull_secret(self):
        self.prepare("pullSecret: login\n        insecure: true")
        self.write(self.home + "/.docker/config.json", "{}")
        path = self.write(self.top + "/login.json", login_config())
        kubectl(
            *("create", "secret", "generic", "login", "-n", self.namespace),
            "--from-file=config.json=" + path
        )
        self.check("pull-secret", self.doctor(), 0)

    def test_a_certificate(self):
        """The CA of the registry is in a ConfigMap."""
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.prepare("rewriteDockerfile: true", name="%s/%s/app" % (host, self.namespace))
        self.check("untrusted", self.doctor(), ENVIRONMENTAL)
        kubectl(
            *("create", "configmap", "registry-ca", "-n", self.namespace),
            "--from-file=ca.crt=" + ENVIRONMENT["OVENBIRD_E2E_CA"]
        )
        self.prepare("registryCertificates: [{registry: '%s', configMap: registry-ca}]" % host)
        self.check("certificate", self.doctor(), 0)
