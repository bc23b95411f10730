// POST /v1/images/generations, /edits and /variations, and the pictures they give addresses of.
#pragma once

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

admission_result generate_images(const call& c);
admission_result edit_images(const call& c);
admission_result vary_images(const call& c);

/// GET /simulator/images/{id}. What the picture shows stands in its name.
admission_result show_image(const call& c);

}  // namespace batchmill::simulator_detail
