// SPDX-License-Identifier: Apache-2.0
#include "discovery/libvirts.hpp"

#include <utility>

#include "discovery/libvirt_place.hpp"

namespace charmux::discovery {

Libvirts::Libvirts(loop::Loop& loop, Log& log, Sink& sink) : log_(log), sink_(sink), libvirt_(loop), locks_(loop) {}

LibvirtSource& Libvirts::at(LibvirtSource::Settings settings) {
  std::unique_ptr<LibvirtSource>& source = sources_[settings.uri];
  if (source) return *source;
  source = std::make_unique<LibvirtSource>(libvirt_, std::move(settings), log_, locks_, sink_);
  if (started_) source->start();
  return *source;
}

void Libvirts::follow(LibvirtSource::Settings settings) {
  if (LibvirtSource* const known = find(settings.uri)) return known->change(std::move(settings));
  at(std::move(settings));
}

void Libvirts::unfollow(const std::string& uri) {
  LibvirtSource::Settings settings;
  settings.uri = uri;
  settings.follow = false;
  if (LibvirtSource* const known = find(uri)) known->change(std::move(settings));
}

std::unique_ptr<backend::Locator> Libvirts::place_of(const address::Libvirt& at) {
  LibvirtSource::Settings settings;
  settings.uri = at.uri;
  settings.follow = false;
  return std::make_unique<LibvirtPlace>(this->at(std::move(settings)), at);
}

void Libvirts::start() {
  started_ = true;
  for (const auto& [uri, source] : sources_) source->start();
}

bool Libvirts::end() {
  for (const auto& [uri, source] : sources_) source->end();
  return libvirt_.has_pending_calls();
}

LibvirtSource* Libvirts::find(const std::string& uri) const {
  const auto at = sources_.find(uri);
  return at == sources_.end() ? nullptr : at->second.get();
}

}  // namespace charmux::discovery
