"""Runs a Docker daemon for the tests (Debian's containerd and dockerd)."""

import os
import shutil
import subprocess
import tempfile

from frame import ENVIRONMENT, until


class Dockerd:
    """A running daemon; with `environment`, docker's command line uses it."""

    def __init__(self):
        # Short, because the path of a socket has at most 107 characters.
        self._folder = tempfile.mkdtemp(prefix="ovb-dockerd-")
        self.environment = {"DOCKER_HOST": "unix://%s/docker.sock" % self._folder}
        self._services = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        folder = self._folder
        containerd = folder + "/containerd.sock"
        self._run("containerd", "--address", containerd, "--root", folder + "/containerd",
                  "--state", folder + "/containerd-state")  # fmt: skip
        until("containerd listens", lambda: os.path.exists(containerd))
        insecure = []
        for name in ("OVENBIRD_E2E_REGISTRY", "OVENBIRD_E2E_REGISTRY_LOGIN"):
            insecure += ["--insecure-registry", ENVIRONMENT[name]]
        self._run("dockerd", "--containerd", containerd, "-H", self.environment["DOCKER_HOST"],
                  "--data-root", folder + "/data", "--exec-root", folder + "/exec",
                  "-p", folder + "/pid", "--exec-opt", "native.cgroupdriver=cgroupfs",
                  "--bridge=none", "--iptables=false", *insecure)  # fmt: skip
        until("dockerd answers", lambda: self.docker("version", check=False).returncode == 0)

    def _run(self, *command):
        # Daemons are in sbin, not in a user's PATH.
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        log = open("%s/%s.log" % (self._folder, command[0]), "wb")
        with log:
            self._services.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=dict(os.environ, PATH=path),
                    start_new_session=True,
                )
            )

    def docker(self, *args, check=True):
        return subprocess.run(
            ("docker",) + args,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ, **self.environment),
            check=check,
        )

    def stop(self):
        for service in reversed(self._services):
            service.terminate()
            service.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
