"""Differences between two images, one line each."""

import json

# Paths that builders mount for commands.
MACHINERY = ("proc", "sys", "dev", ".dockerenv")
# Files that builders mount for commands: an empty one is the mount point, which stays.
MOUNTED = ("etc/resolv.conf", "etc/hosts", "etc/hostname")

# Fields of the config file's `config`, with the value that an absent field means.
CONFIG = {
    "Env": [],
    "Cmd": [],
    "Entrypoint": [],
    "User": "",
    "WorkingDir": "/",
    "Labels": {},
    "ExposedPorts": {},
    "Volumes": {},
    "Healthcheck": {},
    "StopSignal": "",
    "Shell": [],
    "OnBuild": [],
}
ABOUT = ("architecture", "os", "variant", "author")


def differences(expected, actual, ignore=()):
    """Returns lines such as "/a: mode 0644, not 0600": first the actual value.

    The paths of `ignore`, and paths below them, are not compared.
    """
    return _files(expected, actual, ignore) + _configs(expected.config, actual.config)


def _files(expected, actual, ignore):
    skipped = MACHINERY + tuple(path.strip("/") for path in ignore)
    links = expected.hard_links(), actual.hard_links()
    lines = []
    for path in sorted(set(expected.files) | set(actual.files)):
        if any(path == one or path.startswith(one + "/") for one in skipped):
            continue
        before, after = expected.files.get(path), actual.files.get(path)
        if path in MOUNTED and _is_mount_point(before) and _is_mount_point(after):
            continue
        if after is None:
            found = ["missing " + describe(before)]
        elif before is None:
            found = ["unexpected " + describe(after)]
        else:
            found = list(_nodes(before, after))
            group, others = (one.get(path, ()) for one in links)
            if group != others:
                found.append("hard links %s, not %s" % (_paths(others), _paths(group)))
        lines += ["/%s: %s" % (path, one) for one in found]
    return lines


def _is_mount_point(node):
    return node is None or (node.kind == "file" and node.size == 0)


def _paths(paths):
    return " ".join("/" + path for path in paths) or "none"


def describe(node):
    words = [node.kind, "%04o" % node.mode, "%d:%d" % (node.uid, node.gid)]
    if node.target:
        words.append("-> " + node.target)
    return " ".join(words)


def _nodes(before, after):
    if before.kind != after.kind:
        yield "%s, not %s" % (describe(after), describe(before))
        return
    if before.mode != after.mode:
        yield "mode %04o, not %04o" % (after.mode, before.mode)
    if (before.uid, before.gid) != (after.uid, after.gid):
        yield "owner %d:%d, not %d:%d" % (after.uid, after.gid, before.uid, before.gid)
    if before.target != after.target:
        yield "leads to %s, not %s" % (after.target, before.target)
    if before.digest != after.digest:
        yield "content %r (%d bytes), not %r (%d bytes)" % (
            after.sample,
            after.size,
            before.sample,
            before.size,
        )
    if before.device != after.device:
        yield "device %s, not %s" % (after.device, before.device)
    if before.xattrs != after.xattrs:
        yield "attributes %s, not %s" % (_attributes(after), _attributes(before))


def _attributes(node):
    return " ".join("%s=%s" % (name, data.hex()) for name, data in node.xattrs) or "none"


def _plain(key, value):
    """Returns the value in the form that is compared; an absent value is an empty one."""
    if key == "Env":
        return sorted(value or [])
    if key == "Healthcheck":
        return {name: one for name, one in (value or {}).items() if one}
    return value or CONFIG.get(key, "")


def _configs(expected, actual):
    lines = []
    inner = expected.get("config") or {}, actual.get("config") or {}
    for keys, before, after in ((CONFIG, *inner), (ABOUT, expected, actual)):
        for key in keys:
            values = [_plain(key, one.get(key)) for one in (after, before)]
            if values[0] != values[1]:
                texts = [json.dumps(one, sort_keys=True) for one in values]
                lines.append("%s: %s, not %s" % (key, *texts))
    return lines
