// A request for images that was checked.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/png.hpp"

namespace batchmill::simulator_detail {

enum class image_family { dall_e_2, dall_e_3, gpt };
enum class image_task { generation, edit, variation };

struct image_request {
  image_request() = default;

  std::string model;
  image_family family = image_family::dall_e_2;
  std::string prompt;
  std::string quality;
  std::string background;
  std::string size_name;
  image_size size;
  std::int64_t count = 1;
  bool as_url = false;
  std::int64_t input_images = 0;
};

/// Checks the parameters as strictly as the API does and fills `request`. Images are left alone.
refusal check_image_request(const boost::json::object& body, image_task task,
                            image_request& request);

/// The images of an edit or a variation, from a form or by address.
refusal check_input_images(const call& c, image_task task, image_request& request);

}  // namespace batchmill::simulator_detail
