// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json2/request.hpp"

#include "parley/codec/json/reader.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/json2/page.hpp"
#include "parley/protocol/json_body.hpp"

namespace parley::json2 {
namespace {

constexpr std::string_view documents_end = ".json";

Error no_such_path(std::string message) { return Error(Code::not_found, std::move(message), {}, "NotFound"); }

/// The key of the request. Passwords and sessions are no credentials here.
Result<Credentials> key_of(const http::Request& request, Arena& arena) {
  auto found = header_credentials(request, arena);
  if (found && found->kind == Credentials::Kind::key) return std::move(*found);
  return Error(Code::unauthenticated,
               "User not authenticated, use an API Key with a Bearer Authorization header.",
               std::string(key_place));
}

/// The decoded path behind the mount's, without slashes around it; lives in `arena`.
Result<std::string_view> tail_of(const http::Request& request, const Reading& reading) {
  PARLEY_TRY(std::string decoded, http::percent_decode(request.path));
  std::string_view path = decoded;
  while (path.ends_with('/')) path.remove_suffix(1);
  path.remove_prefix(std::min(path.size(), reading.mount.path.size()));
  while (path.starts_with('/')) path.remove_prefix(1);
  return reading.arena.copy(path);
}

/// The arguments; none for no body, and for a document that is no object, as in the original.
Result<Value> read_arguments(const http::Request& request, const Reading& reading) {
  if (request.body.empty()) return Value::dict(nullptr, 0);
  PARLEY_CHECK(check_json_type(request, JsonTypes::odoo));
  auto document = json::read_tree(request.body, reading.limits, reading.arena,
                                  {.nan_literals = json::NanLiterals::accepted});
  if (document && document->is_dict()) return document;
  if (document) return Value::dict(nullptr, 0);
  Error error = std::move(document).error();
  if (error.code == Code::malformed) error.message = "could not parse the body as json: " + error.message;
  return error;
}

/// One id becomes a list of it; what is neither number nor list is none.
Value as_ids(const Value& given, Arena& arena) {
  if (given.is_list()) return given;
  if (!given.is_integer()) return Value::list({});
  return Value::list(arena.copy(std::span<const Value>(&given, 1)));
}

/// The arguments as the method gets them: ids always a list, and left out when there are none;
/// what `create` is given always a list, as its answer is.
Value normalised(const Value& given, std::string_view method, Arena& arena) {
  DictBuilder out(arena);
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    Value value = given.values()[i];
    if (name == "ids") {
      value = as_ids(value, arena);
      if (value.size() == 0) continue;
    } else if (method == "create" && name == "vals_list" && value.is_dict()) {
      value = Value::list(arena.copy(std::span<const Value>(&value, 1)));
    }
    out.set(name, value);
  }
  return out.done();
}

Result<Call> model_call(const http::Request& request, const Reading& reading) {
  PARLEY_TRY(std::string_view path, tail_of(request, reading));
  std::size_t slash = path.find('/');
  std::string_view model = path.substr(0, slash);
  std::string_view method = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  const bool is_call = !model.empty() && !method.empty() && method.find('/') == method.npos;
  if (!is_call || request.method != "POST")
    return no_such_path("Did you mean POST /json/2/<model>/<method>?");
  // A dot would let one model's name and method run into another's.
  if (method.find('.') != method.npos)
    return no_such_path("The method '" + std::string(model) + "." + std::string(method) + "' does not exist");
  Call call;
  PARLEY_TRY(call.credentials, key_of(request, reading.arena));
  PARLEY_TRY(Value arguments, read_arguments(request, reading));
  call.database = header_database(request);
  call.method = reading.arena.join(model, ".", method);
  call.is_model_method = true;
  call.is_by_name = true;
  call.named = normalised(arguments, method, reading.arena);
  call.policy = Policy::odoo;
  return call;
}

Call function_call(std::string_view name) {
  Call call;
  call.method = name;
  call.policy = Policy::odoo;
  return call;
}

/// "index.json" or "<model>.json".
Result<Call> document_call(const http::Request& request, std::string_view path, Arena& arena) {
  std::string_view name = path.substr(0, path.size() - documents_end.size());
  Call call = function_call(name == "index" ? "doc.index" : "doc.model");
  PARLEY_TRY(call.credentials, key_of(request, arena));
  call.database = header_database(request);
  Value argument = Value::string(name);
  if (name != "index") call.positional = arena.copy(std::span<const Value>(&argument, 1));
  return call;
}

}  // namespace

Result<std::unique_ptr<Json2Exchange>> read_request(const http::Request& request, const Reading& reading) {
  auto exchange = std::make_unique<Json2Exchange>();
  const Place place = static_cast<Place>(reading.mount.dialect);
  if (place == Place::call) {
    PARLEY_TRY(Call call, model_call(request, reading));
    exchange->calls.push_back(call);
    return exchange;
  }
  if (place == Place::version) {
    exchange->shape = Shape::version;
    exchange->calls.push_back(function_call("common.version"));
    return exchange;
  }
  PARLEY_TRY(std::string_view path, tail_of(request, reading));
  if (path.ends_with(documents_end) && path.size() > documents_end.size()) {
    PARLEY_TRY(Call call, document_call(request, path, reading.arena));
    exchange->calls.push_back(call);
    return exchange;
  }
  if (place == Place::doc_bearer)
    return no_such_path("Did you mean /doc-bearer/index.json or /doc-bearer/<model>.json?");
  exchange->shape = path == doc_script_path ? Shape::script : Shape::page;
  return exchange;
}

}  // namespace parley::json2
