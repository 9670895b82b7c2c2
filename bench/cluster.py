#!/usr/bin/env -S python3 -B
"""Measures whole builds on the e2e cluster, compared with a bare pod that does the same.

    bazel run --config=opt //bench:cluster -- [--rounds N] [--row ROW]... [--phases] [--large]
                                        [--kubernetes current|1.20.2] [--ovenbird PATH]
                                        [--slow RATE [--delay TIME]] [--peer exec|attach]...

The bare pod has only the kaniko container of our pod, with the same arguments. Its context
is on the node already; the benchmark only creates the pod and waits for its end. Both run
in turn, after one warm-up round. Seconds are medians; differences are medians of pairs. The
tool is measured from its start to its exit, the pod from its creation to the moment when
the API server reports its end. kaniko's own time is that of its container, from containerd.

Exits with code 1 if a target is missed. A cluster that is not up is started and stopped again.
"""

import collections
import json
import os
import platform
import shutil
import statistics
import sys
import time

from tree import make_tree

# Before this folder in the search path, because it has a cluster.py, too.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../e2e"))

import cluster
import frame
import image
import layout
import on_cluster
import peers
import pods
import rebuild

FILES = 50000
MEGABYTES = 350
LARGE_MEGABYTES = 5 << 10
NAMESPACE = "bench-%d" % os.getpid()
EXECUTOR = "gcr.io/kaniko-project/executor:v1.24.0"

DOCTOR_AIM = 2  # seconds

COPY_ONE = "FROM scratch\nCOPY file /\n"
COPY_ALL = "FROM scratch\nCOPY tree /\n"

# The figures of one round; times in seconds. `peers`: name -> seconds and kaniko's own time.
Round = collections.namedtuple("Round", "ours own bare bare_own phases peak peers")


class Row:
    def __init__(self, key, title, dockerfile, base, aim, with_tree=False, args=()):
        self.key = key
        self.title = title
        self.dockerfile = dockerfile
        self.base = base  # "bare" or "own": the time that may be exceeded by `aim` seconds at most.
        self.aim = aim
        self.with_tree = with_tree
        self.args = args


def rows():
    busybox = frame.registry("library/busybox:1")
    one = "FROM %s\nCOPY file /\nRUN sleep 4\n" % busybox
    return [
        Row("tiny", "COPY of one file, RUN sleep 4; a tiny context", one, "bare", 0.5),
        Row("one-of-many", "the same, %d files in the folder" % FILES, one, "bare", 1, True),
        Row("many", "COPY of %d files, %d MB" % (FILES, MEGABYTES), COPY_ALL, "own", 4, True),
        Row(
            *("short", "COPY of one file FROM scratch: kaniko ends in under a second"),
            *(COPY_ONE, "bare", 1),
        ),
    ]


def large_row():
    title = "%d files and 5 GiB sent (--full-context), one copied" % FILES
    return Row("large", title, COPY_ONE, "own", None, True, ("--full-context",))


