// What every fuzz program has: which decoder an input is for, and the first inputs.
#include "tests/fuzz/decoder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace tau;
using namespace tau::fuzz;

namespace {

// An input: the decoder's number; then 1 to read the rest laid over the good bytes at the place
// that the u16 after it names, 0 to read the rest alone. So the fuzzer gets past lengths,
// signatures and hashes that it would not guess.
constexpr std::size_t head_size = 4;

Bytes input_for(std::size_t decoder, std::uint8_t over_good, ByteView rest) {
    return ByteWriter()
        .u8(static_cast<std::uint8_t>(decoder))
        .u8(over_good)
        .u16(0)
        .raw(rest)
        .take();
}

Bytes laid_over(ByteView good, std::size_t place, ByteView bytes) {
    Bytes out(good.begin(), good.end());
    const std::size_t start = place % out.size();
    const std::size_t count = std::min(bytes.size(), out.size() - start);
    std::copy_n(bytes.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(start));
    return out;
}

void write_seed(const std::filesystem::path& file, ByteView bytes) {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) {
        std::cerr << "cannot write " << file << '\n';
        std::exit(1);
    }
}

} // namespace

/// "--seeds FOLDER" writes the first inputs there, and nothing else is done.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    if (*argc == 3 && std::string_view((*argv)[1]) == "--seeds") {
        const std::filesystem::path folder = (*argv)[2];
        for (std::size_t i = 0; i < decoders().size(); ++i) {
            const Decoder& decoder = decoders()[i];
            write_seed(folder / (std::string(decoder.name) + ".good"),
                       input_for(i, 0, decoder.good));
            write_seed(folder / (std::string(decoder.name) + ".laid-over"), input_for(i, 1, {}));
        }
        std::exit(0);
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < head_size) {
        return 0;
    }
    ByteReader in(ByteView(data, size));
    const Decoder& decoder = decoders()[in.u8() % decoders().size()];
    const bool over_good = (in.u8() & 1U) != 0;
    const std::size_t place = in.u16();
    const ByteView rest = in.raw(in.remaining());
    const Bytes exact = over_good ? laid_over(decoder.good, place, rest)
                                  : Bytes(rest.begin(), rest.end()); // ASan guards its end
    decoder.read(exact);
    return 0;
}
