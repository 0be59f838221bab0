// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/describe.hpp"

#include "parley/http/uri.hpp"
#include "parley/registry/expose.hpp"

namespace parley::jsonrpc {
namespace {

/// The word for what a value of the type looks like in JSON.
std::string_view type_word(const Type& type) {
  switch (type.base()) {
    case Type::Base::any:
      return "any";
    case Type::Base::boolean:
      return "bit";
    case Type::Base::integer:
    case Type::Base::real:
    case Type::Base::decimal:
      return "num";
    case Type::Base::string:
    case Type::Base::bytes:
    case Type::Base::date:
    case Type::Base::time:
    case Type::Base::datetime:
    case Type::Base::uuid:
    case Type::Base::enumeration:
      return "str";
    case Type::Base::list:
      return "arr";
    case Type::Base::dict:
    case Type::Base::structure:
      return "obj";
  }
  return "any";
}

Value typed(std::string_view name, const Type& type, Arena& arena) {
  DictBuilder out(arena);
  if (!name.empty()) out.set("name", Value::string(name));
  out.set("type", Value::string(type_word(type)));
  return out.done();
}

Value procedure(const Registry::Listed& listed, Arena& arena) {
  const Method& method = *listed.method;
  ListBuilder parameters(arena);
  for (const Parameter& parameter : method.parameters)
    parameters.add(typed(parameter.name, parameter.type, arena));
  std::string_view help = method.doc;
  DictBuilder out(arena);
  out.set("name", Value::string(arena.copy(listed.name)));
  if (!help.empty()) out.set("summary", Value::string(help.substr(0, help.find('\n'))));
  if (help.find('\n') != help.npos) out.set("help", Value::string(help));
  out.set("idempotent", Value::boolean(method.effect == Effect::read));
  out.set("params", parameters.done());
  out.set("return", typed({}, method.returns, arena));
  return out.done();
}

Value describe(const Served& served, Arena& arena) {
  ListBuilder procedures(arena);
  for (const Registry::Listed& listed : served.functions().list(false))
    if (listed.method->is_documented) procedures.add(procedure(listed, arena));
  const About& about = served.about;
  DictBuilder out(arena);
  out.set("sdversion", Value::string("1.0"));
  out.set("name", Value::string(arena.copy(about.title)));
  out.set("id", Value::string(arena.copy("urn:x-service:" + http::percent_encode(about.title))));
  out.set("version", Value::string(arena.copy(about.version)));
  if (!about.text.empty()) out.set("help", Value::string(arena.copy(about.text)));
  out.set("procs", procedures.done());
  return out.done();
}

}  // namespace

Result<void> add_describe(Catalog& catalog, std::string_view module, const Served& served) {
  auto body = [served](Context& context) { return describe(served, context.arena); };
  PARLEY_CHECK(catalog.add_function(
      module, bind_function("system.describe", body,
                            doc("The service and its functions, as JSON-RPC 1.1 describes them."), effect::read)));
  Exposed(catalog.last()).open();
  return {};
}

}  // namespace parley::jsonrpc