class Bench:
    def __init__(self, tool, work, environment, state, its_peers=()):
        self._tool = tool
        self._peers = its_peers  # Names of peers.PEERS to compare with.
        self._work = work
        self._environment = {
            "HOME": work,  # Without the user's credentials.
            "KUBECONFIG": environment["KUBECONFIG"],
            "PATH": os.environ["PATH"],
        }
        self._watch = pods.PodWatch(pods.Api(state), NAMESPACE)
        self._events = pods.NodeEvents(environment["OVENBIRD_E2E_NODE_PID"])
        self._count = 0

    def close(self):
        self._events.close()

    def prepare(self, row, tree):
        """Creates the row's project: a folder with the copied files, and a tree if the row has one."""
        folder = os.path.join(self._work, row.key)
        os.mkdir(folder)
        if row.with_tree:
            os.rename(tree, folder + "/tree")
        for name, text in {"file": "content\n", "Dockerfile": row.dockerfile}.items():
            with open(os.path.join(folder, name), "w") as stream:
                stream.write(text)
        self._write_config(row, folder, EXECUTOR, "cache: false")
        return folder

    def _write_config(self, row, folder, executor, options):
        path = os.path.join(folder, "devspace.yaml")
        text = (
            "images:\n  app:\n    image: %s\n    tags: [latest]\n    build:\n"
            "      kaniko: {image: %s, %s}\n"
            % (frame.registry("bench/" + row.key), executor, options)
        )
        # A new time would be a change.
        if not os.path.exists(path) or open(path).read() != text:
            with open(path, "w") as stream:
                stream.write(text)

    def time_doctor(self, folder):
        """Returns the seconds that `doctor` takes for the project."""
        command = [
            *(self._tool, "doctor", "--config", "devspace.yaml", "--engine", "kubernetes"),
            *("--namespace", NAMESPACE),
        ]
        run = pods.Run(command, self._environment, folder)
        if "no errors" not in run.lines[-1][1]:
            raise SystemExit("doctor found errors:\n" + run.output())
        return run.end - run.start

    def finish(self, row, folder, tree):
        """Keeps the tree for the next row; deletes the folder."""
        if row.with_tree:
            os.rename(folder + "/tree", tree)
        shutil.rmtree(folder)

    def measure(self, row, folder, rounds):
        done = []
        for turn in range(rounds + 1):
            ours, own, phases, peak = self._ours(row, folder)
            bare, bare_own = self._bare(row, folder)
            others = {name: self._peer(row, folder, name) for name in self._peers}
            if turn > 0 or rounds == 0:  # The first round warms up.
                done.append(Round(ours, own, bare, bare_own, phases, peak, others))
        return done

    def build(self, row, folder, repository, transfer):
        """Builds with a context repository; returns the seconds, kaniko's own, and the output."""
        before = self._watch.names()
        executor = image.push_executor(frame.ENVIRONMENT, frame.registry("")[:-1], EXECUTOR)
        self._write_config(row, folder, executor, "cache: false, insecure: true")
        command = [
            *(self._tool, "build", "--config", "devspace.yaml", "--engine", "kubernetes"),
            *("--namespace", NAMESPACE, "--force", "--context-transfer", transfer, *row.args),
        ]
        if repository:
            command += ["--context-repo", repository]
        run = pods.Run(command, self._environment, folder)
        pod = self._watch.wait(lambda pod: pod.name not in before and pod.deleted, 30)
        kaniko = self._container(pod, "kaniko")
        return run.end - run.start, kaniko.end - kaniko.start, run.output()

    def bare(self, row, folder):
        """Runs the bare pod; returns the seconds, and kaniko's own."""
        return self._bare(row, folder)

    def _ours(self, row, folder):
        before = self._watch.names()
        command = [
            *(self._tool, "build", "--config", "devspace.yaml", "--engine", "kubernetes"),
            *("--namespace", NAMESPACE, "--force"),
            *row.args,
        ]
        run = pods.Run(command, self._environment, folder)
        pod = self._watch.wait(lambda pod: pod.name not in before and pod.deleted, 30)
        if "@sha256:" not in run.lines[-1][1]:
            raise SystemExit("no digest in the end:\n" + run.output())
        context = self._container(pod, "context")
        kaniko = self._container(pod, "kaniko")
        moments = [
            ("until the pod is created", run.start),
            ("until its first container runs", pod.created),
            ("until the context is sent", context.start),
            ("sending, until the first container ends", run.time_of("sending the context")),
            ("until kaniko starts", context.end),
            ("kaniko", kaniko.start),
            ("until the API server reports its end", kaniko.end),
            ("until the pod is gone", pod.ended or pod.deleted),
            ("until the tool ends", pod.deleted),
            ("", run.end),
        ]
        phases = [(what, after[1] - at) for (what, at), after in zip(moments, moments[1:])]
        return run.end - run.start, kaniko.end - kaniko.start, phases, run.peak

    def _container(self, pod, name):
        if name not in pod.ids:
            raise SystemExit("nothing was told of container `%s` of %s" % (name, pod.name))
        return self._events.container(pod.ids[name])

    def _bare(self, row, folder):
        pod = self._bare_pod(folder, row)
        name = pod["metadata"]["name"]
        start = time.time()
        self._watch.create(pod)
        seen = self._watch.wait(lambda pod: pod.name == name and pod.ended)
        self._watch.delete(name)
        if not seen.succeeded:
            raise SystemExit("%s failed" % name)
        kaniko = self._container(seen, "kaniko")
        return seen.ended - start, kaniko.end - kaniko.start

    def _peer(self, row, folder, name):
        pod = self._rendered(folder, row, name)
        seconds, seen = peers.run(peers.PEERS[name], pod, NAMESPACE, folder, self._watch)
        kaniko = self._container(seen, "kaniko")
        return seconds, kaniko.end - kaniko.start

    def _bare_pod(self, folder, row):
        """Returns Ovenbird's pod, reduced to the kaniko container."""
        pod = self._rendered(folder, row, "bare")
        pod["spec"].pop("initContainers", None)
        for volume in pod["spec"]["volumes"]:
            if volume["name"] == "context":
                del volume["emptyDir"]
                volume["hostPath"] = {"path": folder}
        return pod

    def _rendered(self, folder, row, name):
        """Returns Ovenbird's pod with a name of its own."""
        self._count += 1
        command = [self._tool, "render", "--config", "devspace.yaml", "--output", "json"]
        run = pods.Run(command + list(row.args), self._environment, folder, errors=False)
        pod = json.loads(run.output())["items"][-1]
        pod["metadata"] = {"name": "%s-%d" % (name, self._count)}
        return pod


