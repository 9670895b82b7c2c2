"""The base images of the cases, made from Debian's busybox-static.

  base      users root, daemon and app (1000:1001, also of staff), links, odd modes
  merged    as Debian has it: /bin -> usr/bin, /var/run -> /run
  bare      no shell: users and one static command, /bin/true
  full      sets every field of the config
  layers    two layers; the second has whiteouts and an opaque folder
  retyped   two layers; the second replaces a link by a folder and a folder by a link
  folder-over-link      two layers; the second replaces a link to a folder by a folder
  folder-over-dangling  two layers; the second replaces a link to nothing by a folder
  caps      /bin/ping has a capability
  distro    merged, with package managers, compilers (stand_in.sh) and users node, www-data
  alpine    base, with the same
  slim      merged, with the users of distro
  static    no shell: certificates, user nonroot
  nginx     slim, with what a web server's image has
  onbuild   ONBUILD triggers that copy, run and set
  onbuild-from   ONBUILD COPY --from=tools
  onbuild-cache    ONBUILD RUN --mount=type=cache
  onbuild-bind     ONBUILD RUN --mount=type=bind
  onbuild-secret   ONBUILD RUN --mount=type=secret
  onbuild-user   ONBUILD USER, and WORKDIR in a missing folder
  multi     an index of images for amd64 and arm64, which are its tags; /etc/arch is the architecture
  foreign   an image for the other one of these architectures, without an index
"""

