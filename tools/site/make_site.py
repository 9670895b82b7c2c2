#!/usr/bin/env -S python3 -B
"""Makes the documentation site from the pages of the repository.

    make_site.py --mdbook PROGRAM --settings FOLDER --output FOLDER FILE...

The folder of settings has nav.txt, mdBook's book.toml, site.css and site.js. The FILEs are named by
their paths in the repository. A page is a .md file; its address is its path with .html, and that of a
README.md is index.html. nav.txt has the order of the pages. mdBook makes the HTML; this program gives
it the pages with links that are right in the site:

- A link to a folder leads to the folder's README.md.
- A link to another file leads to a page with the file's text. The files of an example are one page.
- A link to a file that is not among the FILEs becomes plain text: a reader of the site has no
  source code.
"""

import argparse
import fnmatch
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile

FOR_MDBOOK = ["book.toml", "site.css", "site.js"]
# A link (text, target), or a code span, whose content is not a link.
LINK_OR_CODE = re.compile(
    r"\[(?P<text>(?:[^\[\]`]|`[^`]*`|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)|(?P<ticks>`+)(?!`).*?(?P=ticks)(?!`)"
)
EXAMPLE = re.compile(r"(examples/[^/]+)/.+")
LANGUAGES = {"yaml": "yaml", "yml": "yaml", "sh": "sh", "html": "html", "css": "css", "json": "json"}
# Of the code blocks of pages: what mdBook's highlight.js knows, and what site.js adds.
HIGHLIGHTED = {"bash", "console", "diff", "ini", "makefile", "python", "xml"} | set(LANGUAGES.values())
ADDED = {"dockerfile"}


def is_page(path):
    """Whether a file is a page by itself. The files of an example are not."""
    return path.endswith(".md") and not EXAMPLE.match(path)


def page_of(path):
    """Returns the page in the site that shows a file of the repository, and the anchor in it."""
    example = EXAMPLE.match(path)
    if example:
        name = path[len(example.group(1)) + 1 :]
        return example.group(1) + "/index.md", anchor_of(name)
    if not path.endswith(".md"):
        return path + ".md", ""
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "index.md" if name == "README.md" else name), ""


