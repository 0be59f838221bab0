// SPDX-License-Identifier: Apache-2.0
#include "parley/server/api_keys.hpp"

#include <charconv>

#include "parley/orm/hooks.hpp"
#include "parley/orm/method_arguments.hpp"
#include "parley/orm/records.hpp"
#include "parley/server/accounts.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

constexpr std::string_view descriptions = "res.users.apikeys.description";
constexpr std::string_view checks = "res.users.identitycheck";
constexpr std::int64_t day_micros = 86'400'000'000;
constexpr std::int64_t days_max = 365;  // of users; administrators may make keys that never end
constexpr int persistent = 0, custom_date = -1;  // durations that are no number of days

/// A window that a web client would open.
Value window(Arena& arena, std::string_view model, std::string_view name, Value id, Value context) {
  DictBuilder out(arena);
  out.set("type", Value::string("ir.actions.act_window"));
  out.set("res_model", Value::string(model));
  if (!id.is_absent()) out.set("res_id", id);
  out.set("name", Value::string(name));
  out.set("target", Value::string("new"));
  const Value view[] = {Value::boolean(false), Value::string("form")};
  const Value views[] = {Value::list(arena.copy(std::span<const Value>(view)))};
  out.set("views", Value::list(arena.copy(std::span<const Value>(views))));
  out.set("context", context);
  return out.done();
}

Value dict_of(Arena& arena, std::string_view name, Value value) {
  DictBuilder out(arena);
  out.set(name, value);
  return out.done();
}

/// The one record that `ids` names, if the caller may see it.
Result<Value> one_row(Env& env, const orm::RuntimeModel& model, const Value& given,
                      std::initializer_list<std::string_view> names) {
  PARLEY_TRY(orm::Ids ids, orm::ids_argument(env, given));
  if (ids.size() != 1)
    return Error(Code::invalid_argument,
                 "Expected singleton: " + model.name + " with " + std::to_string(ids.size()) + " ids", "ids",
                 "ValueError");
  std::vector<const orm::RuntimeField*> fields{&model.id_field()};
  for (std::string_view name : names) fields.push_back(model.find(name));
  PARLEY_TRY(auto rows, orm::read_records(env, model, ids, fields, orm::LoadMode::bare_ids));
  TreeBuilder row(env.arena());
  PARLEY_TRY(bool has_row, rows->next(row));
  if (!has_row) return orm::missing_error(env, model, ids);
  return row.result();
}

/// Removes what the caller left of earlier attempts, but for `kept`.
Result<void> forget_others(Env& env, std::string_view name, std::int64_t kept) {
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
  const domain::Node* own =
      domain::leaf("create_uid", domain::Operator::equal, Value::integer(env.uid()), env.arena());
  Env inside = env.as_superuser();
  PARLEY_TRY(orm::Ids ids, orm::search_records(inside, *model, own, {}));
  std::erase(ids, kept);
  return orm::unlink_records(inside, *model, ids);
}

Result<Answer> make_key(Invocation& in) {
  Env& env = in.env();
  PARLEY_TRY(const orm::RuntimeModel* asked, env.find_model(descriptions));
  PARLEY_TRY(Value row, one_row(env, *asked, in[0], {"name"}));
  const Value& id = *row.find("id");
  PARLEY_CHECK(forget_others(env, checks, 0));
  PARLEY_CHECK(forget_others(env, descriptions, id.as_integer()));
  PARLEY_TRY(const orm::RuntimeModel* check, env.find_model(checks));
  Env inside = env.as_superuser();
  Value values = dict_of(in.arena(), "description_id", id);
  PARLEY_TRY(orm::Ids made, orm::create_records(inside, *check, {&values, 1}));
  return Answer(window(in.arena(), checks, "Access Control", Value::integer(made.front()),
                       dict_of(in.arena(), "dialog_size", Value::string("medium"))));
}

/// When a key of this description ends; the day begins at midnight, UTC.
Result<std::optional<DateTime>> end_of(Env& env, const Value& description) {
  using End = std::optional<DateTime>;
  std::string_view text = text_of(*description.find("duration"));
  int days = 0;
  std::from_chars(text.data(), text.data() + text.size(), days);
  const DateTime now = env.now();
  DateTime end = now;
  const Value& chosen = *description.find("expiration_date");
  if (days == custom_date) {
    if (!chosen.is(Kind::datetime))
      return Error(Code::rejected, "the API key needs an expiration date", "expiration_date", "UserError");
    end = chosen.as_datetime();
  } else {
    end.micros += days * day_micros;
    end.micros -= end.micros % day_micros;
  }
  const bool is_endless = days == persistent || end.micros > now.micros + days_max * day_micros;
  if (is_endless && !env.context().is_admin)
    return Error(Code::rejected, "the API key must have an end, in a year at the latest", "duration", "UserError");
  if (days == persistent) return End();
  if (end.micros <= now.micros)
    return Error(Code::rejected, "the expiration date of the API key is over", "expiration_date", "UserError");
  return End(end);
}

