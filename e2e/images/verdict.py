"""The verdict on a case: does Ovenbird build Docker's image, or report that it does not?

  same       the images are equal, or both builders reject the files
  rewritten  equal, and kaniko received a rewritten Dockerfile
  reported   the images differ, and a warning or error before the build says so
  refused    BuildKit builds an image, Ovenbird rejects the files before the build
  UNTOLD     the images differ without a message
  FAILED     BuildKit builds an image, Ovenbird's build fails without an earlier message
  LAXER      Ovenbird builds an image without a message, BuildKit rejects the files
  HARNESS    the test itself failed

False alarm: the images are equal, and there is a message.
"""

import dataclasses
import os

import compare
import ovenbird

PASSED = ("same", "rewritten", "reported", "refused")
FAILED = ("UNTOLD", "FAILED", "LAXER", "HARNESS")
# Prefix of a detail: both reject the files, but Ovenbird only during the build.
LATE = "Ovenbird, in the build: "
# Warnings that BuildKit has, too: they say nothing of a difference.
NOT_OF_THE_IMAGE = ("secret-in-dockerfile",)


@dataclasses.dataclass
class Outcome:
    case: str
    executor: str
    verdict: str
    heard: list  # "FILE:LINE ID" of each message that counts.
    details: list  # Differences, or the error of a builder.
    seconds: float = 0.0
    log: str = ""

    @property
    def false_alarm(self):
        return self.verdict in ("same", "rewritten") and bool(self.heard)

    @property
    def late(self):
        return any(line.startswith(LATE) for line in self.details)

    @property
    def passed(self):
        return self.verdict in PASSED


def heard(case, messages):
    """Returns the messages that count: errors, and warnings at the lines of the case."""
    found = []
    for message in messages:
        if message["id"] in NOT_OF_THE_IMAGE:
            continue
        place = message.get("location", {})
        line = place.get("line", 0)
        if message["severity"] == "error" or case.counts_at(line):
            file = os.path.basename(place.get("file", "")) or "?"
            found.append("%s:%s %s" % (file, line or "?", message["id"]))
    return found


def last_error(log):
    lines = [line.strip() for line in log.splitlines() if line.strip()[:1] not in ("", "{")]
    return ([line for line in lines if "rror" in line] or lines or ["no output"])[-1][:300]


def judge(case, executor, expected, refusal, built):
    """Returns the Outcome. `expected` is BuildKit's image, or None and `refusal` is its log."""
    said = heard(case, built.messages)
    # kaniko may ask a registry that is not there for what BuildKit does not take for an image.
    has_run = "error building image" in built.log
    if built.code == ovenbird.ENVIRONMENT and not has_run:
        verdict, details = "HARNESS", [last_error(built.log)]
    elif expected is None and built.image is None:
        verdict, said = "same", []  # Any message is right.
        details = ["BuildKit: " + last_error(refusal)]
        if built.code != ovenbird.REFUSED:
            details.append(LATE + last_error(built.log))
    elif expected is None:
        verdict = "reported" if said else "LAXER"
        details = ["BuildKit: " + last_error(refusal)]
    elif built.image is None:
        verdict = "reported" if said else "FAILED"
        if built.code == ovenbird.REFUSED:
            verdict = "refused"
        details = ["Ovenbird: " + last_error(built.log)]
    else:
        details = compare.differences(expected, built.image, case.ignore)
        if details:
            verdict = "reported" if said else "UNTOLD"
        else:
            verdict = "rewritten" if built.rewritten else "same"
    return Outcome(case.name, executor, verdict, said, details, log=built.log)
