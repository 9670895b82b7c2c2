"""The web server that ADD cases download from."""

import contextlib
import functools
import gzip
import http.server
import io
import lzma
import os
import tarfile
import threading

TIME = 1577836800  # The modification time of all files.


def archive():
    """Returns a tar archive with owners, modes, a link and a hard link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, kind, mode, owner, data, target in (
            ("top", tarfile.DIRTYPE, 0o750, (3, 4), b"", ""),
            ("top/file", tarfile.REGTYPE, 0o640, (5, 6), b"in a tar\n", ""),
            ("top/link", tarfile.SYMTYPE, 0o777, (0, 0), b"", "file"),
            ("top/same", tarfile.LNKTYPE, 0o640, (5, 6), b"", "top/file"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.linkname = kind, mode, target
            (member.uid, member.gid), member.size, member.mtime = owner, len(data), TIME
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def contents():
    """Returns name -> bytes."""
    tar = archive()
    return {
        "text": b"text of the web\n",
        "a.tar": tar,
        "a.tar.gz": gzip.compress(tar, mtime=0),
        "a.tar.xz": lzma.compress(tar),
        "packed.gz": gzip.compress(b"no tar\n", mtime=0),
    }


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def do_GET(self):
        if self.path != "/moved":
            return super().do_GET()
        self.send_response(302)
        self.send_header("Location", "/text")
        self.end_headers()
        return None


@contextlib.contextmanager
def served(folder):
    """Runs the server, with its files in a new folder; yields its URL."""
    os.makedirs(folder)
    for name, data in contents().items():
        path = os.path.join(folder, name)
        with open(path, "wb") as stream:
            stream.write(data)
        os.utime(path, (TIME, TIME))
    handler = functools.partial(_Handler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
