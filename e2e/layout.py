"""The constants of the cluster: addresses, ports, paths, names.

The node is a network namespace at the other end of a veth pair. Its addresses
mean the same on this machine, on the node and in the pods, so that one image
name serves everywhere.
"""

import os

NAME = "ovenbird-e2e"

HOST_LINK = "ovb-e2e"
HOST_ADDRESS = "10.213.0.254"
NODE_ADDRESS = "10.213.0.1"
NODE_NETWORK_BITS = 24
POD_NETWORK = "10.213.1.0/24"
SERVICE_NETWORK = "10.213.2.0/24"
SERVICE_ADDRESS = "10.213.2.1"  # Of the service `kubernetes`.
DNS_ADDRESS = "10.213.2.10"  # No server has this address: names do not resolve in pods.

API_PORT = 443
KUBELET_PORT = 10250
API_URL = "https://%s:%d" % (NODE_ADDRESS, API_PORT)
REGISTRY_PLAIN = NODE_ADDRESS + ":5000"  # HTTP, no login.
REGISTRY_LOGIN = NODE_ADDRESS + ":5001"  # HTTP, login.
REGISTRY_TLS = NODE_ADDRESS + ":5002"  # HTTPS with the cluster's CA, login.
REGISTRY_USER = "ovenbird"
REGISTRY_PASSWORD = "clay-and-straw"
# Of the password above, as htpasswd -B writes it.
REGISTRY_HTPASSWD = "ovenbird:$2y$05$yZ25cghEYYwI7Lz4O6nVfezSZ/EGj6Sa7MPW09CtW.G/1MM1k.b0S"

# The executors on the node: the arguments of third_party/kaniko/build.sh. Each has
# its real name. v0.17.1, the default of `image`, cannot be built from source, so tests name the
# nearest version, OLD.
EXECUTORS = {
    "gcr.io/kaniko-project/executor:v0.19.0": ("google", "v0.19.0"),
    "gcr.io/kaniko-project/executor:v1.24.0": ("google", "v1.24.0"),
    "ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor:v1.25.6": ("chainguard", "v1.25.6"),
}
OLD, LAST, FORK = EXECUTORS

# The other images that configs and tests name, and our image for each name.
IMAGE_NAMES = {
    "busybox": [
        "docker.io/library/alpine:3.20.3",  # The default of `initImage`.
        "docker.io/library/busybox:1",
    ],
    "busybox-zstd": ["localhost/busybox-zstd:1"],  # An init image with zstd.
    "pause": ["localhost/pause:1"],
}
# Where registries have busybox: for FROM, which kaniko takes from a registry and
# not from the node. library/NAME is where a mirror of docker.io has NAME.
BASE_IMAGES = [
    (REGISTRY_PLAIN, "library/alpine:3.20.3"),
    (REGISTRY_PLAIN, "library/busybox:1"),
    (REGISTRY_PLAIN, "library/busybox:1.36"),
    (REGISTRY_LOGIN, "base/busybox:1"),
    (REGISTRY_LOGIN, "mirror/alpine:3.20.3"),
]
ZSTD_IMAGE = IMAGE_NAMES["busybox-zstd"][0]
PAUSE_IMAGE = IMAGE_NAMES["pause"][0]

CGROUP = NAME

# Inside the node's mount namespace: the same places whatever the user's folders.
INSIDE = "/run/ovenbird-e2e"
INSIDE_STATE = INSIDE + "/state"
INSIDE_KUBERNETES = INSIDE + "/kubernetes"
# Of the node's containerd: its own programs, and runc.
INSIDE_RUNTIME = (INSIDE + "/containerd-programs", INSIDE + "/runc-programs")

# The node's containerd: Debian's, or a version of third_party/containerd, which mounts images
# as volumes and, with the runc of third_party/runc, runs pods in user namespaces.
DEBIAN = "debian"


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "ovenbird")


def default_state():
    return os.path.join(cache(), "e2e")


def third_party(path):
    here = os.path.dirname(os.path.realpath(__file__))
    return os.path.join(os.path.dirname(here), "third_party", path)
