"""The scripts of the CI recipes in docs/guides/ci.md, as each CI system would run them.

A script is a tuple: the shell with its flags, the text, and the variables that the recipe sets.
"""

import re

import yaml

PAGE = "docs/guides/ci.md"
BLOCK = re.compile(r"^<!-- not a config: ([^\n]*) -->\n```\w+\n(.*?)^```$", re.M | re.S)


class Recipes:
    """The recipes of the page. `values` has the text of each expression that a CI system replaces."""

    def __init__(self, page, values):
        self.blocks = {}
        for title, text in BLOCK.findall(page):
            self.blocks.setdefault(title, []).append(text)
        self.values = values

    def block(self, title):
        """Returns the last block with this title: the first is the recipe of `validate`."""
        return self.blocks[title][-1]

    def github(self):
        """Yields the steps of the workflow. A step may need what the one before it has written to `values`."""
        for job in yaml.safe_load(self.block("a workflow of GitHub Actions"))["jobs"].values():
            for step in job["steps"]:
                if "run" in step:
                    variables = {name: self.filled(text) for name, text in step.get("env", {}).items()}
                    yield ["bash", "-e", "-c"], self.filled(step["run"]), variables

    def gitlab(self):
        job = yaml.safe_load(self.block("a pipeline of GitLab"))["images"]
        yield ["sh", "-e", "-c"], "\n".join(job["script"]), job["variables"]

    def jenkins(self):
        for text in re.findall(r"\bsh '([^'\n]*)'", self.block("a Jenkinsfile")):
            yield ["sh", "-xe", "-c"], text, {}

    def tekton(self):
        for step in yaml.safe_load(self.block("a Task of Tekton"))["spec"]["steps"]:
            first, _, rest = step["script"].partition("\n")
            yield [first[2:], "-c"], self.filled(rest), {}

    def argo(self):
        for template in yaml.safe_load(self.block("a Workflow of Argo"))["spec"]["templates"]:
            yield template["container"]["command"], *template["container"]["args"], {}

    def filled(self, text):
        """Replaces ${{ NAME }} and $(NAME); another name is a KeyError."""
        text = re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda name: self.values[name.group(1)], text)
        return re.sub(r"\$\(((?:params|results|workspaces)\.[\w.]+)\)", lambda name: self.values[name.group(1)], text)
