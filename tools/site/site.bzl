"""The rule that makes the documentation site, and the repository with its generator."""

def _site_impl(ctx):
    output = ctx.actions.declare_directory(ctx.label.name)
    arguments = ctx.actions.args()
    arguments.add("--mdbook", ctx.file._mdbook)
    arguments.add("--settings", ctx.files._settings[0].dirname)
    arguments.add("--output", output.path)
    arguments.add_all(ctx.files.srcs)
    ctx.actions.run(
        outputs = [output],
        inputs = ctx.files.srcs + ctx.files._settings,
        tools = [ctx.executable._make_site, ctx.file._mdbook],
        executable = ctx.executable._make_site,
        arguments = [arguments],
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin"},
        mnemonic = "Site",
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

site = rule(
    doc = "The folder of a site with the pages and files of `srcs`. Needs the network once, for mdBook: tag it manual.",
    implementation = _site_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = True),
        "_make_site": attr.label(default = "//tools/site:make_site", executable = True, cfg = "exec"),
        "_settings": attr.label(default = "//tools/site:settings"),
        "_mdbook": attr.label(default = "@mdbook//:bin/mdbook", allow_single_file = True, cfg = "exec"),
    },
)

def _mdbook_repository_impl(ctx):
    python = ctx.which("python3")
    if not python or ctx.execute([python, "-m", "pip", "--version"]).return_code:
        fail("the site's generator is installed with pip: apt-get install python3-pip")
    done = ctx.execute(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"] +
        ["--target", ctx.path("."), "--requirement", ctx.path(ctx.attr.lock)],
    )
    if done.return_code:
        fail("pip cannot install mdBook:\n" + done.stderr)
    ctx.file("BUILD.bazel", 'exports_files(["bin/mdbook"])\n')

mdbook_repository = repository_rule(
    doc = "mdBook's program, with the hashes of the lock file. Bazel installs it when a site is built.",
    implementation = _mdbook_repository_impl,
    attrs = {"lock": attr.label(default = "//tools/site:mdbook.lock")},
)
