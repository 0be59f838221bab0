// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rhodecode/names.hpp"

#include <algorithm>
#include <array>

namespace parley::rhodecode {
namespace {

/// An argument as the function has it and, separated by blanks, as others send it.
struct Argument {
  std::string_view name, aliases;
};

struct Row {
  std::string_view function, aliases;
  std::array<Argument, 9> arguments = {};  // those behind the last are empty
};

constexpr Argument repo_name{"repo_name", "repoid repo name"};
constexpr Argument user_name{"user_name", "username userid"};
constexpr Argument group_name{"group_name", "usersgroupid usergroupid name"};
constexpr Argument perm{"perm", "permission"};

// source: the manual and code of 1.2, then the names of 1.3 (2012-02), 1.4 (2012-09) and 4
constexpr Row rows[] = {
    {"pull", "", {{{"repo", "repo_name repoid"}}}},
    {"get_user", "", {{{"username", "userid user_name"}}}},
    {"get_users", ""},
    {"create_user",
     "",
     {{{"username", "user_name"},
       {"password", ""},
       {"firstname", "first_name"},
       {"lastname", "last_name"},
       {"email", ""},
       {"active", ""},
       {"admin", ""},
       {"ldap_dn", "ldap"}}}},
    {"update_user",
     "",
     {{{"userid", ""},
       {"username", "user_name"},
       {"password", ""},
       {"firstname", "first_name"},
       {"lastname", "last_name"},
       {"email", ""},
       {"active", ""},
       {"admin", ""},
       {"ldap_dn", "ldap"}}}},
    {"get_users_groups", "get_user_groups"},
    {"get_users_group", "get_user_group", {{group_name}}},
    {"create_users_group", "create_user_group", {{{"name", "group_name"}, {"active", ""}}}},
    {"add_user_to_users_group", "add_user_users_group add_user_to_users_groups add_user_to_user_group",
     {{group_name, user_name}}},
    {"remove_user_from_users_group", "remove_user_from_user_group", {{group_name, user_name}}},
    {"get_repos", ""},
    {"get_repo", "", {{{"repo_name", "name repoid repo"}}}},
    {"create_repo",
     "hg.create.repository",
     {{{"name", "repo_name"},
       {"owner_name", "owner"},
       {"description", ""},
       {"repo_type", ""},
       {"private", ""},
       {"clone_uri", ""}}}},
    {"delete_repo", "", {{repo_name}}},
    {"add_user_to_repo", "", {{repo_name, user_name, perm}}},
    {"add_users_group_to_repo", "", {{repo_name, group_name, perm}}},
    {"grant_user_permission", "", {{repo_name, user_name, perm}}},
    {"revoke_user_permission", "", {{repo_name, user_name}}},
    {"grant_users_group_permission", "grant_user_group_permission", {{repo_name, group_name, perm}}},
    {"revoke_users_group_permission", "revoke_user_group_permission", {{repo_name, group_name}}},
};

constexpr std::size_t name_chars_max = 64;
constexpr std::string_view module_prefix = "vcs.", nothing = "vcs.?";

/// Whether `word` is one of the `words` that blanks separate.
bool is_among(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    std::string_view first = words.substr(0, words.find(' '));
    if (first == word) return true;
    words.remove_prefix(std::min(words.size(), first.size() + 1));
  }
  return false;
}

const Row* row_of(std::string_view method) {
  auto found = std::find_if(std::begin(rows), std::end(rows), [method](const Row& row) {
    return row.function == method || is_among(method, row.aliases);
  });
  return found == std::end(rows) ? nullptr : found;
}

bool is_plain(std::string_view method) {
  auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !method.empty() && method.size() <= name_chars_max && !method.starts_with('_') &&
         std::ranges::all_of(method, is_word);
}

/// The argument under its own name, else under the first alias that is there.
const Value* find(const Argument& argument, const Value& args) {
  const Value* found = args.find(argument.name);
  for (std::string_view rest = argument.aliases; found == nullptr && !rest.empty();) {
    std::string_view alias = rest.substr(0, rest.find(' '));
    found = args.find(alias);
    rest.remove_prefix(std::min(rest.size(), alias.size() + 1));
  }
  return found;
}

}  // namespace

std::string_view function_of(std::string_view method, Arena& arena) {
  if (const Row* row = row_of(method)) return arena.join(module_prefix, row->function);
  return is_plain(method) ? arena.join(module_prefix, method) : nothing;
}

Value arguments_of(std::string_view method, const Value& args, Arena& arena) {
  DictBuilder named(arena);
  if (!args.is_dict()) return named.done();
  const Row* row = row_of(method);
  if (row == nullptr) return args;
  for (const Argument& argument : row->arguments) {
    if (argument.name.empty()) break;
    if (const Value* value = find(argument, args)) named.set(argument.name, *value);
  }
  return named.done();
}

}  // namespace parley::rhodecode
