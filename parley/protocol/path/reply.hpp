// SPDX-License-Identifier: Apache-2.0
// What every answer has: the object with status, status_message and the data, in JSON, JSONP or
// BSON, and the headers around it.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/http/message.hpp"
#include "parley/protocol/path/accept.hpp"
#include "parley/registry/answer.hpp"

namespace parley::path {

/// What `Reply-OK-Only` does (spec/path-rpc.md section 9).
enum class OkOnly : std::uint8_t { http200, no_data, both };

/// The settings.
struct Options {
  std::string prefix;                // "" or "/rpc": what stands in front of "/<method>"
  std::vector<std::string> origins;  // whose pages may read answers; one "*" = all
  OkOnly ok_only = OkOnly::http200;
  bool may_get_change = true;  // GET of methods that change something
  std::size_t bson_bytes_max = 16u << 20;  // of one answer, which is whole before it leaves

  bool is_for_all() const { return origins.size() == 1 && origins[0] == "*"; }
};

/// How one request wants its answer.
struct Shape {
  Format format = Format::json;
  std::string callback;      // of JSONP; "" = none
  std::string allow_origin;  // "" = no page may read it
  bool varies_by_origin = false;
  bool is_always_ok = false;  // HTTP's status; that of the object stays
  bool is_without_data = false;
  std::size_t bson_bytes_max = 16u << 20;
};

/// What the headers alone say; JSON for the rest.
Shape shape_of(const http::Request& request, const Options& options);

/// Starts the reply: content type by `shape`, CORS, Vary, nosniff. `allow` is sent with a 405.
void start(const Shape& shape, int status, http::Writer& writer, std::string_view allow = {});
/// 204 with what a preflight asks about.
void start_options(const Shape& shape, std::string_view allow, http::Writer& writer);

/// One call's answer: the name of the data's key, and what became of it.
struct Envelope {
  std::string_view name;
  Outcome outcome;
};

void write_envelope(const Shape& shape, Envelope envelope, http::Writer& writer,
                    std::string_view allow = {});

/// {"status":200,"status_message":"OK","<name>":[envelope ...]}: each envelope is told before the
/// next is asked for. `next` gives nothing at the end.
using NextEnvelope = std::function<std::optional<Envelope>()>;
void write_envelopes(const Shape& shape, std::string_view name, const NextEnvelope& next,
                     http::Writer& writer);

}  // namespace parley::path
