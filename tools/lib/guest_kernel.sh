# SPDX-License-Identifier: Apache-2.0
# The kernel of the guest that tools/demo and the tests start: Debian's cloud kernel, taken out of its package into the
# user's cache and never installed on the host. Sourced by tools/setup and tools/lib/guest_image.

# In the order in which the guest has to load them; 8250 serial ports are built in.
guest_modules=(
  virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console virtio_blk
  pvpanic pvpanic-mmio
)

# Where everything is kept that would otherwise have to be fetched or built again.
cache_dir() {
  local home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
  printf '%s/charmux\n' "${XDG_CACHE_HOME:-$home/.cache}"
}

# The kernel's folder: vmlinuz, the modules, and `package`, the name of the package they are from.
kernel_dir() { printf '%s/guest-kernel\n' "$(cache_dir)"; }

kernel_is_there() {
  local dir name
  dir=$(kernel_dir)
  [ -s "$dir/vmlinuz" ] && [ -s "$dir/package" ] || return 1
  for name in "${guest_modules[@]}"; do [ -s "$dir/$name.ko" ] || return 1; done
}

# The package that holds the newest cloud kernel: linux-image-cloud-amd64 itself is empty and depends on it. Prints
# nothing where apt has no lists.
kernel_package() {
  apt-cache depends --important linux-image-cloud-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-amd64\)$/\1/p' | head -n 1
}

# Needs the network and apt's lists, but not root. 1 and a reason on stderr when it could not be had.
fetch_kernel() {
  local dir scratch package
  package=$(kernel_package)
  if [ -z "$package" ]; then
    echo "setup: apt's lists name no linux-image-cloud-amd64" >&2
    return 1
  fi
  dir=$(kernel_dir)
  mkdir -p "$(dirname "$dir")" || return 1
  scratch=$(mktemp -d "$dir.XXXXXX") || return 1
  trap "rm -rf '$scratch'" EXIT
  take_out_kernel "$package" "$scratch" || { rm -rf "$scratch"; return 1; }
  # The folder appears whole or not at all, however this ends.
  rm -rf "$dir" && mv "$scratch/wanted" "$dir" || return 1
  rm -rf "$scratch"
  trap - EXIT
  echo "setup: $package is in $dir"
}

take_out_kernel() {
  local package=$1 scratch=$2 name
  mkdir "$scratch/wanted" "$scratch/all" || return 1
  # The download stays in a folder of ours, which apt's own user could not write to.
  (cd "$scratch" && apt-get --quiet --option APT::Sandbox::User="$(id -un)" download "$package") || return 1
  dpkg-deb --fsys-tarfile "$scratch"/*.deb |
    tar --extract --directory "$scratch/all" --wildcards './boot/vmlinuz-*' './lib/modules/*/virtio*.ko' \
    './lib/modules/*/pvpanic*.ko' || return 1
  mv "$scratch"/all/boot/vmlinuz-* "$scratch/wanted/vmlinuz" || return 1
  for name in "${guest_modules[@]}"; do
    find "$scratch/all/lib/modules" -name "$name.ko" -exec mv {} "$scratch/wanted/" \;
    if [ ! -s "$scratch/wanted/$name.ko" ]; then
      echo "setup: $package has no module $name" >&2
      return 1
    fi
  done
  printf '%s\n' "$package" >"$scratch/wanted/package"
}
