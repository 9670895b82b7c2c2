#!/usr/bin/env -S python3 -B
"""Starts and stops a real single-node Kubernetes, with registries, on this machine.

  cluster up [--kubernetes current|1.20.2] [--containerd debian|VERSION]
                                             starts it (does nothing if it is up)
  cluster env                                prints shell exports (KUBECONFIG, OVENBIRD_E2E_*)
  cluster down                               stops it and removes everything that it created

See README.md next to this file.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request

import certificates
import configs
import layout
import locks
import machine


class Cluster:
    """The cluster of a state folder; `containerd` is layout.DEBIAN or a version to start it with."""

    def __init__(self, state, containerd=layout.DEBIAN):
        self._containerd = containerd
        self._state = os.path.abspath(state)
        self._record = self._state + "/cluster.json"
        # Next to the folder, because the folder is deleted.
        self.users = locks.Lock(self._state + ".lock", "other users of the cluster")
        self.alone = locks.Lock(self._state + ".alone.lock", "tests that run simultaneously")

    def running(self):
        """Returns the record of the running cluster, or None."""
        try:
            with open(self._record) as stream:
                record = json.load(stream)
        except (OSError, ValueError):
            return None
        if machine.start_time(record["pid"]) != record["start_time"]:
            return None
        return record

    @contextlib.contextmanager
    def used(self, wanted, keep=False):
        """Starts a cluster with this Kubernetes version, or shares a running one. The run that
        started the cluster stops it, but not while others use it, nor with `keep`."""
        started = False
        self.users.share()
        while not self._is_up(wanted):
            self.users.own()
            started = started or not self.running()
            self.up(wanted)
            # Another run may start a different Kubernetes version in between.
            self.users.share()
        try:
            yield
        finally:
            if started and not keep and self.users.try_own():
                self.down()
            self.users.release()

    def _is_up(self, wanted):
        record = self.running()
        version = os.path.basename(built_kubernetes(wanted))
        return bool(record) and record["kubernetes"] == self._name(version) and self.is_healthy()

    def _name(self, kubernetes):
        """Returns what the node runs: "1.37.1", or "1.37.1+containerd-2.1.9"."""
        if self._containerd == layout.DEBIAN:
            return kubernetes
        return "%s+containerd-%s" % (kubernetes, self._containerd)

    def is_healthy(self):
        pki = self._state + "/pki"
        context = ssl.create_default_context(cafile=pki + "/ca.crt")
        context.load_cert_chain(pki + "/admin.crt", pki + "/admin.key")
        try:
            for url in (layout.API_URL + "/readyz", "http://%s/v2/" % layout.REGISTRY_PLAIN):
                urllib.request.urlopen(url, timeout=5, context=context).close()
        except OSError:
            return False
        return True

    def up(self, wanted):
        if os.geteuid() != 0:
            raise SystemExit("cluster: a node is made of namespaces and mounts: run it as root")
        machine.install_packages()
        if self._is_up(wanted):
            print("cluster: Kubernetes %s is up already" % wanted, file=sys.stderr)
            return
        kubernetes = built_kubernetes(wanted)
        version = os.path.basename(kubernetes)
        images = image_folders()
        runtime = built_runtime(self._containerd)
        self.down()
        started = time.monotonic()
        self._prepare(version, images)
        self._start(kubernetes, version, runtime, started)
        push_base_images(images)
        say(started, "up")

    def _prepare(self, version, images):
        os.makedirs(self._state, mode=0o755)
        certificates.make_all(self._state + "/pki")
        # Alone in a folder: skopeo treats other *.crt files as client certificates.
        os.mkdir(self._state + "/ca")
        shutil.copy(self._state + "/pki/ca.crt", self._state + "/ca/ca.crt")
        configs.write_all(self._state, tuple(int(n) for n in version.split(".")))
        os.makedirs(self._state + "/images")
        for name, folder in images.items():
            # Not a link: the folder may be invisible on the node (node.py hides some).
            shutil.copyfile(folder + "/image.tar", "%s/images/%s.tar" % (self._state, name))
        machine.make_cgroups()

    def _start(self, kubernetes, version, runtime, started):
        here = os.path.dirname(os.path.realpath(__file__))
        os.mkdir(self._state + "/log")
        with open(self._state + "/log/node", "w") as log:
            node = subprocess.Popen(
                ("unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork")
                + (
                    sys.executable,
                    "-B",
                    here + "/node.py",
                    self._state,
                    kubernetes + "/bin",
                    version,
                    *runtime,
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                cwd="/",
            )
        for line in node.stdout:
            what, _, rest = line.strip().partition(" ")
            if what == "pid":
                record = {
                    "pid": int(rest),
                    "start_time": machine.start_time(int(rest)),
                    "kubernetes": self._name(version),
                }
                with open(self._record, "w") as stream:
                    json.dump(record, stream)
                machine.make_link(record["pid"])
                node.stdin.write("go\n")
                node.stdin.flush()
            elif what == "ready":
                return
            else:
                say(started, rest)
        raise SystemExit("cluster: the node did not start; its logs are in %s/log" % self._state)

    def down(self):
        record = self.running()
        if record:
            machine.kill_and_wait(record["pid"])
            machine.remove_link()
        elif not machine.link_is_gone():
            # The other cluster uses the same control groups.
            raise SystemExit(
                "cluster: the network link %s is there, though no cluster of %s runs: another "
                "state folder's cluster? (ip link del %s removes it)"
                % (layout.HOST_LINK, self._state, layout.HOST_LINK)
            )
        machine.remove_cgroups()
        shutil.rmtree(self._state, ignore_errors=True)

    def environment(self):
        record = self.running()
        if not record:
            raise SystemExit("cluster: not up")
        kubernetes, _, containerd = record["kubernetes"].partition("+containerd-")
        return {
            "KUBECONFIG": self._state + "/admin.kubeconfig",
            "OVENBIRD_E2E_API": layout.API_URL,
            "OVENBIRD_E2E_CA": self._state + "/ca/ca.crt",
            "OVENBIRD_E2E_CA_FOLDER": self._state + "/ca",
            "OVENBIRD_E2E_CONTAINERD": containerd or layout.DEBIAN,
            "OVENBIRD_E2E_CONTEXT": layout.NAME,
            "OVENBIRD_E2E_KUBERNETES": kubernetes,
            "OVENBIRD_E2E_NODE_PID": str(record["pid"]),
            "OVENBIRD_E2E_PASSWORD": layout.REGISTRY_PASSWORD,
            "OVENBIRD_E2E_REGISTRY": layout.REGISTRY_PLAIN,
            "OVENBIRD_E2E_REGISTRY_LOGIN": layout.REGISTRY_LOGIN,
            "OVENBIRD_E2E_REGISTRY_TLS": layout.REGISTRY_TLS,
            "OVENBIRD_E2E_RESTRICTED_KUBECONFIG": self._state + "/restricted.kubeconfig",
            "OVENBIRD_E2E_USER": layout.REGISTRY_USER,
        }


def say(started, text):
    print("cluster: %5.1f s  %s" % (time.monotonic() - started, text), file=sys.stderr)


def built_kubernetes(wanted):
    """Builds Kubernetes; returns the folder of its programs, named after the version."""
    return machine.run(layout.third_party("kubernetes/build.sh"), "--version", wanted)


def built_runtime(wanted):
    """Builds containerd and runc; returns the folders of their programs, none for Debian's."""
    if wanted == layout.DEBIAN:
        return []
    return [
        machine.run(layout.third_party("containerd/build.sh"), "--version", wanted),
        machine.run(layout.third_party("runc/build.sh")),
    ]


