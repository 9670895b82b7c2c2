"""The pages of messages."""

def _message_pages_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run(
        executable = ctx.executable._generator,
        arguments = [
            ctx.file.pages.path,
            ctx.files.examples[0].dirname,
            ctx.executable.ovenbird.path,
            out.path,
        ],
        inputs = ctx.files.pages + ctx.files.examples,
        outputs = [out],
        tools = [ctx.attr.ovenbird[DefaultInfo].files_to_run],
        mnemonic = "MessagePages",
        progress_message = "Running the examples of messages",
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

message_pages = rule(
    implementation = _message_pages_impl,
    doc = "A folder with the pages of the catalogue, each with its example as the tool reports it.",
    attrs = {
        "pages": attr.label(
            doc = "The folder that the catalogue's generator writes.",
            mandatory = True,
            allow_single_file = True,
        ),
        "examples": attr.label(
            doc = "The files of the examples, all in one folder.",
            mandatory = True,
            allow_files = True,
        ),
        # Not built again for the machine that builds: it is the same.
        "ovenbird": attr.label(
            doc = "The tool.",
            mandatory = True,
            executable = True,
            cfg = "target",
        ),
        "_generator": attr.label(
            default = "//tools/docs:message_pages.py",
            allow_single_file = True,
            executable = True,
            cfg = "exec",
        ),
    },
)