def machine():
    with open("/proc/cpuinfo") as stream:
        names = [line.partition(":")[2].strip() for line in stream if "model name" in line]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return "%d x %s, %.0f GiB, Linux %s, load %.1f when it began" % (
        *(len(names), names[0] if names else platform.machine()),
        *(memory, platform.release(), os.getloadavg()[0]),
    )


def median(values):
    return statistics.median(values)


def report(row, done):
    """Prints the row; returns whether the target is met."""
    over_bare = median([r.ours - r.bare for r in done])
    over_own = median([r.ours - r.own for r in done])
    over = over_bare if row.base == "bare" else over_own
    met = row.aim is None or over <= row.aim
    aim = "" if row.aim is None else "%g s over %s: %s" % (
        *(row.aim, "the bare pod" if row.base == "bare" else "kaniko"),
        "met" if met else "MISSED",
    )
    ours, bare = median([r.ours for r in done]), median([r.bare for r in done])
    print(
        "| %s | %.1f | %.1f | %.1f | %.2f | %.1f | %.1f | %s |"
        % (
            *(row.title, ours, median([r.own for r in done]), bare),
            *(median([r.ours / r.bare for r in done]), over_bare, over_own, aim),
        ),
        flush=True,
    )
    return met


def report_phases(row, done):
    print("\n%s: the time of each phase, medians in seconds" % row.title)
    for index, (what, _) in enumerate(done[0].phases):
        print("  %6.2f  %s" % (median([r.phases[index][1] for r in done]), what))
    print("  %6.1f MiB  peak memory of the tool\n" % (max(r.peak for r in done) / (1 << 20)))


def report_peers(every, names):
    """Prints our time over kaniko's own next to that of each peer. kaniko's own time of `attach`
    contains the sending, so ours is taken for both."""
    print("\n| work | ours, s | %s |" % " | ".join(
        "%s, s | ours / %s, over kaniko's own" % (name, name) for name in names))
    print("|---" * (2 + 2 * len(names)) + "|")
    for row, done in every:
        cells = []
        for name in names:
            seconds = [r.peers[name][0] for r in done]
            own = [r.own if name == "attach" else r.peers[name][1] for r in done]
            ratio = median([(r.ours - r.own) / (s - o) for r, s, o in zip(done, seconds, own)])
            cells.append("%.1f | %.2f" % (median(seconds), ratio))
        print("| %s | %.1f | %s |" % (row.title, median([r.ours for r in done]), " | ".join(cells)),
              flush=True)


