"""What an editor with yaml-language-server shows for a devspace.yaml. `|` is the cursor."""

_KANIKO = "images:\n  app:\n    image: john/app\n    build:\n      kaniko:\n"


def kaniko(text):
    """A document with these lines under `kaniko`; its first line is line 6."""
    return _KANIKO + "".join("        %s\n" % line for line in text.splitlines())


def image(text):
    """A document with these lines in an image; its first line is line 4."""
    return "images:\n  app:\n    image: john/app\n" + "".join("    %s\n" % line for line in text.splitlines())


# Each document with its diagnostics, "LINE: MESSAGE".
MISTAKES = [
    (
        "images: 5\n",
        ["1: Must be an object."],
    ),
    (
        "images:\n  app: x\n",
        ["2: Must be an object."],
    ),
    (
        "images:\n  app: {}\n",
        ['2: Missing property "image".'],
    ),
    (
        "image:\n  app: {image: a}\n",
        ["1: Property image is not allowed."],
    ),
    (
        "images:\n  app:\n    image: john/app:1.0\n",
        ["3: Not a valid image name: write [REGISTRY[:PORT]/]PATH in lower case, without a tag, such as `registry.example.com/team/app`."],
    ),
    (
        "images:\n  app:\n    image: John/App\n",
        ["3: Not a valid image name: write [REGISTRY[:PORT]/]PATH in lower case, without a tag, such as `registry.example.com/team/app`."],
    ),
    (
        "images:\n  app:\n    image: [a]\n",
        ["3: Must be a string."],
    ),
    (
        "version: v3\n",
        ['1: Value is not accepted. Valid values: "v1alpha1", "v1alpha2", "v1alpha3", "v1alpha4", "v1beta1", "v1beta2", "v1beta3", "v1beta4", "v1beta5", "v1beta6", "v1beta7", "v1beta8", "v1beta9".'],
    ),
    (
        "- images\n",
        ["1: Must be an object."],
    ),
    (
        image("tags: latest"),
        ["4: Must be a list."],
    ),
    (
        image("tags: [a b]"),
        ["4: Not a valid image tag: use at most 128 of A-Z, a-z, 0-9, `_`, `.` and `-`, with neither `.` nor `-` first."],
    ),
    (
        image("tags: [a, a]"),
        ["4: Array has duplicate items."],
    ),
    (
        image("tag: latest"),
        ["4: Property tag is not allowed."],
    ),
    (
        image("createPullSecret: true"),
        ["4: `createPullSecret` has no effect on builds. `build.kaniko.pullSecret` sets the credentials that kaniko uses."],
    ),
    (
        image("platforms: [windows/amd64]"),
        ["4: Not a valid platform: write linux/ARCHITECTURE[/VARIANT], such as `linux/amd64`, `linux/arm64` or `linux/arm/v7`."],
    ),
    (
        image("build:\n  custom:\n    command: ''"),
        ["6: String is shorter than the minimum length of 1."],
    ),
    (
        image("build:\n  custom:\n    args: [a]"),
        ['5: Missing property "command".'],
    ),
    (
        image("build:\n  disabled: maybe"),
        ["5: Must be `true` or `false`."],
    ),
    (
        image("build:\n  docker:\n    options: {secrets: [{id: a}]}"),
        ["6: Set one of `env`, `file`, `secret`."],
    ),
    (
        image("build:\n  docker:\n    options: {secrets: [{id: a, env: B, file: c}]}"),
        ["6: `file` cannot be given together with `env`. Keep one of them."],
    ),
    (
        kaniko("cache: maybe"),
        ["6: Must be `true` or `false`."],
    ),
    (
        kaniko("cache: [true]"),
        ["6: Must be `true` or `false`."],
    ),
    (
        kaniko("snapshotMode: fll"),
        ['6: Value is not accepted. Valid values: "time", "full", "redo".'],
    ),
    (
        kaniko("snapshotMode: {full: true}"),
        ['6: Value is not accepted. Valid values: "time", "full", "redo".'],
    ),
    (
        kaniko("namespace: My_Namespace"),
        ["6: Not a valid DNS label: use at most 63 of a-z, 0-9 and `-`, with a letter or digit at both ends."],
    ),
    (
        kaniko("timeout: 30"),
        ["6: Not a valid duration: write numbers with the units h, m, s or ms, such as `30s` or `1h30m`."],
    ),
    (
        kaniko("timeout: soon"),
        ["6: Not a valid duration: write numbers with the units h, m, s or ms, such as `30s` or `1h30m`."],
    ),
    (
        kaniko("options:\n  network: host"),
        ["7: `network` has no effect with kaniko: its RUN instructions use the network of the build pod."],
    ),
    (
        kaniko("labels: {my label: x}"),
        ["6: Not a valid Kubernetes name: write [PREFIX/]NAME, such as `app` or `example.com/team`; NAME has at most 63 of A-Z, a-z, 0-9, `-`, `_` and `.`."],
    ),
    (
        kaniko("env: [A]"),
        ["6: Must be an object."],
    ),
    (
        kaniko("resources: {limits: {memory: 4 GB}}"),
        ["6: Not a valid Kubernetes quantity: write a number with a unit, such as `500m`, `2` or `1Gi`."],
    ),
    (
        kaniko("registryMirrors: ['https://mirror']"),
        ["6: Must be a registry host, optionally with a port and a path, without `https://`."],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: /x"),
        ["7: Set one of `secret`, `configMap`."],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: /x\n  secret:"),
        ["8: Set one of `secret`, `configMap`."],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: /x\n  secret: {name: a}\n  configMap: {name: b}"),
        ["9: `configMap` cannot be given together with `secret`. Keep one of them."],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: x\n  secret: {name: a}"),
        ["7: Not a valid absolute path: start with `/`, and use no `..` and no `:`."],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: /x\n  secret: {name: a, defaultMode: 0888}"),
        ["8: Value is above the maximum of 777."],
    ),
    (
        kaniko("securityContext: {runAsUser: -1}"),
        ["6: Value is below the minimum of 0."],
    ),
    (
        kaniko("securityContext: {runAsUser: root}"),
        ["6: Must be an integer."],
    ),
    (
        "images: {app: {image: a}}\nhooks:\n- when: {before: {images: all}}\n",
        ['3: Missing property "command".'],
    ),
    (
        "images: {app: {image: a}}\nvars:\n- name: a b\n",
        ["3: Must be a variable name: letters, digits, `_`, `.`, `-`."],
    ),
    (
        "images: {app: {image: a}}\nvars:\n- name: A\n  source: file\n",
        ['4: Value is not accepted. Valid values: "all", "env", "input", "none".'],
    ),
]

