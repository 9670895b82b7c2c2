"""Creates folders to send: similar to those of a project, with the same bytes every time."""

import os
import random


def make_tree(folder, files, megabytes):
    """Writes text files of various sizes; a twelfth of the files has random bytes. Returns the
    number of folders."""
    rng = random.Random(7)
    words = ["%s%s" % (a, b) for a in ("return", "const", "value", "string", "int", "for",
                                       "list", "name", "self", "build", "image", "path")
             for b in ("", "_", "s", "1", "Of", "To", "Next", ";", "(", ")", " {", " }")]
    text = " ".join(rng.choice(words) + ("\n" if i % 9 == 0 else "")
                    for i in range(200000)).encode()
    mean = megabytes * 1000000 // files
    # The largest files must fit into this buffer.
    while len(text) <= mean * 5:
        text += text
    folders = [folder]
    for i in range(files):
        if i % 9 == 0:
            parent = rng.choice(folders[-400:])
            folders.append(os.path.join(parent, "folder%d" % i)
                           if len(parent) < len(folder) + 90 else
                           os.path.join(folder, "folder%d" % i))
            os.makedirs(folders[-1])
        size = min(int(rng.expovariate(1.0 / mean)), mean * 5)
        if i % 12 == 0:
            content = rng.randbytes(size)
        else:
            start = rng.randrange(len(text) - size)
            content = text[start:start + size]
        with open(os.path.join(folders[-1], "file%d.txt" % i), "wb") as stream:
            stream.write(content)
    return len(folders) - 1
