"""Random cases: Dockerfiles that people could write, and the files that they copy.

A seed always gives the same case. What the stages have is known while their lines are
written, so that most of the cases can be built.
"""

import dataclasses
import random

import case as cases

# Folders of the base images, and symlinks to folders.
_UPPER = "/bin /etc /opt /srv /tmp /usr/bin /usr/lib /usr/local/bin /var/lib /home/app /root".split()
_OPT = "/opt/dir /opt/shared /opt/private /opt/to-dir /opt/to-dir-absolute".split()
_FOLDERS = {
    "base": _UPPER + _OPT,
    "alpine": _UPPER + _OPT,
    "layers": _UPPER + "/opt/dir /opt/shared /opt/to-dir".split(),
    "caps": _UPPER + _OPT,
    "merged": _UPPER + "/run /var/run /usr/sbin /sbin".split(),
    "slim": _UPPER + "/run /var/run /var/www /home/node".split(),
    "full": _UPPER + _OPT,
    "bare": "/bin /etc /home/app /root".split(),
}
_FILES = {
    "base": "/opt/file /opt/setuid /opt/to-file /opt/private/key /usr/local/pair/one /etc/passwd".split(),
    "merged": ["/etc/passwd"],
    "bare": ["/etc/passwd"],
}
_OWNERS = "app 1000 1000:1001 app:staff 0:0 1234:1234 daemon :50 root".split()
_MODES = "0644 0755 0600 0700 0640 0750 2755 4755 1777 g+w u=rwx,go=rx a-w".split()
_NAMES = "a b.txt app conf data index.html lib run.sh .env x-1 Main.java".split()
_ODD_NAMES = ("two words", "[id]", "\u00fc", "a'b", "a,b", "~x", "a+b", "$x")
_VARIABLES = ("A", "B", "VERSION", "EMPTY")
_VALUES = (
    "1",
    "x/y",
    "",
    '"two words"',
    "'$A'",
    "a\\ b",
    '"q\\"q"',
    "$A",
    "${A:-none}",
    "${A:+set}",
    "${A-}",
    "${VERSION}z",
    "${B#x}",
    "${B%%/*}",
    "${B/x/z}",
    "\\$A",
)


@dataclasses.dataclass
class _Stage:
    name: str
    base: str
    shell: bool
    folders: list
    files: list
    user: str = ""
    variables: list = dataclasses.field(default_factory=list)


