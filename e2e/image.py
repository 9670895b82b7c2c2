"""Pulled images as data: files and configuration."""

import collections
import json
import os
import subprocess
import tarfile
import tempfile

from layout import EXECUTORS

# kind: "file", "folder", "link"; data: the bytes of a file or the target of a link
File = collections.namedtuple("File", "kind mode uid gid data")


class Image:
    def __init__(self, digest, config, files):
        self.digest = digest
        self.config = config  # The image's "config": Env, Cmd, Labels ...
        self.files = files  # Path without leading slash -> File.

    def text(self, path):
        return self.files[path].data.decode()


def skopeo(*args):
    done = subprocess.run(
        ("skopeo",) + args,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LookupError(done.stderr.strip())
    return done.stdout


def login_options(environment, reference, prefix):
    """Returns skopeo's options for one of the cluster's registries."""
    host = reference.split("/")[0]
    if host == environment["OVENBIRD_E2E_REGISTRY"]:
        return ["--%stls-verify=false" % prefix]
    login = "%s:%s" % (environment["OVENBIRD_E2E_USER"], environment["OVENBIRD_E2E_PASSWORD"])
    options = ["--%screds=%s" % (prefix, login)]
    if host == environment["OVENBIRD_E2E_REGISTRY_TLS"]:

        return options + ["--%scert-dir=%s" % (prefix, environment["OVENBIRD_E2E_CA_FOLDER"])]
    return options + ["--%stls-verify=false" % prefix]


def exists(environment, reference):
    try:
        skopeo("inspect", *login_options(environment, reference, ""), "docker://" + reference)
    except LookupError:
        return False
    return True


def push_executor(environment, host, executor):
    """Returns the name of the executor in a registry of the cluster; pushes it once."""
    name = "%s/e2e/%s" % (host, executor.partition("/")[2])
    if not exists(environment, name):
        archive = "%s/images/kaniko-%s-%s.tar" % (
            (os.path.dirname(environment["KUBECONFIG"]),) + EXECUTORS[executor]
        )
        options = login_options(environment, name, "dest-")
        skopeo("copy", "--quiet", *options, "docker-archive:" + archive, "docker://" + name)
    return name


def tags(environment, repository):
    """Returns the tags of a repository; an empty list if it does not exist."""
    try:
        text = skopeo(
            "list-tags", *login_options(environment, repository, ""), "docker://" + repository
        )
    except LookupError:
        return []
    return sorted(json.loads(text)["Tags"])


def digest(environment, reference):
    """Returns the digest of what the reference names, which may be an index."""
    options = login_options(environment, reference, "")
    return skopeo("inspect", "--format", "{{.Digest}}", *options, "docker://" + reference).strip()


def pull(environment, reference):
    """Returns the image; raises LookupError with skopeo's message if the pull fails."""
    options = login_options(environment, reference, "src-")
    with tempfile.TemporaryDirectory() as folder:
        skopeo("copy", "--quiet", *options, "docker://" + reference, "dir:" + folder)
        raw = skopeo("manifest-digest", folder + "/manifest.json").strip()
        with open(folder + "/manifest.json") as stream:
            manifest = json.load(stream)

        def blob(descriptor):
            return os.path.join(folder, descriptor["digest"].partition(":")[2])

        with open(blob(manifest["config"])) as stream:
            config = json.load(stream)["config"]
        files = {}
        for layer in manifest["layers"]:
            with tarfile.open(blob(layer)) as archive:
                apply_layer(archive, files)
    return Image(raw, config, files)


def read_archive(path):
    """Returns the image of a docker-archive, which --output FILE.tar writes."""
    with tarfile.open(path) as archive:
        entry = json.load(archive.extractfile("manifest.json"))[0]
        config = json.load(archive.extractfile(entry["Config"]))["config"]
        files = {}
        for name in entry["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                apply_layer(layer, files)
    return Image("", config, files)


def remove(files, path):
    for name in [n for n in files if n == path or n.startswith(path + "/")]:
        del files[name]


def apply_layer(archive, files):
    for member in archive:
        path = os.path.normpath(member.name).lstrip("/")
        if path in ("", "."):
            continue
        folder, name = os.path.split(path)
        if name.startswith(".wh."):
            if name == ".wh..wh..opq":
                remove(files, folder)
            else:
                remove(files, os.path.join(folder, name[len(".wh.") :]))
            continue
        common = (member.mode, member.uid, member.gid)
        if member.isdir():
            files[path] = File("folder", *common, None)
        elif member.issym():
            files[path] = File("link", *common, member.linkname)
        elif member.islnk():
            files[path] = files[os.path.normpath(member.linkname).lstrip("/")]
        elif member.isfile():
            files[path] = File("file", *common, archive.extractfile(member).read())
