// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/accept.hpp"

#include <algorithm>
#include <array>

#include "parley/http/media.hpp"

namespace parley::path {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes what stands in front of `separator` off `rest`; a separator in quotes is none.
std::string_view take_part(std::string_view& rest, char separator) {
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (is_quoted || rest[end] != separator); ++end) {
    if (rest[end] == '\\' && is_quoted)
      ++end;
    else if (rest[end] == '"')
      is_quoted = !is_quoted;
  }
  std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return trimmed(part);
}

/// "0.25" in thousandths; at most three digits behind the point.
int thousandths(std::string_view weight) {
  if (weight.empty() || weight.size() > 5 || (weight[0] != '0' && weight[0] != '1')) return 0;
  int value = (weight[0] - '0') * 1000, unit = 100;
  if (weight.size() > 1 && weight[1] != '.') return 0;
  for (std::size_t i = 2; i < weight.size(); ++i, unit /= 10) {
    if (weight[i] < '0' || weight[i] > '9') return 0;
    value += (weight[i] - '0') * unit;
  }
  return std::min(value, 1000);
}

/// The weight among the parameters of a media range; 1 when there is none.
int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = take_part(parameters, ';');
    std::size_t equals = parameter.find('=');
    if (equals != parameter.npos && http::same_letters(trimmed(parameter.substr(0, equals)), "q"))
      return thousandths(trimmed(parameter.substr(equals + 1)));
  }
  return 1000;
}

// The ranges that say something about JSON, the most exact first.
constexpr std::array<std::string_view, 3> json_ranges{"application/json", "application/*", "*/*"};

struct Weights {
  int bson = 0;
  std::array<int, json_ranges.size()> json{-1, -1, -1};  // -1 = not named

  int of_json() const {
    for (int weight : json)
      if (weight >= 0) return weight;
    return 0;
  }
};

void add(std::string_view ranges, Weights& weights) {
  while (!ranges.empty()) {
    std::string_view range = take_part(ranges, ',');
    std::string_view name = take_part(range, ';');
    const int weight = weight_of(range);
    if (http::same_letters(name, "application/bson")) weights.bson = std::max(weights.bson, weight);
    for (std::size_t i = 0; i < json_ranges.size(); ++i)
      if (http::same_letters(name, json_ranges[i]))
        weights.json[i] = std::max(weights.json[i], weight);
  }
}

}  // namespace

Format accepted_format(const http::Request& request) {
  Weights weights;
  for (const http::Header& header : request.headers)
    if (http::same_letters(header.name, "Accept")) add(header.value, weights);
  return weights.bson > weights.of_json() ? Format::bson : Format::json;
}

}  // namespace parley::path