def image_folders():
    busybox = layout.third_party("kaniko/init_image.sh")
    # Exits immediately on SIGTERM and reaps zombies, as a pod's first process must.
    pause = '["/bin/sh", "-c", "trap \'exit 0\' TERM INT; while :; do sleep 3600 & wait $!; done"]'
    kaniko = layout.third_party("kaniko/build.sh")
    executors = {
        "kaniko-%s-%s" % (flavor, version): machine.run(
            kaniko, "--flavor", flavor, "--version", version
        )
        for flavor, version in layout.EXECUTORS.values()
    }
    return {
        **executors,
        "busybox": machine.run(busybox),
        "busybox-zstd": machine.run(busybox, "--name", layout.ZSTD_IMAGE, "--zstd"),
        "pause": machine.run(busybox, "--name", layout.PAUSE_IMAGE, "--entrypoint", pause),
    }


def push_base_image(archive, host, name):
    """Pushes the base image; retries, because a new registry may not accept a push yet."""
    login = "%s:%s" % (layout.REGISTRY_USER, layout.REGISTRY_PASSWORD)
    command = [
        *("skopeo", "copy", "--quiet", "--dest-tls-verify=false"),
        *(["--dest-creds=" + login] if host == layout.REGISTRY_LOGIN else []),
        "docker-archive:" + archive,
        "docker://%s/%s" % (host, name),
    ]
    for _ in range(9):
        try:
            return machine.run(*command)
        except SystemExit:
            time.sleep(1)
    return machine.run(*command)


def push_base_images(images):
    archive = images["busybox"] + "/image.tar"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(push_base_image, archive, host, name)
            for host, name in layout.BASE_IMAGES
        ]
        for job in jobs:
            job.result()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["up", "down", "env"])
    parser.add_argument(
        "--kubernetes", default="current", help="current or a version (default: current)"
    )
    parser.add_argument(
        "--containerd", default=layout.DEBIAN, help="debian or a version (default: debian)"
    )
    parser.add_argument(
        "--state", default=layout.default_state(), help="folder for the cluster's files"
    )
    args = parser.parse_args()
    cluster = Cluster(args.state, args.containerd)
    if args.verb == "env":
        for name, value in sorted(cluster.environment().items()):
            print("export %s='%s'" % (name, value))
        return
    with cluster.users.owned():
        if args.verb == "up":
            cluster.up(args.kubernetes)
        else:
            cluster.down()


if __name__ == "__main__":
    main()
