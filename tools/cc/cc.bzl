"""The C++ rules of this project: those of rules_cc, with a precompiled header.

Parsing the headers of the standard library and of abseil takes half of the time
of a build.
"""

load(
    "@rules_cc//cc:defs.bzl",
    _cc_binary = "cc_binary",
    _cc_library = "cc_library",
    _cc_test = "cc_test",
)
load(":standard.bzl", "CPP_STANDARD")

_WITHOUT = "//tools/cc:without_precompiled_headers"

# The packages that include Boost (tools/doors.txt). Beast 1.74 checks what a
# server has sent with assertions of its own, one of which is wrong: an empty
# chunked body in pieces would end the program. Without them its parser says
# that more bytes are needed, as is right.
_WITH_BOOST = ["e2e/kube", "runtime/net", "runtime/net/testing"]

def _with_header(rule, header, kwargs):
    if native.package_name() in _WITH_BOOST:
        kwargs["local_defines"] = kwargs.get("local_defines", []) + ["BOOST_DISABLE_ASSERTS"]
    kwargs["deps"] = kwargs.get("deps", []) + select({
        _WITHOUT: [],
        "//conditions:default": ["//tools/cc:" + header],
    })
    kwargs["copts"] = kwargs.get("copts", []) + CPP_STANDARD + select({
        _WITHOUT: [],
        "//conditions:default": ["-include", "tools/cc/precompiled/%s.h" % header],
    })
    rule(**kwargs)

def cc_binary(**kwargs):
    _with_header(_cc_binary, "library", kwargs)

def cc_library(**kwargs):
    if kwargs.get("srcs"):
        _with_header(_cc_library, "library", kwargs)
    else:
        _cc_library(**kwargs)

def cc_test(**kwargs):
    _with_header(_cc_test, "test", kwargs)
