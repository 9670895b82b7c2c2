// Parts that all generated pages share.
#ifndef OVENBIRD_CODEGEN_DOCS_MARKDOWN_H_
#define OVENBIRD_CODEGEN_DOCS_MARKDOWN_H_

#include <string>

#include "codegen/model.h"

namespace ovenbird::codegen {

// Returns the comment that names the schema file and says not to edit.
std::string Banner(const Schema& schema);

// Returns `text` in backticks.
std::string Code(const std::string& text);

// Returns the default of the field for a reader: in words, or the value in
// backticks; "" if it has none.
std::string DefaultText(const Field& field);

// Returns `text` for one cell of a table.
std::string Cell(const std::string& text);

// Returns `docs` up to the first period that ends a sentence.
std::string FirstSentence(const std::string& docs);

// Returns the anchor that code hosts give a heading that is only a name in
// backticks.
std::string Anchor(const std::string& name);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_DOCS_MARKDOWN_H_
