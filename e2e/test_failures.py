"""Builds that fail: the exit code says whose fault it is, the message says what
was found, and nothing is left in the cluster.

1: the build itself, 3: cluster, registry, machine.
"""

import json
import os
import socket

from faults import slow_network
from frame import ENVIRONMENT, ClusterTest, get, kubectl, registry, until
from test_examples import login_config

BUILD, ENVIRONMENTAL = 1, 3


class Failures(ClusterTest):
    def prepare(self, kaniko="{}", dockerfile="FROM scratch\nCOPY devspace.yaml /\n", name=None):
        self.name = name or registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (self.name, kaniko),
        )
        self.write("Dockerfile", dockerfile)

    def fails(self, code, *words, args=()):
        finished = self.build(*args)
        self.assertEqual(code, finished.code, finished.stdout + finished.stderr)
        for word in words:
            self.assertIn(word, finished.stderr)
        self.assertNotIn("Traceback", finished.stderr)
        self.assert_namespace_as_before()
        return finished

    def busybox(self, run):
        return "FROM %s\nRUN %s\n" % (registry("library/busybox:1"), run)

    # The build itself.

    def test_a_command_fails(self):
        self.prepare(dockerfile=self.busybox("echo some output; exit 7"))
        finished = self.fails(BUILD, "7")
        self.assertIn("some output", finished.stdout + finished.stderr)
        self.assertEqual([], self.tags(self.name))

    def test_the_base_image_is_missing(self):
        self.prepare(dockerfile="FROM %s\n" % registry("no/such:image"))
        self.fails(BUILD, "no/such")

    def test_out_of_memory(self):
        self.prepare(
            "{resources: {limits: {memory: 80Mi}}}",
            self.busybox("head -c 200000000 /dev/zero | sort > /dev/null"),
        )
        self.fails(BUILD, "80Mi")

    def test_the_time_is_over(self):
        self.prepare("{timeout: 10s}", self.busybox("sleep 600"))
        self.fails(BUILD, "10s")

    # What the config names and the cluster does not have.

    def test_the_pull_secret_is_missing(self):
        self.prepare("{pullSecret: no-such-secret}")
        self.fails(ENVIRONMENTAL, "no-such-secret", self.namespace)

    def test_a_mounted_secret_is_missing(self):
        self.prepare("{additionalMounts: [{mountPath: /kaniko/x, secret: {name: no-such-secret}}]}")
        self.fails(ENVIRONMENTAL, "no-such-secret")

    # Cluster, registry, machine.

    def test_the_namespace_is_missing(self):
        self.prepare("{namespace: no-such-namespace}")
        finished = self.start("build").finish()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("no-such-namespace", finished.stderr)

    def test_the_context_is_missing(self):
        self.prepare()
        finished = self.fails(
            ENVIRONMENTAL, "no-such-context", args=("--kube-context", "no-such-context")
        )
        self.assertIn(ENVIRONMENT["OVENBIRD_E2E_CONTEXT"], finished.stderr)

    def test_the_server_is_unreachable(self):
        self.prepare()
        with socket.socket() as unused:  # Bound and not listening: nobody else gets it.
            unused.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % unused.getsockname()[1]
            self.change_kubeconfig(
                lambda c: c["clusters"][0]["cluster"].update(server="https://" + address)
            )
            self.fails(ENVIRONMENTAL, address)

    def test_the_server_is_not_who_it_should_be(self):
        self.prepare()
        ca = self.write(self.top + "/other.pem", open("/etc/ssl/certs/ca-certificates.crt").read())

        def other_authority(config):
            cluster = config["clusters"][0]["cluster"]
            del cluster["certificate-authority-data"]
            cluster["certificate-authority"] = ca

        self.change_kubeconfig(other_authority)
        self.fails(ENVIRONMENTAL, "certificate")

    def test_the_login_is_not_accepted(self):
        self.prepare()

        def token(config):
            config["users"][0]["user"] = {"token": "nobody"}

        self.change_kubeconfig(token)
        self.fails(ENVIRONMENTAL, "401")

    def change_kubeconfig(self, change):
        with open(ENVIRONMENT["KUBECONFIG"]) as stream:
            config = json.load(stream)
        change(config)
        self.kubeconfig = self.write(self.top + "/kubeconfig", json.dumps(config))

    def test_the_user_may_not_create_pods(self):
        self.prepare()
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        self.fails(ENVIRONMENTAL, "restricted", "pods", self.namespace)

    def test_least_rights_are_enough(self):
        self.prepare()
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        kubectl(
            *("create", "role", "builder", "-n", self.namespace),
            "--verb=get,list,watch,create,delete",
            "--resource=pods,pods/log,pods/exec,secrets,events",
        )
        kubectl(
            *("create", "rolebinding", "builder", "-n", self.namespace),
            *("--role=builder", "--user=restricted"),
        )
        self.assert_built(self.build())
        self.pull_only(self.name)
        self.assert_namespace_as_before()

    def test_the_quota_is_used_up(self):
        self.prepare()
        kubectl("create", "quota", "none", "--hard=pods=0", "-n", self.namespace)
        until(
            "the quota is counted",
            lambda: get("quota", "none", "-n", self.namespace).get("status", {}).get("used"),
        )
        self.fails(ENVIRONMENTAL, "quota")

    def test_no_node_fits(self):
        self.prepare("{nodeSelector: {pool: nowhere}, timeout: 10s}")
        self.fails(ENVIRONMENTAL, "pool", "nowhere")

    def test_the_kaniko_image_cannot_be_pulled(self):
        self.prepare('{image: "%s"}' % registry("no/such:image"))
        self.fails(ENVIRONMENTAL, registry("no/such:image"))

    def test_the_init_image_has_no_shell(self):
        self.prepare('{initImage: "localhost/pause:1", initEnv: {PATH: /nowhere}}')
        self.fails(ENVIRONMENTAL, "localhost/pause:1")

    def test_the_registry_refuses_the_login(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(name="%s/%s/app" % (private, self.namespace))
        login = json.loads(login_config())
        for entry in login["auths"].values():
            entry["auth"] = "am9objp3cm9uZw=="  # john:wrong
        self.write(self.home + "/.docker/config.json", json.dumps(login))
        self.fails(BUILD, private)

    def test_the_registry_wants_a_login(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(name="%s/%s/app" % (private, self.namespace))
        self.fails(BUILD, private)

    def test_the_registry_has_an_unknown_certificate(self):
        tls = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.prepare(name="%s/%s/app" % (tls, self.namespace))
        self.write(self.home + "/.docker/config.json", login_config())
        self.fails(BUILD, "certificate")

    def test_someone_deletes_the_pod(self):
        self.prepare(dockerfile=self.busybox("sleep 600"))
        running = self.start_build()

        def runs():
            self.assertTrue(running.is_running(), running.output())
            pods = self.build_pods()
            return pods and pods[0]["status"]["phase"] == "Running"

        until("the pod runs", runs)
        name = self.build_pods()[0]["metadata"]["name"]
        kubectl("delete", "pod", name, "-n", self.namespace, "--wait=false")
        finished = running.finish(90)
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("deleted", finished.stderr)
        self.assert_namespace_as_before()

    def test_a_slow_network_is_no_failure(self):
        self.prepare(dockerfile="FROM scratch\nCOPY big /\n")
        data = os.urandom(4 << 20)
        self.write("big", data)
        with slow_network("8mbit"):
            self.assert_built(self.build())
        self.assertEqual(data, self.pull_only(self.name).files["big"].data)
        self.assert_namespace_as_before()

    def test_one_of_two_images_fails(self):
        self.prepare()
        self.write("bad/Dockerfile", self.busybox("exit 1"))
        with open(self.folder + "/devspace.yaml", "a") as stream:
            stream.write(
                "  bad:\n    image: %s\n    context: bad\n    dockerfile: bad/Dockerfile\n"
                "    build:\n      kaniko: {}\n" % registry(self.namespace + "/bad")
            )
        self.fails(BUILD, "bad")
        self.pull_only(self.name)
        self.assertEqual([], self.tags(registry(self.namespace + "/bad")))
