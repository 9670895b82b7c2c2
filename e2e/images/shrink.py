"""Makes a case that fails smaller, as long as it still fails."""

import copy
import re


def shrink(case, fails):
    """Returns the smallest case found for which `fails` returns True, as it does for `case`."""
    start, changed = 0, False
    while True:
        tries = enumerate(_smaller(case))
        found = next(((n, one) for n, one in tries if n >= start and fails(one)), None)
        if found:
            # What comes before is needed.
            start, case = found
            changed = True
        elif changed:
            # Unless a thing that is gone by now needed it.
            start, changed = 0, False
        else:
            return case


def _smaller(case):
    """Yields copies that lack one thing: large things first."""
    for number, (path, _, _) in reversed(list(enumerate(case.sections))):
        if path != "Dockerfile":
            yield _with(case, sections=case.sections[:number] + case.sections[number + 1 :])
    for key in ("setup", "arg"):
        values = case.keys.get(key, [])
        for number in range(len(values)):
            yield _with(case, keys=dict(case.keys, **{key: values[:number] + values[number + 1 :]}))
    for lines in _shorter(_lines_of(case)):
        data = ("\n".join(lines) + "\n").encode()
        sections = [(p, w, data if p == "Dockerfile" else d) for p, w, d in case.sections]
        yield _with(case, sections=sections)


def _shorter(lines):
    for number in reversed(range(len(lines))):
        yield lines[:number] + lines[number + 1 :]
    for number, line in enumerate(lines):
        for part in _parts_to_drop(line):
            yield lines[:number] + [part] + lines[number + 1 :]


def _parts_to_drop(line):
    """Yields the line without one flag, one command or one source."""
    if "\n" in line:
        return
    for flag in re.findall(r" --(?!from)[a-z]+=\S+| --link", line):
        yield line.replace(flag, "", 1)
    for joint in (" && ", "; "):
        commands = line[len("RUN ") :].split(joint)
        if line.startswith("RUN ") and len(commands) > 1:
            for number in range(len(commands)):
                yield "RUN " + joint.join(commands[:number] + commands[number + 1 :])
    words = line.split(" ")
    if words[0] in ("COPY", "ADD") and "[" not in line:
        sources = [n for n, word in enumerate(words[1:-1], 1) if not word.startswith("--")]
        for number in sources if len(sources) > 1 else ():
            yield " ".join(words[:number] + words[number + 1 :])


def _with(case, **changes):
    smaller = copy.copy(case)
    for name, value in changes.items():
        setattr(smaller, name, value)
    return smaller


def _lines_of(case):
    """Returns the lines of the Dockerfile; those that a `\\` joins are one."""
    data = next(data for path, _, data in case.sections if path == "Dockerfile")
    lines = []
    goes_on = False
    for line in data.decode().splitlines():
        if goes_on:
            lines[-1] += "\n" + line
            goes_on = line.endswith("\\") or line.startswith("#")
        else:
            lines.append(line)
            goes_on = line.endswith("\\")
    return lines


def text_of(case):
    """Returns the text that case.parse() reads."""
    parts = []
    for key, value in case.keys.items():
        for one in value if isinstance(value, list) else [value]:
            parts.append("%s: %s\n" % (key, one))
    for path, words, data in case.sections:
        about = " (%s)" % " ".join(words) if words else ""
        parts.append("-- %s%s --\n%s" % (path, about, data.decode()))
    return "".join(parts)
