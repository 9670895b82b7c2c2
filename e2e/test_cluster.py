"""The cluster itself, without the tool: if these tests fail, the results of the others mean nothing."""

import json

from frame import ENVIRONMENT, ClusterTest, get, kubectl, named, registry, until
from layout import EXECUTORS, LAST


def build_pod(name, destination):
    workspace = {"name": "workspace", "mountPath": "/workspace"}
    dockerfile = "FROM scratch\\nCOPY hello /hello\\nENV GREETING=hello\\n"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "restartPolicy": "Never",
            "volumes": [{"name": "workspace", "emptyDir": {}}],
            "initContainers": [
                {
                    "name": "context",
                    "image": "alpine:3.20.3",
                    "command": [
                        "sh",
                        "-c",
                        "printf '%s' > Dockerfile; echo hi > hello" % dockerfile,
                    ],
                    "workingDir": "/workspace",
                    "volumeMounts": [workspace],
                }
            ],
            "containers": [
                {
                    "name": "kaniko",
                    "image": LAST,
                    "args": [
                        "--context=dir:///workspace",
                        "--destination=" + destination,
                        "--insecure",
                        "--digest-file=/dev/termination-log",
                    ],
                    "volumeMounts": [workspace],
                }
            ],
        },
    }


class Cluster(ClusterTest):
    def test_hand_made_pod_builds_and_pushes(self):
        destination = registry(self.namespace + "/by-hand:1")
        self.named.append(destination)
        kubectl(
            "apply",
            "-n",
            self.namespace,
            "-f",
            "-",
            text=json.dumps(build_pod("by-hand", destination)),
        )

        def status():
            found = get("pod", "by-hand", "-n", self.namespace)["status"]
            return found if found["phase"] in ("Succeeded", "Failed") else None

        ended = until("the pod ends", status)
        self.assertEqual(
            "Succeeded", ended["phase"], kubectl("logs", "by-hand", "-n", self.namespace)
        )
        pulled = self.pull(destination)
        self.assertEqual("hi\n", pulled.text("hello"))
        self.assertIn("GREETING=hello", pulled.config["Env"])
        terminated = named(ended["containerStatuses"], "kaniko")["state"]["terminated"]
        self.assertEqual(pulled.digest, terminated["message"])

        self.assertNotEqual(self.before, self.objects())
        kubectl("delete", "pod", "by-hand", "-n", self.namespace)
        self.assert_namespace_as_before()

    def test_executors_run_under_their_own_names(self):
        pods = {"executor-%d" % number: image for number, image in enumerate(EXECUTORS)}
        for pod, image in pods.items():
            kubectl(
                *("run", pod, "-n", self.namespace, "--image=" + image, "--restart=Never"),
                *("--image-pull-policy=Never", "--", "version"),
            )
        for pod, image in pods.items():

            def log(pod=pod):
                return kubectl("logs", pod, "-n", self.namespace, check=False)

            _, version = EXECUTORS[image]
            self.assertIn(version, until(image + " says its version", log))
        kubectl("delete", "pod", *pods, "-n", self.namespace, "--now")
        self.assert_namespace_as_before()

    def test_restricted_user_has_no_rights(self):
        answer = kubectl(
            *("--kubeconfig", ENVIRONMENT["OVENBIRD_E2E_RESTRICTED_KUBECONFIG"]),
            *("auth", "can-i", "create", "pods", "-n", self.namespace),
            check=False
        )
        self.assertEqual("no", answer.strip())
