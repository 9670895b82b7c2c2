"""Causes real faults: a slow network, a registry that hangs, an API server that takes
long to accept a pod or its deletion."""

import base64
import contextlib
import http.server
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.request

import certificates
import layout
from frame import ENVIRONMENT, kubectl, until


@contextlib.contextmanager
def slow_network(rate, delay=None):
    """Limits the rate at which this machine sends to the cluster, and delays what it sends (in
    tc's format, such as 8mbit and 50ms). Only for tests that run alone."""
    link = ("dev", layout.HOST_LINK, "root")
    slow = ("tbf", "rate", rate, "burst", "64kb", "latency", "400ms")
    if delay:
        slow = ("netem", "rate", rate, "delay", delay)
    subprocess.run(("tc", "qdisc", "add") + link + slow, check=True)
    try:
        yield
    finally:
        subprocess.run(("tc", "qdisc", "del") + link, check=True)


class _Relay:
    """Forwards connections to a server; cuts those that send a lot."""

    def __init__(self, after, cuts, of_server=False, server=(layout.NODE_ADDRESS, layout.API_PORT)):
        self.cut = 0  # The number of connections that were cut.
        self.sent = 0  # Bytes to the server.
        self._server = server
        self._of_server = of_server
        self._after = after
        self._cuts = cuts
        self._lock = threading.Lock()
        self._closed = False
        self._ends = set()  # The open connections.
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def kubeconfig(self, folder, kubeconfig):
        """Returns a copy of the kubeconfig that connects to the server through this relay."""
        with open(kubeconfig) as stream:
            config = json.load(stream)
        for entry in config["clusters"]:
            entry["cluster"]["server"] = "https://127.0.0.1:%d" % self._listener.getsockname()[1]
            entry["cluster"]["tls-server-name"] = layout.NODE_ADDRESS
        path = folder + "/relayed-kubeconfig"
        with open(path, "w") as stream:
            json.dump(config, stream)
        return path

    def proxy(self):
        """Returns the environment in which programs reach a registry over HTTP through this
        relay: registries accept requests as a proxy gets them."""
        return {"HTTP_PROXY": "http://127.0.0.1:%d" % self._listener.getsockname()[1]}

    def close(self):
        self._listener.close()

    @contextlib.contextmanager
    def closed(self):
        """Makes the server unreachable: closes all connections, and new ones immediately."""
        with self._lock:
            self._closed = True
            for end in self._ends:
                self._hang_up(end)
        try:
            yield
        finally:
            with self._lock:
                self._closed = False

    @staticmethod
    def _hang_up(end):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()  # Almost the same as without a relay.
                continue
            with self._lock:
                self._ends |= {client, server}
                if self._closed:
                    self._hang_up(client)
                    self._hang_up(server)
            ways = ((client, server, not self._of_server), (server, client, self._of_server))
            for source, sink, counts in ways:
                threading.Thread(
                    target=self._pass_on, args=(source, sink, counts), daemon=True
                ).start()

    def _pass_on(self, source, sink, counts):
        passed = 0
        with contextlib.suppress(OSError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                passed += len(data)
                if counts and not self._of_server:
                    with self._lock:
                        self.sent += len(data)
                if counts and passed > self._after and self._may_cut():
                    break
                sink.sendall(data)
        for end in (source, sink):
            self._hang_up(end)
        with self._lock:
            self._ends -= {source, sink}

    def _may_cut(self):
        with self._lock:
            if self.cut == self._cuts:
                return False
            self.cut += 1
            return True


@contextlib.contextmanager
def cutting_relay(after, cuts, of_server=False):
    """Runs a relay that cuts a connection to the API server after `after` bytes to the
    server, `cuts` times; with `of_server`, after bytes from the server."""
    relay = _Relay(after, cuts, of_server)
    try:
        yield relay
    finally:
        relay.close()


@contextlib.contextmanager
def cutting_proxy(after, cuts):
    """Runs an HTTP proxy to the registry without a login that cuts a connection after `after`
    bytes to the registry, `cuts` times."""
    host, _, port = layout.REGISTRY_PLAIN.partition(":")
    relay = _Relay(after, cuts, server=(host, int(port)))
    try:
        yield relay
    finally:
        relay.close()


def relay():
    """Runs a relay to the API server that can be closed for a while."""
    return cutting_relay(0, 0)


# The node's servers, and a part of the command line that identifies each.
SERVERS = {
    "etcd": "--initial-advertise-peer-urls=",
    "kube-apiserver": "/kube-apiserver\0",
    "kubelet": "/kubelet\0",
    "registry-plain": "/registry-plain.yml",
}


def server_pid(name):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open("/proc/%s/cmdline" % pid) as stream:
                if SERVERS[name] in stream.read():
                    return int(pid)
    raise LookupError("%s does not run" % name)


@contextlib.contextmanager
def hanging(name):
    """Makes the server accept connections without an answer."""
    pid = server_pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def hanging_registry():
    return hanging("registry-plain")


def is_ready(name):
    """Returns whether the server, and the servers that depend on it, are working."""
    if name == "registry-plain":
        urllib.request.urlopen("http://%s/v2/" % layout.REGISTRY_PLAIN, timeout=5).close()
        return True
    if kubectl("get", "--raw", "/readyz", check=False) != "ok":
        return False
    if name != "kubelet":
        return True
    with socket.create_connection((layout.NODE_ADDRESS, layout.KUBELET_PORT), 5):
        return True


@contextlib.contextmanager
def stopped(name):
    """Kills the server; the node starts it again at the end."""
    hold = "%s/hold-%s" % (os.path.dirname(ENVIRONMENT["KUBECONFIG"]), name)
    with open(hold, "w"):
        pass
    try:
        os.kill(server_pid(name), signal.SIGKILL)
        yield
    finally:
        os.remove(hold)

        def back():
            with contextlib.suppress(OSError):
                return is_ready(name)
            return False

        until(name + " is back", back, 120)


@contextlib.contextmanager
def node_that_claims(**versions):
    """Lets the node's status name other versions, such as containerRuntimeVersion, most of the
    time: its kubelet sets it right again and again, and at the end."""
    pki = os.path.dirname(ENVIRONMENT["KUBECONFIG"]) + "/pki"
    context = ssl.create_default_context(cafile=pki + "/ca.crt")
    context.load_cert_chain(pki + "/admin.crt", pki + "/admin.key")
    url = layout.API_URL + "/api/v1/nodes/node/status"
    patch = json.dumps({"status": {"nodeInfo": versions}}).encode()
    headers = {"Content-Type": "application/merge-patch+json"}
    end = threading.Event()

    def claim():
        while not end.wait(0.01):
            request = urllib.request.Request(url, patch, headers, method="PATCH")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=10, context=context).close()

    thread = threading.Thread(target=claim)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


