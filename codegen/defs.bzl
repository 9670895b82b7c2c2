"""Rules that turn schema files (.proto with the options of schema/options.proto) into C++, a JSON Schema and documentation."""

load("@rules_cc//cc:defs.bzl", "cc_library")
load("//tools/cc:standard.bzl", "CPP_STANDARD")

SchemaInfo = provider(fields = {
    "include": "name of the header in #include lines",
    "proto": "the .proto file as #imported by others",
    "protos": "depset: this file and those it imports",
})

_OBJECTS = [
    Label("//runtime/base:json"),
    Label("//runtime/base:writer"),
    Label("//runtime/config:boxed"),
    Label("//runtime/config:field_info"),
    Label("//runtime/config:from_json"),
    Label("//runtime/config:reflect"),
    Label("@system//:absl"),
]

# What generated code is compiled with, as seen from this file's workspace.
_RUNTIME = {
    "config": [
        Label("//runtime/base:writer"),
        Label("//runtime/config:boxed"),
        Label("//runtime/config:decode"),
        Label("//runtime/config:field_info"),
        Label("//runtime/config:reflect"),
        Label("//runtime/yaml:node"),
        Label("@system//:absl"),
    ],
    "diagnostics": [
        Label("//runtime/base:source_file"),
        Label("//runtime/diag:diagnostic"),
        Label("//runtime/diag:make"),
        Label("@system//:absl"),
    ],
    "objects": _OBJECTS,
    "output": _OBJECTS,
}

_PROTOC = {
    "_protoc": attr.label(
        default = "@system//:protoc",
        allow_single_file = True,
        executable = True,
        cfg = "exec",
    ),
    "_well_known": attr.label(default = "@system//:well_known_protos"),
}

def _import_path(file):
    """The name of a .proto file in import lines: its path inside its workspace."""
    path = file.short_path
    return path.split("/", 2)[2] if path.startswith("../") else path

def _include_dirs(files):
    """Folders that import lines start at: for each file its workspace's."""
    dirs = {}
    for file in files:
        dirs[file.path[:-len(_import_path(file))] or "."] = True
    return ["-I" + dir.rstrip("/") for dir in sorted(dirs)] + ["-I/usr/include"]

def _run_protoc(ctx, args, src, protos, outputs, tools = []):
    ctx.actions.run(
        executable = ctx.file._protoc,
        arguments = _include_dirs([src] + protos.to_list()) + args + [_import_path(src)],
        inputs = depset([src], transitive = [protos, depset(ctx.files._well_known)]),
        outputs = outputs,
        tools = tools,
        mnemonic = "Schema",
        progress_message = "Generating from %s" % src.short_path,
    )
    return [DefaultInfo(
        files = depset(outputs),
        runfiles = ctx.runfiles(files = outputs),
    )]

def _cc_proto_impl(ctx):
    out_dir = ctx.outputs.header.path[:-len(_import_path(ctx.file.src)[:-len("proto")] + "pb.h")]
    return _run_protoc(
        ctx,
        ["--cpp_out=" + out_dir],
        ctx.file.src,
        depset(),
        [ctx.outputs.header, ctx.outputs.source],
    )

_cc_proto = rule(
    implementation = _cc_proto_impl,
    attrs = dict(
        _PROTOC,
        header = attr.output(),
        source = attr.output(),
        src = attr.label(mandatory = True, allow_single_file = [".proto"]),
    ),
)

def cc_proto(name, src, tags = [], **kwargs):
    """A cc_library of the C++ messages of one .proto file of another package, by the system's protobuf."""
    base = src.replace("//", "").replace(":", "/")[:-len(".proto")]
    _cc_proto(
        name = name + "_gen",
        src = src,
        header = base + ".pb.h",
        source = base + ".pb.cc",
        tags = tags,
    )
    cc_library(
        name = name,
        srcs = [base + ".pb.cc"],
        hdrs = [base + ".pb.h"],
        copts = ["-w"] + CPP_STANDARD,
        includes = ["."],
        tags = tags,
        deps = ["@system//:protobuf"],
        **kwargs
    )

def _schema_impl(ctx):
    src = ctx.file.src
    infos = [dep[SchemaInfo] for dep in ctx.attr.deps]
    protos = depset(
        [src, ctx.file._options],
        transitive = [info.protos for info in infos],
    )
    outputs = ctx.outputs.outs
    if ctx.attr.emit == "docs":
        outputs = [ctx.actions.declare_directory(ctx.attr.base)]
    out_dir = outputs[0].dirname
    package = ctx.label.package
    include = (package + "/" if package else "") + ctx.attr.base + ".h"
    parameters = ["emit=" + ctx.attr.emit, "base=" + ctx.attr.base, "include=" + include]
    parameters += ["dep=%s=%s" % (info.proto, info.include) for info in infos]
    plugin = ctx.executable._plugin
    result = _run_protoc(
        ctx,
        [
            "--plugin=protoc-gen-ovenbird=" + plugin.path,
            "--ovenbird_out=%s:%s" % (",".join(parameters), out_dir),
        ],
        src,
        protos,
        outputs,
        tools = [plugin],
    )
    return result + [SchemaInfo(include = include, proto = _import_path(src), protos = protos)]

