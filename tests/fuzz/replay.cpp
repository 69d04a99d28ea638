// A short run without libFuzzer: the first inputs, those in the folder that is named, and mutations
// of all of them for some seconds. A fault ends the program as it would there.
#include "core/base/file.h"
#include "tests/fuzz/decoder.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using tau::Bytes;

constexpr std::size_t longest = 20000;

std::vector<Bytes> first_inputs() {
    std::vector<Bytes> inputs;
    for (std::size_t i = 0; i < tau::fuzz::decoders().size(); ++i) {
        const auto number = static_cast<std::uint8_t>(i);
        Bytes good{number, 0, 0, 0};
        const Bytes& bytes = tau::fuzz::decoders()[i].good;
        good.insert(good.end(), bytes.begin(), bytes.end());
        inputs.push_back(std::move(good));
        inputs.push_back({number, 1, 0, 0, 0});
    }
    return inputs;
}

/// One small change, of those that parsers like least.
void mutate(Bytes& input, std::mt19937& random) {
    constexpr std::array<std::uint8_t, 8> sore{0x00, 0x01, 0x7f, 0x80, 0xff, '"', '{', '%'};
    const auto any = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const std::size_t at = any(input.size());
    const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count =
        static_cast<std::ptrdiff_t>(1 + any(std::min<std::size_t>(64, input.size() - at)));
    switch (any(6)) {
    case 0:
        *place = static_cast<std::uint8_t>(*place ^ (1U << any(8)));
        break;
    case 1:
        *place = sore.at(any(sore.size()));
        break;
    case 2:
        *place = static_cast<std::uint8_t>(any(256));
        break;
    case 3:
        input.insert(place, static_cast<std::size_t>(count), sore.at(any(sore.size())));
        break;
    case 4:
        input.erase(place, place + count);
        break;
    default: {
        const Bytes copy(place, place + count);
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(any(input.size())), copy.begin(),
                     copy.end());
    }
    }
    input.resize(std::clamp<std::size_t>(input.size(), 5, longest));
}

const Bytes* current = nullptr; // what the handler shows; a fault ends the program

/// The input that ended the program, in hexadecimal: `xxd -r -p` makes a file of it.
void show_current(int signal) {
    std::signal(signal, SIG_DFL);
    std::cerr << "finding: " << tau::to_hex(*current) << std::endl;
    ::raise(signal);
}

void run(const Bytes& input) {
    current = &input;
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGABRT, show_current);
    std::signal(SIGSEGV, show_current);
    std::vector<Bytes> inputs = first_inputs();
    if (argc > 2 && std::filesystem::is_directory(argv[2])) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
            std::ifstream file(entry.path(), std::ios::binary);
            inputs.emplace_back(std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>());
        }
    }
    for (const Bytes& input : inputs) {
        run(input);
    }
    std::mt19937 random(1);
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(argc > 1 ? std::stoi(argv[1]) : 1);
    std::size_t runs = 0;
    while (std::chrono::steady_clock::now() < end) {
        Bytes input = inputs.at(random() % inputs.size());
        for (std::size_t changes = 1 + random() % 4; changes > 0 && !input.empty(); --changes) {
            mutate(input, random);
        }
        run(input);
        ++runs;
    }
    std::cout << inputs.size() << " inputs, " << runs << " mutations\n";
    return 0;
}
