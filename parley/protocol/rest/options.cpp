// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/options.hpp"

namespace parley::rest {

Options options_of(const ProtocolSettings& settings) {
  Options options;
  options.prefix = settings.text("rest-prefix");
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  if (!options.prefix.empty() && options.prefix[0] != '/') options.prefix.insert(0, "/");
  options.nests_result = settings.is_on("rest-nest-result");
  options.is_debug = settings.is_debug;
  for (std::string_view origin : settings.list("rest-origins")) options.origins.emplace_back(origin);
  return options;
}

std::span<const ProtocolSetting> rest_settings() {
  using Kind = ProtocolSetting::Kind;
  static constexpr ProtocolSetting settings[] = {
      {"rest-prefix", Kind::text, "/ws", "Path in front of the functions of REST."},
      {"rest-nest-result", Kind::yes_no, "no", "REST+Json: results as {\"result\": ...}."},
      {"rest-origins", Kind::list, "*", "Origins whose pages may call REST and read its answers; * = all."},
  };
  return settings;
}

}  // namespace parley::rest
