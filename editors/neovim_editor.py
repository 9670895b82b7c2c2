#!/usr/bin/env -S python3 -B
"""Drives `ovenbird lsp` from Neovim, with the file that the guide tells users to copy: diagnostics, hover, definition,
completion, rename, code action. Also reads the configuration for Helix.

Run by ./bazelw run //editors:test. Needs nvim (apt-get install neovim).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib

import outcome

CONFIG = "vars:\n- name: TAG\n  default: v1\nimages:\n  app:\n    image: john/app\n    tags: ['${TAG}']\n    tga: x\n"
DOCKERFILE = "FROM scratch AS base\nCOPY gone /\n"

# Each step adds to `seen`, which is written at the end.
SCRIPT = """
local seen = {}
local function codes(buffer)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, string.format("%d:%d %s", one.lnum, one.col, one.code or one.user_data.lsp.code))
  end
  return found
end
local function wait(condition)
  if not vim.wait(30000, condition, 20) then error("timeout") end
end
local function at(line, column)
  vim.api.nvim_win_set_cursor(0, {line, column})
  return vim.lsp.util.make_position_params(0, "utf-16")
end
local function request(method, params)
  for _, reply in pairs(vim.lsp.buf_request_sync(0, method, params, 30000) or {}) do
    return reply.result
  end
end
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n") .. "\\n"
end

local ok, problem = pcall(function()
  vim.cmd("edit devspace.yaml")
  local buffer = vim.api.nvim_get_current_buf()
  wait(function() return #vim.diagnostic.get(buffer) > 0 end)
  seen.diagnostics = codes(buffer)
  seen.hover = request("textDocument/hover", at(6, 5)).contents.value
  local place = request("textDocument/definition", at(7, 15))[1]
  seen.definition = {place.range.start.line, place.range.start.character}
  seen.completion = {}
  vim.api.nvim_buf_set_lines(buffer, 7, 8, false, {"    bu"})
  for _, item in ipairs(request("textDocument/completion", at(8, 6))) do
    table.insert(seen.completion, item.label)
  end
  -- A key with a typing mistake, and its quick fix.
  vim.api.nvim_buf_set_lines(buffer, 7, 8, false, {"    Dockerfile: Dockerfile"})
  local params = at(8, 5)
  params.range = {start = params.position, ["end"] = params.position}
  params.context = {diagnostics = {}, only = {"quickfix"}}
  local actions = request("textDocument/codeAction", params)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
  seen.fixed = text()
  wait(function() return #vim.diagnostic.get(buffer) == 0 end)
  at(7, 15)
  vim.lsp.buf.rename("LABEL")
  wait(function() return text():find("LABEL") end)
  seen.renamed = text()
  vim.cmd("silent write")
  vim.cmd("edit Dockerfile")
  local other = vim.api.nvim_get_current_buf()
  wait(function() return #vim.diagnostic.get(other) > 0 end)
  seen.dockerfile = codes(other)
  seen.clients = #vim.lsp.get_active_clients()
end)
seen.problem = not ok and tostring(problem) or nil
local file = io.open("seen.json", "w")
file:write(vim.fn.json_encode(seen))
file:close()
vim.cmd("qall!")
"""


def drive(folder):
    """Runs Neovim in a project; returns what the script has seen."""
    for name, text in (("devspace.yaml", CONFIG), ("Dockerfile", DOCKERFILE), ("script.lua", SCRIPT)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    command = json.dumps([os.path.abspath("tools/ovenbird"), "lsp"]).replace("[", "{").replace("]", "}")
    words = ["nvim", "--headless", "--clean", "--cmd", "lua vim.g.ovenbird_command = " + command]
    words += ["--cmd", "luafile " + os.path.abspath("editors/neovim/ovenbird.lua"), "-c", "luafile script.lua"]
    subprocess.run(
        words,
        cwd=folder,
        env={"HOME": os.path.join(folder, "home"), "KUBECONFIG": "/dev/null", "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    with open(os.path.join(folder, "seen.json"), encoding="utf-8") as file:
        return json.load(file)


def checks():
    """Yields the name, what is wanted and what was got."""
    with tempfile.TemporaryDirectory() as folder:
        seen = drive(os.path.realpath(folder))
    yield "problem", None, seen.get("problem")
    yield "diagnostics", ["7:4 unknown-field"], seen.get("diagnostics")
    yield "hover", True, "images.*.image" in seen.get("hover", "")
    yield "definition", [1, 8], seen.get("definition")
    yield "completion", True, "build" in seen.get("completion", [])
    fixed = CONFIG.replace("tga: x", "dockerfile: Dockerfile")
    yield "quick fix", fixed, seen.get("fixed")
    yield "rename", fixed.replace("TAG", "LABEL"), seen.get("renamed")
    yield "dockerfile", ["1:5 copy-source-missing"], seen.get("dockerfile")
    yield "one server", 1, seen.get("clients")
    with open("editors/helix/languages.toml", "rb") as file:
        helix = tomllib.load(file)
    server = helix["language-server"]["ovenbird"]
    yield "helix", ("ovenbird", ["lsp"]), (server["command"], server["args"])
    yield "helix's languages", ["yaml", "dockerfile"], [one["name"] for one in helix["language"]]


def main():
    if not shutil.which("nvim"):
        sys.exit("nvim is missing: apt-get install neovim")
    return outcome.count("neovim", checks())


if __name__ == "__main__":
    sys.exit(main())