import hashlib
import io
import json
import os
import platform
import subprocess
import tarfile
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
BUSYBOX = "/usr/bin/busybox"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
FOREIGN = "amd64" if ARCHITECTURE == "arm64" else "arm64"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
EPOCH = "2020-01-01T00:00:00Z"
# Few, because every build extracts and scans them.
APPLETS = """[ adduser addgroup ash awk basename cat chgrp chmod chown cmp cp cut date dd diff
  dirname echo env expr false find grep gzip head hostname id install kill ln ls md5sum mkdir
  mkfifo mknod mktemp mv nc nohup od printf ps pwd readlink realpath rm rmdir sed seq sh
  sha256sum sleep sort stat su tail tar tee test touch tr true truncate umount uniq unlink wc
  wget whoami xargs yes""".split()
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
app:x:1000:1001:app:/home/app:/bin/sh
"""
GROUP = """root:x:0:
daemon:x:1:
staff:x:50:app
app:x:1001:
"""
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# cap_net_raw=ep in the kernel's format (version 2, little-endian).
CAP_NET_RAW = "\x01\0\0\x02\0\x20\0\0" + "\0" * 12


class Layer:
    """Builds the tar archive of a layer."""

    def __init__(self):
        self._bytes = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._bytes, mode="w", format=tarfile.PAX_FORMAT)

    def add(self, name, kind, mode, owner=(0, 0), data=b"", target="", xattrs=None):
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.linkname = kind, mode, target
        member.uid, member.gid = owner
        member.size, member.mtime = len(data), 1577836800
        for key, value in (xattrs or {}).items():
            member.pax_headers["SCHILY.xattr." + key] = value
        self._tar.addfile(member, io.BytesIO(data))
        return self

    def folders(self, names, mode=0o755, owner=(0, 0)):
        for name in names.split():
            self.add(name, tarfile.DIRTYPE, mode, owner)
        return self

    def file(self, name, text, mode=0o644, owner=(0, 0), xattrs=None):
        data = text if isinstance(text, bytes) else text.encode()
        return self.add(name, tarfile.REGTYPE, mode, owner, data, xattrs=xattrs)

    def link(self, name, target):
        return self.add(name, tarfile.SYMTYPE, 0o777, target=target)

    def hard_link(self, name, target, mode=0o644, owner=(0, 0)):
        return self.add(name, tarfile.LNKTYPE, mode, owner, target=target)

    def bytes(self):
        self._tar.close()
        return self._bytes.getvalue()


def _busybox(layer, folder):
    with open(BUSYBOX, "rb") as stream:
        layer.file(folder + "/busybox", stream.read(), 0o755)
    known = subprocess.run((BUSYBOX, "--list"), stdout=subprocess.PIPE, text=True, check=True)
    for name in sorted(set(APPLETS) & set(known.stdout.split())):
        layer.link("%s/%s" % (folder, name), "busybox")


def _users(layer):
    layer.file("etc/passwd", PASSWD).file("etc/group", GROUP)
    layer.folders("root", 0o700).folders("home")
    layer.folders("home/app", owner=(1000, 1001))


def base_layer():
    layer = Layer()
    layer.folders("bin dev etc opt proc sbin srv sys usr usr/bin usr/lib usr/local usr/local/bin")
    layer.folders("var var/lib").folders("tmp var/tmp", 0o1777)
    _busybox(layer, "bin")
    _users(layer)
    layer.folders("opt/dir").file("opt/dir/old", "old\n")
    layer.file("opt/file", "file\n", 0o640, (7, 8))
    layer.folders("usr/local/pair").file("usr/local/pair/one", "pair\n")
    layer.hard_link("usr/local/pair/two", "usr/local/pair/one")
    layer.link("opt/to-dir", "dir").link("opt/to-dir-absolute", "/opt/dir")
    layer.link("opt/to-file", "file").link("opt/dangling", "nowhere/deep")
    layer.folders("opt/shared", 0o2775, (0, 50)).folders("opt/private", 0o700, (1000, 1001))
    layer.file("opt/private/key", "key\n", 0o600, (1000, 1001))
    layer.file("opt/setuid", "setuid\n", 0o4755)
    return layer.bytes()


def merged_layer():
    layer = Layer()
    layer.folders("dev etc opt proc run srv sys usr usr/bin usr/lib usr/sbin var var/lib")
    layer.folders("run/lock tmp", 0o1777)
    layer.link("bin", "usr/bin").link("sbin", "usr/sbin").link("lib", "usr/lib")
    layer.link("var/run", "/run").link("var/lock", "/run/lock")
    _busybox(layer, "usr/bin")
    _users(layer)
    return layer.bytes()


def bare_layer():
    layer = Layer().folders("bin etc")
    _users(layer)
    with open(BUSYBOX, "rb") as stream:
        layer.file("bin/true", stream.read(), 0o755)
    return layer.bytes()


STAND_INS = """apk apt-get bundle cargo composer dotnet go gradle groupadd java mvn npm pip pip3 pnpm
  python python3 useradd yarn""".split()
DISTRO_PASSWD = (
    PASSWD.replace("1000:1001:app:/home/app", "999:999:app:/home/app")
    + "www-data:x:33:33::/var/www:/bin/false\nnode:x:1000:1000::/home/node:/bin/sh\n"
    + "nobody:x:65534:65534::/nonexistent:/bin/false\n"
)
DISTRO_GROUP = GROUP.replace("app:x:1001", "app:x:999") + (
    "www-data:x:33:\nnode:x:1000:\nnogroup:x:65534:\n"
)


def tools_layer():
    layer = Layer().folders("usr usr/local usr/local/bin")
    with open(os.path.join(HERE, "stand_in.sh"), "rb") as stream:
        layer.file("usr/local/bin/stand-in", stream.read(), 0o755)
    for name in STAND_INS:
        layer.link("usr/local/bin/" + name, "stand-in")
    return layer.bytes()


def distro_layer():
    layer = Layer().folders("etc home var var/www usr usr/local usr/local/lib")
    layer.file("etc/passwd", DISTRO_PASSWD).file("etc/group", DISTRO_GROUP)
    layer.folders("home/node", owner=(1000, 1000)).folders("home/app", 0o700, (999, 999))
    return layer.bytes()


def static_layer():
    layer = Layer().folders("etc etc/ssl etc/ssl/certs home tmp", 0o755)
    layer.folders("home/nonroot", 0o700, (65532, 65532))
    layer.file("etc/passwd", "root:x:0:0::/root:\nnonroot:x:65532:65532::/home/nonroot:\n")
    layer.file("etc/group", "root:x:0:\nnonroot:x:65532:\n")
    return layer.file("etc/ssl/certs/ca-certificates.crt", "certificates\n").bytes()


def nginx_layer():
    layer = Layer().folders("etc etc/nginx etc/nginx/conf.d usr usr/share usr/share/nginx")
    layer.folders("usr/share/nginx/html var var/log var/log/nginx docker-entrypoint.d")
    layer.folders("var/cache var/cache/nginx", owner=(0, 0))
    layer.file("etc/nginx/nginx.conf", "http {}\n").file("etc/nginx/conf.d/default.conf", "server {}\n")
    layer.file("usr/share/nginx/html/index.html", "welcome\n")
    layer.link("var/log/nginx/access.log", "/dev/stdout")
    layer.file("docker-entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n", 0o755)
    layer.file("etc/passwd", DISTRO_PASSWD + "nginx:x:101:101::/nonexistent:/bin/false\n")
    layer.file("etc/group", DISTRO_GROUP + "nginx:x:101:\n")
    return layer.bytes()


NGINX = {
    "Env": [PATH, "NGINX_VERSION=1.0"],
    "Cmd": ["nginx", "-g", "daemon off;"],
    "Entrypoint": ["/docker-entrypoint.sh"],
    "ExposedPorts": {"80/tcp": {}},
    "StopSignal": "SIGQUIT",
}


def second_layer():
    layer = Layer().folders("opt opt/dir")
    layer.file("opt/.wh.file", "").file("opt/.wh.private", "")
    layer.file("opt/dir/.wh..wh..opq", "").file("opt/dir/new", "new\n")
    layer.file("etc/group", GROUP + "late:x:77:\n")
    return layer.bytes()


def retyped_layer():
    layer = Layer().folders("opt").link("opt/shared", "dir")
    return layer.folders("opt/to-file").file("opt/to-file/inside", "inside\n").bytes()


def folder_layer(name):
    return Layer().folders("opt " + name).file(name + "/inside", "inside\n").bytes()


def caps_layer():
    capability = {"security.capability": CAP_NET_RAW}
    return Layer().file("bin/ping", "ping\n", 0o755, xattrs=capability).bytes()


TRIGGERS = [
    "ARG WHO=nobody",
    "COPY app /onbuild/",
    "RUN echo $WHO > /onbuild/who",
    "ENV TRIGGERED=yes",
    "WORKDIR /onbuild",
]
SECRET_TRIGGER = "RUN --mount=type=secret,id=token md5sum /run/secrets/token > /f"
CACHE_TRIGGER = "RUN --mount=type=cache,target=/c echo kept > /c/f"
BIND_TRIGGER = "RUN --mount=type=bind,target=/b cp /b/app /f"
FULL = {
    "Env": [PATH, "A=1", "B=two words"],
    "Cmd": ["-c", "id"],
    "Entrypoint": ["/bin/sh"],
    "User": "app",
    "WorkingDir": "/srv",
    "Labels": {"from": "base", "keep": "yes"},
    "ExposedPorts": {"80/tcp": {}},
    "Volumes": {"/data": {}},
    "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 5000000000, "Retries": 2},
    "StopSignal": "SIGINT",
    "Shell": ["/bin/ash", "-c"],
}


def images():
    """Returns name -> (layers, config)."""
    plain = {"Env": [PATH], "Cmd": ["sh"]}
    first = base_layer()
    slim = [merged_layer(), distro_layer()]
    return {
        "distro": (slim + [tools_layer()], plain),
        "alpine": ([first, tools_layer()], dict(plain, Cmd=["/bin/sh"])),
        "slim": (slim, plain),
        "static": ([static_layer()], {"Env": [PATH], "User": "0", "WorkingDir": "/"}),
        "nginx": (slim + [nginx_layer()], NGINX),
        "base": ([first], plain),
        "merged": ([merged_layer()], plain),
        "bare": ([bare_layer()], {"Env": [PATH]}),
        "full": ([first], FULL),
        "layers": ([first, second_layer()], plain),
        "retyped": ([first, retyped_layer()], plain),
        "folder-over-link": ([first, folder_layer("opt/to-dir")], plain),
        "folder-over-dangling": ([first, folder_layer("opt/dangling")], plain),
        "caps": ([first, caps_layer()], plain),
        "onbuild": ([first], dict(plain, OnBuild=TRIGGERS)),
        "onbuild-user": ([first], dict(plain, OnBuild=["USER app", "WORKDIR /made/deep"])),
        "onbuild-secret": ([first], dict(plain, OnBuild=[SECRET_TRIGGER])),
        "onbuild-cache": ([first], dict(plain, OnBuild=[CACHE_TRIGGER])),
        "onbuild-bind": ([first], dict(plain, OnBuild=[BIND_TRIGGER])),
        "onbuild-from": ([first], dict(plain, OnBuild=["COPY --from=tools /tool /tool"])),
    }


def write_archive(path, name, layers, config, architecture=ARCHITECTURE):
    """Writes a docker-archive, which skopeo reads."""
    about = {
        "architecture": architecture,
        "os": "linux",
        "created": EPOCH,
        "config": config,
        "history": [{"created": EPOCH}] * len(layers),
        "rootfs": {
            "type": "layers",
            "diff_ids": ["sha256:" + hashlib.sha256(data).hexdigest() for data in layers],
        },
    }
    files = {"layer%d.tar" % number: data for number, data in enumerate(layers)}
    entry = {"Config": "config.json", "RepoTags": [name], "Layers": list(files)}
    files["config.json"] = json.dumps(about).encode()
    files["manifest.json"] = json.dumps([entry]).encode()
    with tarfile.open(path, "w") as archive:
        for file, data in files.items():
            member = tarfile.TarInfo(file)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def push_all(registry, scratch):
    """Pushes all base images to a registry without TLS."""
    for name, (layers, config) in images().items():
        _push(registry, scratch, name + ":latest", layers, config)
    for architecture in ("amd64", "arm64"):
        layers = [bare_layer(), Layer().folders("etc").file("etc/arch", architecture).bytes()]
        name = "multi:" + architecture
        _push(registry, scratch, name, layers, {"Env": [PATH]}, architecture)
    _push_index(registry, "multi", ("amd64", "arm64"))
    _push(registry, scratch, "foreign:latest", [bare_layer()], {"Env": [PATH]}, FOREIGN)


def _push(registry, scratch, name, layers, config, architecture=ARCHITECTURE):
    path = os.path.join(scratch, "base.tar")
    target = "%s/%s" % (registry, name)
    write_archive(path, target, layers, config, architecture)
    command = ["skopeo", "copy", "--quiet", "--dest-tls-verify=false"]
    subprocess.run(
        command + ["docker-archive:" + path, "docker://" + target],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    os.remove(path)


def _push_index(registry, name, architectures):
    """Pushes NAME:latest, an index of the images with the architectures as tags."""
    entries = []
    for architecture in architectures:
        headers = _head(registry, name, architecture)
        entries.append(
            {
                "mediaType": MANIFEST,
                "digest": headers["Docker-Content-Digest"],
                "size": int(headers["Content-Length"]),
                "platform": {"os": "linux", "architecture": architecture},
            }
        )
    kind = "application/vnd.docker.distribution.manifest.list.v2+json"
    index = {"schemaVersion": 2, "mediaType": kind, "manifests": entries}
    url = "http://%s/v2/%s/manifests/latest" % (registry, name)
    request = urllib.request.Request(
        url, json.dumps(index).encode(), {"Content-Type": kind}, method="PUT"
    )
    urllib.request.urlopen(request, timeout=60).close()


def _head(registry, name, tag):
    url = "http://%s/v2/%s/manifests/%s" % (registry, name, tag)
    request = urllib.request.Request(url, method="HEAD", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers


def digest_of(registry, name):
    """Returns the digest of NAME:latest, such as sha256:..."""
    return _head(registry, name, "latest")["Docker-Content-Digest"]
