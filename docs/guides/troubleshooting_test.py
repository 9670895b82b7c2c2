#!/usr/bin/env -S python3 -B
"""Compares troubleshooting.md with the sentences of the sources that explain failures.

The rows between `<!-- TABLE of FILE -->` and the next empty line are made from a table of the
source. All other sentences of the sources must be in the page, too.

  docs/guides/troubleshooting_test.py --write    writes the rows anew
"""

import re
import sys
import unittest

PAGE = "docs/guides/troubleshooting.md"
CLUSTER = "runtime/build/cluster/"
LOG = "runtime/build/kaniko_log.cc"
API = CLUSTER + "api_failure.cc"
POD = CLUSTER + "pod_failure.cc"
START = CLUSTER + "pod_start.cc"
# Whose failures are named in code: each string of a sentence must be in the page.
SENTENCES = [
    POD,
    START,
    CLUSTER + "pod_build.cc",
    CLUSTER + "node_platforms.cc",
    "runtime/build/push_checking_engine.cc",
    "runtime/build/failure.cc",
]
# The sources leave out a letter that can be upper or lower case.
WHOLE = {"peration not": "operation not", "ockerfile": "Dockerfile"}
NO_FIX = "read the message that Ovenbird prints below it"
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*|\d+)|(\S)')


def read(path):
    with open(path) as stream:
        return stream.read()


def tokens_of(text):
    """Yields ("text", value), ("word", value) or ("sign", value); joins strings side by side."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    pending = None
    for string, word, sign in TOKEN.findall(text):
        if not word and not sign:
            pending = (pending or "") + string.replace('\\"', '"').replace("\\\\", "\\")
            continue
        if pending is not None:
            yield "text", pending
            pending = None
        yield ("word", word) if word else ("sign", sign)
    if pending is not None:
        yield "text", pending


def rows_of(source, table):
    """Returns the rows of `constexpr TYPE table[] = {{...}, ...};`, constants inserted."""
    constants = {
        name: next(tokens_of(value))[1]
        for name, value in re.findall(r"absl::string_view (k\w+) =\s*(\".*?\");", source, re.S)
    }
    body = re.search(re.escape(table) + r"\[\] = \{(.*?)\n?\};", source, re.S).group(1)
    rows, cells = [], None
    for kind, value in tokens_of(body):
        if (kind, value) == ("sign", "{"):
            cells = []
        elif (kind, value) == ("sign", "}"):
            rows.append(cells)
        elif kind != "sign":
            cells.append(constants.get(value, value))
    return rows


def sentences_of(source):
    """Returns the strings of the first argument of each failure."""
    found = []
    starts = r"(?:Environment|Disruption|ConfigFailure|Lost)\(|what =\s*"
    for start in re.finditer(starts, source):
        depth = 0
        for kind, value in tokens_of(source[start.end() : start.end() + 600]):
            if kind == "text" and len(value.split()) > 2:
                found.append(value.strip())
            depth += {"(": 1, ")": -1}.get(value, 0) if kind == "sign" else 0
            if depth < 0 or (depth == 0 and kind == "sign" and value in ",;"):
                break
    return found


def cell(text):
    return text.replace("|", "\\|").replace("$NS", "NAMESPACE").replace("$VERB", "VERB").replace(
        "$RESOURCE", "RESOURCE"
    )


def made(path, table):
    """Returns the rows of one table in Markdown."""
    out = []
    for row in rows_of(read(path), table):
        if table == "kMeanings":
            code, part, what, fix = row
            symptom = code + (" `%s`" % part.strip() if part else ", any other")
        elif table == "kCauses":
            part, also, what, fix = row[:4]
            part, also = WHOLE.get(part[:12], part[:12]) + part[12:], WHOLE.get(also, also)
            symptom = "`%s`" % part + (" with `%s`" % also if also else "")
            fix += "; without a cluster: " + row[4] if len(row) > 4 else ""
        elif table == "kHopeless":
            symptom, what, fix = "`%s`" % row[0], row[1] + " image `NAME`", row[2]
        else:
            symptom, what, fix = "`%s`" % row[0], row[1], row[2]
        out.append("| %s | %s | %s |\n" % (cell(symptom), cell(what), cell(fix or NO_FIX)))
    return "".join(out)


def written(page):
    """Returns the page with rows that are made anew."""

    def rows(match):
        return match.group(1) + made(match.group(3), match.group(2))

    return re.sub(
        r"(<!-- (k\w+) of (\S+) -->\n\|.*\n\|.*\n)((?:\|.*\n)*)", lambda m: rows(m), page
    )


class Troubleshooting(unittest.TestCase):
    maxDiff = None

    def test_the_tables_are_those_of_the_sources(self):
        page = read(PAGE)
        for path, table in [
            (API, "kMeanings"),
            (LOG, "kCauses"),
            (POD, "kHopeless"),
            (POD, "kDeleters"),
            (START, "kSlowStarts"),
        ]:
            self.assertIn("<!-- %s of %s -->" % (table, path), page)
            self.assertGreater(len(rows_of(read(path), table)), 3)
        self.assertEqual(written(page), page, "run " + __file__.split("/")[-1] + " --write")

    def test_every_sentence_is_on_the_page(self):
        page = " ".join(read(PAGE).split())
        for path in SENTENCES:
            sentences = sentences_of(read(path))
            self.assertTrue(sentences, path)
            for sentence in sentences:
                with self.subTest(path=path, sentence=sentence):
                    self.assertTrue(sentence in page)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        text = written(read(PAGE))
        with open(PAGE, "w") as stream:
            stream.write(text)
    else:
        unittest.main()
