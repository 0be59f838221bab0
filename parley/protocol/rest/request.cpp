// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/request.hpp"

#include <algorithm>
#include <vector>

#include "parley/codec/form/form.hpp"
#include "parley/codec/json/reader.hpp"
#include "parley/http/media.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/rest/xml_body.hpp"

namespace parley::rest {
namespace {

constexpr std::string_view chooser = "wsmeproto", body_field = "__body__";
constexpr std::string_view form_type = "application/x-www-form-urlencoded", multipart_type = "multipart/form-data";

using Fields = std::vector<form::Field>;

/// Query strings may be separated by semicolons as well.
Result<Fields> read_query(std::string_view query, const Limits& limits, Arena& arena) {
  if (query.find(';') != query.npos) {
    std::string with_ampersands(query);
    std::ranges::replace(with_ampersands, ';', '&');
    query = arena.copy(with_ampersands);
  }
  return form::read_urlencoded(query, limits, arena);
}

/// Takes the fields of a name out; the last of them, or null.
Value take(Fields& fields, std::string_view name) {
  Value last;
  for (const form::Field& field : fields)
    if (field.name == name) last = field.value.is_null() ? Value::string("") : field.value;
  std::erase_if(fields, [name](const form::Field& field) { return field.name == name; });
  return last;
}

/// The format that `wsmeproto` names, which is no argument of anybody.
Result<std::optional<Format>> take_chosen(Fields& fields) {
  Value chosen = take(fields, chooser);
  if (!chosen.is_string() || chosen.text() == "rest") return std::optional<Format>();
  if (chosen.text() == "restjson") return std::optional(Format::json);
  if (chosen.text() == "restxml") return std::optional(Format::xml);
  return Error(Code::not_acceptable, "None of the following protocols can handle this request : restjson,restxml", "wsmeproto");
}

/// What a request's Content-Type says of its body.
struct Sent {
  enum class Kind : std::uint8_t { nothing, untyped, form, multipart, document };
  Kind kind = Kind::nothing;
  Format format = Format::json;  // of a document
  std::string_view boundary = {};
};

Result<Sent> read_content_type(const http::Request& request) {
  if (request.body.empty()) return Sent{};
  std::string_view type = request.header("Content-Type");
  if (type.empty()) return Sent{Sent::Kind::untyped};
  const Error unknown(Code::unsupported_media, "Unknown mimetype: " + std::string(type.substr(0, std::min<std::size_t>(type.find(';'), 100))));
  auto media = http::parse_media_type(type);
  if (!media) return unknown;
  if (media->is(multipart_type)) return Sent{Sent::Kind::multipart, Format::json, media->boundary};
  if (media->is(form_type)) {
    if (media->is_utf8()) return Sent{Sent::Kind::form};
    return Error(Code::unsupported_media, "forms are UTF-8, not " + std::string(media->charset.substr(0, 40)));
  }
  if (auto format = format_of(media->name)) return Sent{Sent::Kind::document, *format};
  return unknown;
}

Result<void> add_form(const Sent& sent, const http::Request& request, const Limits& limits, Arena& arena, Fields& fields) {
  const bool is_form = sent.kind == Sent::Kind::form;
  if (!is_form && sent.kind != Sent::Kind::multipart) return {};
  PARLEY_TRY(Fields more, is_form ? form::read_urlencoded(request.body, limits, arena)
                                  : form::read_multipart(request.body, sent.boundary, limits, arena));
  std::erase_if(more, [](const form::Field& field) { return field.name == body_field; });
  fields.insert(fields.begin(), more.begin(), more.end());  // where one value counts, it is the query's
  return {};
}

Result<Value> read_document(std::string_view body, Format format, const Limits& limits, Arena& arena) {
  if (format == Format::xml) return read_xml_body(body, limits, arena);
  auto document = json::read_tree(body, limits, arena);
  if (document || document.error().code != Code::malformed) return document;
  return Error(Code::malformed, "Request is not in valid JSON format").with_hint(document.error().message);
}

/// Fields as the tree of arguments; what is no tree is a name nobody has.
Result<Value> read_arguments(Fields& fields, const Limits& limits, Arena& arena) {
  for (form::Field& field : fields)
    if (field.value.is_null()) field.value = Value::string("");
  auto tree = form::nested_tree(fields, limits, arena);
  if (tree || tree.error().code != Code::invalid_argument) return tree;
  std::string name = tree.error().where;
  return Error(Code::invalid_argument, tree.error().message).breaking(Rule::unknown, std::move(name), {});
}

/// The body as a document: the request's own, else what the query has for it.
Result<Value> read_body(const Sent& sent, const http::Request& request, const Value& in_query, Format fallback,
                        const Reading& reading) {
  if (sent.kind == Sent::Kind::document) return read_document(request.body, sent.format, reading.limits, reading.arena);
  if (sent.kind == Sent::Kind::untyped) return read_document(request.body, fallback, reading.limits, reading.arena);
  if (!in_query.is_string() || in_query.size() == 0) return Value::unset();
  // Readers want room behind a document.
  constexpr std::string_view padding("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 64);
  std::string_view padded = reading.arena.join(in_query.text(), padding);
  return read_document(padded.substr(0, in_query.size()), fallback, reading.limits, reading.arena);
}

bool is_private(std::string_view name) {
  return name.empty() || name.substr(name.rfind('.') + 1).starts_with('_');
}

}  // namespace

std::string allowed_origin(const http::Request& request, const Options& options) {
  std::string_view origin = request.header("Origin");
  for (const std::string& allowed : options.origins) {
    if (allowed == "*") return "*";
    if (!origin.empty() && allowed == origin) return allowed;
  }
  return {};
}

Result<std::unique_ptr<RestExchange>> read_outside(const http::Request& request, const Options& options, Arena& arena) {
  auto exchange = std::make_unique<RestExchange>();
  exchange->verb = request.method;
  exchange->allowed_origin = allowed_origin(request, options);
  PARLEY_TRY(exchange->target, read_target(request.path, options.prefix));
  Limits limits;
  auto fields = read_query(request.query, limits, arena);
  std::optional<Format> chosen;
  if (fields) {
    PARLEY_TRY(chosen, take_chosen(*fields));
  }
  PARLEY_TRY(exchange->shape, choose_shape(exchange->target.suffix ? exchange->target.suffix : chosen, request));
  return exchange;
}

Result<std::unique_ptr<RestExchange>> read_request(const http::Request& request, const Reading& reading,
                                                   const Options& options) {
  auto exchange = std::make_unique<RestExchange>();
  exchange->verb = request.method;
  exchange->allowed_origin = allowed_origin(request, options);
  PARLEY_TRY(exchange->target, read_target(request.path, options.prefix));
  if (request.method == "OPTIONS" && request.has_header("Access-Control-Request-Method")) {
    exchange->is_preflight = true;
    return exchange;
  }

  PARLEY_TRY(Fields fields, read_query(request.query, reading.limits, reading.arena));
  const Value in_query = take(fields, body_field);
  PARLEY_TRY(Sent sent, read_content_type(request));
  PARLEY_CHECK(add_form(sent, request, reading.limits, reading.arena, fields));
  PARLEY_TRY(std::optional<Format> chosen, take_chosen(fields));
  PARLEY_TRY(exchange->shape, choose_shape(exchange->target.suffix ? exchange->target.suffix : chosen, request));
  if (is_private(exchange->target.name)) return Error(Code::unknown_method, "Unknown function name: " + exchange->target.shown);

  Call call;
  call.method = reading.arena.copy(exchange->target.name);
  call.verb = reading.arena.copy(request.method);
  call.policy = Policy::rest_form;
  for (const form::Field& field : fields) exchange->field_names.push_back(field.name);
  PARLEY_TRY(call.named, read_arguments(fields, reading.limits, reading.arena));
  PARLEY_TRY(call.body, read_body(sent, request, in_query, exchange->shape.format, reading));
  const Format body_format = sent.kind == Sent::Kind::document ? sent.format : exchange->shape.format;
  call.body_policy = body_format == Format::xml ? Policy::rest_xml : Policy::rest;
  PARLEY_TRY(call.credentials, header_credentials(request, reading.arena));
  call.database = header_database(request);
  exchange->calls.push_back(call);
  return exchange;
}

}  // namespace parley::rest
