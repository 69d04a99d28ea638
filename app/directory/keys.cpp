#include "app/directory/arguments.h"
#include "app/directory/commands.h"
#include "core/base/file.h"
#include "core/vault/directory/audit.h"
#include "core/vault/directory/signing_keys.h"

#include <iostream>

namespace tau::directory {

namespace {

constexpr std::size_t key_count = 5;
constexpr std::uint8_t threshold = 3;

Result<void> make_auditor(const std::filesystem::path& file) {
    SystemEntropy entropy;
    const auto key = keys::OwnerKey::generate(entropy);
    if (auto kept = vault::keep_signing_key(key, file); !kept) {
        return kept;
    }
    std::cout << "The auditor's key is in " << file.string()
              << "; whoever runs a directory needs this line of it:\n"
              << to_base64(key.public_key()) << '\n';
    return {};
}

} // namespace

Result<void> keys_command(Words words) {
    constexpr std::array<Option, 4> options{
        {{"--out"}, {"--auditor"}, {"--root"}, {"--keys", Takes::many}}};
    const auto arguments = Arguments::parse(words, options);
    if (!arguments) {
        return fail(arguments.error());
    }
    if (arguments->has("--out") == arguments->has("--auditor") ||
        arguments->has("--root") != arguments->has("--keys")) {
        return fail(ErrorCode::invalid_argument,
                    "Keys are made with --out (a directory's) or --auditor (an auditor's); --root "
                    "and --keys go together.");
    }
    if (arguments->has("--auditor")) {
        return make_auditor(arguments->path("--auditor"));
    }
    std::optional<vault::Signers> before;
    if (arguments->has("--root")) {
        auto loaded = vault::load_signers(arguments->path("--root"), arguments->paths("--keys"));
        if (!loaded) {
            return fail(loaded.error());
        }
        before = std::move(*loaded);
    }
    SystemEntropy entropy;
    const auto signers =
        vault::make_signers(entropy, key_count, threshold, before ? &*before : nullptr);
    if (!signers) {
        return fail(signers.error());
    }
    const auto folder = arguments->path("--out");
    if (auto kept = vault::keep_signers(*signers, folder); !kept) {
        return kept;
    }
    std::cout << "Keys key-1 to key-" << key_count << " and their root, version "
              << signers->root.root.version << ", are in " << folder.string() << ".\n"
              << "Give each key to another keeper; " << int{threshold} << " of them have to sign.\n"
              << "A network's file names the root so:\n  root: "
              << to_base64(vault::encode(signers->root.root)) << '\n';
    return {};
}

Result<void> report_command(Words words) {
    constexpr std::array<Option, 3> options{{{"--key", Takes::one, true},
                                             {"--findings", Takes::one, true},
                                             {"--out", Takes::one, true}}};
    const auto arguments = Arguments::parse(words, options);
    if (!arguments) {
        return fail(arguments.error());
    }
    const auto key = vault::load_signing_key(arguments->path("--key"));
    if (!key) {
        return fail(key.error());
    }
    const auto yaml = read_file(arguments->path("--findings"));
    if (!yaml) {
        return fail(yaml.error());
    }
    auto report = vault::parse_findings(*yaml);
    if (!report) {
        return fail(report.error());
    }
    report->made = static_cast<std::uint64_t>(SystemClock().now());
    const auto out = arguments->path("--out");
    if (auto written = write_file_atomic(out, vault::report_file(*report, *key), 0644); !written) {
        return written;
    }
    std::cout << "The report on " << report->findings.size() << " nodes is in " << out.string()
              << ".\n";
    return {};
}

} // namespace tau::directory
