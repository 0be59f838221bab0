// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/reply.hpp"

#include <algorithm>
#include <cmath>

#include "parley/codec/json/writer.hpp"
#include "parley/codec/xml/writer.hpp"
#include "parley/core/base64.hpp"
#include "parley/registry/method.hpp"

namespace parley::rest {
namespace {

/// The zone as Python's isoformat writes it.
std::string isoformat(std::string text) {
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

/// JSON with the types of REST. What is not a number of JSON is remembered as a failure.
class JsonSink final : public Sink {
 public:
  explicit JsonSink(Output& out) : json_(out, {.style = json::Style::python}) {}
  void null() override { json_.null(); }
  void boolean(bool v) override { json_.boolean(v); }
  void integer(std::int64_t v) override { json_.integer(v); }
  void bigint(std::string_view v) override { json_.bigint(v); }
  void number(std::string_view v) override { json_.number(v); }
  void real(double v) override {
    is_finite_ = is_finite_ && std::isfinite(v);
    json_.real(v);
  }
  void decimal(const Decimal& v) override { json_.string(to_string(v)); }
  void string(std::string_view v) override { json_.string(v); }
  void bytes(std::string_view v) override { json_.bytes(v); }
  void date(Date v) override { json_.date(v); }
  void time(Time v) override { json_.string(isoformat(to_string(v))); }
  void datetime(const DateTime& v) override { json_.string(isoformat(to_string(v))); }
  void uuid(const Uuid& v) override { json_.uuid(v); }
  void begin_list() override { json_.begin_list(); }
  void end_list() override { json_.end_list(); }
  void begin_dict() override { json_.begin_dict(); }
  void key(std::string_view name) override { json_.key(name); }
  void end_dict() override { json_.end_dict(); }

  Result<void> verdict() const {
    if (is_finite_) return {};
    return Error(Code::internal, "the result holds NaN or infinity, which JSON cannot carry");
  }

 private:
  json::Writer json_;
  bool is_finite_ = true;
};

bool is_name(std::string_view text) {
  auto is_start = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !is_start(text[0])) return false;
  return std::ranges::all_of(text, [&](char c) { return is_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

std::string real_text(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "INF" : "-INF";
  return json::to_json(Value::real(v));
}

/// The text of a scalar.
std::string text_of(const Value& value) {
  switch (value.kind()) {
    case Kind::real:
      return real_text(value.as_real());
    case Kind::decimal:
      return to_string(value.as_decimal());
    case Kind::bytes:
      return to_base64(value.text());
    case Kind::time:
      return isoformat(to_string(value.as_time()));
    case Kind::datetime:
      return isoformat(to_string(value.as_datetime()));
    case Kind::string:
      return std::string(value.text());
    default:
      break;
  }
  std::string text = json::to_json(value);
  return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

void put_tag(std::string_view name, std::string_view end, Output& out) {
  out.put('<');
  out.put(name);
  out.put(end);
}

void put_end(std::string_view name, Output& out) {
  out.put("</");
  out.put(name);
  out.put('>');
}

const Type* member_type(const Type* type, std::string_view name) {
  if (type == nullptr || type->base() != Type::Base::structure) return nullptr;
  for (const Type::Member& member : type->members())
    if (member.name == name) return &member.type;
  return nullptr;
}

const Type* item_type(const Type* type) {
  if (type == nullptr) return nullptr;
  const bool has_item = type->base() == Type::Base::list || type->key() != nullptr;
  return has_item ? &type->item() : nullptr;
}

bool is_structure(const Value& dict, const Type* type) {
  if (type != nullptr && type->base() == Type::Base::structure) return true;
  if (type != nullptr && type->base() == Type::Base::dict && type->key() != nullptr) return false;
  return std::ranges::all_of(dict.keys(), is_name);
}

void put_members(const Value& dict, const Type* type, Output& out) {
  const bool has_elements = is_structure(dict, type);
  for (std::size_t i = 0; i < dict.size(); ++i) {
    std::string_view key = dict.keys()[i];
    const Value& value = dict.values()[i];
    if (has_elements) {
      if (!value.is_unset()) put_element(key, value, member_type(type, key), out);
      continue;
    }
    out.put("<item>");
    put_element("key", Value::string(key), nullptr, out);
    put_element("value", value, item_type(type), out);
    out.put("</item>");
  }
}

/// Rows between <result> and </result>, each a tree of its own for as long as it is written.
Result<void> put_rows(RowSource& rows, const Type* type, Output& out) {
  out.put("<result>");
  Arena arena;
  while (out.is_open()) {
    TreeBuilder row(arena);
    PARLEY_TRY(bool has_row, rows.next(row));
    if (!has_row) break;
    put_element("item", row.result(), item_type(type), out);
    arena.reset();
  }
  out.put("</result>");
  return {};
}

}  // namespace

void put_element(std::string_view name, const Value& value, const Type* type, Output& out) {
  if (value.is_absent()) return put_tag(name, " nil=\"true\" />", out);
  const bool is_container = value.is_list() || value.is_dict();
  const std::string text = is_container ? std::string() : text_of(value);
  if (is_container ? value.size() == 0 : text.empty()) return put_tag(name, " />", out);
  put_tag(name, ">", out);
  if (value.is_list())
    for (const Value& item : value.items()) put_element("item", item, item_type(type), out);
  else if (value.is_dict())
    put_members(value, type, out);
  else
    xml::write_text(text, out);
  put_end(name, out);
}

Result<void> put_json(const Value& value, Output& out) {
  JsonSink json(out);
  write(value, json);
  return json.verdict();
}

Result<void> put_result(Answer& answer, Format format, const Options& options, Output& out) {
  const Type* type = answer.method == nullptr ? nullptr : &answer.method->returns;
  if (format == Format::xml) {
    if (answer.is_rows()) return put_rows(answer.rows(), type, out);
    put_element("result", answer.value(), type, out);
    return {};
  }
  JsonSink json(out);
  if (options.nests_result) {
    json.begin_dict();
    json.key("result");
  }
  PARLEY_CHECK(write(answer, json));
  if (options.nests_result) json.end_dict();
  return json.verdict();
}

}  // namespace parley::rest