class _Writer:
    def __init__(self, seed):
        self._random = random.Random(seed)
        self._sections = []  # (what stands between the dashes, text)
        self._folders = []  # of the context
        self._files = []
        self._setup = []
        self._stages = []
        self._lines = []
        self._archives = False

    def text(self, why):
        self._write_context()
        if self._chance(0.2):
            self._lines.append("ARG VERSION=%s" % self._pick(("1.2", "'1 2'", '"x"')))
        for number in range(self._pick((1, 1, 2, 2, 3))):
            self._write_stage(number)
        parts = ["why: %s\n" % why]
        parts += ["setup: %s\n" % line for line in self._setup]
        parts.append("-- Dockerfile --\n%s\n" % "\n".join(self._lines))
        parts += ["-- %s --\n%s" % section for section in self._sections]
        return "".join(parts)

    def _pick(self, values):
        return self._random.choice(list(values))

    def _chance(self, part):
        return self._random.random() < part

    def _name(self):
        return self._pick(_ODD_NAMES if self._chance(0.04) else _NAMES)

    # The context.

    def _write_context(self):
        self._folders = [""]
        for _ in range(self._pick((1, 2, 3))):
            self._folders.append(_join(self._pick(self._folders), self._pick(("src", "web", "etc", "deep"))))
        for number in range(self._pick((2, 4, 6, 9))):
            path = _join(self._pick(self._folders), self._name())
            if path in self._files + self._folders:
                continue
            mode = self._pick(("", "", "", " (0755)", " (0600)", " (0640)", " (0444)"))
            self._sections.append((path + mode, "file %d\n" % number))
            self._files.append(path)
        self._folders = [one for one in self._folders[1:] if any(f.startswith(one + "/") for f in self._files)]
        self._folders = sorted(set(self._folders))
        if self._chance(0.3):
            self._write_link()
        if self._folders and self._chance(0.3):
            self._setup.append("chmod %s '%s'" % (self._pick(("0700", "0775", "2755", "1777")), self._pick(self._folders)))
        if self._chance(0.1):
            file = self._pick(self._files)
            self._setup.append('ln "%s" "%s-hard"' % (file.replace("$", "\\$"), file.replace("$", "\\$")))
        if self._chance(0.15):
            rules = self._random.sample(("*.txt", "web", "!web/a", "**/.env", "src/*", "conf/"), 2)
            self._sections.append((".dockerignore", "".join(rule + "\n" for rule in rules)))

    def _write_link(self):
        folder = self._pick([""] + self._folders)
        path = _join(folder, self._pick(("link", "current")))
        targets = ["nowhere", "/etc/passwd", "/opt"] + [_name_of(one) for one in self._files if _folder_of(one) == folder]
        targets += [_name_of(one) for one in self._folders if _folder_of(one) == folder]
        self._sections.append(("%s -> %s" % (path, self._pick(targets)), ""))
        self._files.append(path)

    # The Dockerfile.

    def _write_stage(self, number):
        earlier = [one for one in self._stages if not one.name.isdigit()]
        name = self._pick(("", "build", "deps")) if self._stages == [] else self._pick(("", "final"))
        if earlier and self._chance(0.1):
            stage = dataclasses.replace(self._pick(earlier))
            stage.folders, stage.files = list(stage.folders), list(stage.files)
            base = stage.name
        elif number > 0 and self._chance(0.15):
            base, stage = "scratch", _Stage("", "scratch", False, ["/"], [])
        else:
            image = self._pick(_FOLDERS)
            base = "{registry}/" + image
            files = _FILES.get(image, _FILES["base"] if "/opt/dir" in _FOLDERS[image] else ["/etc/passwd"])
            if image == "layers":
                files = ["/opt/dir/new", "/opt/setuid"]
            stage = _Stage("", image, image != "bare", list(_FOLDERS[image]), list(files))
            stage.user = "app" if image == "full" else ""
        if any(one.name == name for one in self._stages):
            name = ""
        self._lines.append("FROM %s%s" % (base, " AS " + name if name else ""))
        stage.name = name or str(number)
        for _ in range(self._pick((2, 4, 6, 8))):
            self._write_instruction(stage)
        if self._stages:
            self._lines.append(self._from(stage))
        # A stage without a name is copied from by its number.
        self._stages.append(stage)

    def _write_instruction(self, stage):
        kinds = ["copy"] * 6 + ["config"] * 4 + ["workdir"] * 2 + ["user", "add", "archive", "heredoc", "image"]
        kinds += ["run"] * 8 * stage.shell + ["from"] * 5 * bool(self._stages) + ["mount"] * stage.shell
        line = getattr(self, "_" + self._pick(kinds))(stage)
        if line:
            self._lines.append(self._decorated(line))

    def _decorated(self, line):
        """Other ways to write the same."""
        choice = self._random.random()
        name, _, rest = line.partition(" ")
        if "<<" in line or choice > 0.1:
            return line
        if choice < 0.03:
            return name.lower() + " " + rest
        if choice < 0.06:
            return "  %s   %s" % (name, rest)
        return "%s \\\n# a comment\n  %s" % (name, rest)

    def _target(self, stage, must_be_folder):
        """Returns the last word of a COPY, and the folder or file that it makes."""
        kind = self._random.random()
        folder = self._pick(stage.folders)
        if kind < 0.3:
            path = folder if self._chance(0.5) and not must_be_folder else folder.rstrip("/") + "/"
        elif kind < 0.45:
            path = self._pick((".", "./", "sub/", "./sub/deep/"))
        elif kind < 0.75 or must_be_folder:
            path = self._pick(("/app/", "/new/deep/", folder.rstrip("/") + "/new/", "/srv/x/"))
        else:
            path = self._pick(("/app", "/new/file", folder.rstrip("/") + "/" + self._pick(_NAMES)))
        if stage.variables and self._chance(0.05):
            path = "/$%s/" % self._pick(stage.variables)
        return path

    def _flags(self, link=True):
        flags = []
        if self._chance(0.2):
            flags.append("--chown=" + self._pick(_OWNERS))
        if self._chance(0.15):
            flags.append("--chmod=" + self._pick(("0755", "0600", "644", "0750", "u=rwX,go=rX")))
        if link and self._chance(0.05):
            flags.append("--link")
        return flags

    def _copy(self, stage):
        sources = [self._source() for _ in range(self._pick((1, 1, 1, 2)))]
        many = len(sources) > 1 or any("*" in one for one in sources)
        return self._copy_line("COPY", self._flags(), sources, self._target(stage, many), stage)

    def _add(self, stage):
        return self._copy_line("ADD", self._flags(), [self._source()], self._target(stage, True), stage)

    def _source(self):
        choice = self._random.random()
        if choice < 0.1:
            return "."
        if choice < 0.35 and self._folders:
            return self._pick(self._folders) + self._pick(("", "/"))
        if choice < 0.5:
            folder = self._pick([""] + self._folders)
            return _join(folder, self._pick(("*", "*.txt", "?pp", "[a-c]*")))
        return self._pick(self._files)

    def _copy_line(self, name, flags, sources, target, stage):
        """A JSON array if a word needs it."""
        made = target.rstrip("/")
        if made.startswith("/") and "$" not in made and made:
            known = stage.folders if target.endswith("/") else stage.files
            if made not in stage.folders + stage.files:
                known.append(made)
            if target.endswith("/"):
                for source in sources:
                    if "*" not in source and source in self._files:
                        stage.files.append(made + "/" + _name_of(source))
        words = [one.replace("$", "\\$") for one in sources]
        if any(c in one for one in sources for c in " '\""):
            return "%s %s" % (name, " ".join(flags + [_json(words + [target])]))
        return " ".join([name] + flags + words + [target])

    def _from(self, stage):
        source = self._pick(self._stages)
        choice = self._random.random()
        if choice < 0.5 and source.files:
            path = self._pick(source.files)
        elif choice < 0.6:
            path = self._pick(source.folders).rstrip("/") + "/*"
        else:
            small = [one for one in source.folders if one not in ("/bin", "/usr/bin", "/", "/etc", "/usr/lib")]
            path = self._pick(small or ["/etc/passwd"]) + self._pick(("", "/"))
        flags = ["--from=" + source.name] + self._flags()
        return self._copy_line("COPY", flags, [path], self._target(stage, "*" in path), stage)

    def _workdir(self, stage):
        path = self._pick(("/app", "/new/work", "sub", self._pick(stage.folders), "/srv", "/w/$A", "${EMPTY:-up}/.."))
        if path.startswith("/") and "$" not in path and path not in stage.folders:
            stage.folders.append(path)
        return "WORKDIR " + path

    def _user(self, stage):
        stage.user = self._pick(("app", "1000", "1000:50", "root", "0"))
        return "USER " + stage.user

    def _config(self, stage):
        name = self._pick(_VARIABLES)
        kind = self._pick("env env env arg arg label expose volume cmd entrypoint shell stop health onbuild".split())
        if kind in ("env", "arg"):
            stage.variables.append(name)
            return self._variable(kind.upper(), name)
        if kind == "shell":
            return 'SHELL ["/bin/sh", "-ec"]' if stage.shell else None
        return {
            "label": 'LABEL x=%s "y z"="$A"' % self._pick(_VALUES),
            "expose": "EXPOSE %s" % self._pick(("80", "80/udp", "1-3", "${PORT:-81}", "80 443/tcp")),
            "volume": "VOLUME %s" % self._pick(("/data", '["/data", "/opt/x"]', "/opt/dir", "/v/$A")),
            "cmd": "CMD %s" % self._pick(('["a", "b"]', "echo $A", "exec sh", '["$A"]', "[a]")),
            "entrypoint": "ENTRYPOINT %s" % self._pick(('["/app"]', "run me", "[]")),
            "stop": "STOPSIGNAL %s" % self._pick(("SIGTERM", "9", "${S:-KILL}")),
            "health": "HEALTHCHECK %s" % self._pick(("NONE", "--interval=3s CMD true", 'CMD ["a", "$A"]')),
            "onbuild": "ONBUILD %s" % self._pick(("RUN true", "COPY . /x", "ENV A=$A")),
        }[kind]

    def _variable(self, word, name):
        value = self._pick(_VALUES)
        if word == "ARG":
            return "ARG " + self._pick((name, "%s=%s" % (name, value)))
        if self._chance(0.2):
            return "ENV %s=%s %s=%s" % (name, value, self._pick(_VARIABLES), self._pick(_VALUES))
        return "ENV " + self._pick(("%s=%s" % (name, value),) * 4 + ("%s old form" % name,))

    def _heredoc(self, stage):
        path = self._pick(("/app/text", "/new/here/", "/opt/here"))
        name, text = self._pick(("text", "conf")), self._pick(("$A\n", "a\n\tb\n", "\\$A \"x\"\n"))
        stage.files.append(path + name if path.endswith("/") else path)
        word = self._pick((name, "'%s'" % name, '"%s"' % name))
        return "COPY %s <<%s %s\n%s%s" % (" ".join(self._flags(link=False)), word, path, text, name)

    def _archive(self, stage):
        """ADD unpacks it."""
        plain = [one for one in self._files if one.replace("/", "").replace(".", "").isalnum()]
        if not plain or self._archives:
            return None
        self._archives = True
        flags, name = self._pick((("-cf", "a.tar"), ("-czf", "a.tgz"), ("-cJf", "a.tar.xz")))
        self._setup.append("tar %s %s %s" % (flags, name, " ".join(sorted(set(plain[:3])))))
        target = self._target(stage, True)
        return "ADD %s" % " ".join(self._flags(link=False) + [name, target])

    def _image(self, stage):
        image = self._pick(("base", "merged", "caps"))
        path = self._pick(_FILES["base"] + ["/opt/dir", "/opt/shared"] if image != "merged" else ["/etc/passwd", "/etc/"])
        flags = ["--from={registry}/" + image] + self._flags()
        return self._copy_line("COPY", flags, [path], self._target(stage, False), stage)

    def _mount(self, stage):
        if stage.user not in ("", "root", "0"):
            return None
        stage.files.append("/mounted")
        mount = self._pick(
            (
                "type=bind,target=/b cat /b/%s > /mounted" % "Dockerfile",
                "type=cache,target=/opt/cache,id=r%d touch /opt/cache/x /mounted" % self._random.randrange(10**9),
                "type=tmpfs,target=/opt/tmp touch /opt/tmp/x /mounted",
            )
        )
        return "RUN --mount=" + mount

    def _run(self, stage):
        commands = [self._command(stage) for _ in range(self._pick((1, 1, 2, 3)))]
        line = "RUN " + self._pick((" && ", " && ", "; ")).join(commands)
        if self._chance(0.08):
            line = "RUN <<END\n%s\nEND" % "\n".join(commands)
        return line

    def _command(self, stage):
        if stage.user not in ("", "root", "0"):
            return self._command_of_user(stage)
        folder, file = self._pick(stage.folders), self._pick(stage.files or ["/etc/passwd"])
        new = folder.rstrip("/") + "/" + self._pick(("made", "m2", "out", "bin", ".hidden"))
        kind = self._pick("mkdir write write chmod chown rm mv cp link hard touch umask tree".split())
        if new in stage.folders + stage.files and kind not in ("chmod", "chown"):
            kind = "write" if new in stage.files else "chmod"
        either = self._pick((folder, file))
        if kind in ("mkdir", "tree", "umask"):
            stage.folders.append(new)
        elif kind in ("write", "mv", "cp", "link", "hard", "touch"):
            stage.files.append(new)
        if kind == "mv":
            stage.files = [one for one in stage.files if one != file] or [new]
        if kind == "rm" and file in stage.files:
            stage.files.remove(file)
        return {
            "mkdir": "mkdir -p %s" % new,
            "write": "echo %s > %s" % (self._pick(("1", '"$A|$B|$VERSION"', "text", "`pwd`", "$HOME")), new),
            "chmod": "chmod %s%s %s" % (self._pick(("", "-R ")) if "/bin" not in either else "", self._pick(_MODES), either),
            "chown": "chown %s%s %s" % (self._pick(("", "-R ", "-h ")), self._pick(_OWNERS), either),
            "rm": "rm -rf %s" % file,
            "mv": "mv %s %s" % (file, new),
            "cp": "cp %s %s %s" % (self._pick(("-a", "-r", "-p")), file, new),
            "link": "ln -s %s %s" % (self._pick((file, folder, "nowhere")), new),
            "hard": "touch %s && ln %s %s.2" % (new, new, new),
            "touch": "touch %s" % new,
            "umask": "(umask 027 && mkdir -p %s/x && touch %s/x/f)" % (new, new),
            "tree": "mkdir -p %s/a/b && echo t > %s/a/b/f && chmod 0700 %s/a" % (new, new, new),
        }[kind]

    def _command_of_user(self, stage):
        path = "/tmp/" + self._pick(("u1", "u2"))
        if path in stage.files + stage.folders:
            return "id"
        if self._chance(0.5):
            stage.files.append(path)
            return "touch %s" % path
        stage.folders.append(path)
        return "mkdir %s && touch %s/f && ln -s f %s/link" % (path, path, path)


def _join(folder, name):
    return folder + "/" + name if folder else name


def _folder_of(path):
    return path.rpartition("/")[0]


def _name_of(path):
    return path.rpartition("/")[2]


def _json(words):
    return "[%s]" % ", ".join('"%s"' % one.replace("\\", "\\\\") for one in words)


def generate(seed):
    """Returns the Case of a seed."""
    text = _Writer(seed).text("random, seed %d" % seed)
    return cases.parse("random/%d" % seed, text.encode())