# Documents without a mistake: `validate` accepts them, too.
GOOD = [
    image("tags: [1.2, yes]"),
    kaniko("cache: yes"),
    kaniko("cache: Off"),
    kaniko("cache: ${CACHE}\nsnapshotMode: ${MODE}\nnamespace: ${NAMESPACE}"),
    kaniko("cache:\nsnapshotMode:\nnamespace:\nlabels:\nargs:\noptions:"),
    kaniko("additionalMounts:\n- mountPath: /x\n  secret: {name: a, defaultMode: 0644}\n  configMap:"),
    image("build:\n  docker: {options: {network: host}}"),
]

# All that is offered, in the editor's order.
COMPLETION = [
    (
        "images:\n  |",
        [
            "backend: ... -> backend:\n  image: john/appbackend",
            "backend: ..., frontend: ... -> backend:\n  image: john/appbackend\n  build:\n    kaniko:\n      cache: true\nfrontend:\n  image: dscr.io/john/appfrontend\n  build:\n    kaniko:\n      cache: false",
        ],
    ),
    (
        kaniko("cache: |"),
        [
            "false",
            "true",
        ],
    ),
    (
        kaniko("snapshotMode: |"),
        [
            "full",
            "redo",
            "time",
        ],
    ),
    (
        kaniko("image: |"),
        [
            "ghcr.io/osscontainertools/kaniko:v1.28.3",
            "gcr.io/kaniko-project/executor:v0.17.1",
            "gcr.io/kaniko-project/executor:v0.19.0",
            "gcr.io/kaniko-project/executor:v1.24.0",
        ],
    ),
    (
        kaniko("options:\n  target: |"),
        ["production"],
    ),
    (
        kaniko("timeout: |"),
        [
            "1h30m",
            "2h",
            "30m",
        ],
    ),
    (
        kaniko("options: |"),
        ['target: production, buildArgs: ... -> \n  target: production\n  buildArgs:\n    VERSION: "1.2"'],
    ),
    (
        kaniko("resources: |"),
        ['requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: "2", me... -> \n  requests:\n    cpu: 500m\n    memory: 1Gi\n  limits:\n    cpu: "2"\n    memory: 4Gi'],
    ),
    (
        kaniko("additionalMounts:\n- mountPath: /x\n  secret:\n    name: a\n    defaultMode: |"),
        ["0400"],
    ),
    (
        image("tags: |"),
        [
            '["latest","v1.2"] -> \n  - ${1:latest}\n  - ${2:v1.2}\n',
            '["latest"] -> \n  - ${1:latest}\n',
        ],
    ),
    (
        "vars:\n- name: A\n  source: |\n",
        [
            "all",
            "env",
            "input",
            "none",
        ],
    ),
]

# Some of what is offered.
COMPLETION_HAS = [
    (kaniko("|"), ["additionalMounts -> additionalMounts:\n  - ", "namespace -> namespace: ${1:build-namespace}"]),
    (image("|"), ["tags -> tags:\n  - "]),
]

# What is not offered.
COMPLETION_LACKS = [
    (image("|"), ["createPullSecret"]),
    (kaniko("options:\n  target: |"), ["true", "false", "null", '""']),
    (kaniko("labels:\n  a: |"), ["true", "false", "null"]),
    ("images:\n  |", ["[object Object]", "null"]),
    ("images: |\n", ["null"]),
    (kaniko("args:\n- |"), ["true", "false", "null"]),
]

# Parts of the hover.
HOVER = [
    (kaniko("ca|che: true"), ["images.\\*.build.kaniko.cache", "reuses it", "Default: `true`"]),
    (kaniko("snapshot|Mode: full"), ["build.kaniko.snapshotMode", "Default: `redo` with executors of 0.24 or later, else `time`", "* `redo`: Compares time"]),
    (kaniko("ima|ge: a"), ["Default: `gcr.io/kaniko-project/executor:v0.17.1`", "Recommended: `ghcr.io/osscontainertools/kaniko:v1.28.3`", "```yaml\ngcr.io/kaniko-project/executor:v1.24.0\n```"]),
    (kaniko("opt|ions:\n  target: a"), ["images.\\*.build.kaniko.options", "Options of the build", "```yaml\ntarget: production\nbuildArgs:\n"]),
    (kaniko("time|out: 1h"), ["Default: `2h`", "Since Ovenbird 0.1", "```yaml\n1h30m\n```"]),
    ("ima|ges:\n  a: {image: b}\n", ["#### images", "```yaml\nbackend:\n  image: john/appbackend\n```"]),
    (image("cre|atePullSecret: true"), ["images.\\*.createPullSecret", "It has no effect on builds"]),
    (kaniko("name|space: a"), ["Default: none", "Engines: kubernetes"]),
]
