#!/usr/bin/env -S python3 -B
"""Writes docs/images.md from the results of `run.py --json`: report.py FILE... > docs/images.md"""

import json
import re
import sys

HEAD = """# Images compared with Docker's

Shows for every kind of instruction whether Ovenbird builds the same image as Docker.
Each of %(cases)d Dockerfiles (`e2e/images/cases/CLASS/NAME.case`) is built with Ovenbird on a
real kaniko and with BuildKit; the files and the config of the two images are compared.
Modification times are not: kaniko does not keep them, see [its limits](guides/limits.md).
Generated at commit %(commit)s by `./bazelw run //e2e/images:run -- --update-docs`.

- same: the images are equal, or both builders reject the Dockerfile
- rewritten: equal, because Ovenbird rewrote the Dockerfile for kaniko
- reported: the images differ, and a warning or an error before the build says so
- refused: BuildKit builds an image, Ovenbird rejects the Dockerfile before the build
- silent: different without a message (another image, a failed build, or an image that
  BuildKit refuses to build)
"""
COLUMNS = ("same", "rewritten", "reported", "refused", "silent")


def column(result):
    return result["verdict"] if result["verdict"] in COLUMNS else "silent"


def _count(results):
    """Returns the counts in the order of COLUMNS, such as 12 / 3 / 1 / 0 / 0."""
    found = [column(result) for result in results]
    return " / ".join(str(found.count(name)) for name in COLUMNS)


def _row(cells):
    return "| %s |\n" % " | ".join(cells)


def _table(titles, groups, results):
    """Returns a table of counts: a row per class, a column per executor."""
    text = _row(["class"] + titles) + _row(["---"] * (len(titles) + 1))
    for group in groups + [None]:
        cells = ["**all**" if group is None else group]
        for title in titles:
            mine = [r for r in results if r["title"] == title]
            if group is not None:
                mine = [r for r in mine if r["case"].startswith(group + "/")]
            cells.append(_count(mine))
        text += _row(cells)
    return text


def _names(titles, results):
    """Returns the names of the cases that are not the same, by executor."""
    text = ""
    for title in titles:
        text += "\n## %s\n" % title
        for name in COLUMNS[1:]:
            mine = [r for r in results if r["title"] == title and column(r) == name]
            if mine:
                text += "\n%s: %s\n" % (name, _list(mine))
        for about, key in (
            ("same, with a warning that says otherwise", "falseAlarm"),
            ("rejected by both, by Ovenbird only during the build", "late"),
        ):
            mine = [r for r in results if r["title"] == title and r[key]]
            if mine:
                text += "\n%s: %s\n" % (about, _list(mine))
    return text


def _list(results):
    return ", ".join("`%s`%s" % (result["case"], _ids(result)) for result in results)


def _ids(result):
    found = sorted({one.rpartition(" ")[2] for one in result["heard"]})
    return " (%s)" % ", ".join(found) if found else ""


def render(runs):
    """Returns the page. `runs` are the results of run.py, for one commit or several."""
    results = []
    for run in runs:
        for result in run["results"]:
            title = "%s, %s" % (result["executor"], result["snapshotMode"])
            results.append(dict(result, title=title))
    titles = list(dict.fromkeys(result["title"] for result in results))
    groups = sorted({result["case"].partition("/")[0] for result in results})
    about = {
        "commit": " and ".join(dict.fromkeys(run["commit"] for run in runs)),
        "cases": len({result["case"] for result in results}),
    }
    text = HEAD % about
    text += "\nCounts: %s. A column is an executor and its snapshotMode.\n\n" % " / ".join(COLUMNS)
    return text + _table(titles, groups, results) + _names(titles, results)


def differing(page):
    """Returns the cases whose result differs from the first column's: executor -> names."""
    first, found = None, {}
    for section in page.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        columns = {}
        for line in body.splitlines():
            name, _, listed = line.partition(": ")
            if name in COLUMNS:
                columns.update(dict.fromkeys(re.findall("`([^`]+)`", listed), name))
        if first is None:
            first = columns
        else:
            names = {case for case in {**first, **columns} if first.get(case) != columns.get(case)}
            found[title.rpartition(", ")[0]] = names
    return found


def main():
    runs = []
    for path in sys.argv[1:]:
        with open(path) as stream:
            runs.append(json.load(stream))
    sys.stdout.write(render(runs))


if __name__ == "__main__":
    main()
