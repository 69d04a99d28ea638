#include "app/directory/arguments.h"
#include "app/directory/commands.h"
#include "app/directory/signing.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/vault/directory/selection.h"

#include <algorithm>
#include <iostream>

namespace tau::directory {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_records = 4U << 20U;

/// All plain files of the folder, by name, each of at most `limit` bytes.
Result<std::vector<Bytes>> files_in(const fs::path& folder, std::size_t limit) {
    std::error_code error;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file() && paths.size() < most_records) {
            paths.push_back(entry.path());
        }
    }
    if (error) {
        return fail(ErrorCode::io, "Cannot read the folder " + folder.string() + ".", {},
                    error.message());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Bytes> files;
    files.reserve(paths.size());
    for (const fs::path& path : paths) {
        const auto file = read_file(path, limit);
        if (!file) {
            return fail(file.error());
        }
        files.emplace_back(file->begin(), file->end());
    }
    return files;
}

/// A record may lie there as its node prints it, in base64.
void decode_text(std::vector<Bytes>& records) {
    for (Bytes& record : records) {
        if (auto decoded = from_base64(trim(as_text(record)))) {
            record = std::move(*decoded);
        }
    }
}

/// A text file with a key or id of 32 bytes on each line; empty lines and those with # do not
/// count.
Result<std::vector<Hash32>> hashes_in(const fs::path& file,
                                      Result<Bytes> (*decode)(std::string_view)) {
    const auto text = read_file(file);
    if (!text) {
        return fail(text.error());
    }
    std::vector<Hash32> hashes;
    std::string_view rest = *text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
        const std::string_view line = trim(rest.substr(0, end + 1));
        rest.remove_prefix(end + 1);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto bytes = decode(line);
        const auto hash = bytes ? to_array<32>(*bytes, "It") : Result<Hash32>(fail(bytes.error()));
        if (!hash) {
            return fail(ErrorCode::corrupt, "Line " + std::to_string(number) + " of " +
                                                file.string() + " is not a key or id.");
        }
        hashes.push_back(*hash);
    }
    return hashes;
}

Result<vault::Ledger> ledger_in(const fs::path& folder) {
    const auto file = read_file(folder / "ledger", vault::max_ledger);
    if (file) {
        return vault::decode_ledger(as_bytes(*file));
    }
    std::error_code ignored;
    if (file.error().code == ErrorCode::not_found && !fs::exists(folder / "v1", ignored)) {
        return vault::Ledger();
    }
    return fail(file.error().code,
                "The folder " + folder.string() +
                    " has editions, but not the ledger of what its nodes were.",
                "Bring it back from a backup: without it all nodes would be new again.");
}

void tell(const std::vector<vault::RefusedRecord>& refused) {
    for (const vault::RefusedRecord& one : refused) {
        std::cerr << "Left out: " << bounded_text(one.name, 200) << ": " << one.reason.message
                  << '\n';
    }
}

Result<vault::Hearing> hear_reports(const Arguments& arguments, std::int64_t now) {
    if (!arguments.has("--reports")) {
        return vault::Hearing();
    }
    const auto auditors = hashes_in(arguments.path("--auditors"), from_base64);
    if (!auditors) {
        return fail(auditors.error());
    }
    const auto files = files_in(arguments.path("--reports"), vault::max_report_file);
    if (!files) {
        return fail(files.error());
    }
    return vault::hear(*files, *auditors, now);
}

/// What goes into the edition; remembers it in the ledger, which must never be behind.
Result<vault::Edition> select(const Arguments& arguments, std::int64_t now) {
    auto records = files_in(arguments.path("--records"), 4096);
    if (!records) {
        return fail(records.error());
    }
    decode_text(*records);
    std::vector<Hash32> revoked;
    if (arguments.has("--revoked")) {
        auto ids = hashes_in(arguments.path("--revoked"), from_base58);
        if (!ids) {
            return fail(ids.error());
        }
        revoked = std::move(*ids);
    }
    auto hearing = hear_reports(arguments, now);
    if (!hearing) {
        return fail(hearing.error());
    }
    auto ledger = ledger_in(arguments.path("--out"));
    if (!ledger) {
        return fail(ledger.error());
    }
    auto selection = vault::select_nodes(*records, vault::combine(hearing->heard),
                                         std::move(*ledger), revoked, now);
    tell(hearing->refused);
    tell(selection.left_out);
    std::error_code failed;
    fs::create_directories(arguments.path("--out"), failed); // writing the ledger tells a failure
    if (auto kept = write_file_atomic(arguments.path("--out") / "ledger",
                                      vault::encode(selection.ledger), 0600);
        !kept) {
        return fail(kept.error());
    }
    vault::Edition edition;
    edition.nodes = std::move(selection.nodes);
    edition.revoked = std::move(selection.revoked);
    for (vault::HeardReport& heard : hearing->heard) {
        edition.reports.push_back(std::move(heard.file));
    }
    return edition;
}

} // namespace

Result<void> build_command(Words words) {
    constexpr std::array<Option, 8> options{{{"--records", Takes::one, true},
                                             {"--keys", Takes::many, true},
                                             {"--out", Takes::one, true},
                                             {"--root"},
                                             {"--reports"},
                                             {"--auditors"},
                                             {"--revoked"},
                                             {"--valid"}}};
    const auto arguments = Arguments::parse(words, options);
    if (!arguments) {
        return fail(arguments.error());
    }
    if (arguments->has("--reports") != arguments->has("--auditors")) {
        return fail(ErrorCode::invalid_argument, "--reports and --auditors go together.");
    }
    const auto hours = arguments->number("--valid", 168, 24);
    if (!hours) {
        return fail(hours.error());
    }
    const auto signers = load_signers(*arguments);
    if (!signers) {
        return fail(signers.error());
    }
    const std::int64_t now = SystemClock().now();
    auto edition = select(*arguments, now);
    if (!edition) {
        return fail(edition.error());
    }
    edition->valid_for = static_cast<std::uint32_t>(*hours * 3600);
    return publish_and_tell(*edition, *signers, arguments->path("--out"), now);
}

} // namespace tau::directory
