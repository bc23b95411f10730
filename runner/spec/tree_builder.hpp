// Builds the tree from yaml-cpp's events. The library's own tree would lose duplicate keys.
#pragma once

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runner/spec/node.hpp"
#include "runner/spec/yaml_text.hpp"

namespace batchmill::spec {

class tree_builder : public YAML::EventHandler {
 public:
  /// `text` must outlive the builder.
  explicit tree_builder(const yaml_text& text) : text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  std::optional<node> take_root() { return std::move(root_); }

  /// The place of a quote that is never closed, if there is one.
  std::optional<place> open_quote() const;

 private:
  struct open_collection {
    node value;
    YAML::anchor_t anchor;
  };

  place at(const YAML::Mark& mark) const;
  void open(node_kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void close();
  void add(node value, YAML::anchor_t anchor);
  void add_key(node& mapping, node key);
  void count(std::size_t values, const place& where);

  const yaml_text& text_;
  std::optional<node> root_;
  std::vector<open_collection> open_;
  std::map<YAML::anchor_t, node> anchors_;
  std::size_t size_ = 0;
  std::size_t last_scalar_ = 0;  // its offset
  int documents_ = 0;
};

}  // namespace batchmill::spec
