-- Starts `ovenbird lsp` for devspace.yaml and Dockerfiles, in Neovim 0.7 and later.
-- Copy this file into ~/.config/nvim/plugin/. Another program, or flags: before that,
-- vim.g.ovenbird_command = { "/opt/ovenbird", "lsp", "--profile", "ci" }

local client -- of Neovim 0.7, which cannot find it again

local function attach(event)
  local config = {
    name = "ovenbird",
    cmd = vim.g.ovenbird_command or { "ovenbird", "lsp" },
    root_dir = vim.fn.getcwd(),
  }
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  client = client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(event.buf, client)
end

vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  group = vim.api.nvim_create_augroup("ovenbird", {}),
  pattern = { "devspace*.yaml", "devspace*.yml", "*Dockerfile*" },
  callback = attach,
})
