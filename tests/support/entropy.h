#pragma once

#include "core/ports.h"

namespace tau::test {

/// Gives first, first + 1, … in each call, from the start again in the next: a generator that is
/// stuck, and the one of the known answers.
class CountingEntropy final : public Entropy {
public:
    explicit CountingEntropy(std::uint8_t first) : first_(first) {}
    void fill(std::span<std::uint8_t> out) override {
        std::uint8_t next = first_;
        for (std::uint8_t& byte : out) {
            byte = next++;
        }
    }

private:
    std::uint8_t first_;
};

inline Secret counting_secret(std::uint8_t first, std::size_t size) {
    Secret out(size);
    CountingEntropy(first).fill(out.bytes());
    return out;
}

} // namespace tau::test
