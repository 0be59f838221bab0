// SPDX-License-Identifier: Apache-2.0
// ir.config_parameter: texts by key for administrators.
#include "parley/domain/repr.hpp"
#include "parley/modules/base/base.hpp"

namespace parley::modules {
namespace {

using domain::Operator;
using orm::RuntimeModel;

struct Found {
  orm::Ids ids;  // none or one
  Value value = Value::boolean(false);
};

Result<Found> find(Env& env, const RuntimeModel& model, const Value& key) {
  if (!key.is_string())
    return Error(Code::invalid_argument, "key: expected text, not " + domain::repr(key), "key");
  Env inside = env.as_superuser();
  Found out;
  PARLEY_TRY(out.ids, orm::search_records(inside, model,
                                          domain::leaf("key", Operator::equal, key, env.arena()),
                                          {.limit = 1}));
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, model, out.ids, {"value"}));
  if (!rows.empty()) out.value = *rows.front().find("value");
  return out;
}

Result<Answer> get_param(Invocation& in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_CHECK(orm::check_model_access(in.env(), *model, orm::Operation::read));
  PARLEY_TRY(Found found, find(in.env(), *model, in[0]));
  return Answer(orm::is_falsy(found.value) ? in[1] : found.value);
}

// False and None remove the parameter; what is no text is kept as Python prints it.
Result<Answer> set_param(Invocation& in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_CHECK(orm::check_model_access(env, *model, orm::Operation::write));
  PARLEY_TRY(Found found, find(env, *model, in[0]));
  if (in[1].is_absent() || in[1].is_false()) {
    PARLEY_CHECK(orm::unlink_records(env, *model, found.ids));
    return Answer(found.value);
  }
  DictBuilder values(in.arena());
  values.set("value",
             in[1].is_string() ? in[1] : Value::string(in.arena().copy(domain::repr(in[1]))));
  if (!found.ids.empty()) {
    PARLEY_CHECK(orm::write_records(env, *model, found.ids, values.done()));
    return Answer(found.value);
  }
  values.set("key", in[0]);
  Value row = values.done();
  PARLEY_CHECK(orm::create_records(env, *model, {&row, 1}));
  return Answer(found.value);
}

}  // namespace

Result<void> add_parameters(Catalog& catalog) {
  PARLEY_CHECK(
      add_method(catalog, "ir.config_parameter",
                 {"get_param",
                  Binding::model,
                  Effect::read,
                  "The value of a system parameter.",
                  {needed("key", "Name of the parameter."),
                   optional("default", "What to give when there is none.", Value::boolean(false))},
                  get_param}));
  return add_method(catalog, "ir.config_parameter",
                    {"set_param",
                     Binding::model,
                     Effect::write,
                     "Sets a system parameter and gives its old value, or false.",
                     {needed("key", "Name of the parameter."),
                      needed("value", "Text; false removes the parameter.")},
                     set_param});
}

}  // namespace parley::modules
