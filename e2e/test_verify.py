"""Mistakes that only the API server finds: `render --verify` and `build` name the line of the
config."""

import json

from frame import ENVIRONMENT, ClusterTest, kubectl, registry

CONFIG, ENVIRONMENTAL = 2, 3

# Options that Ovenbird's own checks accept: the option, the place in the line, and the server's
# sentence.
MISTAKES = (
    (
        "resources: {limits: {nvidia.com/gpu: 500m}}",
        'resources.limits["nvidia.com/gpu"]',
        "must be an integer",
    ),
    ("resources: {limits: {turbo: 1}}", "resources.limits.turbo", "must be a standard resource"),
    ("resources: {requests: {nvidia.com/gpu: 1}}", "resources", "Limit must be set"),
    (
        "additionalMounts: [{mountPath: /m, secret: {name: s, items: [{key: k, path: ..x}]}}]",
        "additionalMounts[0].secret.items[0].path",
        "must not start with '..'",
    ),
)


class Verify(ClusterTest):
    def prepare(self, kaniko):
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko:\n        %s\n"
            % (registry(self.namespace + "/app"), kaniko),
        )
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")

    def verify(self, *args):
        command = ("render", "--verify", "--output", "json", "--config", "devspace.yaml")
        finished = self.start(*command, "--namespace", self.namespace, *args).finish()
        self.assert_namespace_as_before()
        return finished

    def test_objects_that_the_cluster_accepts(self):
        self.prepare("timeout: 5m")
        finished = self.verify()
        self.assertEqual(0, finished.code, finished.stderr)
        self.assertIn("image `app`: the cluster accepts its objects", finished.stderr)
        kinds = [item["kind"] for item in json.loads(finished.stdout)["items"]]
        self.assertIn("Pod", kinds)

    def test_rejected_values(self):
        for option, field, sentence in MISTAKES:
            self.prepare(option)
            for finished in (self.verify(), self.build()):
                output = finished.stdout + finished.stderr
                self.assertEqual(CONFIG, finished.code, output)
                # frame.py inserts a line with the executor.
                self.assertIn("devspace.yaml:7:", finished.stderr)
                self.assertIn("error: the cluster rejects `%s`: " % field, finished.stderr)
                self.assertIn(sentence, finished.stderr)
                self.assertIn("[rejected-by-cluster]", finished.stderr)
            self.assert_namespace_as_before()

    def test_several_rejected_values(self):
        self.prepare("resources: {limits: {turbo: 1, boost: 2}}")
        finished = self.verify("--diagnostics", "short")
        self.assertEqual(CONFIG, finished.code, finished.stderr)
        for name in ("turbo", "boost"):
            self.assertIn("the cluster rejects `resources.limits.%s`: " % name, finished.stderr)

    def test_a_quota_names_no_line(self):
        kubectl("create", "quota", "small", "--hard=pods=0", "-n", self.namespace)
        self.before = self.objects()
        self.prepare("timeout: 5m")
        finished = self.verify()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn("exceeds the namespace's quota", finished.stderr)
        self.assertNotIn("rejected-by-cluster", finished.stderr)

    def test_a_missing_namespace(self):
        self.prepare("timeout: 5m")
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        command = ("render", "--verify", "--config", "devspace.yaml", "--namespace", "nowhere-x")
        finished = self.start(*command).finish()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn("the namespace `nowhere-x` does not exist", finished.stderr)
