#include "runner/simulator/response_stream.hpp"

#include <fmt/format.h>

#include "runner/simulator/event_stream.hpp"

namespace batchmill::simulator_detail {

namespace {

class response_streamer {
 public:
  explicit response_streamer(const response_result& result) : result_(result) {}

  std::string run() {
    send_response("response.created", true);
    send_response("response.in_progress", true);
    if (result_.status != "failed") stream_item();
    send_response(fmt::format("response.{}", result_.status), false);
    return std::move(out_);
  }

 private:
  bool calls() const { return result_.request.asked.shape == answer_shape::tool_call; }

  void stream_item() {
    send_item("response.output_item.added", true);
    if (calls())
      stream_arguments();
    else
      stream_text();
    send_item("response.output_item.done", false);
  }

  void stream_arguments() {
    for (const auto piece : pieces_of(result_.choice.text))
      send("response.function_call_arguments.delta", [&](json_writer& json) {
        write_place(json);
        json.key("delta").text(piece);
      });
    send("response.function_call_arguments.done", [&](json_writer& json) {
      write_place(json);
      json.key("name").text(result_.request.asked.tool);
      json.key("arguments").text(result_.choice.text);
    });
  }

  void stream_text() {
    send_part("response.content_part.added", "");
    for (const auto piece : pieces_of(result_.choice.text))
      send_text("response.output_text.delta", "delta", piece);
    send_text("response.output_text.done", "text", result_.choice.text);
    send_part("response.content_part.done", result_.choice.text);
  }

  void send_text(std::string_view type, std::string_view name, std::string_view text) {
    send(type, [&](json_writer& json) {
      write_place(json);
      json.key("content_index").integer(0).key(name).text(text);
      json.key("logprobs").open_array().close_array();
    });
  }

  void send_part(std::string_view type, std::string_view text) {
    send(type, [&](json_writer& json) {
      write_place(json);
      json.key("content_index").integer(0).key("part");
      write_text_part(json, text);
    });
  }

  void send_item(std::string_view type, bool begun) {
    send(type, [&](json_writer& json) {
      json.key("output_index").integer(0).key("item");
      write_item(json, result_, begun);
    });
  }

  void send_response(std::string_view type, bool begun) {
    send(type, [&](json_writer& json) { write_response(json.key("response"), result_, begun); });
  }

  void write_place(json_writer& json) const {
    json.key("item_id").text(result_.item_id).key("output_index").integer(0);
  }

  template <class WriteMembers>
  void send(std::string_view type, const WriteMembers& write_members) {
    std::string event;
    json_writer json(event, json_layout::compact);
    json.open_object().key("type").text(type).key("sequence_number").integer(sequence_++);
    write_members(json);
    json.close_object();
    add_event(out_, type, event);
  }

  const response_result& result_;
  std::string out_;
  std::int64_t sequence_ = 0;
};

}  // namespace

std::string stream_response(const response_result& result) {
  return response_streamer(result).run();
}

}  // namespace batchmill::simulator_detail
