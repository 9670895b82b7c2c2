"""schema/executors.textproto: what executors do otherwise than BuildKit, and whether they do.

A capability's case is built without rewriting. What the build shows has to be the table's verdict:
  YES                the images are equal, or both builders reject the files
  REFUSED            BuildKit builds an image, the executor fails
  IGNORED and WRONG  the executor builds another image
"""

import collections
import json

# What can be built here (third_party/kaniko).
RUNNABLE = ("v0.19.0", "v1.24.0", "chainguard-v1.25.6")
# By what is in the name of an executor; Google's have none of these in theirs.
FLAVOURS = {"chainguard": "CHAINGUARD", "osscontainertools": "OSSCONTAINERTOOLS"}

Capability = collections.namedtuple("Capability", "name case_name ranges")


def load(path):
    """Returns the table's Capabilities."""
    with open(path) as stream:
        entries = json.load(stream)["capability"]
    return [Capability(one["name"], one["caseName"], one["range"]) for one in entries]


def _version(text):
    return tuple(int(part) for part in text.split("."))


def is_in(entry, executor):
    """Returns whether a range has the executor: v1.24.0, chainguard-v1.25.6, or an image's name."""
    flavour = next((FLAVOURS[name] for name in FLAVOURS if name in executor), "GOOGLE")
    version = _version(executor.rpartition("v")[2])
    return (
        entry["flavour"] == flavour
        and version >= _version(entry.get("since", "0"))
        and ("before" not in entry or version < _version(entry["before"]))
    )


def entry_of(capability, executor):
    """Returns the range that has the executor; None: it builds as BuildKit."""
    return next((one for one in capability.ranges if is_in(one, executor)), None)


def shown(outcome):
    """Returns the verdicts that fit the outcome of a build."""
    if outcome.verdict == "HARNESS":
        return ()
    # A message does not count: it is the image that shows what the executor does.
    if outcome.verdict in ("same", "rewritten"):
        return ("YES",)
    failed = outcome.details and outcome.details[0].startswith("Ovenbird: ")
    return ("REFUSED",) if failed else ("IGNORED", "WRONG")


def wrong_lines(capabilities, outcomes):
    """Returns a line for each entry that is not what the outcomes show."""
    by_case = {(one.case, one.executor): one for one in outcomes}
    executors = sorted({one.executor for one in outcomes})
    lines = []
    for capability in capabilities:
        for executor in executors:
            outcome = by_case.get((capability.case_name, executor))
            entry = entry_of(capability, executor)
            if outcome is None or (entry and entry["evidence"] == "READ"):
                continue
            verdict = entry["verdict"] if entry else "YES"
            if verdict not in shown(outcome):
                lines.append(
                    "%s: %s is %s in the table; %s shows %s"
                    % (executor, capability.name, verdict, capability.case_name, "/".join(shown(outcome)))
                )
    return lines
