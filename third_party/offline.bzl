"""Stand-ins for the three repositories that Bazel 4 would download for a C++ build."""

_PUBLIC = 'package(default_visibility = ["//visibility:public"])\n'

_RULES_CC = "".join(["%s = native.%s\n" % (rule, rule) for rule in [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "objc_library",
]])

_RULES_JAVA = "".join(["%s = native.%s\n" % (rule, rule) for rule in [
    "java_binary",
    "java_import",
    "java_library",
    "java_runtime",
    "java_test",
    "java_toolchain",
]])

_COVERAGE = _PUBLIC + """
sh_binary(name = "coverage_report_generator", srcs = ["lcov_merger.sh"])
sh_binary(name = "lcov_merger", srcs = ["lcov_merger.sh"])
"""

def _files_repository_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    for path, text in ctx.attr.files.items():
        ctx.file(path, text)
    for label, path in ctx.attr.scripts.items():
        ctx.file(path, ctx.read(label), executable = True)

_files_repository = repository_rule(
    implementation = _files_repository_impl,
    attrs = {
        "files": attr.string_dict(),
        "scripts": attr.label_keyed_string_dict(allow_files = True),
    },
)

def offline_repositories():
    _files_repository(name = "rules_cc", files = {
        "cc/BUILD.bazel": _PUBLIC + 'alias(name = "toolchain_type", actual = "@bazel_tools//tools/cpp:toolchain_type")\n',
        "cc/defs.bzl": _RULES_CC,
    })
    _files_repository(name = "rules_java", files = {
        "java/BUILD.bazel": _PUBLIC,
        "java/defs.bzl": _RULES_JAVA,
    })
    _files_repository(
        name = "remote_coverage_tools",
        files = {"BUILD.bazel": _COVERAGE},
        scripts = {Label("//third_party:lcov_merger.py"): "lcov_merger.sh"},
    )
