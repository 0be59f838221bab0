// SPDX-License-Identifier: Apache-2.0
// URL-encoded text and its two trees, multipart with the boundary "B": every text is UTF-8, what
// was written back from a flat tree reads as the same tree.
#include "parley/codec/form/form.hpp"
#include "parley/core/utf8.hpp"

using namespace parley;

namespace {

void escape(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

void add(std::string_view name, const Value& value, std::string& out) {
  if (!out.empty()) out += '&';
  escape(name, out);
  if (value.is_null()) return;
  out += '=';
  escape(value.text(), out);
}

std::string written(const Value& flat) {
  std::string out;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const Value& value = flat.values()[i];
    if (!value.is_list()) {
      add(flat.keys()[i], value, out);
      continue;
    }
    for (const Value& item : value.items()) add(flat.keys()[i], item, out);
  }
  return out;
}

// A nameless field without a value is no field once it is written.
bool has_nameless_null(std::span<const form::Field> fields) {
  for (const form::Field& field : fields)
    if (field.name.empty() && field.value.is_null()) return true;
  return false;
}

void check_urlencoded(std::string_view text) {
  Arena arena;
  Limits limits;
  limits.depth_max = 20;
  limits.values_max = 500;
  auto fields = form::read_urlencoded(text, limits, arena);
  if (!fields) return;
  for (const form::Field& field : *fields) {
    PARLEY_ASSERT(is_utf8(field.name));
    PARLEY_ASSERT(field.value.is_null() || is_utf8(field.value.text()));
  }
  Value flat = form::flat_tree(*fields, arena);
  PARLEY_ASSERT(!has_nameless_null(*fields));
  std::string again = written(flat);
  auto reread = form::read_urlencoded(again, limits, arena);
  PARLEY_ASSERT(reread.has_value() && reread->size() == fields->size());
  PARLEY_ASSERT(equal(flat, form::flat_tree(*reread, arena)));
  auto nested = form::nested_tree(*fields, limits, arena);
  PARLEY_ASSERT(!nested || nested->is_dict());
  if (nested) (void)copy(*nested, arena);  // visits every node
}

void check_multipart(std::string_view body) {
  Arena arena;
  Limits limits;
  limits.head_bytes_max = 200;
  limits.headers_max = 5;
  auto fields = form::read_multipart(body, "B", limits, arena);
  if (!fields) return;
  for (const form::Field& field : *fields) {
    PARLEY_ASSERT(is_utf8(field.name));
    PARLEY_ASSERT(field.name.find('\0') == std::string_view::npos);
    const Value* content = field.value.is_dict() ? field.value.find("content") : &field.value;
    PARLEY_ASSERT(content != nullptr && content->text().find("\r\n--B") == std::string_view::npos);
    PARLEY_ASSERT(content->is(Kind::bytes) || is_utf8(content->text()));
  }
  (void)copy(form::flat_tree(*fields, arena), arena);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  check_urlencoded(input);
  check_multipart(input);
  return 0;
}
