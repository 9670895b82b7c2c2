"""The rules of defs.bzl. Each packs the project's files into an archive first.

In Bazel's sandbox, and among the files that a program finds at run time, sources are links
whose absolute targets are outside of the image. The archive has the files
themselves, with fixed times and owners: the same sources give the same tag everywhere.
"""

# The time of all files: 2000-01-01. Programs that make zip files refuse 1970.
_MTIME = 946684800

# Bazel makes each file that it builds read-only and executable: 0555 becomes 0755 in the image.
_MODE = "u=rwX,go=rX"

_PROJECT = {
    "config": attr.label(
        allow_single_file = True,
        doc = "The `devspace.yaml`. Instead of it: `repository` and `dockerfile`.",
    ),
    "dockerfile": attr.label(
        allow_single_file = True,
        doc = "Without `config`: the Dockerfile of the one image. Its folder is the build context.",
    ),
    "images": attr.string_list(doc = "Keys under `images`; the default is all."),
    "kaniko": attr.string_dict(doc = "Without `config`: options under `kaniko`, such as `{\"serviceAccount\": \"builder\"}`."),
    "profiles": attr.string_list(doc = "Profiles to apply, in this order, as with `--profile`."),
    "remote_tags": attr.string_list(doc = "Tags instead of those of the config, as `remote_tags` of rules_oci."),
    "repository": attr.string(doc = "Without `config`: the repository of the one image."),
    "srcs": attr.label_list(
        allow_files = True,
        doc = "The files that the config names: Dockerfiles and build contexts, also those that Bazel builds.",
    ),
    "vars": attr.string_dict(doc = "Values of config variables, as with `--var`."),
    # It runs on the machine that builds; the usual build has one platform, and compiles it once.
    "_ovenbird": attr.label(
        default = "//tools:ovenbird",
        executable = True,
        cfg = "target",
    ),
}

def _place(file):
    """The path in the archive: the one in the workspace."""
    path = file.short_path
    return "external/" + path[3:] if path.startswith("../") else path

def _config(ctx):
    """The config, and the files that it needs."""
    attrs = ctx.attr
    if ctx.file.config:
        if ctx.file.dockerfile or attrs.repository or attrs.kaniko:
            fail("either `config`, or `repository`, `dockerfile` and `kaniko`")
        return ctx.file.config, [ctx.file.config]
    if not ctx.file.dockerfile or not attrs.repository:
        fail("`config` is missing; or set `repository` and `dockerfile`")
    config = ctx.actions.declare_file(ctx.label.name + ".devspace.yaml")
    dockerfile = _place(ctx.file.dockerfile)
    folder = ctx.label.package + "/" if ctx.label.package else ""
    if not dockerfile.startswith(folder):
        fail("`dockerfile` must be in this package or below it")
    kaniko = {"image": "ghcr.io/osscontainertools/kaniko:v1.28.3"}
    kaniko.update(attrs.kaniko)
    dockerfile = dockerfile[len(folder):]
    image = {
        "image": attrs.repository,
        "context": dockerfile.rpartition("/")[0] or ".",
        "dockerfile": dockerfile,
        "build": {"kaniko": kaniko},
    }
    ctx.actions.write(config, struct(version = "v1beta9", images = {ctx.label.name: image}).to_json() + "\n")
    return config, [config, ctx.file.dockerfile]

def _pack(ctx):
    """Packs the project. Returns the archive, and the config's path in it."""
    config, needed = _config(ctx)
    files = depset(needed, transitive = [src.files for src in ctx.attr.srcs])
    archive = ctx.actions.declare_file(ctx.label.name + ".project.tar")
    names = ctx.actions.args()
    names.use_param_file("--files-from=%s", use_always = True)
    names.set_param_file_format("multiline")
    names.add_all(files)
    ctx.actions.run_shell(
        command = "exec tar --create \"$@\"",
        arguments = [
            "--file=" + archive.path,
            "--format=gnu",
            "--no-recursion",
            "--dereference",
            "--hard-dereference",
            "--mtime=@%d" % _MTIME,
            "--mode=" + _MODE,
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--transform=flags=r;s,^%s/,," % ctx.bin_dir.path,
            "--verbatim-files-from",
            names,
        ],
        inputs = files,
        outputs = [archive],
        mnemonic = "OvenbirdPack",
        progress_message = "Packing the project of %s" % ctx.label,
    )
    return archive, _place(config)

