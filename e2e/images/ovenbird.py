"""The tool under test, with a real kaniko on this machine (`--engine local`) or in a cluster."""

import collections
import json
import os

import image
import process

REFUSED = 2  # Exit code: rejected before the build.
ENVIRONMENT = 3  # Exit code: registry, runtime or cluster.
IMAGES = {"chainguard": "ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor"}
# Executors without `redo`, by version.
LOSSY = ("v0.19.0",)

# Where to build: a kubeconfig, and a namespace that exists.
Cluster = collections.namedtuple("Cluster", "kubeconfig namespace")
# image: None if the build failed. messages: warnings and errors of `--diagnostics json`.
Built = collections.namedtuple("Built", "code image messages log rewritten")


def executor_image(name):
    """Returns the image of v1.24.0, chainguard-v1.25.6, or of a full image name."""
    if "/" in name:
        return name
    flavor, _, version = name.rpartition("-")
    return "%s:%s" % (IMAGES.get(flavor, "gcr.io/kaniko-project/executor"), version)


def default_mode(executor):
    """Returns the snapshotMode of the cases: `full` for an executor for which Ovenbird's own
    default loses changes, else "", that default."""
    return "full" if executor in LOSSY else ""


class Ovenbird:
    def __init__(
        self, path, executor, snapshot_mode, registry, cluster=None, rewrite=True, twice=False
    ):
        self._path = path
        self._executor = executor_image(executor)
        self._snapshot_mode = snapshot_mode
        self._registry = registry
        self._cluster = cluster
        self._flags = [] if rewrite else ["--no-rewrite"]
        self._twice = twice  # Builds every case twice with the cache.
        usage = process.run([path, "render", "--help"], "/", 60).stdout
        self._shows_rewriting = "--dockerfile" in usage

    def build(self, case, repository, words, scratch, seconds):
        """Builds the case in the empty folder `scratch`: once, or twice if it is a cache case."""
        folder = os.path.join(scratch, "case")
        case.write(folder, words)
        name = "%s/%s" % (self._registry, repository)
        self._write_config(case, name, scratch)
        if not self._is_cached(case):
            if self._cluster:
                return self._run(case, scratch, seconds, lambda _: image.pull(name + ":t"), False)
            return self._run(case, scratch, seconds, image.read_archive, True)
        first = self._run(case, scratch, seconds, lambda _: None, False)
        if first.code:
            return first
        if case.has_second_build():
            case.change(folder, words)
        second = self._run(case, scratch, seconds, lambda _: image.pull(name + ":t"), False)
        return second._replace(log=first.log + "---- second build\n" + second.log)

    def _is_cached(self, case):
        return self._twice or case.has_second_build()

    def _run(self, case, scratch, seconds, read, to_file):
        command = [self._path, "build", "--config=devspace.yaml", "--diagnostics=json"]
        if self._twice:
            command.append("--force")  # Else nothing has changed.
        command += self._flags + case.secret_flags(os.path.join(scratch, "secrets"))
        # What builds executors from source is among this program's runfiles.
        variables = {"RUNFILES_DIR": os.path.dirname(os.path.abspath("."))}
        if self._cluster:
            command += ["--engine=kubernetes", "--namespace=" + self._cluster.namespace]
            variables["KUBECONFIG"] = self._cluster.kubeconfig
        else:
            command.append("--engine=local")
        output = os.path.join(scratch, "ovenbird.tar")
        if to_file:
            command.append("--output=" + output)
        done = process.run(command, scratch, seconds, variables)
        lines = (done.stdout + done.stderr).splitlines()
        messages = [json.loads(line) for line in lines if line.startswith('{"id":')]
        messages = [one for one in messages if one["severity"] in ("warning", "error")]
        built = read(output) if done.code == 0 else None
        if to_file and os.path.exists(output):
            os.remove(output)
        rewritten = done.code == 0 and self._is_rewritten(case, scratch)
        return Built(done.code, built, messages, done.stderr, rewritten)

    def _is_rewritten(self, case, scratch):
        """Returns whether kaniko received a Dockerfile that differs from the user's."""
        if not self._shows_rewriting:
            return False
        command = [self._path, "render", "--dockerfile", "--config=devspace.yaml"] + self._flags
        command += case.secret_flags(os.path.join(scratch, "secrets"))
        done = process.run(command, scratch, 60)
        path = os.path.join(scratch, "case", case.dockerfile or "Dockerfile")
        with open(path, errors="replace", newline="") as stream:
            return done.code == 0 and done.stdout.strip() != stream.read().strip()

    def _write_config(self, case, name, scratch):
        kaniko = {
            "image": self._executor,
            "insecure": True,
            "cache": self._is_cached(case),
        }
        if self._snapshot_mode:
            kaniko["snapshotMode"] = self._snapshot_mode
        kaniko.update(case.options())
        options = {"target": case.target, "buildArgs": case.args()}
        kaniko["options"] = {key: value for key, value in options.items() if value}
        about = {
            "image": name,
            "tags": ["t"],
            "dockerfile": os.path.join("case", case.dockerfile or "Dockerfile"),
            "context": os.path.normpath(os.path.join("case", case.context)),
            "build": {"kaniko": kaniko},
        }
        if case.platform:
            about["platforms"] = [case.platform]
        with open(os.path.join(scratch, "devspace.yaml"), "w") as stream:
            # JSON is YAML.
            json.dump({"version": "v1beta9", "images": {"app": about}}, stream, indent=1)
