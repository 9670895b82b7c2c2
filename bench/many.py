#!/usr/bin/env -S python3 -B
"""Builds hundreds of images on the e2e cluster's API server, with a simulated node.

    bazel run --config=opt //bench:many -- [--images N]... [--jobs N] [--seconds S] [--busy N]
                                     [--kubernetes current|1.20.2] [--ovenbird PATH]

Prints for each number of images the time, the tool's CPU time and peak memory, and its requests
to the API server, by kind. e2e/simulated.py binds each pod and lets it succeed after S seconds;
no context is sent. `--busy N` answers every Nth request with 429 and Retry-After: 1.

Exits with code 1 if a build fails, if time, CPU time or requests per image grow by more than a
quarter, or if a refused request comes again before its time.
"""

import json
import os
import shutil
import subprocess
import sys
import time

# Before this folder in the search path, because it has a cluster.py, too.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../e2e"))

import cluster
import frame
import layout
import on_cluster
import simulated

NAMESPACE = "bench-%d" % os.getpid()
MAY_GROW = 1.25  # From the smallest number of images to the others, per image.
MEGABYTE = 1 << 20


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as stream:
        stream.write(text)


def make_project(folder, images):
    config = ["images:"]
    for i in range(images):
        name = "image-%04d" % i
        config.append(
            "  %s:\n    image: %s/many/%s\n    tags: [latest]\n    context: %s\n"
            "    dockerfile: %s/Dockerfile\n    build:\n      kaniko:\n        cache: false\n"
            "        schedulerName: %s\n"
            % (name, layout.REGISTRY_PLAIN, name, name, name, simulated.SCHEDULER)
        )
        write("%s/%s/Dockerfile" % (folder, name), "FROM scratch\nCOPY file /\n")
        write("%s/%s/file" % (folder, name), name)
    write(folder + "/devspace.yaml", "\n".join(config))


def kubeconfig(port):
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:%d" % port}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "namespace": NAMESPACE}}],
        }
    )


class Figures:
    def __init__(self, images, seconds, usage, proxy):
        self.images = images
        self.seconds = seconds
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        self.counts = proxy.counts
        self.requests = sum(proxy.counts.values())

    def per_image(self):
        return [x / self.images for x in (self.seconds, self.cpu, self.requests)]


def measure(args, images, node, work):
    folder = os.path.join(work, str(images))
    make_project(folder, images)
    proxy = simulated.Proxy(node, node.upstream, args.busy)
    write(folder + "/kubeconfig", kubeconfig(proxy.server_address[1]))
    command = [args.ovenbird, "build", "--config", "devspace.yaml", "--engine", "kubernetes"]
    command += ["--jobs", str(args.jobs), "--skip-push-check", "--no-verify"]
    environment = {
        "HOME": folder,  # Without the user's credentials.
        "KUBECONFIG": folder + "/kubeconfig",
        "PATH": os.environ["PATH"],
    }
    start = time.monotonic()
    with open(folder + "/output", "w") as output:
        tool = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(tool.pid, 0)
    seconds = time.monotonic() - start
    proxy.shutdown()
    if status:
        with open(folder + "/output") as output:
            raise SystemExit("the build failed:\n" + "".join(output.readlines()[-40:]))
    shutil.rmtree(folder)
    return Figures(images, seconds, usage, proxy), proxy


def report(rows):
    print("\n| images | time, s | per image, ms | CPU per image, ms | peak memory, MB | requests per image |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        seconds, cpu, requests = row.per_image()
        print(
            "| %d | %.1f | %.0f | %.1f | %.1f | %.2f |"
            % (row.images, row.seconds, seconds * 1e3, cpu * 1e3, row.peak / MEGABYTE, requests)
        )
    last = rows[-1]
    print("\nRequests of %d builds:" % last.images)
    for kind, number in last.counts.most_common():
        print("  %6d  %s" % (number, kind))
    return all(
        now <= first * MAY_GROW
        for row in rows[1:]
        for first, now in zip(rows[0].per_image(), row.per_image())
    )


def measure_all(args, its, work):
    frame.ENVIRONMENT.update(its.environment())
    frame.kubectl("create", "namespace", NAMESPACE)
    node = simulated.Node(args.state, NAMESPACE, args.seconds)
    good = True
    rows = []
    try:
        for images in sorted(args.images or [100, 300, 1000]):
            row, proxy = measure(args, images, node, work)
            rows.append(row)
            if args.busy or proxy.refused:
                print(
                    "%d images: answered with 429: %s; sent again too early: %s"
                    % (images, dict(proxy.refused), dict(proxy.too_early)), flush=True,
                )
            good &= not proxy.too_early
        good &= report(rows)
        print("At most %d pods ran simultaneously." % node.most_running)
        left = frame.kubectl(
            *("get", "pods,secrets,jobs", "-n", NAMESPACE, "-o", "name"),
            *("-l", "app.kubernetes.io/managed-by=ovenbird"),
        )
        if left:
            print("left in the namespace:", left)
        return good and not left
    finally:
        node.close()
        frame.kubectl("delete", "namespace", NAMESPACE)


def main():
    parser = on_cluster.flags(__doc__)
    parser.add_argument("--images", type=int, action="append", help="default: 100, 300 and 1000")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=0.2, help="how long a pod runs")
    parser.add_argument("--busy", type=int, default=0)
    args = parser.parse_args()
    on_cluster.run(args, cluster.Cluster(args.state), measure_all)


if __name__ == "__main__":
    main()
