#!/usr/bin/env -S python3 -B
"""Compares the images that Ovenbird (with a real kaniko) and BuildKit build.

  run [--executor v1.24.0]... [--snapshot-mode full|time|redo] [--jobs N] [--list]
      [--gaps] [--random COUNT [--seed FIRST]] [--twice]
      [--json FILE] [--logs FOLDER] [--update-docs] [--table] [--anew]
      [--kubeconfig FILE --namespace NAME --registry ADDRESS] [CASE...]

The claim under test: the image is the one that Docker builds from the same files, or
Ovenbird reports before the build that it is not. CASE is a part of the name of a case
(cases/CLASS/NAME.case) or a whole name; the default is all cases. Missing Debian packages are installed;
kaniko and BuildKit are built from the Go module registry once. verdict.py defines the
verdicts. The last line is `N passed, N failed`. With --kubeconfig, kaniko runs in pods of a
cluster, and --registry is one that it shares with this machine. With --gaps, the
cases are those of gaps/, which fail: differences that nothing reports yet. With --random, they are
random ones (random_cases.py); one that fails is printed as the smallest case that still fails.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

import bases
import buildkit
import case as cases
import files
import ovenbird
import process
import random_cases
import remembered
import report
import shrink
import table
import verdict

HERE = os.path.dirname(os.path.realpath(__file__))
THIRD_PARTY = os.path.join(os.path.dirname(os.path.dirname(HERE)), "third_party")
PACKAGES = ("busybox-static", "docker-registry", "runc", "skopeo", "xz-utils")
SECONDS = 60  # The time limit of a build.
SECONDS_FIRST = 1800  # The time limit of a build that builds its executor first.


def script(name, *args):
    """Runs a script of third_party; returns the last line of its stdout."""
    command = (os.path.join(THIRD_PARTY, name),) + args
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit("%s failed (%d)" % (" ".join(command), done.returncode))
    return done.stdout.strip().rpartition("\n")[2]


@contextlib.contextmanager
def registry(scratch):
    """Runs a registry without TLS and login; yields its address."""
    os.makedirs(scratch)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % unused.getsockname()[1]
    config = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": os.path.join(scratch, "data")}},
        "http": {"addr": address},
    }
    path = os.path.join(scratch, "config.yml")
    with open(path, "w") as stream:
        json.dump(config, stream)
    log = os.path.join(scratch, "log")
    with process.server(["docker-registry", "serve", path], log) as server:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(address.split(":")):
                break
            time.sleep(0.1)
        if server.poll() is not None:
            raise SystemExit("the registry does not start: see " + log)
        yield address


class Runner:
    """Runs cases with all executors."""

    def __init__(self, docker, tools, words, scratch, only):
        self._docker = docker
        self._tools = tools  # executor -> Ovenbird
        self._only = only  # executor -> the names of its cases; missing: all
        self._words = words
        self._scratch = scratch

    def prepare(self, case):
        """Builds a case with each executor, so that all executors exist; fails if one does not."""
        for executor in self._tools:
            outcome = self._one(case, executor, None, "", SECONDS_FIRST)
            if outcome.verdict != "LAXER":
                raise SystemExit("%s does not work:\n%s" % (executor, outcome.log))
            if "running %s on " % ovenbird.executor_image(executor) not in outcome.log:
                raise SystemExit("another executor is used:\n" + outcome.log)

    def run(self, case):
        """Returns the Outcomes of a case, one per executor."""
        try:
            expected, refusal = self._expected(case)
        except Exception:  # pylint: disable=broad-except
            # A broken case must not hide the others.
            return [self._broken(case, executor) for executor in self._tools]
        return [
            self._one(case, executor, expected, refusal, SECONDS)
            for executor in self._tools
            if case.is_for(executor) and case.name in self._only.get(executor, (case.name,))
        ]

    def _expected(self, case):
        with self._folder() as scratch:
            folder = os.path.join(scratch, "case")
            case.write(folder, self._words)
            if case.has_second_build():
                case.change(folder, self._words)
            try:
                return self._docker.build(case, folder, scratch, SECONDS), ""
            except buildkit.Refused as refused:
                return None, str(refused)

    def _one(self, case, executor, expected, refusal, seconds):
        started = time.monotonic()
        repository = ("%s/%s" % (executor.replace("/", "-").replace(":", "-"), case.name)).lower()
        try:
            with self._folder() as scratch:
                tool = self._tools[executor]
                built = tool.build(case, repository, self._words, scratch, seconds)
            outcome = verdict.judge(case, executor, expected, refusal, built)
        except Exception:  # pylint: disable=broad-except
            outcome = self._broken(case, executor)
        outcome.seconds = round(time.monotonic() - started, 2)
        outcome.log += "\n==== BuildKit\n" + refusal
        return outcome

    @staticmethod
    def _broken(case, executor):
        return verdict.Outcome(case.name, executor, "HARNESS", [], [traceback.format_exc()])

    @contextlib.contextmanager
    def _folder(self):
        folder = tempfile.mkdtemp(dir=self._scratch)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def show(outcome):
    words = [outcome.verdict.ljust(9), outcome.executor, outcome.case]
    words += ["FALSE ALARM"] * outcome.false_alarm
    words += ["[%s]" % ", ".join(outcome.heard)] * bool(outcome.heard)
    lines = [" ".join(words)]
    if outcome.verdict not in ("same", "rewritten") or outcome.details:
        lines += ["    " + line for line in "\n".join(outcome.details).splitlines()]
    print("\n".join(lines), flush=True)


def show_smallest(runner, outcomes):
    """Prints the smallest case that fails as a random one does."""
    for failed in outcomes:
        if not has_failed(failed) or failed.verdict == "HARNESS":
            continue

        def fails(case, failed=failed):
            return any(
                (one.executor, one.verdict, one.false_alarm)
                == (failed.executor, failed.verdict, failed.false_alarm)
                for one in runner.run(case)
            )

        print("---- %s, smaller:" % failed.case, flush=True)
        seed = int(failed.case.rpartition("/")[2])
        print(shrink.text_of(shrink.shrink(random_cases.generate(seed), fails)), flush=True)


def has_failed(outcome):
    return not outcome.passed or outcome.false_alarm


def write_log(folder, outcome):
    path = os.path.join(folder, outcome.executor.replace("/", "-"), outcome.case)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as stream:
        stream.write("\n".join([outcome.verdict] + outcome.details + [outcome.log]) + "\n")


def run_all(args, chosen):
    script("apt_install.sh", *PACKAGES)
    programs = script("buildkit/build.sh")
    with contextlib.ExitStack() as stack:
        scratch = tempfile.mkdtemp(prefix="ovenbird-images-")
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        address = args.registry or stack.enter_context(registry(scratch + "/registry"))
        bases.push_all(address, scratch)
        url = stack.enter_context(files.served(scratch + "/files"))
        docker = stack.enter_context(buildkit.running(programs, address, scratch + "/buildkit"))
        words = {"registry": address, "files": url}
        words["base-digest"] = bases.digest_of(address, "base")
        if not args.anew and not args.random:
            docker = remembered.Remembered(
                docker,
                remembered.default_folder(),
                remembered.digest_of_tools(programs, words["base-digest"]),
                (address, url),
            )
        tools = {
            one: ovenbird.Ovenbird(
                args.ovenbird,
                one,
                args.snapshot_mode or ovenbird.default_mode(one),
                address,
                args.cluster,
                rewrite=not (args.table or args.no_rewrite),
                twice=args.twice,
            )
            for one in args.executor
        }
        runner = Runner(docker, tools, words, scratch, args.differing)
        if not args.cluster:  # Its executors are there.
            runner.prepare(
                cases.parse("prepare", b"why: x\n-- Dockerfile --\nFROM {registry}/bare\n")
            )
        pool = concurrent.futures.ThreadPoolExecutor(args.jobs)
        # After Ctrl-C, waits only for the builds that are running.
        stack.callback(pool.shutdown, cancel_futures=True)
        outcomes = []
        running = [pool.submit(runner.run, case) for case in chosen]
        for done in concurrent.futures.as_completed(running):
            for outcome in done.result():
                show(outcome)
                outcomes.append(outcome)
        if args.random:
            show_smallest(runner, outcomes)
        return sorted(outcomes, key=lambda one: (one.case, one.executor))


def commit():
    """Returns the commit of the checkout, with "+" if files are not committed."""
    git = ["git", "-C", os.environ.get("BUILD_WORKSPACE_DIRECTORY", HERE)]
    name, changed = (
        subprocess.run(git + command, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
        for command in (["rev-parse", "--short=10", "HEAD"], ["status", "--porcelain"])
    )
    return (name or "unknown") + "+" * bool(changed)


def as_data(args, outcomes):
    """Returns the results in the form that report.py reads."""
    results = []
    for outcome in outcomes:
        data = dataclasses.asdict(outcome)
        del data["log"]
        mode = args.snapshot_mode or ovenbird.default_mode(outcome.executor) or "default"
        data.update(snapshotMode=mode, falseAlarm=outcome.false_alarm, late=outcome.late)
        results.append(data)
    return {"commit": commit(), "results": results}


def user_path(path):
    """Resolves a path of the user: bazel run starts in the runfiles folder."""
    return os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--executor", action="append", metavar="VERSION")
    parser.add_argument("--snapshot-mode", choices=("full", "time", "redo"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", metavar="FILE", type=user_path, help="write the results")
    parser.add_argument("--logs", metavar="FOLDER", type=user_path, help="write each build's log")
    parser.add_argument("--update-docs", action="store_true", help="write docs/images.md")
    parser.add_argument(
        "--differing",
        metavar="PAGE",
        type=user_path,
        help="only the cases whose result differs by executor in this docs/images.md, on the other"
        " executors than the page's first",
    )
    parser.add_argument("--kubeconfig", metavar="FILE")
    parser.add_argument("--namespace", metavar="NAME", help="in the cluster")
    parser.add_argument("--registry", metavar="ADDRESS", help="one that runs, without TLS and login")
    parser.add_argument(
        "--table", action="store_true", help="check schema/executors.textproto against the executors"
    )
    parser.add_argument(
        "--no-rewrite", action="store_true", help="what the executor makes of the files as they are"
    )
    parser.add_argument(
        "--anew", action="store_true", help="BuildKit builds each case, and none is taken from an earlier run"
    )
    parser.add_argument("--gaps", action="store_true", help="the cases that fail: known differences")
    parser.add_argument("--random", type=int, default=0, metavar="COUNT", help="random cases")
    parser.add_argument("--seed", type=int, default=1, metavar="FIRST", help="of the first of them")
    parser.add_argument(
        "--twice", action="store_true", help="build each case twice, and compare the image that comes from the cache"
    )
    parser.add_argument("--list", action="store_true", help="only show the cases")
    parser.add_argument("--ovenbird", default=os.path.abspath("tools/ovenbird"))
    parser.add_argument("--executors", default=os.path.abspath("e2e/images/executors.json"))
    parser.add_argument("cases", nargs="*", metavar="CASE")
    args = parser.parse_args()
    args.differing = read_differing(args.differing) if args.differing else {}
    args.executor = args.executor or list(args.differing)
    if not args.executor:
        args.executor = list(table.RUNNABLE) if args.table or args.update_docs else ["v1.24.0"]
    if args.table and not args.snapshot_mode:
        args.snapshot_mode = "full"  # The table is not about what `time` loses.
    args.cluster = None
    if args.kubeconfig:
        if not args.namespace or not args.registry:
            parser.error("--kubeconfig wants --namespace and --registry")
        args.cluster = ovenbird.Cluster(args.kubeconfig, args.namespace)
    return parser, args


def choose(every, names):
    """Returns the cases with these names, or with a part of their names."""
    whole = {case.name for case in every}
    exact = {name for name in names if name in whole}
    parts = [name for name in names if name not in whole]
    return [
        case
        for case in every
        if not names or case.name in exact or any(part in case.name for part in parts)
    ]


def read_differing(path):
    with open(path) as stream:
        return report.differing(stream.read())


def clean_up_on_signals():
    """Makes SIGINT and SIGTERM stop the servers and remove the folders."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def main():
    parser, args = arguments()
    clean_up_on_signals()
    if args.random:
        chosen = [random_cases.generate(args.seed + n) for n in range(args.random)]
    else:
        folder = os.path.join(HERE, "gaps" if args.gaps else "cases")
        chosen = choose(cases.load_all(folder), args.cases)
    if args.twice:
        chosen = [case for case in chosen if not case.once]
    capabilities = table.load(args.executors) if args.table else []
    if args.table:
        names = {one.case_name for one in capabilities}
        chosen = [case for case in chosen if case.name in names]
    if args.differing:
        chosen = [one for one in chosen if any(one.name in names for names in args.differing.values())]
    if not chosen:
        parser.error("no case has such a name")
    if args.list:
        print("\n".join("%s: %s" % (case.name, case.why) for case in chosen))
        return
    outcomes = run_all(args, chosen)
    if args.table:
        wrong = table.wrong_lines(capabilities, outcomes)
        print("\n".join(wrong + ["%d entries are wrong" % len(wrong)]), flush=True)
        sys.exit(1 if wrong else 0)
    data = as_data(args, outcomes)
    if args.json:
        with open(args.json, "w") as stream:
            json.dump(data, stream, indent=1)
    for outcome in outcomes if args.logs else ():
        write_log(args.logs, outcome)
    if args.update_docs:
        path = os.path.join(os.environ["BUILD_WORKSPACE_DIRECTORY"], "docs/images.md")
        with open(path, "w") as stream:
            stream.write(report.render([data]))
    counts = collections.Counter(outcome.verdict for outcome in outcomes)
    counts["refused late"] = sum(outcome.late for outcome in outcomes)
    counts["false alarms"] = sum(outcome.false_alarm for outcome in outcomes)
    print(", ".join("%s %d" % pair for pair in sorted(counts.items())))
    failed = sum(has_failed(outcome) for outcome in outcomes)
    print("%d passed, %d failed" % (len(outcomes) - failed, failed), flush=True)
    sys.exit(0 if failed == 0 else 1)


if __name__ == "__main__":
    main()
