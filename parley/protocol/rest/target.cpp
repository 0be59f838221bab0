// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/target.hpp"

#include <algorithm>

#include "parley/http/uri.hpp"

namespace parley::rest {
namespace {

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// As http::percent_encode, with what may stand in a path left alone.
std::string encoded(std::string_view path) {
  constexpr std::string_view left_alone = "/!$&'()*+,;=:@";
  std::string text;
  for (char c : path) {
    if (left_alone.find(c) != left_alone.npos)
      text += c;
    else
      text += http::percent_encode({&c, 1});
  }
  return text;
}

}  // namespace

Result<Target> read_target(std::string_view path, std::string_view prefix) {
  PARLEY_TRY(std::string decoded, http::percent_decode(path));
  std::string_view rest = decoded;
  if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  rest = without_slashes(rest);
  Target target;
  for (auto [suffix, format] : {std::pair{std::string_view(".json"), Format::json}, {".xml", Format::xml}}) {
    if (!rest.ends_with(suffix)) continue;
    rest.remove_suffix(suffix.size());
    if (!target.suffix) target.suffix = format;
  }
  rest = without_slashes(rest);
  target.shown = encoded(rest);
  target.name = rest;
  std::ranges::replace(target.name, '/', '.');
  return target;
}

}  // namespace parley::rest
