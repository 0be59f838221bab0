// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/reader.hpp"

#include <string>
#include <vector>

#include "parley/codec/xml/reader.hpp"

namespace parley::xmlrpc {
namespace {

using xml::Event;

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

std::string_view trim(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Walks the elements of one document; arrays and structs are a stack of their own, not recursion.
class DocumentReader {
 public:
  DocumentReader(std::string_view bytes, const Limits& limits, Reals reals, Arena& arena)
      // A level of array or struct takes three elements: array, data, value.
      : xml_(bytes, arena, limits.depth_max * 3 + 16),
        depth_max_(limits.depth_max),
        values_max_(limits.values_max),
        reals_(reals),
        arena_(arena),
        tree_(arena, TreeBuilder::Texts::viewed) {}

  Result<MethodCall> read_call() {
    MethodCall call;
    PARLEY_CHECK(expect_start("methodCall", "an XML-RPC call is a <methodCall>"));
    PARLEY_TRY(std::string_view name, leaf("methodName", "<methodCall> begins with <methodName>"));
    call.name = trim(name);
    tree_.begin_list();
    PARLEY_TRY(Event event, xml_.next_tag());
    if (event == Event::start) {
      if (xml_.name() != "params") return fail_tag("only <params> may follow <methodName>");
      PARLEY_CHECK(read_params());
      PARLEY_CHECK(expect_end("nothing may follow <params>"));
    }
    tree_.end_list();
    PARLEY_CHECK(expect_done("nothing may follow <methodCall>"));
    call.params = tree_.result().items();
    return call;
  }

  Result<MethodResponse> read_response() {
    PARLEY_CHECK(expect_start("methodResponse", "an XML-RPC answer is a <methodResponse>"));
    PARLEY_TRY(Event event, xml_.next_tag());
    const bool is_fault = xml_.name() == "fault";
    if (event != Event::start || (!is_fault && xml_.name() != "params"))
      return fail("<methodResponse> holds <params> or <fault>");
    if (!is_fault) PARLEY_CHECK(expect_start("param", "<params> of an answer holds one <param>"));
    PARLEY_CHECK(expect_start("value", "<param> and <fault> hold one <value>"));
    PARLEY_CHECK(read_value());
    PARLEY_CHECK(expect_end("<param> and <fault> hold one <value>"));
    if (!is_fault) PARLEY_CHECK(expect_end("<params> of an answer holds one <param>"));
    PARLEY_CHECK(expect_end("<methodResponse> holds <params> or <fault>"));
    PARLEY_CHECK(expect_done("nothing may follow <methodResponse>"));
    return MethodResponse{is_fault, tree_.result()};
  }

 private:
  enum class Open : std::uint8_t { array, structure };

  Result<void> read_params() {
    while (true) {
      if (!xml_.skip_start("param")) {
        PARLEY_TRY(Event event, xml_.next_tag());
        if (event == Event::end) return {};
        if (xml_.name() != "param") return fail_tag("<params> holds <param> only");
      }
      PARLEY_CHECK(expect_start("value", "<param> holds one <value>"));
      PARLEY_CHECK(read_value());
      PARLEY_CHECK(expect_end("<param> holds one <value>"));
    }
  }

  /// One value behind its start tag, with all that is within it.
  Result<void> read_value() {
    do {
      PARLEY_CHECK(open_value());
      PARLEY_CHECK(find_next_value());
    } while (!open_.empty());
    return {};
  }

  /// Behind <value>: reads a scalar with its </value>, or opens an array or struct.
  Result<void> open_value() {
    has_value_ = true;
    if (++values_ > values_max_)
      return fail("more than " + std::to_string(values_max_) + " values in one document");
    if (xml_.skip_leaf()) return read_typed(xml_.name(), xml_.text());
    PARLEY_TRY(Event event, xml_.next());
    std::string_view untyped;
    if (event == Event::text) {
      untyped = xml_.text();
      PARLEY_TRY(event, xml_.next());
    }
    if (event == Event::end) {
      tree_.string(untyped);
      return {};
    }
    if (!is_blank(untyped)) return fail_tag("<value> holds text or one type, not both");
    if (xml_.name() == "array") return open_container(Open::array);
    if (xml_.name() == "struct") return open_container(Open::structure);
    if (!scalar_of(xml_.name())) return fail_tag("no XML-RPC type has this name");
    std::string_view name = xml_.name();
    PARLEY_TRY(std::string_view text, text_to_end(name));
    return read_typed(name, text);
  }

  /// A scalar that was read up to its end tag, and the end of its value.
  Result<void> read_typed(std::string_view tag, std::string_view text) {
    if (tag == "array" || tag == "struct") return empty_container(tag, text);
    auto type = scalar_of(tag);
    if (!type) return fail_tag("no XML-RPC type has this name");
    if (auto read = read_scalar(*type, text, reals_, arena_, tree_); !read) {
      Error refusal = std::move(read).error();
      refusal.message += " (" + xml_.place() + ")";
      return refusal;
    }
    return expect_end("<value> holds one type");
  }

  Result<void> open_container(Open kind) {
    if (open_.size() >= depth_max_) return too_deep();
    open_.push_back(kind);
    has_value_ = false;
    if (kind == Open::structure) {
      tree_.begin_dict();
      return {};
    }
    tree_.begin_list();
    return expect_start("data", "<array> holds one <data>");
  }

  /// An array or struct without an element in it, read up to its end tag; a struct may be that.
  Result<void> empty_container(std::string_view tag, std::string_view text) {
    if (open_.size() >= depth_max_) return too_deep();
    if (tag == "array") return fail("<array> holds one <data>");
    if (!is_blank(text)) return fail("no text is allowed here");
    tree_.begin_dict();
    tree_.end_dict();
    return expect_end("<value> holds one type");
  }

  /// After a value was opened or read: goes on to the next start of a value, closing what ends
  /// before it. Stops with nothing open when the outermost value is over.
  Result<void> find_next_value() {
    while (!open_.empty()) {
      if (open_.back() == Open::structure && has_value_) PARLEY_CHECK(expect_end("<member> holds <name> and one <value>"));
      if (open_.back() == Open::array && xml_.skip_start("value")) return {};
      if (open_.back() == Open::structure && xml_.skip_start("member")) return begin_member();
      PARLEY_TRY(Event event, xml_.next_tag());
      if (event == Event::start) return open_.back() == Open::array ? begin_item() : begin_member();
      PARLEY_CHECK(close_container());
    }
    return {};
  }

  Result<void> begin_item() {
    if (xml_.name() != "value") return fail_tag("<data> holds <value> only");
    return {};
  }

  Result<void> begin_member() {
    if (xml_.name() != "member") return fail_tag("<struct> holds <member> only");
    PARLEY_TRY(std::string_view name, leaf("name", "<member> begins with <name>"));
    tree_.key(name);
    return expect_start("value", "<member> holds <name> and one <value>");
  }

  /// Behind </data> or </struct>: up to the container's </value>.
  Result<void> close_container() {
    if (open_.back() == Open::array) {
      tree_.end_list();
      PARLEY_CHECK(expect_end("<array> holds one <data>"));
    } else {
      tree_.end_dict();
    }
    open_.pop_back();
    has_value_ = true;
    return expect_end("<value> holds one type");
  }

  Result<void> expect_start(std::string_view name, std::string_view rule) {
    if (xml_.skip_start(name)) return {};
    PARLEY_TRY(Event event, xml_.next_tag());
    if (event != Event::start) return fail(rule);
    if (xml_.name() != name) return fail_tag(rule);
    return {};
  }

  Result<void> expect_end(std::string_view rule) {
    if (xml_.skip_end()) return {};
    PARLEY_TRY(Event event, xml_.next_tag());
    if (event == Event::start) return fail_tag(rule);
    return {};
  }

  Result<void> expect_done(std::string_view rule) {
    PARLEY_TRY(Event event, xml_.next());
    if (event != Event::done) return fail(rule);
    return {};
  }

  /// The text of the element `name`, which is next.
  Result<std::string_view> leaf(std::string_view name, std::string_view rule) {
    if (xml_.skip_leaf(name)) return xml_.text();
    PARLEY_CHECK(expect_start(name, rule));
    return text_to_end(name);
  }

  /// The text of an element without elements, behind its start tag; reads its end tag.
  Result<std::string_view> text_to_end(std::string_view element) {
    PARLEY_TRY(Event event, xml_.next());
    std::string_view text;
    if (event == Event::text) {
      text = xml_.text();
      PARLEY_TRY(event, xml_.next());
    }
    if (event == Event::start) return fail_tag("<" + std::string(element) + "> holds text only");
    return text;
  }

  Error too_deep() const { return fail("arrays and structs are nested deeper than " + std::to_string(depth_max_)); }
  Error fail(std::string_view rule) const { return Error(Code::invalid_call, xml_.place() + ": " + std::string(rule)); }
  Error fail_tag(std::string_view rule) const {
    return fail("<" + std::string(xml_.name().substr(0, 40)) + ">: " + std::string(rule));
  }

  xml::Reader xml_;
  std::size_t depth_max_, values_max_;
  std::size_t values_ = 0;
  Reals reals_;
  Arena& arena_;
  TreeBuilder tree_;
  std::vector<Open> open_;
  bool has_value_ = false;  // the last value of the innermost container was read to its end
};

}  // namespace

Result<MethodCall> read_call(std::string_view bytes, const Limits& limits, Reals reals, Arena& arena) {
  auto call = DocumentReader(bytes, limits, reals, arena).read_call();
  if (!call && call.error().kind.empty())
    call.error().kind =
        call.error().code == Code::invalid_call ? "xmlrpc.client.ResponseError" : "xml.parsers.expat.ExpatError";
  return call;
}

Result<MethodResponse> read_response(std::string_view bytes, const Limits& limits, Arena& arena) {
  return DocumentReader(bytes, limits, Reals::any, arena).read_response();
}

}  // namespace parley::xmlrpc
