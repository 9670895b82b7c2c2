"""Rules for the images of a devspace.yaml: check it, render its objects, push its images."""

load(
    "//bazel:project.bzl",
    _ovenbird_push = "ovenbird_push",
    _ovenbird_render = "ovenbird_render",
    _ovenbird_validate_test = "ovenbird_validate_test",
)

ovenbird_push = _ovenbird_push
ovenbird_render = _ovenbird_render
ovenbird_validate_test = _ovenbird_validate_test
