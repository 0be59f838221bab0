// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/reply.hpp"

#include <algorithm>

#include "parley/codec/bson/bson.hpp"
#include "parley/codec/json/writer.hpp"
#include "parley/protocol/asking.hpp"
#include "parley/protocol/held.hpp"
#include "parley/protocol/path/errors.hpp"
#include "parley/protocol/path/jsonp.hpp"
#include "parley/protocol/path/value_sink.hpp"

namespace parley::path {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view bson_type = "application/bson";
constexpr std::string_view script_type = "application/javascript; charset=utf-8";
constexpr std::string_view allowed_methods = "POST, GET, OPTIONS";
constexpr std::string_view allowed_headers =
    "Reply-OK-Only, Content-Type, Accept, Authorization, X-Odoo-Database";

bool is_on(std::string_view text) {
  for (std::string_view word : {"1", "true", "yes", "on"})
    if (http::same_letters(text, word)) return true;
  return false;
}

void put_cors(const Shape& shape, http::Writer& writer) {
  if (!shape.allow_origin.empty()) writer.header("Access-Control-Allow-Origin", shape.allow_origin);
  writer.header("Access-Control-Allow-Methods", allowed_methods);
  writer.header("Access-Control-Allow-Headers", allowed_headers);
  writer.header("Vary", shape.varies_by_origin ? "Accept, Reply-OK-Only, Origin" : "Accept, Reply-OK-Only");
}

Error no_number() {
  return Error(Code::internal, "JSON can't contain a float that is not a number, or infinite")
      .with_status(500);
}

Error too_large(const Shape& shape) {
  return Error(Code::too_large, "an answer in BSON has at most " + std::to_string(shape.bson_bytes_max) +
                                    " bytes: ask for fewer records, fewer fields, or JSON");
}

Error written_badly(const Shape& shape, Error error) {
  if (error.code == Code::too_large) return too_large(shape);
  return Error(Code::internal, "the result can't be written: " + error.message).with_status(500);
}

void tell_status(int status, std::string_view message, Sink& sink) {
  sink.key("status");
  sink.integer(status);
  sink.key("status_message");
  sink.string(message);
}

bool has_data(const Answer& answer) { return answer.is_rows() || !answer.value().is_absent(); }

bool takes_more(const json::Writer&) { return true; }
bool takes_more(const bson::Writer& document) { return !document.is_failed(); }

/// Like parley::write, but stops asking for rows that a document takes no more of.
template <class Inner>
Result<void> tell_answer(Answer& answer, ValueSink<Inner>& sink, const Inner& inner) {
  if (!answer.is_rows()) {
    write(answer.value(), sink);
    return {};
  }
  sink.begin_list();
  for (bool has_more = true; has_more && takes_more(inner);) {
    PARLEY_TRY(has_more, answer.rows().next(sink));
  }
  sink.end_list();
  return {};
}

/// The object of one envelope. `Inner` is a writer; what JSON cannot hold is told apart by
/// `Numbers`.
template <class Inner>
Result<void> tell(const Shape& shape, Envelope& envelope, Inner& inner, Numbers numbers) {
  inner.begin_dict();
  if (!envelope.outcome) {
    const Error& error = envelope.outcome.error();
    tell_status(status_of(error), message_of(error), inner);
  } else {
    tell_status(200, "OK", inner);
    if (!shape.is_without_data && has_data(*envelope.outcome)) {
      ValueSink<Inner> sink(inner, numbers);
      inner.key(envelope.name);
      PARLEY_CHECK(tell_answer(*envelope.outcome, sink, inner));
      if (sink.has_no_number()) return no_number();
    }
  }
  inner.end_dict();
  return {};
}

Result<void> tell_json(const Shape& shape, Envelope& envelope, Output& out) {
  json::Writer json(out);
  return tell(shape, envelope, json, Numbers::finite);
}

/// JSON, or JSONP around it. The comment keeps a caller from choosing the first bytes.
template <class Tell>
Result<void> put_json(const Shape& shape, Output& out, Tell tell_to) {
  if (shape.callback.empty()) return tell_to(out);
  out.put("/**/");
  out.put(shape.callback);
  out.put('(');
  ScriptOutput script(out);
  PARLEY_CHECK(tell_to(script));
  script.finish();
  out.put(");");
  return {};
}

int status_of_reply(const Shape& shape, const Outcome& outcome) {
  if (outcome || shape.is_always_ok || !shape.callback.empty()) return 200;
  return http_status_of(status_of(outcome.error()));
}

/// BSON has its length in front, so that a document is whole before its first byte leaves.
Result<std::string> to_bson(const Shape& shape, Envelope& envelope) {
  bson::Writer document(shape.bson_bytes_max);
  PARLEY_CHECK(tell(shape, envelope, document, Numbers::any));
  auto bytes = document.take();
  if (!bytes) return written_badly(shape, std::move(bytes).error());
  return bytes;
}

void write_bson(const Shape& shape, Envelope envelope, http::Writer& writer,
                std::string_view allow) {
  auto bytes = to_bson(shape, envelope);
  if (!bytes) {
    envelope.outcome = std::move(bytes).error();
    bytes = to_bson(shape, envelope);
  }
  start(shape, status_of_reply(shape, envelope.outcome), writer, allow);
  if (bytes) writer.body().put(*bytes);
}

/// The object around many envelopes; `tell_all` tells the items of the list.
template <class Tell>
void tell_list(std::string_view name, Sink& sink, Tell tell_all) {
  sink.begin_dict();
  tell_status(200, "OK", sink);
  sink.key(name);
  sink.begin_list();
  tell_all();
  sink.end_list();
  sink.end_dict();
}

/// One that fails halfway does not spoil the others, whose calls are done, unless bytes of it have
/// passed on: then all fail.
Result<void> put_many(const Shape& shape, std::string_view name, const NextEnvelope& next, Output& out) {
  json::Writer json(out);
  Held one(out);
  Result<void> result;
  tell_list(name, json, [&] {
    while (auto envelope = next()) {
      if (!result) continue;  // its calls are made all the same
      json.raw({});           // the comma
      auto told = tell_json(shape, *envelope, one);
      if (!told && !one.drop()) {
        result = std::move(told);
        continue;
      }
      if (!told) {
        envelope->outcome = std::move(told).error();
        (void)tell_json(shape, *envelope, one);
      }
      one.finish();
    }
  });
  return result;
}

/// Rows as a list in `arena`: what is told to a BSON document cannot be taken back.
void gather(const Shape& shape, Outcome& outcome, Arena& arena) {
  if (!outcome || !outcome->is_rows()) return;
  TreeBuilder tree(arena);
  tree.begin_list();
  for (bool has_more = true; has_more;) {
    auto more = outcome->rows().next(tree);
    if (more && arena.reserved_bytes() > shape.bson_bytes_max) more = too_large(shape);
    if (!more) return void(outcome = std::move(more).error());
    has_more = *more;
  }
  tree.end_list();
  outcome = Answer(tree.result());
}

Result<std::string> many_to_bson(const Shape& shape, std::string_view name,
                                 const NextEnvelope& next) {
  bson::Writer document(shape.bson_bytes_max);
  tell_list(name, document, [&] {
    while (auto envelope = next()) {
      Arena arena;
      gather(shape, envelope->outcome, arena);
      (void)tell(shape, *envelope, document, Numbers::any);
    }
  });
  auto bytes = document.take();
  if (!bytes) return written_badly(shape, std::move(bytes).error());
  return bytes;
}

}  // namespace

