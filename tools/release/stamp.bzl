"""A header with the commit that is built.

Whatever depends on it is built again for each commit: only the release does.
"""

_SCRIPT = """
value() { sed -n "s/^$1 //p" "$2"; }
modified="$(value STABLE_GIT_MODIFIED "$1")"
cat >"$2" <<END
#ifndef OVENBIRD_TOOLS_RELEASE_STAMP_H_
#define OVENBIRD_TOOLS_RELEASE_STAMP_H_
inline constexpr char kCommit[] = "$(value STABLE_GIT_COMMIT "$1")";
inline constexpr bool kIsModified = ${modified:-false};
#endif  // OVENBIRD_TOOLS_RELEASE_STAMP_H_
END
"""

def _impl(ctx):
    header = ctx.actions.declare_file(ctx.label.name + ".h")
    ctx.actions.run_shell(
        command = _SCRIPT,
        arguments = [ctx.info_file.path, header.path],
        inputs = [ctx.info_file],
        outputs = [header],
        mnemonic = "Stamp",
    )
    return [DefaultInfo(files = depset([header]), runfiles = ctx.runfiles(files = [header]))]

stamp_header = rule(implementation = _impl)
