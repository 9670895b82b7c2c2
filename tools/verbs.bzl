"""A target for each verb of the command line: `./bazelw run //tools:VERB -- ...`."""

load("//tools/cc:cc.bzl", "cc_binary")

# In the order of the alphabet; verbs_test holds it against the man page.
VERBS = [
    "build",
    "cleanup",
    "completion",
    "context",
    "doctor",
    "explain",
    "images",
    "init",
    "logs",
    "lsp",
    "man",
    "migrate",
    "rbac",
    "render",
    "schema",
    "validate",
    "version",
]

def verb_binaries(build_data):
    """Makes a binary for each verb, with the verb's name.

    Args:
      build_data: what `build` may need at run time.
    """
    for verb in VERBS:
        cc_binary(
            name = verb,
            srcs = ["verb.cc"],
            data = build_data if verb == "build" else [],
            local_defines = ["VERB='\"%s\"'" % verb],
            deps = ["//runtime/cli:main"],
        )
