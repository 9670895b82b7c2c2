"""Runs Kueue for a test: its manager on the node, next to the API server, and its CRDs and
webhooks in the cluster. They concern only namespaces with the label NAMESPACES."""

import base64
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

import layout
import machine
from frame import ENVIRONMENT, get, kubectl, until

NAMESPACES = {"queues": "kueue"}
GROUP = "kueue.x-k8s.io"
API = GROUP + "/v1beta2"
FLAVOR = "default-flavor"
# Of the node's loopback.
PORT = 9443
URL = "https://127.0.0.1:%d" % PORT
NAME = layout.NAME + "-kueue"
# Without its own certificates, the manager reads those of its metrics, which are off, at a fixed
# place. So it gets an /etc of its own, which holds nothing else.
START = """
mount -t tmpfs tmpfs /etc
mkdir -p /etc/kueue/metrics
ln -s "$1" /etc/kueue/metrics/certs
shift
exec "$@"
"""


def configuration(certificates):
    """Returns the manager's configuration file."""
    return {
        "apiVersion": "config.kueue.x-k8s.io/v1beta2",
        "kind": "Configuration",
        "health": {"healthProbeBindAddress": "0"},
        "metrics": {"bindAddress": "0"},
        "webhook": {"host": "127.0.0.1", "port": PORT, "certDir": certificates},
        "internalCertManagement": {"enable": False},
        # The only manager needs no election, which takes seconds.
        "leaderElection": {"leaderElect": False},
        # Jobs, too: builds create one, which Kueue must not hold back.
        "integrations": {"frameworks": ["batch/job", "pod"]},
        "managedJobsNamespaceSelector": {"matchLabels": NAMESPACES},
        # An API server of its own, which needs more of the cluster.
        "featureGates": {"VisibilityOnDemand": False},
    }


def concerns_builds(webhook):
    """Returns whether a webhook is for Kueue's own objects, for pods, or for Jobs."""
    kinds = {
        (group, resource.partition("/")[0])
        for rule in webhook["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    return any(
        group == GROUP or (group, resource) in (("", "pods"), ("batch", "jobs"))
        for group, resource in kinds
    )


def adapt_webhooks(manifest, ca):
    """Returns a webhook configuration of Kueue for a manager at URL, only with the webhooks of
    builds, and those of pods and Jobs only for NAMESPACES."""
    kept = [webhook for webhook in manifest["webhooks"] if concerns_builds(webhook)]
    for webhook in kept:
        path = webhook["clientConfig"]["service"]["path"]
        webhook["clientConfig"] = {"url": URL + path, "caBundle": ca}
        if all(rule["apiGroups"] != [GROUP] for rule in webhook["rules"]):
            webhook["namespaceSelector"] = {"matchLabels": NAMESPACES}
    return {
        "apiVersion": manifest["apiVersion"],
        "kind": manifest["kind"],
        "metadata": {"name": NAME},
        "webhooks": kept,
    }


def read_all(text):
    """Returns the JSON values that follow each other in `text`."""
    decoder, found = json.JSONDecoder(), []
    while text:
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return found


def crd_of(file):
    """Returns the CRD's name, of .../kueue.x-k8s.io_queues.yaml "queues.kueue.x-k8s.io"."""
    group, _, plural = os.path.basename(file)[: -len(".yaml")].partition("_")
    return "%s.%s" % (plural, group)


def apply(*objects):
    for item in objects:
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=json.dumps(item))


