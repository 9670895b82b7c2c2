"""The node: PID 1 of its own mount, PID and network namespaces.

cluster.py starts it by unshare(1) and talks with it over two pipes:
  stdout  "pid N" (as seen from outside), "at TEXT" for each step, "ready" at
          the end; nothing more than that when something failed
  stdin   one line, once the network link is there
Everything that this process mounts, starts or configures ends with it: to stop
the cluster is to kill it.

  node.py STATE KUBERNETES_BIN VERSION [CONTAINERD_BIN RUNC_BIN]
"""

import glob
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

import configs
import layout
import services

INSIDE = layout.INSIDE
STATE = layout.INSIDE_STATE

# What the kubelet wants of the machine. It sees it fulfilled, by files mounted
# over these, and so leaves the machine as it is.
SYSCTLS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


class Failure(Exception):
    pass


def run(*command):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure("%s: %s" % (" ".join(command), done.stdout.strip()))
    return done.stdout


def mount_private_folders(state, programs):
    outside = os.readlink("/proc/self")  # Our process ID where cluster.py runs.
    run("mount", "-t", "proc", "proc", "/proc")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    for source, target in ((state, STATE), *programs):
        os.makedirs(target)
        run("mount", "--bind", source, target)
    # What the servers write at fixed places is kept off the machine's own; the
    # user's folders may lie below one of them and have been mounted before.
    for place in ("/var/lib", "/var/log"):
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place)
    os.makedirs(INSIDE + "/sysctl")
    for number, (name, value) in enumerate(SYSCTLS.items()):
        file = "%s/sysctl/%d" % (INSIDE, number)
        configs.write(file, value + "\n")
        run("mount", "--bind", file, "/proc/sys/" + name)
    # In a user namespace /proc can be mounted only where one without mounts over it is visible.
    os.makedirs(INSIDE + "/proc")
    run("mount", "-t", "proc", "proc", INSIDE + "/proc")
    return outside


def configure_network():
    link = "eth0"
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", layout.SERVICE_ADDRESS + "/32", "dev", "lo")
    address = "%s/%d" % (layout.NODE_ADDRESS, layout.NODE_NETWORK_BITS)
    run("ip", "addr", "add", address, "dev", link)
    run("ip", "link", "set", link, "up")
    # The servers want a default route. This one ends at the machine, which does
    # not forward: nothing in the cluster reaches farther.
    run("ip", "route", "add", "default", "via", layout.HOST_ADDRESS)
    # The servers look for a cloud's metadata server at every start; reject this immediately.
    run("ip", "route", "add", "unreachable", "169.254.0.0/16")
    # The same for the cluster's DNS: pods know its address, but no server has it.
    run("ip", "route", "add", "unreachable", layout.SERVICE_NETWORK)
    with open("/proc/sys/net/ipv4/ip_forward", "w") as stream:
        stream.write("1")


