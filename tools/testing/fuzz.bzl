"""Fuzz targets: one function, run by libFuzzer or over kept inputs."""

load("//tools/cc:cc.bzl", "cc_binary", "cc_library", "cc_test")

def cc_fuzz_test(name, srcs, deps, corpus):
    """A fuzzer NAME and a test NAME_test that replays the corpus.

    bazel run --config=fuzz //runtime/yaml:parse_fuzz -- CORPUS_FOLDER -max_total_time=600

    Args:
      name: of the fuzzer.
      srcs: define LLVMFuzzerTestOneInput.
      deps: of the srcs.
      corpus: label of the inputs.
    """
    cc_library(
        name = name + "_lib",
        testonly = True,
        srcs = srcs,
        deps = deps,
        alwayslink = True,
        visibility = ["//visibility:private"],
    )
    cc_binary(
        name = name,
        testonly = True,
        deps = [":" + name + "_lib"],
        linkopts = ["-fsanitize=fuzzer"],
        # Only clang knows libFuzzer.
        tags = ["manual"],
    )
    cc_test(
        name = name + "_test",
        size = "small",
        args = ["$(locations %s)" % corpus],
        data = [corpus],
        deps = [
            ":" + name + "_lib",
            "//tools/testing:fuzz_replay",
        ],
    )