def measure_doctor(bench, tree, rounds):
    """Prints how long `doctor` takes; returns whether the target is met."""
    row = rows()[0]
    folder = bench.prepare(row, tree)
    seconds = median([bench.time_doctor(folder) for _ in range(max(rounds, 1))])
    bench.finish(row, folder, tree)
    met = seconds <= DOCTOR_AIM
    print(
        "\ndoctor: %.2f s; at most %d s: %s" % (seconds, DOCTOR_AIM, "met" if met else "MISSED"),
        flush=True,
    )
    return met


def wait_for_account():
    """Waits for the service account; without it, pods are rejected."""
    frame.until(
        "the namespace's default account",
        lambda: frame.get("serviceaccounts", "-n", NAMESPACE)["items"],
    )


def measure_all(args, its, work):
    environment = its.environment()
    frame.ENVIRONMENT.update(environment)
    print(
        "Kubernetes %s, %s, context and images on the node; median of %d; %s"
        % (environment["OVENBIRD_E2E_KUBERNETES"], EXECUTOR, args.rounds, machine()),
        flush=True,
    )
    tree = os.path.join(work, "tree")
    os.mkdir(tree)
    wanted = [r for r in rows() if not args.row or r.key in args.row]
    if args.large:
        wanted = [large_row()]
    rebuilds = rebuild.wanted(args.row)
    make_tree(tree, FILES, LARGE_MEGABYTES if args.large else MEGABYTES)
    frame.kubectl("create", "namespace", NAMESPACE)
    bench = None
    try:
        wait_for_account()
        bench = Bench(args.ovenbird, work, environment, args.state, args.peer)
        slow = [args.slow] + ([args.delay] if args.delay else []) if args.slow else []
        if rebuilds:
            return rebuild.measure_rows(bench, tree, rebuilds, args.rounds, slow)
        print("\n| work | ours, s | kaniko's own, s | bare pod, s | ours / bare pod | "
              "over the bare pod, s | over kaniko's own, s | aim |")
        print("|---|---|---|---|---|---|---|---|", flush=True)
        all_met = True
        every = []
        for row in wanted:
            folder = bench.prepare(row, tree)
            done = bench.measure(row, folder, 0 if args.large else args.rounds)
            bench.finish(row, folder, tree)
            every.append((row, done))
            all_met &= report(row, done)
        if not args.large and (not args.row or "doctor" in args.row):
            all_met &= measure_doctor(bench, tree, args.rounds)
        if args.peer:
            report_peers(every, args.peer)
        if args.phases or args.large:
            for row, done in every:
                report_phases(row, done)
        return all_met
    finally:
        if bench:
            bench.close()
        frame.kubectl("delete", "namespace", NAMESPACE)


def main():
    parser = on_cluster.flags(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--row", action="append", default=[], help="only: tiny, one-of-many, many, short, doctor; rebuilds (with the context in a "
                        "registry), or one of them: " + ", ".join(row.key for row in rebuild.ROWS) + ", first")
    parser.add_argument("--slow", help="with rebuilds: the rate at which this machine sends, as tc has it: 20mbit")
    parser.add_argument("--delay", help="with --slow: delays what this machine sends, such as 50ms; needs the kernel's netem")
    parser.add_argument("--peer", action="append", default=[], choices=list(peers.PEERS), help="also: the context by another way (peers.py)")
    parser.add_argument("--phases", action="store_true", help="where the time goes")
    parser.add_argument("--large", action="store_true", help="only: 5 GiB, once")
    parser.add_argument("--containerd", default=layout.DEBIAN, help="the node's: debian or a version, such as 2.1.9 (image volumes)")
    args = parser.parse_args()
    on_cluster.run(args, cluster.Cluster(args.state, args.containerd), measure_all)


if __name__ == "__main__":
    main()
