#include "runner/simulator/files/file_content.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t block_size = 256 * 1024;

template <class F>
void for_each_block(const file_content& c, F f) {
  std::vector<char> block(static_cast<std::size_t>(std::min<std::uint64_t>(block_size, c.size())));
  for (std::uint64_t at = 0; at < c.size();) {
    const auto size = c.read(at, block.data(), block.size());
    f(std::string_view(block.data(), size));
    at += size;
  }
}

}  // namespace

file_content::file_content(std::shared_ptr<const temp_file> file, std::uint64_t begin,
                           std::uint64_t size)
    : size_(size) {
  if (size > 0) pieces_.push_back({std::move(file), begin, size});
}

file_content file_content::of(std::string_view bytes) {
  if (bytes.empty()) return {};
  auto file = std::make_shared<temp_file>();
  file->append(bytes);
  return {std::move(file), 0, bytes.size()};
}

void file_content::append(const file_content& more) {
  pieces_.insert(pieces_.end(), more.pieces_.begin(), more.pieces_.end());
  size_ += more.size_;
}

file_content::piece file_content::rest_of_piece(std::uint64_t at) const {
  for (const auto& p : pieces_) {
    if (at < p.size) return {p.file, p.begin + at, p.size - at};
    at -= p.size;
  }
  return {};
}

std::size_t file_content::read(std::uint64_t at, char* out, std::size_t size) const {
  std::size_t done = 0;
  while (done < size && at + done < size_) {
    const auto p = rest_of_piece(at + done);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(p.size, size - done));
    const auto got = p.file->read(p.begin, out + done, wanted);
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::string file_content::text(std::uint64_t at, std::size_t size) const {
  if (at >= size_) return {};
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - at)), '\0');
  out.resize(read(at, out.data(), out.size()));
  return out;
}

std::uint64_t hash_of(const file_content& c) {
  std::uint64_t hash = c.size();
  for_each_block(c, [&](std::string_view block) { hash = hash_text(block, hash); });
  return hash;
}

std::string md5_of(const file_content& c) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> state(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(state.get(), EVP_md5(), nullptr);
  for_each_block(c, [&](std::string_view block) {
    EVP_DigestUpdate(state.get(), block.data(), block.size());
  });
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(state.get(), digest, &size);
  return fmt::format("{:02x}", fmt::join(digest, digest + size, ""));
}

}  // namespace batchmill::simulator_detail