/// Whether the password in the call's context was found right before the call began.
Result<void> check_password(Env& env, Passwords& passwords) {
  const Value* given = env.context_value("password");
  if (given != nullptr && given->is_string()) {
    PARLEY_TRY(auto account, find_account(env.transaction(), env.uid()));
    if (account && !account->password.empty() && passwords.is_confirmed(given->text(), account->password)) return {};
  }
  return Error(Code::rejected, "Incorrect password: it goes into the context, as \"password\"", "password", "UserError");
}

Result<Answer> run_check(Invocation& in, Passwords& passwords) {
  Env& env = in.env();
  PARLEY_TRY(const orm::RuntimeModel* check, env.find_model(checks));
  PARLEY_TRY(Value row, one_row(env, *check, in[0], {}));
  PARLEY_CHECK(check_password(env, passwords));
  Env inside = env.as_superuser();
  PARLEY_TRY(Value asked, one_row(inside, *check, *row.find("id"), {"description_id"}));
  const Value& id = *asked.find("description_id");
  if (!id.is_integer()) return Error(Code::rejected, "nothing was asked for", "ids", "UserError");
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(descriptions));
  PARLEY_TRY(Value description, one_row(env, *model, id, {"name", "scope", "duration", "expiration_date"}));
  NewKey wanted{.uid = env.uid(),
                .name = text_of(*description.find("name")),
                .scope = text_of(*description.find("scope"))};
  PARLEY_TRY(wanted.expires, end_of(env, description));
  PARLEY_TRY(std::string key, add_key(inside, wanted));
  PARLEY_CHECK(forget_others(env, checks, 0));
  PARLEY_CHECK(forget_others(env, descriptions, 0));
  return Answer(window(in.arena(), "res.users.apikeys.show", "API Key Ready", Value::null(),
                       dict_of(in.arena(), "default_key", Value::string(in.arena().copy(key)))));
}

Result<Value> without_password(Env& env, const orm::RuntimeModel&, const Value& values, orm::Operation) {
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values.keys()[i] != "password") out.set(values.keys()[i], values.values()[i]);
  return out.done();
}

Result<void> add(Catalog& catalog, std::string_view model, std::string name, std::string help, Body body) {
  Method method{std::move(name), std::move(help), {{"ids", "The one record.", Type::any()}}};
  method.binding = Binding::records;
  method.effect = Effect::write;
  method.is_secret = true;
  method.body = std::move(body);
  return catalog.add_method("base", model, std::move(method));
}

/// A key that was chosen elsewhere: its form, and that nobody has it.
Result<void> check_given_key(Env& env, std::string_view key, std::string_view hashed) {
  if (!may_be_key(key))
    return Error(Code::invalid_argument, "an API key has 32 to 128 letters, digits, - and _", "key");
  PARLEY_TRY(auto others, keys_by_index(env.transaction(), key.substr(0, key_index_chars)));
  for (const ApiKey& other : others)
    if (is_same_secret(other.hash, hashed)) return Error(Code::conflict, "this API key exists already", "key");
  return {};
}

}  // namespace

Result<std::string> add_key(Env& env, const NewKey& key) {
  PARLEY_TRY(const orm::RuntimeModel* keys, env.find_model("res.users.apikeys"));
  std::string made = key.value.empty() ? random_token(key_chars * 4) : std::string(key.value);
  const std::string hashed = key_hash(made);
  if (!key.value.empty()) PARLEY_CHECK(check_given_key(env, made, hashed));
  DictBuilder values(env.arena());
  values.set("name", Value::string(key.name));
  values.set("user_id", Value::integer(key.uid));
  if (!key.scope.empty()) values.set("scope", Value::string(key.scope));
  values.set("index", Value::string(std::string_view(made).substr(0, key_index_chars)));
  values.set("key", Value::string(hashed));
  if (key.expires) values.set("expiration_date", Value::datetime(*key.expires));
  Value row = values.done();
  PARLEY_CHECK(orm::create_records(env, *keys, {&row, 1}));
  return made;
}

Result<void> add_key_methods(Catalog& catalog, orm::ModuleSet& set, Passwords& passwords) {
  auto hooks = std::make_shared<orm::Hooks>();
  hooks->prepare = without_password;
  set.hooks[std::string(checks)] = std::move(hooks);
  PARLEY_CHECK(add(catalog, descriptions, "make_key",
                   "Asks for the password before the key is made: a record whose run_check makes it.", make_key));
  return add(catalog, checks, "run_check",
             "Makes the API key that was asked for when the context's \"password\" is the caller's; the key is told "
             "this once, as default_key in the answer's context.",
             [with = &passwords](Invocation& in) { return run_check(in, *with); });
}

}  // namespace parley::server
