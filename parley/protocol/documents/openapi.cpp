// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/openapi.hpp"

#include <map>

#include "parley/http/uri.hpp"
#include "parley/protocol/documents/components.hpp"
#include "parley/protocol/documents/info.hpp"
#include "parley/registry/schema.hpp"

namespace parley::documents {
namespace {

constexpr std::string_view version = "3.1.1";
constexpr std::string_view json_type = "application/json",
                           form_type = "application/x-www-form-urlencoded",
                           bson_type = "application/bson", xml_type = "text/xml";

Value text(std::string_view literal) { return Value::string(literal); }

std::string lower(std::string_view verb) {
  std::string out;
  for (char c : verb) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

/// Builds one document; what it makes lives in its arena.
class Document {
 public:
  Document(const Registry& registry, const Paths& paths, Audience to, Arena& arena)
      : registry_(registry), served_(paths), to_(to), arena_(arena), components_(arena) {}

  void add_error_schemas();
  void tell_functions();
  void tell_operations();
  Value done(const About& about);

 private:
  struct Operation {
    std::string id;
    const Method* method;
    std::string_view tag, error;  // the schema of its errors
    Value parameters = Value::unset(), body = Value::unset(), result;
    int status = 200;
  };
  void tell_path(const Registry::Listed& function, const std::string& prefix);
  void tell_rest(const Registry::Listed& function, const std::string& prefix);
  void tell_rest_verb(const Method& method, const std::string& path, std::string_view verb,
                      std::string id);
  void add(const std::string& path, std::string_view verb, const Operation& operation);

  Value list(std::initializer_list<Value> items) {
    return Value::list(arena_.copy(std::span<const Value>(items.begin(), items.size())));
  }
  Value content(std::initializer_list<std::string_view> types, const Value& schema);
  Value media(std::string_view description, const Value& content) {
    return dict_of(arena_, {{"description", text(description)}, {"content", content}});
  }
  Value query(const Method& method, std::string_view but = {});
  Value body(const Value& schema, std::initializer_list<std::string_view> types);
  Value envelope(const std::string& name, const Type& result);
  Value model_parameters();

  const Registry& registry_;
  const Paths& served_;
  Audience to_;
  Arena& arena_;
  Components components_;
  std::map<std::string, std::vector<std::pair<std::string, Value>>>
      paths_;  // path -> verb, operation
};

/// {type: {schema}}; what is no text has no schema.
Value Document::content(std::initializer_list<std::string_view> types, const Value& schema) {
  DictBuilder out(arena_);
  for (std::string_view type : types)
    out.set(type, type == bson_type ? dict_of(arena_, {}) : dict_of(arena_, {{"schema", schema}}));
  return out.done();
}

/// Arguments in the query; lists are a repeated name, what has members is JSON.
Value Document::query(const Method& method, std::string_view but) {
  ListBuilder all(arena_);
  Value properties = *parameters_schema(method, arena_).find("properties");
  for (const Parameter& parameter : method.parameters) {
    if (parameter.name == but) continue;
    const Value& schema = *properties.find(parameter.name);
    const Value* help = schema.find("description");
    const Type::Base base = parameter.type.base();
    const bool is_json = base == Type::Base::dict || base == Type::Base::structure;
    Value named = components_.named(schema);
    all.add(dict_of(arena_, {{"name", Value::string(arena_.copy(parameter.name))},
                             {"in", text("query")},
                             {"description", help == nullptr ? Value::unset() : *help},
                             {"required", Value::boolean(parameter.is_required)},
                             {"schema", is_json ? Value::unset() : named},
                             {"content", is_json ? content({json_type}, named) : Value::unset()}}));
  }
  return all.done();
}

Value Document::body(const Value& schema, std::initializer_list<std::string_view> types) {
  return dict_of(arena_, {{"required", Value::boolean(schema.find("required") != nullptr)},
                          {"content", content(types, schema)}});
}

void Document::add(const std::string& path, std::string_view verb, const Operation& operation) {
  auto& here = paths_[path];
  const std::string key = lower(verb);
  for (const auto& [taken, other] : here)
    if (taken == key) return;
  const Method& method = *operation.method;
  Value error = dict_of(
      arena_, {{"$ref", Value::string(arena_.join("#/components/schemas/", operation.error))}});
  DictBuilder responses(arena_);
  responses.set(arena_.copy(std::to_string(operation.status)), operation.result);
  responses.set("4XX", media("The caller is wrong: arguments, credentials, rights.",
                             content({json_type}, error)));
  responses.set("5XX", media("The server is wrong, or has no time.", content({json_type}, error)));
  Value bearer = dict_of(arena_, {{"bearer", list({})}}),
        basic = dict_of(arena_, {{"basic", list({})}});
  // JSON-2 takes keys only.
  Value security = method.access == Access::open ? list({})
                   : operation.tag == "json2"    ? list({bearer})
                                                 : list({basic, bearer});
  here.emplace_back(key, dict_of(arena_, {{"operationId", Value::string(arena_.copy(operation.id))},
                                          {"tags", list({text(operation.tag)})},
                                          {"summary", text_or_unset(summary(method.doc))},
                                          {"description", text_or_unset(method.doc)},
                                          {"parameters", operation.parameters},
                                          {"requestBody", operation.body},
                                          {"responses", responses.done()},
                                          {"security", security}}));
}

/// What path RPC answers: the result under the name of the method, beside a status.
Value Document::envelope(const std::string& name, const Type& result) {
  DictBuilder properties(arena_);
  properties.set("status", dict_of(arena_, {{"type", text("integer")}}));
  properties.set("status_message", dict_of(arena_, {{"type", text("string")}}));
  properties.set(arena_.copy(name), components_.named(result.json_schema(arena_)));
  return dict_of(arena_, {{"type", text("object")},
                          {"properties", properties.done()},
                          {"required", list({text("status"), text("status_message")})}});
}

void Document::tell_path(const Registry::Listed& function, const std::string& prefix) {
  const Method& method = *function.method;
  const std::string path = prefix + "/" + http::percent_encode(function.name);
  Value result =
      media("Done.", content({json_type, bson_type}, envelope(function.name, method.returns)));
  if (served_.find("path", path, "GET") != nullptr)
    add(path, "get",
        {"get_" + function.name, &method, "path", "PathError", query(method), Value::unset(),
         result});
  if (served_.find("path", path, "POST") == nullptr) return;
  Value arguments = components_.named(parameters_schema(method, arena_));
  add(path, "post",
      {"post_" + function.name, &method, "path", "PathError", Value::unset(),
       body(arguments, {json_type, form_type, bson_type}), result});
}

void Document::tell_rest_verb(const Method& method, const std::string& path, std::string_view verb,
                              std::string id) {
  Operation operation{std::move(id),  &method,        "rest", "RestError",
                      Value::unset(), Value::unset(), {},     method.http.status};
  operation.result = media("Done.", content({json_type, xml_type},
                                            components_.named(method.returns.json_schema(arena_))));
  Value all = parameters_schema(method, arena_);
  if (verb == "GET" || verb == "DELETE") {
    operation.parameters = query(method);
  } else if (!method.http.body.empty()) {
    operation.parameters = query(method, method.http.body);
    Value whole = components_.named(*all.find("properties")->find(method.http.body));
    operation.body = dict_of(arena_, {{"required", Value::boolean(true)},
                                      {"content", content({json_type, xml_type}, whole)}});
  } else {
    operation.body = body(components_.named(all), {json_type, form_type, xml_type});
  }
  add(path, verb, operation);
}

void Document::tell_rest(const Registry::Listed& function, const std::string& prefix) {
  std::string path = prefix;
  for (std::size_t start = 0; start <= function.name.size();) {
    std::size_t dot = std::min(function.name.find('.', start), function.name.size());
    path += "/" + http::percent_encode(std::string_view(function.name).substr(start, dot - start));
    start = dot + 1;
  }
  const Method& method = *function.method;
  for (std::string_view verb : {"GET", "POST"})
    if (served_.find("rest", path, verb) != nullptr)
      tell_rest_verb(method, path, verb, "rest_" + lower(verb) + "_" + function.name);
  const std::string& own_verb = method.http.verb;
  if (own_verb.empty() || function.name.find('.') == std::string::npos) return;
  path.resize(path.rfind('/'));
  if (served_.find("rest", path, own_verb) != nullptr)
    tell_rest_verb(method, path, own_verb, "rest_as_" + lower(own_verb) + "_" + function.name);
}

void Document::tell_functions() {
  const std::string* path = served_.prefix_of("path");
  const std::string* rest = served_.prefix_of("rest");
  for (const auto& function : offered_functions(registry_, to_)) {
    if (path != nullptr) tell_path(function, *path);
    if (rest != nullptr) tell_rest(function, *rest);
  }
}

Value Document::model_parameters() {
  auto parameter = [this](std::string_view name, std::string_view in, std::string_view help) {
    return dict_of(arena_, {{"name", text(name)},
                            {"in", text(in)},
                            {"description", text(help)},
                            {"required", Value::boolean(in == "path")},
                            {"schema", dict_of(arena_, {{"type", text("string")}})}});
  };
  return list({parameter("model", "path", "Name of the model: \"res.partner\"."),
               parameter("X-Odoo-Database", "header",
                         "Name of the database; not needed where there is one.")});
}

void Document::tell_operations() {
  struct Way {
    std::string_view protocol, error;
    std::initializer_list<std::string_view> types;
  };
  constexpr std::string_view any_model = "/a.model/";
  for (const auto& listed : offered_operations(registry_, to_)) {
    for (const Way& way : {Way{"rest", "RestError", {json_type, xml_type}},
                           Way{"json2", "Json2Error", {json_type}}}) {
      const std::string* prefix = served_.prefix_of(way.protocol);
      if (prefix == nullptr ||
          served_.find(way.protocol, *prefix + std::string(any_model) + listed.name, "POST") ==
              nullptr)
        continue;
      const Method& method = *listed.method;
      Value arguments =
          components_.named(operation_schema(method, ModelArgument::left_out, arena_));
      Value result =
          media("Done.", content(way.types, components_.named(method.returns.json_schema(arena_))));
      add(*prefix + "/{model}/" + http::percent_encode(listed.name), "post",
          {std::string(way.protocol) + "_model_" + listed.name, &method, way.protocol, way.error,
           model_parameters(), body(arguments, way.types), result});
    }
  }
}

void Document::add_error_schemas() {
  auto object =
      [this](std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
        DictBuilder properties(arena_);
        ListBuilder required(arena_);
        for (const auto& [name, type] : members) {
          properties.set(
              name, type.empty() ? dict_of(arena_, {}) : dict_of(arena_, {{"type", text(type)}}));
          if (!type.empty()) required.add(text(name));
        }
        return dict_of(arena_, {{"type", text("object")},
                                {"properties", properties.done()},
                                {"required", required.done()}});
      };
  if (served_.prefix_of("path") != nullptr)
    components_.add("PathError", object({{"status", "integer"}, {"status_message", "string"}}));
  if (served_.prefix_of("rest") != nullptr)
    components_.add(
        "RestError",
        object({{"faultcode", "string"}, {"faultstring", "string"}, {"debuginfo", ""}}));
  if (served_.prefix_of("json2") != nullptr)
    components_.add("Json2Error", object({{"name", "string"},
                                          {"message", "string"},
                                          {"arguments", "array"},
                                          {"context", "object"},
                                          {"debug", ""}}));
}

Value Document::done(const About& about) {
  DictBuilder paths(arena_);
  for (const auto& [path, operations] : paths_) {
    DictBuilder item(arena_);
    for (const auto& [verb, operation] : operations) item.set(arena_.copy(verb), operation);
    paths.set(arena_.copy(path), item.done());
  }
  auto scheme = [this](std::string_view name, std::string_view help) {
    return dict_of(arena_,
                   {{"type", text("http")}, {"scheme", text(name)}, {"description", text(help)}});
  };
  Value schemes = dict_of(arena_, {{"basic", scheme("basic", "Login, and password or API key.")},
                                   {"bearer", scheme("bearer", "An API key.")}});
  auto tag = [this](std::string_view name, std::string_view help) {
    return dict_of(arena_, {{"name", text(name)}, {"description", text(help)}});
  };
  ListBuilder tags(arena_);
  if (served_.prefix_of("path") != nullptr)
    tags.add(tag("path", "The path is the name of the function; answers carry a status."));
  if (served_.prefix_of("rest") != nullptr)
    tags.add(tag("rest", "REST in JSON and XML: functions, and operations of models."));
  if (served_.prefix_of("json2") != nullptr)
    tags.add(tag("json2", "JSON-2: operations of models, arguments by name."));
  return dict_of(arena_, {{"openapi", text(version)},
                          {"info", info(about, arena_)},
                          {"servers", list({dict_of(arena_, {{"url", text("/")}})})},
                          {"tags", tags.done()},
                          {"paths", paths.done()},
                          {"components",
                           with(components_.schemas(), arena_, {{"securitySchemes", schemes}})}});
}

}  // namespace

Value openapi(const Registry& registry, const About& about, const Paths& paths, Audience to,
              Arena& arena) {
  Document document(registry, paths, to, arena);
  document.add_error_schemas();
  document.tell_functions();
  document.tell_operations();
  return document.done(about);
}

}  // namespace parley::documents
