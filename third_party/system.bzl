"""System (apt) libraries as one external repository, found by pkg-config.

Headers of /usr/include are seen through the compiler's built-in directories
(the Linux sandbox mounts / read-only), so that a library is only its compile
and link options. The package version goes into the compile line as a define:
after an apt upgrade the actions have other keys and are run again.
"""

_ABSL = [
    "absl_%s" % module
    for module in [
        "base",
        "btree",
        "cleanup",
        "cord",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "span",
        "status",
        "statusor",
        "str_format",
        "strings",
        "synchronization",
        "time",
    ]
]

# name: (pkg-config modules, extra link options or None for a library of headers, Debian package)
_LIBRARIES = {
    "absl": (_ABSL, [], "libabsl-dev"),
    "asio": (["openssl"], ["-lpthread"], "libboost-dev"),  # Boost.Asio and Beast are headers.
    "benchmark": (["benchmark"], [], "libbenchmark-dev"),
    "cli11": (["CLI11"], [], "libcli11-dev"),
    "gtest": (["gmock", "gtest"], [], "libgmock-dev"),
    "gtest_main": (["gmock_main", "gmock", "gtest"], [], "libgmock-dev"),
    "isal": (["libisal"], [], "libisal-dev"),
    "jsoncpp": (["jsoncpp"], [], "libjsoncpp-dev"),
    "libarchive": (["libarchive"], [], "libarchive-dev"),
    "openssl": (["openssl"], [], "libssl-dev"),
    "protobuf": (["protobuf"], [], "libprotobuf-dev"),
    "protoc_lib": (["protobuf"], ["-lprotoc"], "libprotoc-dev"),
    "re2": (["re2"], [], "libre2-dev"),
    "xxhash": (["libxxhash"], None, "libxxhash-dev"),
    "yaml_cpp": (["yaml-cpp"], [], "libyaml-cpp-dev"),
    "zlib": (["zlib"], [], "zlib1g-dev"),
    "zstd": (["libzstd"], [], "libzstd-dev"),
}

# Linked into optimised programs: the loader needs a third of the start for 40 small libraries and their symbols.
_STATIC_IF_OPTIMISED = ["absl", "re2", "yaml_cpp"]

def _static(ctx, libs):
    """Returns the flags with the archives in place of the shared libraries; a library without an archive stays shared."""
    result = []
    for flag in libs:
        if flag.startswith("-l"):
            archive = "lib%s.a" % flag[2:]

            # The compiler prints the bare name of a missing one.
            if ctx.execute(["gcc", "-print-file-name=" + archive]).stdout.strip().startswith("/"):
                flag = "-l:" + archive
        result.append(flag)
    return result

def _pkg_config(ctx, tool, what, modules):
    result = ctx.execute([tool, what] + modules)
    if result.return_code != 0:
        return None
    return [f for f in result.stdout.strip().replace("\n", " ").split(" ") if f]

# What programs for musl use: musl-gcc does not look into the system's folders. Header: its pkg-config module.
_HEADERS_FOR_MUSL = {
    "xxhash.h": "libxxhash",
    "zstd.h": "libzstd",
    "zstd_errors.h": "libzstd",
}

def _link_for_musl(ctx, tool):
    """Returns the target with these headers and libzstd.a, all in one folder; None if something is missing."""
    if ctx.which("musl-gcc") == None:
        return None
    for name, module in _HEADERS_FOR_MUSL.items():
        folder = _pkg_config(ctx, tool, "--variable=includedir", [module])
        if not folder:
            return None
        ctx.symlink(folder[0] + "/" + name, "musl/" + name)

    # The module of Debian 12 names another folder for the library. The compiler prints the bare name of a missing one.
    library = ctx.execute(["gcc", "-print-file-name=libzstd.a"]).stdout.strip()
    if not library.startswith("/"):
        return None
    ctx.symlink(library, "musl/libzstd.a")
    return 'filegroup(name = "musl", srcs = glob(["musl/*"]))'

def _system_impl(ctx):
    tool = ctx.which("pkg-config")
    protoc = ctx.which("protoc")
    missing = []
    if tool == None:
        missing.append("pkg-config")
    if protoc == None:
        missing.append("protobuf-compiler")
    build = [
        'package(default_visibility = ["//visibility:public"])',
        'config_setting(name = "optimised", values = {"compilation_mode": "opt"})',
        "",
    ]
    if tool != None:
        for name in sorted(_LIBRARIES):
            modules, extra, package = _LIBRARIES[name]
            cflags = _pkg_config(ctx, tool, "--cflags", modules)
            libs = _pkg_config(ctx, tool, "--libs", modules)
            version = _pkg_config(ctx, tool, "--modversion", modules[:1])
            if cflags == None or libs == None:
                missing.append(package)
                continue

            linkopts = repr([] if extra == None else extra + libs)
            if name in _STATIC_IF_OPTIMISED:
                linkopts = "select({\":optimised\": %r, \"//conditions:default\": %r})" % (extra + _static(ctx, libs), extra + libs)

            # -I of a system directory: symlinked into this repository.
            includes = []
            hdrs = []
            for flag in cflags:
                if flag.startswith("-I/"):
                    local = name + "/include%d" % len(includes)
                    ctx.symlink(flag[2:], local)
                    includes.append(local)
                    hdrs.append(local + "/**")
            build += [
                "cc_library(",
                "    name = %r," % name,
                "    hdrs = glob(%r)," % [h + s for h in hdrs for s in ("/*.h", "/*.hpp")] if hdrs else "    hdrs = [],",
                "    includes = %r," % includes,
                "    defines = %r," % ([f[2:] for f in cflags if f.startswith("-D")] +
                                       ["SYSTEM_VERSION_%s=%s" % (name, "_".join(version or ["0"]).replace(".", "_"))]),
                "    linkopts = %s," % linkopts,
                ")",
                "",
            ]
        musl = _link_for_musl(ctx, tool)
        if musl == None:
            missing.append("musl-tools")
        else:
            build += [musl, ""]
    if missing:
        fail("\n\nMissing system packages; install them with:\n\n    apt-get install -y %s\n" % " ".join(missing))
    ctx.symlink(protoc, "bin/protoc")
    ctx.symlink("/usr/include/google/protobuf", "include/google/protobuf")
    build += [
        'filegroup(name = "protoc", srcs = ["bin/protoc"])',
        'filegroup(name = "well_known_protos", srcs = glob(["include/google/protobuf/*.proto", "include/google/protobuf/compiler/*.proto"]))',
        "",
    ]
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("BUILD.bazel", "\n".join(build))

system_repository = repository_rule(
    implementation = _system_impl,
    local = True,
    environ = ["PATH", "PKG_CONFIG_PATH"],
)

def system_repositories():
    system_repository(name = "system")
