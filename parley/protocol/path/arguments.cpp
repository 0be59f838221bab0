// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/arguments.hpp"

#include <algorithm>
#include <array>

#include "parley/codec/bson/bson.hpp"
#include "parley/codec/json/reader.hpp"
#include "parley/http/media.hpp"

namespace parley::path {
namespace {

using Base = Type::Base;
using Fields = std::vector<form::Field>;

enum class BodyType : std::uint8_t { form, json, bson };

struct MediaRow {
  std::string_view name;
  BodyType type;
};
constexpr std::array<MediaRow, 5> media_types{
    {{"application/x-www-form-urlencoded", BodyType::form},
     {"application/json", BodyType::json},
     {"text/json", BodyType::json},
     {"text/plain", BodyType::json},
     {"application/bson", BodyType::bson}}};

Result<BodyType> type_of_body(const http::Request& request) {
  std::string_view sent = request.header("Content-Type");
  auto media = http::parse_media_type(sent);
  for (const MediaRow& row : media_types)
    if (media && media->is(row.name)) return row.type;
  std::string what = sent.empty() ? "no content type" : "content type " + std::string(sent);
  return Error(
      Code::unsupported_media,
      what + ": expected application/x-www-form-urlencoded, application/json or application/bson",
      "Content-Type");
}

Result<Value> read_object(BodyType type, const http::Request& request, const Limits& limits,
                          Arena& arena) {
  const std::string_view format = type == BodyType::bson ? "BSON" : "JSON";
  auto read = type == BodyType::bson ? bson::read_tree(request.body, limits, arena)
                                     : json::read_tree(request.body, limits, arena);
  auto named = [format](std::string_view rest) {
    return std::string(format) + " body: " + std::string(rest);
  };
  if (!read) {
    Error error = std::move(read).error();
    error.message = named(error.message);
    return error;
  }
  if (!read->is_dict())
    return Error(Code::invalid_argument, named("expected an object whose keys are the parameters"));
  return read;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Digits, and behind a point at least one more: a fixed-point number has no exponent.
bool is_fixed_point(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t point = text.find('.');
  std::string_view whole = text.substr(0, point),
                   rest = point == text.npos ? "0" : text.substr(point + 1);
  return !whole.empty() && !rest.empty() && std::ranges::all_of(whole, is_digit) &&
         std::ranges::all_of(rest, is_digit);
}

/// source: the source's table of types (spec/path-rpc.md section 6)
bool takes(Base base, const Value& value) {
  if (!value.is_string()) return true;
  constexpr std::size_t time_bytes_min = 8, date_bytes = 10;  // hh:mm:ss, yyyy-mm-dd
  constexpr std::size_t version_at = 14, variant_at = 19;     // of a UUID's 36 characters
  std::string_view text = value.text();
  switch (base) {
    case Base::time:
      return text.size() >= time_bytes_min;
    case Base::date:
      return text.size() == date_bytes;
    case Base::decimal:
      return is_fixed_point(trimmed(text));
    case Base::uuid:
      return text.size() > variant_at && text[version_at] == '4' &&
             std::string_view("89abAB").find(text[variant_at]) != std::string_view::npos;
    default:
      return true;
  }
}

Result<Value> read_json(std::string_view text, const Limits& limits, Arena& arena) {
  return json::read_tree(text, limits, arena);
}

constexpr std::array<std::string_view, 3> callback_names{"callback", "_callback", "_"};

bool is_cache_buster(const form::Field& field) {
  if (field.name != "_" || !field.value.is_string()) return false;
  return field.value.size() > 0 && std::ranges::all_of(field.value.text(), is_digit);
}

/// The callback under the first of the names that was given.
Result<std::optional<std::string_view>> callback_of(const Fields& fields) {
  for (std::string_view name : callback_names) {
    std::optional<std::string_view> found;
    for (const form::Field& field : fields) {
      if (field.name != name || field.value.is_null() || is_cache_buster(field)) continue;
      if (found) return Error(Code::malformed, "callback: given more than once", "callback");
      found = field.value.text();
    }
    if (found) return found;
  }
  return std::optional<std::string_view>();
}

}  // namespace

Notation notation(const Limits& limits) { return {limits, read_json, takes}; }

Result<Query> read_query(const http::Request& request, const Limits& limits, Arena& arena) {
  Query query;
  PARLEY_TRY(query.fields, form::read_urlencoded(request.query, limits, arena));
  if (request.method != "GET" && request.method != "HEAD") return query;
  PARLEY_TRY(query.callback, callback_of(query.fields));
  std::erase_if(query.fields, [](const form::Field& field) {
    return std::ranges::find(callback_names, field.name) != callback_names.end();
  });
  return query;
}

Result<void> add_arguments(const http::Request& request, const Query& query, const Limits& limits,
                           Arena& arena, Call& call) {
  call.policy = Policy::text;
  if (request.method != "POST" || request.body.empty()) {
    call.named = form::flat_tree(query.fields, arena);
    return {};
  }
  PARLEY_TRY(BodyType type, type_of_body(request));
  Value object;
  if (type == BodyType::form) {
    PARLEY_TRY(Fields fields, form::read_urlencoded(request.body, limits, arena));
    object = form::flat_tree(fields, arena);
    call.body_policy = Policy::text;
  } else {
    PARLEY_TRY(object, read_object(type, request, limits, arena));
    call.body_policy = Policy::strict;
  }
  if (query.fields.empty()) {
    call.named = object;
    call.policy = call.body_policy;
    return {};
  }
  call.named = form::flat_tree(query.fields, arena);
  call.body = object;
  return {};
}

}  // namespace parley::path