Shape shape_of(const http::Request& request, const Options& options) {
  Shape shape;
  shape.format = accepted_format(request);
  shape.bson_bytes_max = options.bson_bytes_max;
  if (is_on(request.header("Reply-OK-Only"))) {
    shape.is_always_ok = options.ok_only != OkOnly::no_data;
    shape.is_without_data = options.ok_only != OkOnly::http200;
  }
  std::string_view origin = request.header("Origin");
  shape.varies_by_origin = !options.is_for_all();
  if (options.is_for_all())
    shape.allow_origin = "*";
  else if (!origin.empty() && std::ranges::find(options.origins, origin) != options.origins.end())
    shape.allow_origin = origin;
  return shape;
}

void start(const Shape& shape, int status, http::Writer& writer, std::string_view allow) {
  const bool is_script = !shape.callback.empty();
  writer.start(status, is_script                      ? script_type
                       : shape.format == Format::bson ? bson_type
                                                      : json_type);
  put_cors(shape, writer);
  writer.header("X-Content-Type-Options", "nosniff");
  if (!allow.empty()) writer.header("Allow", allow);
}

void start_options(const Shape& shape, std::string_view allow, http::Writer& writer) {
  writer.start(204, {});
  put_cors(shape, writer);
  writer.header("Allow", allow);
}

void write_envelope(const Shape& shape, Envelope envelope, http::Writer& writer,
                    std::string_view allow) {
  if (shape.format == Format::bson && shape.callback.empty())
    return write_bson(shape, std::move(envelope), writer, allow);
  // Found before the first byte, such a value still becomes an error; rows are not known so early.
  Outcome& outcome = envelope.outcome;
  if (outcome && !outcome->is_rows() && !is_finite(outcome->value())) outcome = no_number();
  for (;;) {
    start(shape, status_of_reply(shape, outcome), writer, allow);
    auto told = put_json(shape, writer.body(),
                         [&](Output& out) { return tell_json(shape, envelope, out); });
    if (told || writer.abandon()) return;
    outcome = std::move(told).error();  // which can be told
  }
}

void write_envelopes(const Shape& shape, std::string_view name, const NextEnvelope& next,
                     http::Writer& writer) {
  if (shape.is_without_data) {
    while (next()) {
    }
    return write_envelope(shape, {name, Answer(Value::null())}, writer);
  }
  if (shape.format == Format::bson && shape.callback.empty()) {
    auto bytes = many_to_bson(shape, name, next);
    if (!bytes) return write_envelope(shape, {name, std::move(bytes).error()}, writer);
    start(shape, 200, writer);
    return writer.body().put(*bytes);
  }
  start(shape, 200, writer);
  auto told = put_json(shape, writer.body(), [&](Output& out) { return put_many(shape, name, next, out); });
  if (!told && !writer.abandon()) write_envelope(shape, {name, std::move(told).error()}, writer);
}

}  // namespace parley::path
