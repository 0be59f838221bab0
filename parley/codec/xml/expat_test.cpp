// SPDX-License-Identifier: Apache-2.0
// The W3C XML conformance suite: on each document without a DTD, our verdict and events are
// expat's.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "parley/codec/xml/expat_events.hpp"

namespace {

using namespace parley;
using namespace parley::xml;

std::filesystem::path corpus() {
  const char* shared = std::getenv("PARLEY_SHARED");
  std::filesystem::path base = shared != nullptr ? std::filesystem::path(shared)
                                                 : std::filesystem::path(PARLEY_SOURCE_DIR) / "../shared";
  return base / "conformance/corpora/xmlconf";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A document type declaration, maybe within a comment; in UTF-16 with a NUL around each letter.
bool has_dtd(std::string bytes) {
  std::erase(bytes, '\0');
  return bytes.find("<!DOCTYPE") != bytes.npos;
}

struct Tally {
  int accepted = 0, refused = 0, version = 0, names = 0, encodings = 0;
};

/// How our verdict is allowed to differ, counted; false = it is not.
bool is_meant(const Told& ours, const Told& judge, Tally& tally) {
  // Versions other than 1.x: expat does not look at the number.
  if (!ours.is_accepted() && ours.failure.find("version=\"1.0\"") != std::string::npos) return ++tally.version > 0;
  // A byte order mark and a declaration that contradict each other: expat believes the latter.
  if (!ours.is_accepted() && ours.failure.find("byte order mark") != std::string::npos) return ++tally.encodings > 0;
  if (ours.code == Code::unsupported_media && !ours.is_accepted()) return ++tally.encodings > 0;
  return ours.is_accepted() && !judge.is_accepted() && has_wide_names(ours) && ++tally.names > 0;
}

}  // namespace

TEST_CASE("xml: verdict and events are expat's on the W3C suite's documents without a DTD") {
  if (!std::filesystem::exists(corpus())) {
    MESSAGE("SKIPPED: no W3C XML suite at " << corpus().string() << "; set PARLEY_SHARED");
    return;
  }
  Tally tally;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus())) {
    if (entry.path().extension() != ".xml") continue;
    std::string bytes = read_file(entry.path());
    Told ours = tell(bytes);
    if (has_dtd(bytes) && !ours.is_accepted()) continue;  // accepted: the words stand in a comment or CDATA
    Told judge = ExpatTeller::tell(bytes);
    bool is_same = ours.is_accepted() == judge.is_accepted() && (!ours.is_accepted() || ours.lines == judge.lines);
    if (is_same) ++(ours.is_accepted() ? tally.accepted : tally.refused);
    else if (!is_meant(ours, judge, tally))
      FAIL_CHECK(entry.path().string() << ": ours '" << ours.failure << "', expat '" << judge.failure << "'");
  }
  MESSAGE("the same: accepted " << tally.accepted << ", refused " << tally.refused << "; meant to differ: versions "
                                << tally.version << ", names " << tally.names << ", encodings " << tally.encodings);
  CHECK(tally.accepted > 50);
  CHECK(tally.refused > 50);
}

TEST_CASE("xml: attributes, references and line ends are expat's") {
  constexpr std::string_view documents[] = {
      "<a b='1' c=\"x&amp;y&#10;z\t\r\nw\"/>", "<a>\r\n\r&#13;&#x1F600;]] &gt; ]</a>",
      "<?xml version='1.0' encoding='utf-8' standalone='no' ?><!-- c --><a><![CDATA[<&]]]>]]&gt;</a><?p q?>\n",
      "\xEF\xBB\xBF<ns:a xmlns:ns='u'><b ns:c=''/>t<?p?>u<!---->v</ns:a >"};
  for (auto document : documents) {
    Told ours = tell(document), judge = ExpatTeller::tell(document);
    CHECK(judge.failure == "");
    CHECK(ours.failure == "");
    CHECK(ours.lines == judge.lines);
  }
}
