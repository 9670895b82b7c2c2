"""The rows of //bench:cluster that build again after a change, with the context in a registry.

Each round changes the folder, then builds with the context repository and runs a bare pod on
the same folder. The base is pushed before.
"""

import collections
import contextlib
import itertools
import os
import random
import re
import statistics
import subprocess

import faults
import frame
import image

# One round; times in seconds, sizes in bytes. `changed`: of the files that changed.
Round = collections.namedtuple("Round", "ours own bare bare_own changed pushed")

AIM = 1.0  # seconds over the bare pod
AIM_BYTES = (1.1, 64000)  # times what changed, and in addition

PUSHED = re.compile(r"\d+ files and folders, ([0-9.]+) (kB|MB) pushed")


def files_below(folder):
    found = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        found.extend(os.path.join(where, name) for name in sorted(names))
    return found


class Changes:
    """Changes a tree; each method returns the bytes of the files that it changed."""

    def __init__(self, tree):
        self._tree = tree
        self._files = files_below(tree)
        self._random = random.Random(7)
        self._number = itertools.count()

    def nothing(self):
        return 0

    def edit(self, count=1):
        size = 0
        for path in self._random.sample(self._files, count):
            if not os.path.exists(path):
                continue
            with open(path, "ab") as stream:
                stream.write(b"edit %d\n" % next(self._number))
            size += os.path.getsize(path)
        return size

    def edit_a_hundredth(self):
        return self.edit(len(self._files) // 100)

    def _folder(self):
        """A folder with some content, but not a large part of the tree."""
        folders = [where for where, _, _ in os.walk(self._tree) if where != self._tree]
        self._random.shuffle(folders)
        return next(f for f in folders if 10 <= len(files_below(f)) <= 300)

    def rename_folder(self):
        folder = self._folder()
        renamed = "%s/renamed%d" % (os.path.dirname(folder), next(self._number))
        os.rename(folder, renamed)
        return sum(map(os.path.getsize, files_below(renamed)))

    def delete_folder(self):
        subprocess.run(("rm", "-r", self._folder()), check=True)
        return 0

    def switch_branch(self):
        """One file in twenty differs between two branches; each round switches to the other."""
        branch = next(self._number) % 2
        size = 0
        for path in self._files[::20]:
            if not os.path.exists(path):
                continue
            with open(path, "r+b") as stream:
                stream.write(b"branch %d" % branch)
            size += os.path.getsize(path)
        return size


COPY_OF_ALL = "FROM scratch\nCOPY tree /\n"


class Row:
    def __init__(self, key, title, change, copy_of_all=False):
        self.key = key
        self.title = title
        self.change = change  # The name of a method of Changes.
        self.with_tree = True
        # kaniko needs long to copy all, which hides what the transfer takes.
        self.dockerfile = COPY_OF_ALL if copy_of_all else "FROM scratch\nCOPY file /\n"
        # Else a Dockerfile that copies one file would make the context that file.
        self.args = () if copy_of_all else ("--full-context",)


ROWS = [
    Row("rebuild-one", "one file edited", "edit"),
    Row("rebuild", "one file edited, COPY of all", "edit", copy_of_all=True),
    Row("rebuild-hundredth", "1 % of the files edited", "edit_a_hundredth"),
    Row("rebuild-renamed", "a folder renamed", "rename_folder"),
    Row("rebuild-deleted", "a folder deleted", "delete_folder"),
    Row("rebuild-branch", "switch between two branches", "switch_branch"),
]
FIRST = Row("first", "first build with a context repository, COPY of all", "nothing", True)


def pushed_bytes(output):
    found = PUSHED.search(output)
    if not found:
        raise SystemExit("the context did not go through the registry:\n" + output)
    return float(found.group(1)) * (1e3 if found.group(2) == "kB" else 1e6)


class Rebuild:
    """Measures the rows with a Bench of cluster.py."""

    def __init__(self, bench, rounds, slow):
        self._bench = bench
        self._rounds = rounds
        self._slow = slow  # Arguments of faults.slow_network, or none.

    def measure(self, row, folder):
        changes = Changes(folder + "/tree")
        repository = frame.registry("bench-contexts/" + row.key)
        self._bench.build(row, folder, repository, "registry")
        done = []
        for turn in range(self._rounds + 1):
            changed = getattr(changes, row.change)()
            with self.network():
                ours, own, output = self._bench.build(row, folder, repository, "auto")
                bare, bare_own = self._bench.bare(row, folder)
            if turn > 0:  # The first round warms up.
                done.append(Round(ours, own, bare, bare_own, changed, pushed_bytes(output)))
        self.compare(row, folder, repository)
        return done

    def network(self):
        return faults.slow_network(*self._slow) if self._slow else contextlib.nullcontext()

    def compare(self, row, folder, repository):
        """An image of all files must be the one that exec gives."""
        with open(folder + "/Dockerfile", "w") as stream:
            stream.write(COPY_OF_ALL)
        name = frame.registry("bench/%s:latest" % row.key)
        self._bench.build(row, folder, repository, "auto")
        files = image.pull(frame.ENVIRONMENT, name).files
        self._bench.build(row, folder, "", "exec")
        if image.pull(frame.ENVIRONMENT, name).files != files:
            raise SystemExit("%s: the image is not the one that exec gives" % row.key)

    def measure_first(self, row, folder):
        """Returns pairs: seconds with a new context repository, and by exec without one."""
        pairs = []
        for turn in range(self._rounds + 1):
            repository = frame.registry("bench-contexts/first-%d-%d" % (os.getpid(), turn))
            with self.network():
                ours = self._bench.build(row, folder, repository, "auto")[0]
                plain = self._bench.build(row, folder, "", "exec")[0]
            if turn > 0:
                pairs.append((ours, plain))
        return pairs


def median(done, value):
    return statistics.median(map(value, done))


def report(row, done):
    over = median(done, lambda r: r.ours - r.bare)
    spare = max(r.pushed - AIM_BYTES[0] * r.changed for r in done)
    met = over <= AIM and spare <= AIM_BYTES[1]
    print(
        "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.3f | %.3f | %s |"
        % (
            *(row.title, median(done, lambda r: r.ours), median(done, lambda r: r.own)),
            *(median(done, lambda r: r.bare), median(done, lambda r: r.bare_own), over),
            *(median(done, lambda r: r.changed) / 1e6, median(done, lambda r: r.pushed) / 1e6),
            "met" if met else "MISSED",
        ),
        flush=True,
    )
    return met


def report_first(row, pairs):
    ours, plain = (statistics.median(side) for side in zip(*pairs))
    over = statistics.median(a - b for a, b in pairs)
    print("\n%s: %.1f s; by exec, without a repository: %.1f s; difference %.1f s\n"
          % (row.title, ours, plain, over), flush=True)


def wanted(keys):
    return [row for row in ROWS + [FIRST] if row.key in keys or "rebuilds" in keys]


def measure_rows(bench, tree, rows, rounds, slow):
    """Prints a table; returns whether the targets are met."""
    its = Rebuild(bench, rounds, slow)
    all_met = True
    if slow:
        print("\nthis machine sends to the cluster with %s" % " and a delay of ".join(slow))
    if any(row is not FIRST for row in rows):
        print("\n| rebuild | ours, s | kaniko's own, s | bare pod, s | kaniko's own, s | "
              "over the bare pod, s | changed, MB | pushed, MB | at most %g s over, %g x + %g kB |"
              % (AIM, AIM_BYTES[0], AIM_BYTES[1] / 1e3))
        print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for row in rows:
        folder = bench.prepare(row, tree)
        if row is FIRST:
            report_first(row, its.measure_first(row, folder))
        else:
            all_met &= report(row, its.measure(row, folder))
        bench.finish(row, folder, tree)
    return all_met