def _arguments(ctx):
    """The words of the command line after the config."""
    words = []
    for name, value in ctx.attr.vars.items():
        words += ["--var", "%s=%s" % (name, value)]
    for profile in ctx.attr.profiles:
        words += ["--profile", profile]
    return words

def _images(ctx):
    """The tags and images: not for `validate`, which checks the whole config."""
    words = []
    for tag in ctx.attr.remote_tags:
        words += ["--tag", tag]
    return words + (["--"] + ctx.attr.images if ctx.attr.images else [])

def _quoted(words):
    return " ".join(["'" + word.replace("'", "'\\''") + "'" for word in words])

def _program(ctx, template, archive, words):
    """A script that runs the tool on the project, with its runfiles."""
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        template = template,
        output = script,
        substitutions = {
            "{arguments}": _quoted(words),
            "{label}": str(ctx.label),
            "{ovenbird}": ctx.executable._ovenbird.short_path,
            "{project}": archive.short_path,
        },
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [archive]).merge(ctx.attr._ovenbird[DefaultInfo].default_runfiles)
    return [
        DefaultInfo(executable = script, runfiles = runfiles),
        OutputGroupInfo(project = depset([archive])),
    ]

def _validate_impl(ctx):
    archive, config = _pack(ctx)
    return _program(ctx, ctx.file._script, archive, ["--config", config] + _arguments(ctx) + ctx.attr.flags)

ovenbird_validate_test = rule(
    doc = "A test that fails if `ovenbird validate` reports an error in the config or in a Dockerfile that it names, at its line and column.",
    implementation = _validate_impl,
    attrs = dict(
        {name: attribute for name, attribute in _PROJECT.items() if name not in ("images", "remote_tags")},
        flags = attr.string_list(doc = "More options of `validate`, such as `--strict`."),
        _script = attr.label(
            default = "//bazel:validate.sh.template",
            allow_single_file = True,
        ),
    ),
    test = True,
)

def _render_impl(ctx):
    archive, config = _pack(ctx)
    objects = ctx.actions.declare_file(ctx.label.name + (".json" if ctx.attr.format == "json" else ".yaml"))

    # Base images are not looked up, so that the result depends on the files alone.
    words = ["--config", config, "--output", ctx.attr.format, "--rule", "base-image-unread=off"]
    words += _arguments(ctx)
    if ctx.attr.namespace:
        words += ["--namespace", ctx.attr.namespace]
    ctx.actions.run_shell(
        command = """
set -euo pipefail
tool=$PWD/$1 project=$PWD/$2 objects=$PWD/$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar --extract --file="$project" --directory="$folder"
cd "$folder"
env --ignore-environment "$tool" render "$@" >"$objects"
""",
        arguments = [ctx.executable._ovenbird.path, archive.path, objects.path] + words + _images(ctx),
        inputs = [archive],
        outputs = [objects],
        tools = [ctx.executable._ovenbird],
        execution_requirements = {"block-network": ""},
        mnemonic = "OvenbirdRender",
        progress_message = "Rendering %s" % ctx.label,
    )
    return [
        DefaultInfo(files = depset([objects]), runfiles = ctx.runfiles(files = [objects])),
        OutputGroupInfo(project = depset([archive])),
    ]

ovenbird_render = rule(
    doc = "An action that writes `NAME.yaml` or `NAME.json`: the Kubernetes objects of the builds, as `ovenbird render` prints them, without a network.",
    implementation = _render_impl,
    attrs = dict(
        _PROJECT,
        format = attr.string(
            default = "yaml",
            values = ["yaml", "json"],
            doc = "`yaml`: a stream of documents; `json`: one List.",
        ),
        namespace = attr.string(doc = "Namespace of the build pods."),
    ),
)

def _push_impl(ctx):
    archive, config = _pack(ctx)
    return _program(ctx, ctx.file._script, archive, [config] + _arguments(ctx) + _images(ctx))

ovenbird_push = rule(
    doc = "A program that builds and pushes the images: `bazel run //:NAME -- [OPTIONS of ovenbird build]`.",
    implementation = _push_impl,
    attrs = dict(
        _PROJECT,
        _script = attr.label(
            default = "//bazel:push.sh.template",
            allow_single_file = True,
        ),
    ),
    executable = True,
)
