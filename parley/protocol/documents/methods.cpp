// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/methods.hpp"

#include <array>
#include <mutex>
#include <optional>

#include "parley/protocol/documents/openapi.hpp"
#include "parley/protocol/documents/openrpc.hpp"
#include "parley/protocol/documents/schemas.hpp"
#include "parley/registry/expose.hpp"

namespace parley::documents {
namespace {

enum class Kind : std::uint8_t { openapi, openrpc, index };
constexpr std::size_t kinds = 3, audiences = 3;

/// The documents that were asked for so far. Any thread.
class Shelf {
 public:
  explicit Shelf(const Served& served) : served_(served) {}

  const Registry& functions() const { return served_.functions(); }

  /// Lives as long as the shelf.
  Result<Value> get(Kind kind, Audience to) {
    std::lock_guard lock(mutex_);  // nothing is waited for below
    auto& place =
        documents_[static_cast<std::size_t>(kind) * audiences + static_cast<std::size_t>(to)];
    if (!place) {
      Arena arena;
      PARLEY_TRY(Value built, build(kind, to, arena));
      place.emplace(built);
    }
    return place->get();
  }

  /// Whom strangers are told as.
  /// fails:   unauthenticated when they are told nothing
  Result<Audience> strangers() const {
    std::string_view said = served_.setting(public_setting);
    if (said == "all") return Audience::admin;
    if (said == "open") return Audience::anybody;
    return Error(Code::unauthenticated, "the documents are only for users who are logged in");
  }

 private:
  Result<Value> build(Kind kind, Audience to, Arena& arena) const {
    switch (kind) {
      case Kind::openrpc:
        return openrpc(functions(), served_.about, to, arena);
      case Kind::index:
        return schema_index(functions(), to, arena);
      case Kind::openapi:
        break;
    }
    PARLEY_TRY(Paths paths, Paths::of(served_));
    return openapi(functions(), served_.about, paths, to, arena);
  }

  Served served_;
  std::mutex mutex_;
  std::array<std::optional<OwnedValue>, kinds * audiences> documents_;
};

Result<void> add(Catalog& catalog, std::string_view module, Method method, Access access) {
  PARLEY_CHECK(catalog.add_function(module, std::move(method)));
  catalog.last().access = access;
  Exposed(catalog.last()).unlisted();
  return {};
}

Result<void> add_document(Catalog& catalog, std::string_view module, std::shared_ptr<Shelf> shelf,
                          Kind kind, const MethodNames& names, Doc help) {
  auto to_anybody = [shelf, kind]() -> Result<Value> {
    PARLEY_TRY(Audience to, shelf->strangers());
    return shelf->get(kind, to);
  };
  auto to_user = [shelf, kind](Context& context) { return shelf->get(kind, audience_of(context)); };
  PARLEY_CHECK(add(catalog, module, bind_function(names.open, to_anybody, help, effect::read),
                   Access::open));
  return add(catalog, module, bind_function(names.user, to_user, help, effect::read), Access::user);
}

}  // namespace

Result<void> add_methods(Catalog& catalog, std::string_view module, const Served& served) {
  auto shelf =
      std::make_shared<Shelf>(served);  // shared by the methods below, which live in the Catalog
  PARLEY_CHECK(add_document(catalog, module, shelf, Kind::openrpc, openrpc_methods,
                            doc("The OpenRPC document.")));
  PARLEY_CHECK(add_document(catalog, module, shelf, Kind::openapi, openapi_methods,
                            doc("The OpenAPI document.")));
  PARLEY_CHECK(add_document(catalog, module, shelf, Kind::index, index_methods,
                            doc("Where the JSON Schemas of each method are.")));
  auto to_anybody = [shelf](Context& context, std::string_view method,
                            std::string_view part) -> Result<Value> {
    PARLEY_TRY(Audience to, shelf->strangers());
    return schema_of(shelf->functions(), method, part, to, context.arena);
  };
  auto to_user = [shelf](Context& context, std::string_view method, std::string_view part) {
    return schema_of(shelf->functions(), method, part, audience_of(context), context.arena);
  };
  constexpr Doc help = doc("The JSON Schema of a method's parameters or of its result.");
  auto method = arg("method", "Name of a function, or of what every model has.");
  auto part = arg("part", "parameters or result");
  PARLEY_CHECK(add(catalog, module,
                   bind_function(schema_methods.open, to_anybody, help, method, part, effect::read),
                   Access::open));
  return add(catalog, module,
             bind_function(schema_methods.user, to_user, help, method, part, effect::read),
             Access::user);
}

}  // namespace parley::documents