def anchor_of(heading):
    """Returns the anchor of a heading, as code hosts and mdBook make it."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower())
    return kept.replace(" ", "-")


def parts_of(text):
    """Returns (text, whether it is a code block) of each part of a page."""
    fence, parts = "", []
    for line in text.splitlines(keepends=True):
        mark = re.match(r"\s*(```+|~~~+)", line)
        is_code = bool(fence or mark)
        if parts and parts[-1][1] == is_code:
            parts[-1] = (parts[-1][0] + line, is_code)
        else:
            parts.append((line, is_code))
        if not fence:
            fence = mark.group(1) if mark else ""
        elif mark and mark.group(1).startswith(fence) and line.strip() == mark.group(1):
            fence = ""
    return parts


def lines_of(text):
    """Returns the lines of a page that are not in a code block."""
    return [line for part, is_code in parts_of(text) if not is_code for line in part.splitlines()]


def title_of(path, text):
    """Returns the first heading of a page without its marks, or its path."""
    headings = [line[2:] for line in lines_of(text) if line.startswith("# ")]
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", headings[0].replace("`", "")) if headings else path


def links_of(path, text):
    """Returns (depth of the list item, text, file or folder) of each relative link of a page."""
    links = []
    for line in lines_of(text):
        item = re.match(r"( *)[-*] ", line)
        for link in LINK_OR_CODE.finditer(line):
            target = (link.group("target") or "").partition("#")[0]
            if target and ":" not in target:
                depth = len(item.group(1)) // 2 if item else 0
                links.append((depth, link.group("text").replace("`", ""), resolve(path, target)))
    return links


def resolve(page, target):
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))


class Site:
    """The files of the repository, and the pages that show them."""

    def __init__(self, texts):
        """`texts`: the text of each file by its path in the repository."""
        self._texts = texts
        self._files = {path: page_of(path) for path in texts}
        for page, _ in list(self._files.values()):  # a folder is its README.md, or an example
            if posixpath.basename(page) == "index.md":
                self._files[posixpath.dirname(page)] = (page, "")

    def pages(self):
        """Returns the text of each page by its path in the site."""
        pages = {}
        for path, text in sorted(self._texts.items()):
            page, _ = self._files[path]
            example = EXAMPLE.match(path)
            if is_page(path):
                pages[page] = self._with_links(path, text)
            elif example:
                heading = "# Example: %s\n" % posixpath.basename(example.group(1))
                name = path[len(example.group(1)) + 1 :]
                pages[page] = pages.get(page, heading) + "\n## %s\n\n%s" % (name, as_block(path, text))
            else:
                pages[page] = "# %s\n\n%s" % (path, as_block(path, text))
        return pages

    def _with_links(self, path, text):
        def change(match):
            target, _, anchor = (match.group("target") or "").partition("#")
            if not target or ":" in target:
                return match.group(0)
            shown = self._files.get(resolve(path, target))
            if not shown:
                return match.group("text")
            page = posixpath.relpath(shown[0], posixpath.dirname(page_of(path)[0]))
            anchor = anchor or shown[1]
            return "[%s](%s%s)" % (match.group("text"), page, "#" + anchor if anchor else "")

        return "".join(part if is_code else LINK_OR_CODE.sub(change, part) for part, is_code in parts_of(text))

    def summary(self, nav):
        """Returns mdBook's SUMMARY.md for a nav.txt. The error is a ValueError."""
        pages = self.pages()
        order = [
            re.match(r"( *)([^|]*?) *(?:\| *(.*))?$", line).groups()
            for line in nav.split("\n")
            if line.strip() and not line.startswith("//")
        ]
        named = {page_of(pattern)[0] for _, pattern, _ in order}
        lines, left, before = [], set(pages), None
        for indent, pattern, name in order:
            if pattern.startswith("# "):
                lines += ["", pattern, ""]
                continue
            if "*" in pattern:
                entries = self._matching(pattern, before, left - named)
            elif page_of(pattern)[0] in left:
                entries, before = [(0, page_of(pattern)[0], "")], pattern
            else:
                raise ValueError("nav.txt names %s, which is not a page" % pattern)
            for more, page, linked_as in entries:
                left.discard(page)
                title = name or linked_as or title_of(page, pages[page])
                title = re.sub(r"([\\\[\]*_<>&])", r"\\\1", title)
                lines.append("%s- [%s](%s)" % (indent + "  " * more, title, page))
        if left:
            raise ValueError("nav.txt does not name " + ", ".join(sorted(left)))
        return "# Summary\n" + "\n".join(lines) + "\n"

    def _matching(self, pattern, before, left):
        """Returns (depth, page, name) of the pages of a pattern: as the page before links to them, then by path.

        A page has the name of its link, or none if several links lead to it.
        """
        matching = [page for page in sorted(left) if fnmatch.fnmatch(page, pattern)]
        links = [
            (depth, self._files.get(target, ("", ""))[0], text)
            for depth, text, target in (links_of(before, self._texts[before]) if before else [])
        ]
        linked = [page for _, page, _ in links]
        entries = []
        for depth, page, text in links:
            if page in matching and page not in [entry[1] for entry in entries]:
                # A page is at most one level below the one before it.
                depth = min(depth, entries[-1][0] + 1) if entries else 0
                entries.append((depth, page, text if linked.count(page) == 1 else ""))
        return entries + [(0, page, "") for page in matching if page not in linked]


def as_block(path, text):
    """Returns the text of a file as a code block."""
    ticks = "`" * max([3] + [len(ticks) + 1 for ticks in re.findall("`+", text)])
    base = posixpath.basename(path)
    language = "dockerfile" if "dockerfile" in base.lower() else LANGUAGES.get(base.rpartition(".")[2], "text")
    return "%s%s\n%s\n%s\n" % (ticks, language, text.rstrip("\n"), ticks)


def with_languages(text):
    """Returns a page whose code blocks have a language that highlight.js knows; it warns of others."""

    def change(match):
        language = match.group(2)
        if language in HIGHLIGHTED:
            return match.group(0)
        return match.group(1) + ("plaintext," + language if language in ADDED else "text")

    def first_line(part):
        return re.sub(r"^(\s*(?:```+|~~~+))(\w+)$", change, part, flags=re.M)

    return "".join(first_line(part) if is_code else part for part, is_code in parts_of(text))


def read_files(paths):
    """Returns the text of each file. A file that is not text has none, and is left out."""
    texts = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            texts[path] = text
    return texts


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)


def make(mdbook, settings, output, paths):
    site = Site(read_files(paths))
    with open(os.path.join(settings, "nav.txt")) as stream:
        summary = site.summary(stream.read())
    with tempfile.TemporaryDirectory() as book:
        for name in FOR_MDBOOK:
            shutil.copyfile(os.path.join(settings, name), os.path.join(book, name))
        write(os.path.join(book, "src/SUMMARY.md"), summary)
        for page, text in site.pages().items():
            write(os.path.join(book, "src", page), with_languages(text))
        done = subprocess.run(
            [os.path.abspath(mdbook), "build", "--dest-dir", os.path.abspath(output), book],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode != 0 or re.search(r"\b(WARN|ERROR)\b", done.stdout):
        raise ValueError("mdBook: " + done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mdbook", required=True)
    parser.add_argument("--settings", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    try:
        make(options.mdbook, options.settings, options.output, options.files)
    except ValueError as error:
        sys.exit("make_site.py: %s" % error)


if __name__ == "__main__":
    main()
