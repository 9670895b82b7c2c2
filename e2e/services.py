"""The command lines of the cluster's servers, as run on the node."""

import os

import configs
import layout

STATE = layout.INSIDE_STATE
PKI = configs.PKI
ETCD_URL = "http://127.0.0.1:2379"


def etcd():
    peer = "http://127.0.0.1:2380"
    return [
        "etcd",
        "--name=node",
        "--data-dir=%s/etcd" % layout.INSIDE,  # In memory: no disk to wait for.
        "--listen-client-urls=" + ETCD_URL,
        "--advertise-client-urls=" + ETCD_URL,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=node=" + peer,
        "--unsafe-no-fsync",
        "--logger=zap",
    ]


def containerd():
    # The shim and runc are found by PATH, too.
    path = "PATH=%s:%s" % (":".join(layout.INSIDE_RUNTIME), os.environ["PATH"])
    return ["env", path, "containerd", "--config", STATE + "/containerd.toml"]


def registry(name):
    return ["docker-registry", "serve", "%s/registry-%s.yml" % (STATE, name)]


def apiserver():
    return [
        layout.INSIDE_KUBERNETES + "/kube-apiserver",
        "--etcd-servers=" + ETCD_URL,
        # All addresses: the service's is among them (no kube-proxy is needed).
        "--bind-address=0.0.0.0",
        "--secure-port=%d" % layout.API_PORT,
        "--advertise-address=" + layout.NODE_ADDRESS,
        "--endpoint-reconciler-type=none",
        "--client-ca-file=%s/ca.crt" % PKI,
        "--tls-cert-file=%s/apiserver.crt" % PKI,
        "--tls-private-key-file=%s/apiserver.key" % PKI,
        "--kubelet-client-certificate=%s/apiserver-to-kubelet.crt" % PKI,
        "--kubelet-client-key=%s/apiserver-to-kubelet.key" % PKI,
        "--kubelet-certificate-authority=%s/ca.crt" % PKI,
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-key-file=%s/service-account.pub" % PKI,
        "--service-account-signing-key-file=%s/service-account.key" % PKI,
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=" + layout.SERVICE_NETWORK,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--profiling=false",
    ]


def controller_manager():
    return [
        layout.INSIDE_KUBERNETES + "/kube-controller-manager",
        "--kubeconfig=%s/kubeconfigs/kube-controller-manager" % STATE,
        "--service-account-private-key-file=%s/service-account.key" % PKI,
        "--root-ca-file=%s/ca.crt" % PKI,
        "--use-service-account-credentials=true",
        "--flex-volume-plugin-dir=%s/volume-plugins" % layout.INSIDE,
        # The default, 20 requests a second, makes its start take 5 s.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
    ]


def scheduler():
    return [
        layout.INSIDE_KUBERNETES + "/kube-scheduler",
        "--kubeconfig=%s/kubeconfigs/kube-scheduler" % STATE,
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
    ]


def kubelet(version):
    command = [
        layout.INSIDE_KUBERNETES + "/kubelet",
        "--config=%s/kubelet.json" % STATE,
        "--kubeconfig=%s/kubeconfigs/kubelet" % STATE,
        "--root-dir=%s/kubelet" % STATE,
        "--hostname-override=node",
        "--node-ip=" + layout.NODE_ADDRESS,
    ]
    if version < (1, 27):
        command += [
            "--container-runtime=remote",
            "--container-runtime-endpoint=unix://" + configs.CONTAINERD_SOCKET,
        ]
    return command
