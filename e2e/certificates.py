"""Creates one certificate authority and the certificates of all servers and users of the cluster."""

import concurrent.futures
import os
import subprocess

from layout import HOST_ADDRESS, NODE_ADDRESS, SERVICE_ADDRESS

DAYS = "30"

# name: (subject, subjectAltName)
CERTIFICATES = {
    "apiserver": (
        "/CN=kube-apiserver",
        "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,"
        "IP:127.0.0.1,IP:%s,IP:%s" % (NODE_ADDRESS, SERVICE_ADDRESS),
    ),
    "apiserver-to-kubelet": ("/O=system:masters/CN=kube-apiserver", ""),
    "admin": ("/O=system:masters/CN=admin", ""),
    "restricted": ("/CN=restricted", ""),
    "kube-controller-manager": ("/CN=system:kube-controller-manager", ""),
    "kube-scheduler": ("/CN=system:kube-scheduler", ""),
    "kubelet": ("/O=system:nodes/CN=system:node:node", "IP:" + NODE_ADDRESS),
    "registry": ("/CN=registry", "IP:" + NODE_ADDRESS),
    "webhook": ("/CN=webhook", "IP:" + HOST_ADDRESS),  # Used by a test (faults.py).
    "kueue": ("/CN=kueue", "IP:127.0.0.1"),  # Used by a test (kueue.py).
}


def openssl(*args):
    subprocess.run(
        ("openssl",) + args,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def make_key(path):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def make_authority(folder):
    key = os.path.join(folder, "ca.key")
    make_key(key)
    openssl(
        *("req", "-x509", "-new", "-key", key, "-subj", "/CN=ovenbird-e2e"),
        *("-days", DAYS, "-out", os.path.join(folder, "ca.crt")),
        *("-addext", "basicConstraints=critical,CA:TRUE"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"),
    )


def make_certificate(folder, name):
    subject, alternatives = CERTIFICATES[name]
    base = os.path.join(folder, name)
    make_key(base + ".key")
    openssl("req", "-new", "-key", base + ".key", "-subj", subject, "-out", base + ".csr")
    with open(base + ".ext", "w") as stream:
        stream.write("keyUsage=critical,digitalSignature,keyEncipherment\n")
        stream.write("extendedKeyUsage=serverAuth,clientAuth\n")
        if alternatives:
            stream.write("subjectAltName=%s\n" % alternatives)
    openssl(
        *("x509", "-req", "-in", base + ".csr", "-out", base + ".crt", "-days", DAYS),
        *("-CA", os.path.join(folder, "ca.crt"), "-CAkey", os.path.join(folder, "ca.key")),
        *("-extfile", base + ".ext"),
    )
    os.remove(base + ".csr")
    os.remove(base + ".ext")


def make_service_account_key(folder):
    key = os.path.join(folder, "service-account.key")
    openssl("genrsa", "-out", key, "2048")
    openssl("rsa", "-in", key, "-pubout", "-out", os.path.join(folder, "service-account.pub"))


def make_all(folder):
    os.makedirs(folder, mode=0o700)
    make_authority(folder)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        jobs = [pool.submit(make_certificate, folder, name) for name in CERTIFICATES]
        jobs.append(pool.submit(make_service_account_key, folder))
        for job in jobs:
            job.result()
