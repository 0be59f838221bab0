// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/protocol.hpp"

#include "parley/codec/json/writer.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/documents/etag.hpp"
#include "parley/protocol/documents/methods.hpp"
#include "parley/protocol/documents/schemas.hpp"
#include "parley/protocol/refusal.hpp"

namespace parley {
namespace documents {
namespace {

constexpr std::string_view content_type = "application/json; charset=utf-8";
constexpr std::string_view schemas_path = "/schemas";

enum class Document : int { openapi, openrpc, index, schema };

struct DocumentExchange final : Exchange {
  std::string_view known;  // If-None-Match
  bool is_public = false;
};

MethodNames names_of(Document document) {
  switch (document) {
    case Document::openapi:
      return openapi_methods;
    case Document::openrpc:
      return openrpc_methods;
    case Document::index:
      return index_methods;
    case Document::schema:
      break;
  }
  return schema_methods;
}

/// "/schemas/<method>/<part>.json" as the arguments of its method.
Result<Value> schema_arguments(std::string_view path, Arena& arena) {
  std::string_view rest = path.substr(std::min(path.size(), schemas_path.size() + 1));
  const std::size_t slash = rest.rfind('/');
  if (slash == rest.npos || !rest.ends_with(".json"))
    return Error(Code::not_found,
                 "schemas: expected /schemas/<method>/parameters.json or result.json");
  PARLEY_TRY(std::string method, http::percent_decode(rest.substr(0, slash)));
  std::string_view part = rest.substr(slash + 1);
  part.remove_suffix(std::string_view(".json").size());
  DictBuilder named(arena);
  named.set("method", Value::string(arena.copy(method)));
  named.set("part", Value::string(part));
  return named.done();
}

class Documents final : public Protocol {
 public:
  Documents()
      : mounts_{
            {"/openapi.json", Mount::Match::exact, {"GET"}, static_cast<int>(Document::openapi)},
            {"/openrpc.json", Mount::Match::exact, {"GET"}, static_cast<int>(Document::openrpc)},
            {"/schemas.json", Mount::Match::exact, {"GET"}, static_cast<int>(Document::index)},
            {std::string(schemas_path),
             Mount::Match::prefix,
             {"GET"},
             static_cast<int>(Document::schema)}} {}

  std::string_view name() const override { return "documents"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request,
                                         const Reading& reading) const override {
    const auto document = static_cast<Document>(reading.mount.dialect);
    auto exchange = std::make_unique<DocumentExchange>();
    exchange->known = request.header("If-None-Match");
    Call call;
    call.database = header_database(request);
    PARLEY_TRY(call.credentials, header_credentials(request, reading.arena));
    exchange->is_public = call.credentials.kind == Credentials::Kind::none;
    call.method = exchange->is_public ? names_of(document).open : names_of(document).user;
    if (document == Document::schema) {
      PARLEY_TRY(call.named, schema_arguments(request.path, reading.arena));
    }
    exchange->calls.push_back(call);
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const DocumentExchange&>(exchange);
    Outcome outcome = outcomes.next();
    if (!outcome) return write_error(outcome.error(), writer);
    StringOutput text;
    json::Writer json(text);
    if (auto written = parley::write(*outcome, json); !written)
      return write_error(written.error(), writer);
    const std::string etag = etag_of(text.view());
    const bool is_known = is_among(own.known, etag);
    writer.start(is_known ? 304 : 200, is_known ? std::string_view() : content_type);
    writer.header("ETag", etag);
    // A new program may tell something else, so whoever kept it asks again; what is told depends on
    // who asks.
    writer.header("Cache-Control", own.is_public ? "public, no-cache" : "private, no-cache");
    writer.header("Vary", "Authorization");
    if (!is_known) writer.body().put(text.view());
  }

  void refuse(const http::Request&, const Mount&, const Error& error,
              http::Writer& writer) const override {
    write_error(error, writer);
  }

 private:
  static void write_error(const Error& error, http::Writer& writer) {
    const ErrorRow& known = row(error.code);
    writer.start(refusal_status(error), content_type);
    if (error.code == Code::unauthenticated)
      writer.header("WWW-Authenticate", "Basic realm=\"parley\", charset=\"UTF-8\"");
    json::Writer json(writer.body());
    json.begin_dict();
    json.key("name");
    json.string(known.name);
    json.key("message");
    json.string(error.message);
    json.end_dict();
  }

  std::vector<Mount> mounts_;
};

}  // namespace
}  // namespace documents

std::unique_ptr<Protocol> make_documents(const ProtocolSettings&) {
  return std::make_unique<documents::Documents>();
}

ProtocolEntry documents_entry() {
  static constexpr ProtocolSetting settings[] = {
      {documents::public_setting, ProtocolSetting::Kind::text, "open",
       "What documents tell without credentials: open (what anybody may call), all or none.",
       "open, all, none"},
  };
  return {make_documents, settings, documents::add_methods};
}

}  // namespace parley