class Kueue:
    """A running Kueue, without a queue."""

    def __init__(self):
        self._program = machine.run(layout.third_party("kueue/build.sh"))
        self._pki = os.path.dirname(ENVIRONMENT["KUBECONFIG"]) + "/pki"
        with open(self._pki + "/ca.crt", "rb") as stream:
            self._ca = base64.b64encode(stream.read()).decode()
        self._folder = tempfile.mkdtemp(prefix="ovb-kueue-")
        for name, kind in (("tls.crt", "crt"), ("tls.key", "key")):
            shutil.copy("%s/kueue.%s" % (self._pki, kind), "%s/%s" % (self._folder, name))
        self._manager = None
        try:
            self._install()
            self._start()
        except BaseException:
            self.stop()
            raise

    def _crds(self):
        return sorted(crd_of(file) for file in glob.glob(self._program + "/crd/bases/*.yaml"))

    def _install(self):
        source = self._program + "/crd"
        kubectl("apply", "--server-side", "--force-conflicts", "-f", source + "/bases")
        with open(source + "/kustomization.yaml") as stream:
            converted = re.findall(r"^- path: patches/webhook_in_(\w+)\.yaml", stream.read(), re.M)
        client = {"url": URL + "/convert", "caBundle": self._ca}
        webhook = {"clientConfig": client, "conversionReviewVersions": ["v1"]}
        patch = {"spec": {"conversion": {"strategy": "Webhook", "webhook": webhook}}}
        for plural in converted:
            crd = "%s.%s" % (plural, GROUP)
            kubectl("patch", "crd", crd, "--type=merge", "--patch", json.dumps(patch))
        # kubectl only turns YAML into JSON here; it has no verb that does nothing else.
        manifests = self._program + "/webhook/manifests.yaml"
        text = kubectl("label", "--local", "-o", "json", "-f", manifests, "from=kueue")
        for manifest in read_all(text):
            apply(adapt_webhooks(manifest, self._ca))
        crds = ["crd/" + crd for crd in self._crds()]
        kubectl("wait", "--for=condition=Established", "--timeout=60s", *crds)

    def _start(self):
        config = self._folder + "/config.json"
        with open(config, "w") as stream:
            json.dump(configuration(self._folder), stream)
        net = "/proc/%s/ns/net" % ENVIRONMENT["OVENBIRD_E2E_NODE_PID"]
        # One process after the other, not one in the other: the last is the manager. It is
        # killed when this process exits.
        command = ["setpriv", "--pdeathsig=KILL", "nsenter", "--net=" + net]
        command += ["unshare", "--mount", "sh", "-ec", START, "sh", self._folder]
        command += [self._program + "/kueue", "--config", config, "--zap-log-level=2"]
        with open(self._log(), "ab") as log:
            self._manager = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(os.environ, KUBECONFIG=ENVIRONMENT["KUBECONFIG"]),
                start_new_session=True,
            )
        flavor = {"apiVersion": API, "kind": "ResourceFlavor", "metadata": {"name": FLAVOR}}
        flavor["spec"] = {}

        def answers():
            if self._manager.poll() is not None:
                raise AssertionError("Kueue exited; the end of its log:\n" + self.log()[-3000:])
            with contextlib.suppress(AssertionError):
                apply(flavor)
                return True
            return False

        until("Kueue answers: see " + self._log(), answers)

    def _log(self):
        return os.path.dirname(ENVIRONMENT["KUBECONFIG"]) + "/log/kueue"

    def log(self):
        """Returns what the manager has logged."""
        with open(self._log(), errors="replace") as stream:
            return stream.read()

    def _end(self):
        if self._manager is None:
            return
        self._manager.terminate()
        try:
            self._manager.wait(20)
        except subprocess.TimeoutExpired:
            self._manager.kill()
            self._manager.wait()
        self._manager = None

    @contextlib.contextmanager
    def away(self):
        """Stops the manager until the end of the context."""
        self._end()
        try:
            yield
        finally:
            self._start()

    def stop(self):
        """Removes Kueue from the cluster. What still has its finalizers, it releases before."""

        def is_unused():
            kinds = ("workloads", "clusterqueues")
            return not any(get("%s.%s" % (kind, GROUP), "-A")["items"] for kind in kinds)

        with contextlib.suppress(AssertionError):
            until("no object has Kueue's finalizer", is_unused, 60)
            kubectl("delete", "resourceflavors." + GROUP, FLAVOR, "--timeout=20s")
        self._end()
        kinds = "mutatingwebhookconfigurations,validatingwebhookconfigurations"
        kubectl("delete", kinds, NAME, "--ignore-not-found", check=False)
        kubectl("delete", "crd", "--ignore-not-found", "--timeout=60s", *self._crds(), check=False)
        shutil.rmtree(self._folder, ignore_errors=True)
