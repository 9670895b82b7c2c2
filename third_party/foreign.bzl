"""A compiler and libraries for static programs of another architecture: arm64 on x86-64, and the other way round."""

# By `uname -m`: the other machine, and Debian's name of its architecture.
_OTHERS = {"aarch64": ("x86_64", "amd64"), "x86_64": ("aarch64", "arm64")}

# What musl-gcc does, with another compiler. libzstd.a was compiled for glibc: only what musl has, too, may be linked.
_COMPILE = """#!/usr/bin/env bash
# compile.sh OUT MACHINE_OUT [-ISOURCES] SOURCE...
# Compiles C++ without a C++ library to a static program, and writes the machine's name, as `uname -m` prints it.
set -euo pipefail
here="$(dirname "${{BASH_SOURCE[0]}}")"
out="$1" machine="$2"
shift 2
{compiler} -std=c++20 -O2 -Wall -Wextra -Werror -fno-exceptions -fno-rtti -fno-threadsafe-statics \\
  -nostdinc -nostdinc++ -isystem "${{here}}/include" -isystem "${{here}}/headers" \\
  -isystem "$({compiler} -print-file-name=include)" \\
  -D_GNU_SOURCE -ffunction-sections -fdata-sections -static -nostdlib -nostartfiles \\
  -Wl,--gc-sections -Wl,--build-id=none -s "${{here}}"/lib/crt1.o "${{here}}"/lib/crti.o \\
  "$@" "${{here}}/lib/libzstd.a" "${{here}}/lib/libc.a" -lgcc "${{here}}/lib/libc.a" \\
  "${{here}}/lib/crtn.o" -o "${{out}}"
echo {machine} >"${{machine}}"
"""

# Where there is no compiler or no network: no program.
_NOTHING = """#!/usr/bin/env bash
: >"$1"
: >"$2"
"""

def _prepare(ctx):
    """Returns the text of compile.sh; None if something is missing, after a message."""
    other = _OTHERS.get(ctx.execute(["uname", "-m"]).stdout.strip())
    if not other:
        return None
    machine, architecture = other
    compiler = ctx.which(machine + "-linux-gnu-g++")
    if not compiler:
        # buildifier: disable=print
        print("no receiver for nodes with %s: no compiler is installed" % machine)
        return None
    done = ctx.execute([ctx.path(ctx.attr._fetch), architecture], timeout = 600)
    if done.return_code:
        # buildifier: disable=print
        print("no receiver for nodes with %s: %s" % (machine, done.stderr))
        return None
    folder = done.stdout.strip().split("\n")[-1]
    headers = ctx.execute(["pkg-config", "--variable=includedir", "libxxhash"]).stdout.strip()
    ctx.symlink(folder + "/include", "include")
    ctx.symlink(folder + "/lib", "lib")
    ctx.symlink(headers + "/xxhash.h", "headers/xxhash.h")
    return _COMPILE.format(compiler = compiler, machine = machine)

def _foreign_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    ctx.file("compile.sh", _prepare(ctx) or _NOTHING)
    ctx.file("BUILD.bazel", """package(default_visibility = ["//visibility:public"])

exports_files(["compile.sh"])

filegroup(
    name = "libraries",
    srcs = glob(["headers/*", "include/**", "lib/*"]),
)
""")

foreign_repository = repository_rule(
    implementation = _foreign_impl,
    local = True,
    environ = ["HOME", "PATH", "XDG_CACHE_HOME"],
    attrs = {"_fetch": attr.label(default = "//third_party:foreign_libraries.sh")},
)
