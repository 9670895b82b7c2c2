// What the site adds to mdBook's own scripts, which run before this one.
"use strict";

// A `console` block has commands after `$ ` and their output: copies the commands only.
const wholeText = playground_text;
playground_text = function (block, hidden) {
  const text = wholeText(block, hidden);
  if (!block.querySelector("code.language-console")) {
    return text;
  }
  const commands = text.match(/^\$ (?:.*\\\n)*.*$/gm) || [];
  return commands.map((command) => command.slice(2) + "\n").join("") || text;
};

// mdBook's highlight.js has no grammar for Dockerfiles.
hljs.registerLanguage("dockerfile", (hljs) => ({
  case_insensitive: true,
  keywords:
    "from maintainer expose env arg user onbuild stopsignal run cmd label volume workdir add copy entrypoint healthcheck shell as",
  contains: [hljs.HASH_COMMENT_MODE, hljs.APOS_STRING_MODE, hljs.QUOTE_STRING_MODE, { className: "variable", begin: /\$\{?\w+\}?/ }],
}));
for (const code of document.querySelectorAll("code.dockerfile")) {
  code.className = "dockerfile";
  code.textContent = code.textContent; // without the marks of the first time
  hljs.highlightBlock(code);
}

// Words of questions that say nothing about a page, in addition to those that the search knows.
elasticlunr.addStopWords(["mean", "means", "need", "use", "used", "uses", "using", "work", "works"]);
document.getElementById("mdbook-searchbar").placeholder = "Search: a question, an option, a message";
