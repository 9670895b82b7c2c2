"""Other ways to bring a context to kaniko, which //bench:cluster compares with ours.

`exec` is what Skaffold does: `kubectl exec` of tar in an init container, gzip at level 1, and a
second `kubectl exec` that ends the container, which looks for its file once a second. Skaffold
also waits a second before it sends. `attach` has no init container: kaniko reads the archive from its
standard input (--context=tar://stdin).
"""

import os
import subprocess
import time

import frame

DONE = "/tmp/complete"
MOUNT = "/context"


def _kubectl(namespace):
    config = frame.ENVIRONMENT["KUBECONFIG"]
    return ["kubectl", "--kubeconfig", config, "--cache-dir", config + ".cache", "-n", namespace]


def _send(folder, command):
    """Sends the folder as tar.gz to the standard input of the command."""
    tar = subprocess.Popen(("tar", "-C", folder, "-cf", "-", "."), stdout=subprocess.PIPE)
    gzip = subprocess.Popen(("gzip", "-1"), stdin=tar.stdout, stdout=subprocess.PIPE)
    tar.stdout.close()
    sent = subprocess.run(
        command, stdin=gzip.stdout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    gzip.stdout.close()
    if tar.wait() or gzip.wait() or sent.returncode:
        raise SystemExit("%s\n%s" % (" ".join(command), sent.stdout.decode(errors="replace")))


def _container(pod, name):
    containers = pod["spec"].get("initContainers", []) + pod["spec"]["containers"]
    return frame.named(containers, name)


class Exec:
    key = "exec"

    def change(self, pod):
        """Makes Ovenbird's pod, as `render` prints it, the peer's."""
        context = _container(pod, "context")
        loop = "while [ ! -f %s ]; do sleep 1; done" % DONE
        for name in ("args", "resources", "env"):
            context.pop(name, None)
        context["command"] = ["sh", "-c", loop]

    def send(self, pod, namespace, folder, watch):
        watch.wait(lambda seen: seen.name == pod and "context" in seen.ids)
        command = _kubectl(namespace) + ["exec", "-i", pod, "-c", "context", "--"]
        _send(folder, command + ["tar", "-zxf", "-", "-C", MOUNT])
        subprocess.run(command + ["touch", DONE], stdin=subprocess.DEVNULL, check=True)


class Attach:
    key = "attach"

    def change(self, pod):
        del pod["spec"]["initContainers"]
        kaniko = _container(pod, "kaniko")
        kaniko["args"] = [
            "--dockerfile=Dockerfile" if arg.startswith("--dockerfile=") else
            "--context=tar://stdin" if arg.startswith("--context=") else arg
            for arg in kaniko["args"]
        ]
        kaniko.update(stdin=True, stdinOnce=True)

    def send(self, pod, namespace, folder, watch):
        watch.wait(lambda seen: seen.name == pod and "kaniko" in seen.ids)
        _send(folder, _kubectl(namespace) + ["attach", "-i", pod, "-c", "kaniko"])


PEERS = {peer.key: peer for peer in (Exec(), Attach())}


def run(peer, pod, namespace, folder, watch):
    """Creates the pod, sends the folder and waits for the end; returns the seconds, and what was
    seen of the pod."""
    peer.change(pod)
    name = pod["metadata"]["name"]
    start = time.time()
    watch.create(pod)
    peer.send(name, namespace, os.path.realpath(folder), watch)
    seen = watch.wait(lambda its: its.name == name and its.ended)
    if not seen.succeeded:
        raise SystemExit("%s failed:\n%s" % (name, frame.kubectl("logs", "-n", namespace, name)))
    watch.delete(name)
    return seen.ended - start, seen
