#!/usr/bin/env python3
"""Writes a root file system as a container image of one layer (docker-archive).

docker load, podman load, ctr images import and skopeo read the format. The
bytes depend on the files' names, modes and contents only.
"""

import argparse
import hashlib
import io
import json
import os
import platform
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
EPOCH = "1970-01-01T00:00:00Z"


def layer_member(info):
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def write_layer(rootfs, path):
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as layer:
        for folder, folders, files in os.walk(rootfs):
            folders.sort()
            links = [n for n in folders if os.path.islink(os.path.join(folder, n))]
            if folder != rootfs:
                layer.add(
                    folder,
                    os.path.relpath(folder, rootfs),
                    recursive=False,
                    filter=layer_member,
                )
            for name in sorted(files + links):
                file = os.path.join(folder, name)
                # A new TarFile would call a second hard link a link; so would
                # this one, were its table of inodes not emptied.
                layer.inodes = {}
                layer.add(
                    file,
                    os.path.relpath(file, rootfs),
                    recursive=False,
                    filter=layer_member,
                )


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def add_bytes(archive, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def write_image(rootfs, config, names, out):
    layer = out + ".layer"
    try:
        write_layer(rootfs, layer)
        layer_id = sha256_of(layer)
        image = {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "config": config,
            "created": EPOCH,
            "history": [{"created": EPOCH}],
            "os": "linux",
            "rootfs": {"diff_ids": ["sha256:" + layer_id], "type": "layers"},
        }
        image_bytes = json.dumps(image, sort_keys=True).encode()
        image_name = hashlib.sha256(image_bytes).hexdigest() + ".json"
        manifest = [
            {
                "Config": image_name,
                "Layers": [layer_id + "/layer.tar"],
                "RepoTags": names,
            }
        ]
        with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as archive:
            add_bytes(archive, "manifest.json", json.dumps(manifest).encode())
            add_bytes(archive, image_name, image_bytes)
            info = tarfile.TarInfo(layer_id + "/layer.tar")
            info.size = os.path.getsize(layer)
            with open(layer, "rb") as stream:
                archive.addfile(info, stream)
    finally:
        if os.path.exists(layer):
            os.remove(layer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rootfs", required=True)
    parser.add_argument("--config", required=True, help="JSON: Env, Entrypoint ...")
    parser.add_argument("--name", required=True, action="append", help="repository:tag")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    with open(args.config, encoding="utf-8") as stream:
        config = json.load(stream)
    write_image(args.rootfs, config, args.name, args.out)


main()
