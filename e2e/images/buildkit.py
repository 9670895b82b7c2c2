"""BuildKit, the builder of Docker: the reference for every case."""

import contextlib
import os
import re
import shutil
import time

import image
import process

# Permissions that a Dockerfile may ask for.
ENTITLEMENTS = ("network.host", "security.insecure")


class Refused(Exception):
    """BuildKit rejects the Dockerfile or fails to build it; the argument is its log."""


# Names an image that interprets the Dockerfile; there is no registry to pull it from.
_SYNTAX = re.compile(rb"^#[ \t]*syntax[ \t]*=", re.MULTILINE)


def without_syntax(dockerfile, scratch):
    """Returns the path of a copy without `# syntax=`; the path itself if it has no such line."""
    with open(dockerfile, "rb") as stream:
        text = stream.read()
    if not _SYNTAX.match(text):
        return dockerfile
    copy = os.path.join(scratch, "dockerfile", os.path.basename(dockerfile))
    os.makedirs(os.path.dirname(copy))
    with open(copy, "wb") as stream:
        stream.write(_SYNTAX.sub(b"# was", text, count=1))
    if os.path.exists(dockerfile + ".dockerignore"):
        shutil.copy(dockerfile + ".dockerignore", copy + ".dockerignore")
    return copy


class BuildKit:
    def __init__(self, folder, address):
        self._buildctl = [os.path.join(folder, "buildctl"), "--addr", address]

    def is_up(self):
        return process.run(self._buildctl + ["debug", "workers"], "/", 10).code == 0

    def build(self, case, folder, scratch, seconds):
        """Returns the Image of the case's files in `folder`, built without a cache.

        Raises Refused if BuildKit rejects the files.
        """
        output = os.path.join(scratch, "buildkit.tar")
        dockerfile = os.path.join(folder, case.dockerfile or "Dockerfile")
        dockerfile = without_syntax(dockerfile, scratch)
        command = self._buildctl + ["build", "--progress=plain", "--no-cache"]
        command += ["--frontend=dockerfile.v0", "--opt=filename=" + os.path.basename(dockerfile)]
        command += ["--local=context=" + os.path.normpath(os.path.join(folder, case.context))]
        command += ["--local=dockerfile=" + os.path.dirname(dockerfile)]
        command += ["--allow=" + one for one in ENTITLEMENTS]
        command += ["--output=type=oci,dest=" + output]
        if case.target:
            command.append("--opt=target=" + case.target)
        if case.platform:
            command.append("--opt=platform=" + case.platform)
        for name, value in case.args().items():
            command.append("--opt=build-arg:%s=%s" % (name, value))
        command += case.secret_flags(os.path.join(scratch, "secrets"))
        done = process.run(command, scratch, seconds)
        if done.code == process.TIMED_OUT or (done.code and not self.is_up()):
            raise RuntimeError(done.stderr)
        if done.code:
            raise Refused(done.stderr)
        built = image.read_archive(output)
        os.remove(output)
        return built


@contextlib.contextmanager
def running(folder, registry, scratch):
    """Runs the daemon in `folder`; yields a BuildKit that pulls base images from `registry`."""
    os.makedirs(scratch)
    config = os.path.join(scratch, "buildkitd.toml")
    with open(config, "w") as stream:
        stream.write('[registry."%s"]\n  http = true\n' % registry)
    address = "unix://%s/socket" % scratch
    log = os.path.join(scratch, "log")
    command = [os.path.join(folder, "buildkitd"), "--config", config, "--addr", address]
    command += ["--root", os.path.join(scratch, "root"), "--oci-worker-snapshotter=native"]
    command += ["--oci-worker-binary", shutil.which("runc"), "--containerd-worker=false"]
    command += ["--allow-insecure-entitlement=" + one for one in ENTITLEMENTS]
    with process.server(command, log) as daemon:
        its = BuildKit(folder, address)
        end = time.monotonic() + 60
        while not its.is_up():
            if daemon.poll() is not None or time.monotonic() > end:
                with open(log) as stream:
                    raise SystemExit("buildkitd does not start:\n" + stream.read())
            time.sleep(0.1)
        yield its
