"""Images as data: every path after all layers are applied, and the config."""

import dataclasses
import gzip
import hashlib
import io
import json
import os
import tarfile
import urllib.request

KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "link",
    tarfile.CHRTYPE: "character device",
    tarfile.BLKTYPE: "block device",
    tarfile.FIFOTYPE: "fifo",
}
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)
SAMPLE = 300  # The number of bytes of a file that a message quotes.


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """An inode. Hard links are paths that share one Node object."""

    kind: str
    mode: int = 0
    uid: int = 0
    gid: int = 0
    target: str = ""  # A symbolic link's.
    digest: str = ""  # Of a file's content.
    size: int = 0
    sample: bytes = b""  # The content's first bytes.
    device: tuple = ()  # Major and minor number.
    xattrs: tuple = ()  # Pairs of name and bytes, sorted.


# A parent folder without an entry of its own.
IMPLIED = Node("implied folder")


class Image:
    """`files` maps paths without a leading slash to Nodes; `config` is the whole config file."""

    def __init__(self, files, config):
        self.files = files
        self.config = config

    def hard_links(self):
        """Returns for every hard-linked path all paths of its file, sorted."""
        groups = {}
        for path, node in self.files.items():
            if node.kind != "folder" and node is not IMPLIED:
                groups.setdefault(id(node), []).append(path)
        return {
            path: tuple(sorted(paths))
            for paths in groups.values()
            if len(paths) > 1
            for path in paths
        }


def _clean(path):
    return os.path.normpath("/" + path).lstrip("/")


def _xattrs(member):
    prefix = "SCHILY.xattr."
    found = []
    for key, value in member.pax_headers.items():
        if key.startswith(prefix):
            data = value.encode("utf-8", "surrogateescape")
            found.append((key[len(prefix) :], data))
    return tuple(sorted(found))


def _node(archive, member):
    kind = KINDS.get(member.type, "tar type %r" % member.type)
    common = {"mode": member.mode & 0o7777, "uid": member.uid, "gid": member.gid}
    if kind == "link":
        del common["mode"]  # Means nothing.
        common["target"] = member.linkname
    elif kind == "file":
        data = archive.extractfile(member).read()
        common["digest"] = hashlib.sha256(data).hexdigest()
        common["size"] = len(data)
        common["sample"] = data[:SAMPLE]
    elif kind.endswith("device"):
        common["device"] = (member.devmajor, member.devminor)
    return Node(kind, xattrs=_xattrs(member), **common)


class _Layers:
    """A file system made by applying layers, with the semantics of overlayfs."""

    def __init__(self):
        self.files = {}
        self._fresh = set()  # Paths that come from the current layer.

    def apply(self, archive):
        self._fresh = set()
        for member in archive:
            path = _clean(member.name)
            folder, name = os.path.split(path)
            if name == ".wh..wh..opq":
                self._hide_below(folder)
            elif name.startswith(".wh."):
                self._hide(os.path.join(folder, name[len(".wh.") :]))
            elif not path:
                continue  # The root itself: some builders leave it out.
            elif member.islnk():
                target = self.files.get(_clean(member.linkname))
                self._put(path, target or Node("broken hard link"))
            else:
                self._put(path, _node(archive, member))

    # Whiteouts hide lower layers only, whatever their position in the layer.

    def _hide(self, path):
        if path not in self._fresh:
            self.files.pop(path, None)
        self._hide_below(path)

    def _hide_below(self, folder):
        for path in [p for p in self.files if p.startswith(folder + "/") or not folder]:
            if path not in self._fresh:
                del self.files[path]

    def _put(self, path, node):
        parent = os.path.dirname(path)
        if parent and self.files.get(parent, Node("")).kind not in ("folder", IMPLIED.kind):
            self._put(parent, IMPLIED)
        if node.kind != "folder" and node is not IMPLIED:
            self._hide_below(path)
        self.files[path] = node
        self._fresh.add(path)


def assemble(config, layers):
    """Returns the Image of a config file and its layers (tar archives, plain or gzip)."""
    stack = _Layers()
    for data in layers:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            stack.apply(archive)
    return Image(stack.files, config)


def read_archive(path):
    """Returns the Image of a docker-archive, or of an OCI archive that holds one image."""
    with tarfile.open(path) as archive:
        members = {member.name: member for member in archive}

        def read(name):
            return archive.extractfile(members[name]).read()

        def blob(descriptor):
            return read("blobs/" + descriptor["digest"].replace(":", "/"))

        if "index.json" not in members:
            entry = json.loads(read("manifest.json"))[0]
            layers = [read(name) for name in entry["Layers"] or []]
            return assemble(json.loads(read(entry["Config"])), layers)
        manifest = json.loads(read("index.json"))
        while "manifests" in manifest:
            manifest = json.loads(blob(manifest["manifests"][0]))
        layers = [blob(layer) for layer in manifest["layers"] or []]
        return assemble(json.loads(blob(manifest["config"])), layers)


def pull(reference):
    """Returns the Image HOST/REPOSITORY:TAG of a registry without TLS and login."""
    host, _, rest = reference.partition("/")
    repository, _, tag = rest.partition(":")

    def get(path):
        url = "http://%s/v2/%s/%s" % (host, repository, path)
        request = urllib.request.Request(url, headers={"Accept": ", ".join(MANIFESTS)})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    manifest = json.loads(get("manifests/" + tag))
    layers = [get("blobs/" + layer["digest"]) for layer in manifest["layers"] or []]
    return assemble(json.loads(get("blobs/" + manifest["config"]["digest"])), layers)
