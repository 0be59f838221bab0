// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/reason.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "parley/codec/json/writer.hpp"

namespace parley::rest {
namespace {

constexpr std::size_t shown_bytes_max = 500;

std::string cut(std::string text) {
  if (text.size() <= shown_bytes_max) return text;
  std::size_t size = shown_bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size) + "...";
}

/// str(value) of Python for scalars, JSON for the rest.
std::string shown(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
      return "None";
    case Kind::boolean:
      return value.as_boolean() ? "True" : "False";
    case Kind::string:
    case Kind::number:
    case Kind::bigint:
      return cut(std::string(value.text()));
    default:
      break;
  }
  return cut(json::to_json(value, {.style = json::Style::python}));
}

/// One step of a path, ".name" or "[key]", taken from its front; its name.
std::string_view next_step(std::string_view& path) {
  const bool is_bracket = path.starts_with('[');
  if (is_bracket || path.starts_with('.')) path.remove_prefix(1);
  std::string_view name = path.substr(0, is_bracket ? path.find(']') : path.find_first_of(".["));
  path.remove_prefix(std::min(path.size(), name.size() + (is_bracket ? 1 : 0)));
  return name;
}

/// What stands under a step in a document as it was sent.
const Value* child(const Value& value, std::string_view name) {
  std::size_t index = 0;
  const bool is_index = std::from_chars(name.data(), name.data() + name.size(), index).ec == std::errc{};
  if (value.is_list()) return is_index && index < value.size() ? &value.items()[index] : nullptr;
  if (const Value* named = value.find(name)) return named;
  const Value* items = value.find("item");  // of XML
  if (items == nullptr || !is_index) return nullptr;
  return items->is_list() ? child(*items, name) : items;
}

const Value* value_at(std::string_view path, const RestExchange* exchange) {
  if (exchange == nullptr || exchange->calls.empty()) return nullptr;
  const Call& call = exchange->calls.front();
  std::string_view argument = next_step(path);
  const Value* value = call.body.find(argument);
  if (value == nullptr) value = call.named.find(argument);
  if (value == nullptr && !call.body.is_unset()) value = &call.body;  // the body is the argument
  while (value != nullptr && !path.empty()) value = child(*value, next_step(path));
  return value;
}

/// The refused value as the registry shows it: a text in quotes, anything else bare.
struct Refused {
  explicit Refused(std::string_view shown) : text(shown) {
    is_text = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    if (is_text) text = text.substr(1, text.size() - 2);
  }
  std::string_view text;
  bool is_text = false;
};

std::string_view python_type(const Refused& value) {
  if (value.is_text) return "str";
  if (value.text == "null") return "NoneType";
  if (value.text == "true" || value.text == "false") return "bool";
  if (value.text == "[]" || value.text == "a list") return "list";
  if (value.text == "{}" || value.text == "a dict") return "dict";
  return value.text.find_first_of(".eE") == std::string_view::npos ? "int" : "float";
}

/// repr(text) of Python, for characters below U+0080; others stand for themselves.
std::string repr(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else if (u < 0x20 || u == 0x7f) out.append("\\x") += {hex[u >> 4], hex[u & 15]};
    else if (c == quote || c == '\\') out.append("\\") += c;
    else out += c;
  }
  return out + quote;
}

std::string python_text(const Refused& value) {
  if (value.text == "null" && !value.is_text) return "None";
  if (value.text == "true" && !value.is_text) return "True";
  if (value.text == "false" && !value.is_text) return "False";
  return std::string(value.text);
}

/// Whether a text has the form of a date (or time) and only its numbers are impossible.
bool is_out_of_range(std::string_view text, std::string_view form) {
  if (form.starts_with('0') && text.starts_with('-')) text.remove_prefix(1);
  if (text.size() < form.size()) return false;
  return std::equal(form.begin(), form.end(), text.begin(), [](char f, char c) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
}

std::string calendar_reason(const Refused& value, std::string_view what, std::string_view form) {
  if (!value.is_text) return "expected string or bytes-like object, got '" + std::string(python_type(value)) + "'";
  const bool is_possible_form = is_out_of_range(value.text, form);
  return repr(value.text) + (is_possible_form ? " is a out-of-range " : " is not a legal ") + std::string(what) +
         (is_possible_form ? "" : " value");
}

std::string base64_reason(const Refused& value) {
  if (!value.is_text) return "Incorrect padding";
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(value.text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  }));
  if (digits % 4 != 1) return "Incorrect padding";
  return "Invalid base64-encoded string: number of data characters (" + std::to_string(digits) +
         ") cannot be 1 more than a multiple of 4";
}

