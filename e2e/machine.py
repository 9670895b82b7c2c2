"""What the cluster needs of this machine and leaves on it: packages, control
groups, the network link, processes."""

import glob
import os
import select
import shutil
import signal
import subprocess
import time

import layout

# command: Debian package
COMMANDS = {
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "containerd": "containerd",
    "docker": "docker.io",
    "/usr/sbin/dockerd": "docker.io",
    "docker-registry": "docker-registry",
    "etcd": "etcd-server",
    "ip": "iproute2",
    "kubectl": "kubernetes-client",
    "mount": "mount",
    "openssl": "openssl",
    "runc": "runc",
    "skopeo": "skopeo",
    "tmux": "tmux",
    "unshare": "util-linux",
}


def install_packages():
    # By command, not by package: a kubectl of another origin serves as well, and
    # Debian's package conflicts with it.
    missing = {package for command, package in COMMANDS.items() if not shutil.which(command)}
    if missing:
        run(layout.third_party("apt_install.sh"), *sorted(missing))


def run(*command):
    """Runs with its messages on stderr; returns the last line of its stdout."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit("%s failed (%d)" % (" ".join(command), done.returncode))
    return done.stdout.strip().rpartition("\n")[2]


def cgroup_folders():
    """Ours in each hierarchy, whether there or not."""
    root = "/sys/fs/cgroup"
    if os.path.exists(root + "/cgroup.controllers"):  # Version 2.
        return ["%s/%s" % (root, layout.CGROUP)]
    return [
        "%s/%s" % (hierarchy, layout.CGROUP)
        for hierarchy in sorted(glob.glob(root + "/*"))
        if os.path.exists(hierarchy + "/cgroup.procs")
        # A link (cpu -> cpu,cpuacct) is not a separate hierarchy.
        and not os.path.islink(hierarchy)
    ]


def make_cgroups():
    for folder in cgroup_folders():
        os.makedirs(folder, exist_ok=True)
        # Version 1: a new cpuset takes no process before it has processors.
        for name in ("cpuset.cpus", "cpuset.mems"):
            file = os.path.join(folder, name)
            if os.path.exists(file) and "/cpuset/" in file:
                with open(os.path.join(os.path.dirname(folder), name)) as stream:
                    value = stream.read()
                with open(file, "w") as stream:
                    stream.write(value)


def remove_cgroups():
    """The kernel lets go of a killed process's group a moment after its end."""
    end = time.monotonic() + 10
    for top in cgroup_folders():
        for folder, _, _ in os.walk(top, topdown=False):
            while True:
                try:
                    os.rmdir(folder)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.02)


def make_link(pid):
    """A cable from this machine to the network namespace of a process."""
    run(
        "ip",
        "link",
        "add",
        layout.HOST_LINK,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        str(pid),
    )
    address = "%s/%d" % (layout.HOST_ADDRESS, layout.NODE_NETWORK_BITS)
    run("ip", "addr", "add", address, "dev", layout.HOST_LINK)
    run("ip", "link", "set", layout.HOST_LINK, "up")


def link_exists():
    return os.path.exists("/sys/class/net/" + layout.HOST_LINK)


def link_is_gone(patience=20):
    """The kernel takes a dead node's links away a while after its last process."""
    deadline = time.monotonic() + patience
    while link_exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def remove_link():
    """Removes the link of an exited node: sometimes a closed connection keeps the node's
    network alive for minutes."""
    if not link_is_gone():
        subprocess.run(("ip", "link", "del", layout.HOST_LINK), check=False)


def start_time(pid):
    """Returns the start time of a process in the kernel's ticks; None if it has exited."""
    try:
        with open("/proc/%d/stat" % pid) as stream:
            fields = stream.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def kill_and_wait(pid):
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        os.kill(pid, signal.SIGKILL)
        # Its first process ends when all others have, be they in the middle of a write.
        select.select([handle], [], [], 120)
    finally:
        os.close(handle)
