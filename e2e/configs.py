"""The contents of the configuration files. README.md, "Pitfalls", gives the reasons for single lines."""

import base64
import json
import os

import layout

STATE = layout.INSIDE_STATE
PKI = STATE + "/pki"
CONTAINERD_SOCKET = layout.INSIDE + "/containerd/containerd.sock"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as stream:
        stream.write(text)


def kubeconfig(context, user, ca, certificate, key, suffix=""):
    """Returns a kubeconfig in JSON, which is valid YAML. `suffix` is "-data" if the values are
    contents, not paths."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": layout.NAME,
                "cluster": {
                    "server": layout.API_URL,
                    "certificate-authority" + suffix: ca,
                },
            }
        ],
        "users": [
            {
                "name": user,
                "user": {
                    "client-certificate" + suffix: certificate,
                    "client-key" + suffix: key,
                },
            }
        ],
        "contexts": [
            {
                "name": context,
                "context": {"cluster": layout.NAME, "user": user},
            }
        ],
        "current-context": context,
    }
    return json.dumps(config, indent=2) + "\n"


def server_kubeconfig(user):
    base = "%s/%s" % (PKI, user)
    return kubeconfig(layout.NAME, user, PKI + "/ca.crt", base + ".crt", base + ".key")


def user_kubeconfig(context, user, pki):
    """Returns a kubeconfig with the certificates in the file, so that it can be copied."""

    def data(name):
        with open(os.path.join(pki, name), "rb") as stream:
            return base64.b64encode(stream.read()).decode()

    return kubeconfig(
        context, user, data("ca.crt"), data(user + ".crt"), data(user + ".key"), "-data"
    )


def containerd():
    return """version = 2
root = "%(state)s/containerd"
state = "%(inside)s/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "%(socket)s"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "%(pause)s"
restrict_oom_score_adj = true
disable_hugetlb_controller = true
tolerate_missing_hugetlb_controller = true
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "%(state)s/cni"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "%(state)s/certs.d"
""" % {
        "inside": layout.INSIDE,
        "state": STATE,
        "socket": CONTAINERD_SOCKET,
        "pause": layout.PAUSE_IMAGE,
    }


def network():
    ranges = [[{"subnet": layout.POD_NETWORK}]]
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": ranges,
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": layout.INSIDE + "/cni",
        },
    }
    return json.dumps(
        {
            "cniVersion": "0.4.0",
            "name": "pods",
            "plugins": [bridge, {"type": "loopback"}],
        }
    )


def registry(name, address, login, tls):
    http = {"addr": address}
    if tls:
        http["tls"] = {
            "certificate": PKI + "/registry.crt",
            "key": PKI + "/registry.key",
        }
    config = {
        "version": "0.1",
        "log": {"level": "info"},
        "storage": {
            "filesystem": {"rootdirectory": "%s/registries/%s" % (STATE, name)},
            "delete": {"enabled": True},
        },
        "http": http,
    }
    if login:
        config["auth"] = {"htpasswd": {"realm": "ovenbird-e2e", "path": STATE + "/htpasswd"}}
    return json.dumps(config, indent=2) + "\n"


def kubelet(version):
    config = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": layout.NODE_ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": PKI + "/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": "/" + layout.CGROUP,
        "clusterDNS": [layout.DNS_ADDRESS],
        "clusterDomain": "cluster.local",
        "enableControllerAttachDetach": False,
        "evictionHard": {"memory.available": "50Mi"},
        "failSwapOn": False,
        "healthzBindAddress": "127.0.0.1",
        "imageGCHighThresholdPercent": 100,
        "makeIPTablesUtilChains": False,
        "nodeStatusUpdateFrequency": "2s",
        "oomScoreAdj": 0,
        "resolvConf": "",
        "tlsCertFile": PKI + "/kubelet.crt",
        "tlsPrivateKeyFile": PKI + "/kubelet.key",
        "volumePluginDir": layout.INSIDE + "/volume-plugins",
    }
    if version >= (1, 35):
        config["failCgroupV1"] = False  # This machine may have no other.
        # The node's images are the same ones under several names. A pull under one
        # name would make the kubelet pull those of other names again.
        config["imagePullCredentialsVerificationPolicy"] = "NeverVerify"
    if version >= (1, 27):
        config["containerRuntimeEndpoint"] = "unix://" + CONTAINERD_SOCKET
    return json.dumps(config, indent=2) + "\n"


def write_all(state, version):
    """Writes all files; `state` is the path of the state folder on this side."""
    for user in ("kube-controller-manager", "kube-scheduler", "kubelet"):
        write("%s/kubeconfigs/%s" % (state, user), server_kubeconfig(user))
    pki = state + "/pki"
    write(state + "/admin.kubeconfig", user_kubeconfig(layout.NAME, "admin", pki))
    write(
        state + "/restricted.kubeconfig",
        user_kubeconfig(layout.NAME + "-restricted", "restricted", pki),
    )
    write(state + "/containerd.toml", containerd())
    write(state + "/cni/10-pods.conflist", network())
    write(state + "/htpasswd", layout.REGISTRY_HTPASSWD + "\n")
    for name, address, login, tls in REGISTRIES:
        write("%s/registry-%s.yml" % (state, name), registry(name, address, login, tls))
        # `server` alone has no effect: containerd 1.6 asks it over HTTPS.
        hosts = '[host."%s://%s"]\n' % ("https" if tls else "http", address)
        if tls:
            hosts += 'ca = "%s/ca.crt"\n' % PKI
        write("%s/certs.d/%s/hosts.toml" % (state, address), hosts)
    write(state + "/kubelet.json", kubelet(version))


REGISTRIES = [  # name, address, login, TLS
    ("plain", layout.REGISTRY_PLAIN, False, False),
    ("login", layout.REGISTRY_LOGIN, True, False),
    ("tls", layout.REGISTRY_TLS, True, True),
]
