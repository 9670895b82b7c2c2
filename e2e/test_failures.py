"""Builds that fail: the exit code gives the kind of failure, the message names the
cause, and nothing is left in the cluster.

1: the build itself, 3: cluster, registry, machine.
"""

import json
import os
import socket

from faults import slow_network
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, registry, until
from test_examples import login_config

BUILD, CONFIG, ENVIRONMENTAL = 1, 2, 3

MISSING_VOLUME = (
    "image `app`: a Secret or ConfigMap that the build pod mounts does not exist"
)
UNSCHEDULABLE = "image `app`: the build pod cannot be scheduled"


class Failures(ClusterTest):
    @property
    def minor(self):
        return int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])

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
        finished = self.fails(
            BUILD,
            "image `app`: a command of the Dockerfile failed (exit code 7)",
            "\n  some output\n",
            "Dockerfile:2: RUN echo some output; exit 7",
        )
        # Programs get it, too.
        details = finished.result["images"][0]["failure"]["details"]
        self.assertEqual(["some output", "Dockerfile:2: RUN echo some output; exit 7"], [details[0], details[-1]])
        self.assertEqual([], self.tags(self.name))

    def test_the_base_image_is_missing(self):
        self.prepare(dockerfile="FROM %s\n" % registry("no/such:image"))
        self.fails(BUILD, "image `app`: a base image does not exist", "no/such")

    def test_the_registry_of_the_base_image_is_unreachable(self):
        """No failure of the build: a repetition may help."""
        line = "FROM %s:1/base:1" % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"].partition(":")[0]
        self.prepare(dockerfile=line + "\nCOPY devspace.yaml /\n")
        finished = self.fails(ENVIRONMENTAL, "connection refused", "Dockerfile:1: " + line)
        self.assertEqual("environment", finished.result["images"][0]["failure"]["kind"])

    def test_out_of_memory(self):
        self.prepare(
            "{resources: {limits: {memory: 80Mi}}}",
            self.busybox("head -c 200000000 /dev/zero | sort > /dev/null"),
        )
        self.fails(
            BUILD,
            "image `app`: container `kaniko` ran out of memory (OOMKilled; limit 80Mi)",
            "raise `resources.limits.memory` under `kaniko`",
            "--compressed-caching=false",
        )

    def test_the_time_is_over(self):
        self.prepare("{timeout: 10s}", self.busybox("sleep 600"))
        self.fails(
            BUILD,
            "image `app`: the build took longer than its deadline of 10s",
            "raise `timeout` under `kaniko`",
        )

    def test_the_disk_limit_is_exceeded(self):
        self.prepare(
            "{resources: {limits: {ephemeral-storage: 40Mi}}}",
            self.busybox("head -c 100000000 /dev/zero > /big; sleep 600"),
        )
        self.fails(
            BUILD,
            "image `app`: the build used more disk than its limit and was evicted",
            "raise `ephemeral-storage` of `resources` under `kaniko`",
        )

    def test_the_base_image_wants_a_login(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(dockerfile="FROM %s/base/busybox:1\n" % private)
        self.fails(
            BUILD,
            "image `app`: a base image could not be pulled: not logged in to its registry",
            "log in with `docker login` to the registry of that FROM line",
        )

    def test_the_dockerfile_is_wrong(self):
        """Told at its own line before anything is made in the cluster."""
        self.prepare(dockerfile="FROM scratch\nCOPPY a /\n")
        self.fails(
            CONFIG,
            "Dockerfile:2:1: error: unknown instruction `COPPY` [dockerfile-unknown-instruction]",
            "did you mean `COPY`?",
        )

    def test_the_target_is_unknown(self):
        self.prepare("{options: {target: prod}}", "FROM scratch AS production\n")
        self.fails(
            CONFIG,
            "error: no stage `prod` in `Dockerfile` [unknown-target]",
            "use one of the stages: `production`",
        )

    # What the config names and the cluster does not have.

    def test_a_mounted_config_map_is_missing(self):
        self.prepare("{additionalMounts: [{mountPath: /kaniko/x, configMap: {name: no-such-map}}]}")
        self.fails(ENVIRONMENTAL, MISSING_VOLUME, "no-such-map")

    def test_a_mounted_key_is_missing(self):
        self.prepare(
            "{additionalMounts: [{mountPath: /kaniko/x, secret: {name: keys, "
            "items: [{key: no-such-key, path: x}]}}]}"
        )
        kubectl("create", "secret", "generic", "keys", "--from-literal=a=b", "-n", self.namespace)
        self.before = self.objects()
        self.fails(
            ENVIRONMENTAL,
            "image `app`: a Secret or ConfigMap lacks a key that the build pod mounts",
            "no-such-key",
            "compare its keys (`kubectl describe`) with `items` of `additionalMounts`",
        )

    def test_the_pull_secret_has_no_docker_config(self):
        self.prepare("{pullSecret: keys}")
        kubectl("create", "secret", "generic", "keys", "--from-literal=a=b", "-n", self.namespace)
        self.before = self.objects()
        self.fails(
            ENVIRONMENTAL,
            "image `app`: pull secret `keys` has neither `.dockerconfigjson` nor `config.json`; "
            "its keys: `a`",
        )

    def test_the_service_account_is_missing(self):
        self.prepare("{serviceAccount: no-such-account}")
        self.fails(
            ENVIRONMENTAL,
            "image `app`: cannot create the build pod: the service account cannot be used",
            "no-such-account",
            "check `serviceAccount` under `kaniko`",
        )

    def test_the_pull_secret_is_missing(self):
        self.prepare("{pullSecret: no-such-secret}")
        self.fails(
            ENVIRONMENTAL,
            "image `app`: pull secret `no-such-secret` is not in namespace `%s`" % self.namespace,
            "create it: kubectl create secret docker-registry no-such-secret -n %s "
            % self.namespace,
        )

    def test_a_mounted_secret_is_missing(self):
        self.prepare("{additionalMounts: [{mountPath: /kaniko/x, secret: {name: no-such-secret}}]}")
        self.fails(ENVIRONMENTAL, MISSING_VOLUME, "no-such-secret")

    # Cluster, registry, machine.

    def test_the_namespace_is_missing(self):
        self.prepare("{namespace: no-such-namespace}")
        # Rights cannot be granted there.
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        finished = self.start("build").finish()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        self.assertIn("the namespace `no-such-namespace` does not exist", finished.stderr)
        self.assertIn("create it (`kubectl create namespace no-such-namespace`)", finished.stderr)

    def test_the_context_is_missing(self):
        self.prepare()
        self.fails(
            ENVIRONMENTAL,
            "there is no context `no-such-context` in ",
            *("contexts: ", ENVIRONMENT["OVENBIRD_E2E_CONTEXT"]),
            args=("--kube-context", "no-such-context"),
        )

    def test_the_server_is_unreachable(self):
        self.prepare()
        with socket.socket() as unused:  # Bound and not listening: no other process gets the port.
            unused.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % unused.getsockname()[1]
            self.change_kubeconfig(
                lambda c: c["clusters"][0]["cluster"].update(server="https://" + address)
            )
            finished = self.fails(
                ENVIRONMENTAL, address, "connection refused; nothing listens on this port"
            )
            # Nothing was made: nothing is said to be left.
            self.assertNotIn("could not delete", finished.stderr)

    def test_the_server_is_not_who_it_should_be(self):
        self.prepare()
        ca = self.write(self.top + "/other.pem", open("/etc/ssl/certs/ca-certificates.crt").read())

        def other_authority(config):
            cluster = config["clusters"][0]["cluster"]
            del cluster["certificate-authority-data"]
            cluster["certificate-authority"] = ca

        self.change_kubeconfig(other_authority)
        self.fails(ENVIRONMENTAL, "its certificate is signed by an unknown authority, `")

    def test_the_login_is_not_accepted(self):
        self.prepare()

        def token(config):
            config["users"][0]["user"] = {"token": "nobody"}

        self.change_kubeconfig(token)
        self.fails(
            ENVIRONMENTAL,
            "the cluster rejected your credentials (401)",
            "log in again (the kubeconfig's user), or choose another --kube-context",
        )

    def change_kubeconfig(self, change):
        with open(self.kubeconfig) as stream:
            config = json.load(stream)
        change(config)
        self.kubeconfig = self.write(self.top + "/kubeconfig", json.dumps(config))

    def test_the_user_may_not_create_pods(self):
        self.prepare()
        self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
        self.fails(ENVIRONMENTAL, "you are not allowed to `create` `pods` in namespace `%s`" % self.namespace)

    def test_a_right_is_lacking(self):
        for lacking, verbs, resources in (
            ("`get` `pods/exec`", "get,list,watch,create,delete", "pods,pods/log,secrets"),
            ("`list` `pods`", "create,delete", "pods,pods/log,pods/exec,secrets"),
        ):
            with self.subTest(lacking):
                self.prepare()
                self.kubeconfig = ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]
                kubectl(
                    *("create", "role", "builder", "-n", self.namespace),
                    *("--verb=" + verbs, "--resource=" + resources),
                )
                kubectl(
                    *("create", "rolebinding", "builder", "-n", self.namespace),
                    *("--role=builder", "--user=restricted"),
                )
                try:
                    self.fails(
                        ENVIRONMENTAL,
                        "you are not allowed to %s in namespace `%s`" % (lacking, self.namespace),
                        "ask for the role that `ovenbird rbac` prints",
                    )
                finally:
                    kubectl("delete", "role,rolebinding", "builder", "-n", self.namespace)

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
        self.fails(
            ENVIRONMENTAL,
            "image `app`: cannot create the build pod: the build exceeds the namespace's quota",
            "exceeded quota: none",
        )

    def test_no_node_fits(self):
        self.prepare("{nodeSelector: {pool: nowhere}, timeout: 10s}")
        self.fails(
            ENVIRONMENTAL,
            UNSCHEDULABLE,
            "nodeSelector: pool=nowhere",
            "fix `nodeSelector` under `kaniko`",
        )

    def test_no_node_has_room(self):
        self.prepare("{resources: {requests: {cpu: 999}}}")
        self.fails(
            ENVIRONMENTAL,
            *(UNSCHEDULABLE, "Insufficient cpu", "lower `resources.requests` under `kaniko`"),
            "wait longer with --schedule-timeout",
            args=("--schedule-timeout", "2s")
        )

    @alone
    def test_the_node_has_a_taint(self):
        self.prepare()
        # The name of the taint needs the right to list nodes.
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        kubectl("taint", "node", "node", "reserved=yes:NoSchedule")
        self.addCleanup(kubectl, "taint", "node", "node", "reserved-")
        self.fails(
            ENVIRONMENTAL,
            *(UNSCHEDULABLE, "reserved", "NoSchedule"),
            "add the taint to `tolerations` under `kaniko`",
            args=("--schedule-timeout", "2s")
        )

    def test_a_node_comes_later(self):
        """As an autoscaler makes one."""
        self.prepare("{nodeSelector: {pool: new}}")
        running = self.start_build("--schedule-timeout", "2m")
        running.wait_for("waiting for a node")
        kubectl("label", "node", "node", "pool=new")
        self.addCleanup(kubectl, "label", "node", "node", "pool-")
        self.assert_built(running.finish())
        self.assert_namespace_as_before()

    def test_a_limit_range_refuses_the_pod(self):
        self.prepare("{resources: {limits: {memory: 80Mi}}}")
        limits = {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "small"},
            "spec": {"limits": [{"type": "Container", "max": {"memory": "50Mi"}}]},
        }
        kubectl("create", "-n", self.namespace, "-f", "-", text=json.dumps(limits))
        self.fails(
            ENVIRONMENTAL,
            "image `app`: cannot create the build pod: a LimitRange of the namespace rejects the pod",
            *("50Mi", "80Mi", "set `resources` within its bounds"),
        )

    def test_pod_security_refuses_the_pod(self):
        self.prepare()
        label = "pod-security.kubernetes.io/enforce=restricted"
        kubectl("label", "namespace", self.namespace, label)
        if self.minor < 25:  # It means nothing there.
            self.assert_built(self.build())
            return self.assert_namespace_as_before()
        return self.fails(
            ENVIRONMENTAL,
            "image `app`: cannot create the build pod: the namespace's Pod Security level rejects "
            "the pod",
            "kaniko must run as root, which `baseline` allows and `restricted` does not",
        )

    def test_the_namespace_is_being_deleted(self):
        other = self.make_namespace()
        self.prepare("{namespace: %s}" % other)
        kept = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "kept", "finalizers": ["example.com/wait"]},
        }
        kubectl("create", "-n", other, "-f", "-", text=json.dumps(kept))
        free = ("patch", "configmap", "kept", "-n", other, "--type=merge")
        self.addCleanup(kubectl, *free, "-p", '{"metadata":{"finalizers":null}}')
        kubectl("delete", "namespace", other, "--wait=false")
        # Rights cannot be granted there.
        self.kubeconfig = ENVIRONMENT["KUBECONFIG"]
        # Without --namespace, which stands above the file.
        finished = self.start("build").finish()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stdout + finished.stderr)
        for word in ("the namespace is being deleted", other):
            self.assertIn(word, finished.stderr)
        self.assert_namespace_as_before()

    def test_kaniko_cannot_be_started(self):
        self.prepare("{command: [/no/such/program]}")
        self.fails(
            ENVIRONMENTAL,
            "image `app`: the node could not start container `kaniko` (",
            "/no/such/program",
            "check `command`, the image and its architecture",
        )

    def test_the_container_is_refused_by_its_node(self):
        self.prepare("{securityContext: {runAsNonRoot: true}}")
        self.fails(
            ENVIRONMENTAL,
            "image `app`: the node cannot configure the container of image `",
            "CreateContainerConfigError)",
            "runAsNonRoot",
            "check `securityContext` under `kaniko` (kaniko must run as root)",
        )

    def test_kaniko_does_not_run_as_root(self):
        self.prepare("{securityContext: {runAsUser: 1000}}")
        self.fails(
            BUILD,
            "image `app`: kaniko does not run as root in its container",
            "remove `runAsUser` from `securityContext`",
        )

    def test_the_kaniko_image_cannot_be_pulled(self):
        self.prepare('{image: "%s"}' % registry("no/such:image"))
        self.fails(
            ENVIRONMENTAL,
            "image `app`: the node cannot pull image `%s` (container `" % registry("no/such:image"),
            "check the image's name and tag, and that the node can pull it",
        )

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
        self.fails(
            BUILD,
            "image `app`: the registry refused the push: not logged in, or no permission to push",
            private,
        )

    def test_the_registry_wants_a_login(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.prepare(name="%s/%s/app" % (private, self.namespace))
        self.fails(
            BUILD,
            "image `app`: the registry does not accept the image: ",
            "; there are no credentials for %s: `docker login %s`" % (private, private),
        )

    def test_the_registry_has_an_unknown_certificate(self):
        tls = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.prepare(name="%s/%s/app" % (tls, self.namespace))
        self.write(self.home + "/.docker/config.json", login_config())
        self.fails(BUILD, "image `app`: kaniko does not trust the registry's certificate")

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
        self.assertIn("the build pod was deleted while it was in use", finished.stderr)
        self.assert_namespace_as_before()

    @alone
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
        with open(self.folder + "/devspace.yaml") as stream:
            config = stream.read()
        self.write(
            "devspace.yaml",
            config + "  bad:\n    image: %s\n    context: bad\n    dockerfile: bad/Dockerfile\n"
            "    build:\n      kaniko: {}\n" % registry(self.namespace + "/bad"),
        )
        self.fails(BUILD, "image `bad`: a command of the Dockerfile failed (exit code 1)")
        self.pull_only(self.name)
        self.assertEqual([], self.tags(registry(self.namespace + "/bad")))
