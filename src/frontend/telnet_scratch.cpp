// SPDX-License-Identifier: Apache-2.0
#include "frontend/telnet_scratch.hpp"

namespace charmux::frontend {

TelnetScratch::Encoded TelnetScratch::encode(BytesView source, std::uint64_t offset, bool binary,
                                             protocol::TelnetWireState before) {
  const bool same =
      data_ == source.data() && size_ == source.size() && offset_ == offset && binary_ == binary && before_ == before;
  if (!same) {
    data_ = source.data();
    size_ = source.size();
    offset_ = offset;
    binary_ = binary;
    before_ = before;
    after_ = before;
    bytes_.clear();
    protocol::telnet_encode(source, binary, after_, bytes_);
  }
  return {bytes_, after_};
}

}  // namespace charmux::frontend