class _Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        response = {"uid": review["request"]["uid"], "allowed": True}
        patch = self.server.review(review["request"]["object"])
        if patch:
            response["patchType"] = "JSONPatch"
            response["patch"] = base64.b64encode(json.dumps(patch).encode()).decode()
        review["response"] = response
        body = json.dumps(review).encode()
        with contextlib.suppress(OSError):  # The API server may be stopped.
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def slow_pod_creation(namespace):
    """Lets the creation of a pod in the namespace hang until the end of the context.

    Yields an event that is set when a pod is requested.
    """
    return _slow_pods(namespace, "CREATE")


def slow_pod_deletion(namespace):
    """Lets the deletion of a pod hang, as slow_pod_creation does."""
    return _slow_pods(namespace, "DELETE")


@contextlib.contextmanager
def _slow_pods(namespace, operation):
    asked = threading.Event()
    answer = threading.Event()

    def review(_):
        asked.set()
        answer.wait()

    with _pod_webhook("Validating", namespace, "slow-pods", operation, review):
        try:
            yield asked
        finally:
            answer.set()


@contextlib.contextmanager
def injected_containers(namespace, init_containers, containers):
    """Runs a webhook that adds these containers to new pods of the namespace, before the
    pods' own containers.

    Yields a list of the pods' names.
    """
    names = []

    def review(pod):
        names.append(pod["metadata"]["name"])
        spec = pod["spec"]
        return [
            {
                "op": "add",
                "path": "/spec/" + key,
                "value": added + spec.get(key, []),
            }
            for key, added in (("initContainers", init_containers), ("containers", containers))
        ]

    with _pod_webhook("Mutating", namespace, "injected-pods", "CREATE", review):
        yield names


@contextlib.contextmanager
def held_back(namespace, gate, finalizer=None):
    """Runs a webhook that adds a scheduling gate, and a finalizer, to new build pods of the
    namespace, as Kueue's webhook does to pods with its label."""

    def review(pod):
        patch = [{"op": "add", "path": "/spec/schedulingGates", "value": [{"name": gate}]}]
        if finalizer:
            patch.append({"op": "add", "path": "/metadata/finalizers", "value": [finalizer]})
        return patch

    with _pod_webhook("Mutating", namespace, "held-back", "CREATE", review):
        yield


@contextlib.contextmanager
def _pod_webhook(kind, namespace, label, operation, review):
    """Runs an admission webhook (`kind`: Mutating, Validating), as any cluster may have one.
    `review` receives a pod of the namespace and returns a JSON patch for it, or None."""
    name = "%s-%s-%s" % (layout.NAME, label, namespace)
    with tempfile.TemporaryDirectory() as folder:
        certificates.make_authority(folder)
        certificates.make_certificate(folder, "webhook")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/webhook.crt", folder + "/webhook.key")
        with open(folder + "/ca.crt", "rb") as stream:
            ca = base64.b64encode(stream.read()).decode()
    server = http.server.ThreadingHTTPServer((layout.HOST_ADDRESS, 0), _Webhook)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.review = review
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": [operation],
        "resources": ["pods"],
    }
    webhook = {
        "name": name + ".example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "timeoutSeconds": 30,
        "failurePolicy": "Ignore",
        "clientConfig": {
            "url": "https://%s:%d/" % server.server_address,
            "caBundle": ca,
        },
        "namespaceSelector": {"matchLabels": {label: namespace}},
        "rules": [rule],
    }
    configuration = kind + "WebhookConfiguration"
    kubectl("label", "namespace", namespace, "%s=%s" % (label, namespace))
    kubectl(
        *("create", "-f", "-"),
        text=json.dumps(
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": configuration,
                "metadata": {"name": name},
                "webhooks": [webhook],
            }
        )
    )
    try:
        yield
    finally:
        kubectl("delete", configuration.lower(), name)
        server.shutdown()
        server.server_close()