_schema = rule(
    implementation = _schema_impl,
    attrs = dict(
        _PROTOC,
        base = attr.string(mandatory = True),
        deps = attr.label_list(providers = [SchemaInfo]),
        emit = attr.string(values = ["cpp", "json_schema", "json_schema_cpp", "interface", "docs"]),
        outs = attr.output_list(),
        src = attr.label(mandatory = True, allow_single_file = [".proto"]),
        _options = attr.label(default = "//schema:options.proto", allow_single_file = True),
        _plugin = attr.label(
            default = "//codegen:protoc-gen-ovenbird",
            executable = True,
            cfg = "exec",
        ),
    ),
)

def _schema_targets(deps):
    """The targets of schema_library targets that have the .proto files."""
    return [dep + "_schema" if ":" in dep else dep + ":" + dep.split("/")[-1] + "_schema" for dep in deps]

def schema_library(name, src, kind = "config", deps = [], runtime = None, tags = [], **kwargs):
    """A cc_library with what a schema file describes.

    Makes NAME.h and NAME.cc; include it as "PACKAGE/NAME.h". For the kinds
    "config" and "output" also NAME.schema.json (target NAME_json_schema), for all but
    "objects" a folder of Markdown pages (target NAME_docs) and a list of what users
    rely on, NAME.interface.txt (target NAME_interface).

    Args:
      name: of the cc_library and of the files.
      src: the .proto file; its option (ovenbird.schema.file) says the same kind.
      kind: "config", "objects", "diagnostics" or "output".
      deps: schema_library targets of imported .proto files.
      runtime: labels that the generated code is compiled with, when they are not Ovenbird's own.
      tags: for all targets.
      **kwargs: for the cc_library, such as visibility.
    """
    schema_deps = _schema_targets(deps)
    visibility = kwargs.get("visibility")
    _schema(
        name = name + "_schema",
        src = src,
        base = name,
        deps = schema_deps,
        emit = "cpp",
        outs = [name + ".h", name + ".cc"],
        tags = tags,
        visibility = visibility,
    )
    if kind in ("config", "output"):
        _schema(
            name = name + "_json_schema",
            src = src,
            base = name,
            deps = schema_deps,
            emit = "json_schema",
            outs = [name + ".schema.json"],
            tags = tags,
            visibility = visibility,
        )
    if kind != "objects":
        _schema(
            name = name + "_interface",
            src = src,
            base = name,
            deps = schema_deps,
            emit = "interface",
            outs = [name + ".interface.txt"],
            tags = tags,
            visibility = visibility,
        )
        _schema(
            name = name + "_docs",
            src = src,
            base = name + "_docs",
            deps = schema_deps,
            emit = "docs",
            tags = tags,
            visibility = visibility,
        )
    cc_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = [name + ".h"],
        copts = ["-Wno-missing-field-initializers"] + CPP_STANDARD,
        tags = tags,
        deps = deps + (runtime if runtime != None else _RUNTIME[kind]),
        **kwargs
    )

def embedded_json_schema(name, src, deps = [], tags = [], **kwargs):
    """A cc_library with a function that returns the JSON Schema of a config or of output.

    Makes NAME.h and NAME.cc; the function is in the schema's namespace and has the target's name: of "json_schema" it is
    JsonSchema().

    Args:
      name: of the cc_library and of the files.
      src: the .proto file, of the kind "config" or "output".
      deps: schema_library targets of imported .proto files.
      tags: for all targets.
      **kwargs: for the cc_library, such as visibility.
    """
    _schema(
        name = name + "_schema",
        src = src,
        base = name,
        deps = _schema_targets(deps),
        emit = "json_schema_cpp",
        outs = [name + ".h", name + ".cc"],
        tags = tags,
    )
    cc_library(
        name = name,
        srcs = [name + ".cc"],
        hdrs = [name + ".h"],
        copts = CPP_STANDARD,
        tags = tags,
        deps = [Label("@system//:absl")],
        **kwargs
    )

def _built_tool_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = out,
        target_file = ctx.executable.tool,
        is_executable = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles(files = [out]))]

# For tests that run a tool: the same binary that the build runs, and not a
# second one for the target.
built_tool = rule(
    implementation = _built_tool_impl,
    attrs = {"tool": attr.label(mandatory = True, executable = True, cfg = "exec")},
)
