"""System (apt) libraries as one external repository, found by pkg-config.

Headers of /usr/include are seen through the compiler's built-in directories
(the Linux sandbox mounts / read-only), so that a library is only its compile
and link options. The package version goes into the compile line as a define:
after an apt upgrade the actions have other keys and are run again.
"""

load(":foreign.bzl", "foreign_repository")

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

# What the release links statically, beyond the libraries above: of libarchive.a.
_ALSO_STATIC = ["bz2", "lzma"]

# What it takes from the machine: OpenSSL, which must be updated as the machine is, and the libraries of the compiler.
_OF_THE_MACHINE = ["crypto", "pthread", "ssl"]

# The code that is in the release: headers and archives. Their packages have the notices.
_NOTICES = [
    "libabsl-dev",
    "libarchive-dev",
    "libboost-dev",
    "libbz2-dev",
    "libcli11-dev",
    "libisal-dev",
    "libjsoncpp-dev",
    "liblzma-dev",
    "libre2-dev",
    "libxxhash-dev",
    "libyaml-cpp-dev",
    "libzstd-dev",
    "zlib1g-dev",
]

def _library_file(ctx, name):
    """Returns the path of a library's file; None if the compiler finds none. (It then prints the bare name.)"""
    path = ctx.execute(["gcc", "-print-file-name=" + name]).stdout.strip()
    return path if path.startswith("/") else None

def _for_release(ctx, libraries):
    """Returns targets for the release, from the names of the libraries that programs link."""
    shared = []
    for name in sorted({name: None for name in libraries + _ALSO_STATIC}.keys()):
        if name in _OF_THE_MACHINE:
            continue
        archive = _library_file(ctx, "lib%s.a" % name)
        if archive:
            ctx.symlink(archive, "static/lib%s.a" % name)
            continue
        path = _library_file(ctx, "lib%s.so" % name)
        soname = ctx.execute(["readelf", "--dynamic", path]).stdout.partition("Library soname: [")[2].partition("]")[0] if path else ""
        if soname:
            ctx.symlink(path, "bundled/" + soname)
            shared.append(name)
    for package in _NOTICES:
        if ctx.path("/usr/share/doc/%s/copyright" % package).exists:
            ctx.symlink("/usr/share/doc/%s/copyright" % package, "notices/%s.txt" % package)

    # Without --gc-sections the formats that libarchive writes would need further libraries, though nothing calls them.
    options = ["-L%s" % ctx.path("static"), "-Wl,--gc-sections"] + ["-l" + name for name in ["z", "zstd"] + _ALSO_STATIC]
    return [
        # The linker takes the archives of this folder, because it looks there first.
        "cc_library(name = 'link_statically', linkopts = %r)" % options,
        'filegroup(name = "bundled", srcs = glob(["bundled/*"]))',
        'filegroup(name = "notices", srcs = glob(["notices/*"]))',
        "",
    ]

# Linked into optimised programs: the loader needs a third of the start for 40 small libraries and their symbols.
_STATIC_IF_OPTIMISED = ["absl", "re2", "yaml_cpp"]

def _static(ctx, libs):
    """Returns the flags with the archives in place of the shared libraries; a library without an archive stays shared."""
    result = []
    for flag in libs:
        if flag.startswith("-l"):
            archive = "lib%s.a" % flag[2:]
            if _library_file(ctx, archive):
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

# Libraries of tests, benchmarks and generators.
_NOT_IN_PROGRAMS = ["benchmark", "gtest", "gtest_main", "protobuf", "protoc_lib"]

# As Docker and Go call them.
_ARCHITECTURES = {"aarch64": "arm64", "x86_64": "amd64"}

def _system_impl(ctx):
    tool = ctx.which("pkg-config")
    protoc = ctx.which("protoc")
    missing = []
    if tool == None:
        missing.append("pkg-config")
    if protoc == None:
        missing.append("protobuf-compiler")
    linked = []
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

            if name not in _NOT_IN_PROGRAMS and extra != None:
                linked += [flag[2:] for flag in libs if flag.startswith("-l")]
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
    build += _for_release(ctx, linked)
    machine = ctx.execute(["uname", "-m"]).stdout.strip()
    ctx.file("arch.bzl", '"""The architecture of this machine."""\n\nARCH = %r\n' % _ARCHITECTURES.get(machine, machine))
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
    foreign_repository(name = "foreign")
