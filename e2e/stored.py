"""What the registries of the cluster have stored: their folders on this machine."""

import glob
import os

REPOSITORIES = "/registries/*/docker/registry/v2/repositories"


def repositories(state, prefix):
    """Returns the repositories below the folder PREFIX: {name: (tags, uploads not ended)}.
    `state` is the cluster's folder. Several registries may have a repository of the same name:
    theirs are joined."""
    found = {}
    for top in glob.glob(state + REPOSITORIES + "/" + prefix):
        for folder, folders, _ in os.walk(top):
            if not {"_layers", "_manifests", "_uploads"}.isdisjoint(folders):
                name = prefix + folder[len(top) :]
                tags, uploads = found.setdefault(name, (set(), set()))
                tags.update(_names(folder + "/_manifests/tags"))
                uploads.update(_names(folder + "/_uploads"))
            folders[:] = [one for one in folders if not one.startswith("_")]
    return found


def _names(folder):
    return os.listdir(folder) if os.path.isdir(folder) else []
