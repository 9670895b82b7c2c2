// Positions as editors count them: lines from 0, and in a line UTF-16 code
// units, or bytes where the editor agrees to that.
#ifndef OVENBIRD_RUNTIME_LSP_POSITION_H_
#define OVENBIRD_RUNTIME_LSP_POSITION_H_

#include <cstddef>

#include "runtime/base/json.h"
#include "runtime/base/source_file.h"

namespace ovenbird::lsp {

// What a character of a position is.
enum class Encoding { kUtf16, kUtf8 };

// Returns the position of a byte offset in `file` as JSON; after the end, that
// of the end.
json::Value PositionToJson(const SourceFile& file, size_t offset,
                           Encoding encoding);

// Returns the range of `span` as JSON, with its end not before its begin;
// `span.file` must not be null.
json::Value RangeToJson(Span span, Encoding encoding);

// Returns the byte offset of a position that an editor has sent. A position
// after the end of its line means that end; one after the last line, or of
// another form, the end of the file.
size_t OffsetFromJson(const SourceFile& file, const json::Value& position,
                      Encoding encoding);

}  // namespace ovenbird::lsp

#endif  // OVENBIRD_RUNTIME_LSP_POSITION_H_
