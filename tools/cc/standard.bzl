"""The C++ standard of this project's sources in a workspace that uses it."""

# In this workspace .bazelrc sets it. Another one has its own .bazelrc.
CPP_STANDARD = ["-std=c++20"] if Label("//tools/cc:cc.bzl").workspace_root else []