class Servers:
    """The running servers, each with a log file."""

    def __init__(self):
        self._processes = {}
        self._commands = {}
        os.makedirs(STATE + "/log", exist_ok=True)

    def start(self, name, command):
        self._commands[name] = command
        with open("%s/log/%s" % (STATE, name), "ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_again(self, pid):
        """As a service manager does when process `pid` has ended, if it is a server.

        While the file STATE/hold-NAME is there, it stays away.
        """
        for name, process in self._processes.items():
            if process.pid == pid:
                while os.path.exists("%s/hold-%s" % (STATE, name)):
                    time.sleep(0.05)
                self.start(name, self._commands[name])
                return

    def wait_until(self, what, ready, seconds=90):
        """Polls: these servers have no way to tell that they are ready."""
        end = time.monotonic() + seconds
        reason = "no answer"
        while time.monotonic() < end:
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise Failure("%s ended: see log/%s" % (name, name))
            try:
                if ready():
                    return
            except (OSError, Failure, ValueError) as error:
                reason = error
            time.sleep(0.05)
        raise Failure("%s: not after %d s: %s" % (what, seconds, reason))


def http_ok(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.status == 200


class Api:
    """As much of the API as the start needs, as admin."""

    def __init__(self):
        pki = configs.PKI
        self._context = ssl.create_default_context(cafile=pki + "/ca.crt")
        self._context.load_cert_chain(pki + "/admin.crt", pki + "/admin.key")

    def get(self, path):
        with urllib.request.urlopen(
            layout.API_URL + path, timeout=5, context=self._context
        ) as answer:
            return answer.read()

    def is_ready(self):
        return self.get("/readyz") == b"ok"

    def node_is_ready(self):
        node = json.loads(self.get("/api/v1/nodes/node"))
        return any(
            c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"]
        )

    def default_account_exists(self):
        return bool(self.get("/api/v1/namespaces/default/serviceaccounts/default"))


def ctr(*args):
    return run("ctr", "--address", configs.CONTAINERD_SOCKET, "-n", "k8s.io", *args)


class ImageImport(threading.Thread):
    """Loads the images of STATE/images into containerd, with the names that configs use."""

    def __init__(self):
        super().__init__(daemon=True)
        self._error = None

    def run(self):
        try:
            for archive in sorted(glob.glob(STATE + "/images/*.tar")):
                found = ctr("images", "import", archive).split()
                original = next(w for w in found if ":" in w and "/" in w)
                image = os.path.basename(archive)[: -len(".tar")]
                for name in layout.IMAGE_NAMES.get(image, ()):
                    ctr("images", "tag", "--force", original, name)
        except (Failure, StopIteration, OSError) as error:
            self._error = error

    def done(self):
        if self._error:
            raise SystemExit("images: %s" % self._error)
        return not self.is_alive()


def start_everything(version, tell):
    servers = Servers()
    servers.start("etcd", services.etcd())
    servers.start("containerd", services.containerd())
    for name, _, _, _ in configs.REGISTRIES:
        servers.start("registry-" + name, services.registry(name))

    servers.wait_until("etcd", lambda: http_ok(services.ETCD_URL + "/health"))
    tell("etcd answers")
    servers.start("kube-apiserver", services.apiserver())

    servers.wait_until("containerd", lambda: ctr("version"))
    images = ImageImport()
    images.start()

    api = Api()
    servers.wait_until("kube-apiserver", api.is_ready)
    tell("the API server is ready")
    servers.start("kube-controller-manager", services.controller_manager())
    servers.start("kube-scheduler", services.scheduler())
    servers.start("kubelet", services.kubelet(version))
    servers.wait_until("images", images.done)
    tell("the images are loaded")
    servers.wait_until("node", api.node_is_ready)
    tell("the node is ready")
    servers.wait_until("default service account", api.default_account_exists)
    for _, address, login, tls in configs.REGISTRIES:
        if not login:
            servers.wait_until(address, lambda: http_ok("http://%s/v2/" % address))
    return servers


def stay(servers):
    """Reaps zombies and restarts servers that have exited, as PID 1."""
    while True:
        try:
            pid, _ = os.wait()
        except ChildProcessError:
            signal.pause()
        else:
            threading.Thread(target=servers.start_again, args=(pid,), daemon=True).start()


def main():
    state, kubernetes, version, *runtime = sys.argv[1:]
    programs = [(kubernetes, layout.INSIDE_KUBERNETES)]
    programs += zip(runtime, layout.INSIDE_RUNTIME)
    version = tuple(int(n) for n in version.split("."))

    def tell(text):
        print("at " + text, flush=True)

    try:
        print("pid " + mount_private_folders(state, programs), flush=True)
        if not sys.stdin.readline():
            raise Failure("the starter is gone")
        configure_network()
        servers = start_everything(version, tell)
    except Failure as failure:
        print("failed %s" % failure, flush=True)
        raise SystemExit(1)
    print("ready", flush=True)
    # From here on, no process reads the output.
    null = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(null, handle)
    stay(servers)


if __name__ == "__main__":
    main()