std::string number_reason(const Refused& value, std::string_view text_words, std::string_view kind_words) {
  const std::string_view type = python_type(value);
  if (type == "list" || type == "dict" || type == "NoneType") return std::string(kind_words) + ", not '" + std::string(type) + "'";
  return std::string(text_words) + repr(python_text(value));
}

std::string type_reason(const Error& error, std::string_view whole) {
  const Refused value(error.value);
  const std::string_view expected = std::string_view(error.expected).substr(0, error.expected.find(' '));
  if (expected == "int")
    return number_reason(value, "invalid literal for int() with base 10: ",
                         "int() argument must be a string, a bytes-like object or a real number");
  if (expected == "float")
    return number_reason(value, "could not convert string to float: ", "float() argument must be a string or a real number");
  if (expected == "bool") return "Value not an unambiguous boolean: " + python_text(value);
  if (expected == "decimal") return repr(python_text(value)) + " is not a legal decimal value";
  if (expected == "date") return calendar_reason(value, "date", "0000-00-00");
  if (expected == "time") return calendar_reason(value, "time", "00:00:00");
  if (expected == "datetime") return calendar_reason(value, "datetime", "0000-00-00T00:00:00");
  if (expected == "bytes") return base64_reason(value);
  if (expected == "uuid") return "Value should be UUID format";
  if (expected == "list") return "Value not a valid list: " + std::string(whole);
  if (expected == "dict") return "Value not a valid dict: " + std::string(whole);
  if (expected == "struct") return "Value not a valid object: " + std::string(whole);
  if (expected == "str") return "Wrong type. Expected '<class 'str'>', got '<class '" + std::string(python_type(value)) + "'>'";
  return "expected " + error.expected;
}

std::string reason_of(const Error& error, std::string_view whole) {
  switch (error.rule) {
    case Rule::least:
      return "Value should be greater or equal to " + error.expected;
    case Rule::most:
      return "Value should be lower or equal to " + error.expected;
    case Rule::size_least:
      return "Value should have a minimum character requirement of " + error.expected;
    case Rule::size_most:
      return "Value should have a maximum character requirement of " + error.expected;
    case Rule::pattern:
      return "Value should match the pattern " + error.expected;
    case Rule::format:
      return "Value should be " + error.expected + " format";
    case Rule::choice:
      return "Value should be one of: " + error.expected;
    case Rule::read_only:
      return "Cannot set read only field.";
    case Rule::check:
      return error.expected;
    case Rule::type:
      return type_reason(error, whole);
    case Rule::none:
    case Rule::missing:
    case Rule::unknown:
    case Rule::repeated:
    case Rule::not_dict:
      break;
  }
  return error.message;
}

/// Rules that WSME checks when an attribute is set, and reports by its name.
bool is_of_attribute(const Error& error) {
  if (error.rule == Rule::type) return error.expected == "str" || error.expected == "uuid";
  return error.rule != Rule::check;
}

/// The path up to its last name, without what stands in brackets behind it.
std::string_view attribute_path(std::string_view where) {
  while (where.ends_with(']')) where = where.substr(0, where.rfind('['));
  return where;
}

}  // namespace

std::string invalid_input(const Error& error, const RestExchange* exchange) {
  const std::string_view where = error.where;
  const std::string_view path = is_of_attribute(error) ? attribute_path(where) : where.substr(0, where.find_first_of(".["));
  const std::string_view field = path.substr(path.rfind('.') + 1);
  const Value* whole = value_at(path, exchange);
  const Value* refused = value_at(where, exchange);
  std::string told;  // stays empty for secrets
  if (!error.value.empty() || error.rule == Rule::check)
    told = whole != nullptr ? shown(*whole) : python_text(Refused(error.value));
  const std::string part = refused != nullptr && !error.value.empty() ? shown(*refused) : python_text(Refused(error.value));
  return "Invalid input for field/attribute " + std::string(field) + ". Value: '" + told + "'. " + reason_of(error, part);
}

}  // namespace parley::rest
