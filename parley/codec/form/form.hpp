// SPDX-License-Identifier: Apache-2.0
// Forms: query strings, URL-encoded bodies and multipart bodies, as fields in order and as the
// trees that protocols make of their names. Functions only; any thread.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley::form {

/// One field. `value` is a string; null for a name without '='; for the file of a multipart form
/// a dict {filename, contenttype, content} of string, string, bytes.
struct Field {
  std::string_view name;
  Value value;
};

/// "a=1&b=two+words": escapes and '+' decoded, empty parts skipped, the first '=' separates.
/// What holds no escape views `text`, the rest lives in `arena`.
///
/// limits:  values_max fields
/// fails:   malformed: a broken escape, a NUL in a name, or what is not UTF-8; too_large
/// source:  WHATWG URL section 5.1, made strict
Result<std::vector<Field>> read_urlencoded(std::string_view text, const Limits& limits,
                                           Arena& arena);

/// A multipart/form-data body; `boundary` of its Content-Type, without quotes. Values view `body`.
///
/// A part with a filename is a file, its type text/plain unless it says another; every other part
/// is text in UTF-8. In quotes, `\"` and `\\` are unescaped as RFC 2183 writes them, and %22, %0D
/// and %0A as browsers do. What stands before the first boundary and behind the last is skipped.
///
/// limits:  values_max fields; head_bytes_max and headers_max for the head of one part
/// fails:   malformed: also a boundary that is none, a body without its last boundary;
///          unsupported_media: a transfer encoding that changes bytes (base64), a charset other
///          than UTF-8 for a text, a multipart within; too_large
/// source:  RFC 7578, RFC 2046 section 5.1, WHATWG HTML section 4.10.21.8
Result<std::vector<Field>> read_multipart(std::string_view body, std::string_view boundary,
                                          const Limits& limits, Arena& arena);

/// Fields as a dict in the order of their first mention; the values of a name given more than
/// once become a list, in order.
///
/// memory:  keys and texts stay where `fields` has them
Value flat_tree(std::span<const Field> fields, Arena& arena);

/// Fields as nested dicts by their names: `p.id`, `p.hobbies[0]`, `p[key].x`. An index or key in
/// brackets is a name in a dict ({"0": ...}): its type decides later what that is. Inside brackets
/// a dot belongs to the key. Repeated names make a list.
///
/// limits:  depth_max dicts and lists within each other, values_max values
/// fails:   invalid_argument: a name that is a value in one field and a dict in another, broken
///          brackets; too_large. `where` is the name of the field, its first
///          200 bytes
Result<Value> nested_tree(std::span<const Field> fields, const Limits& limits, Arena& arena);

}  // namespace parley::form
