#include "app/directory/arguments.h"
#include "app/directory/commands.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/vault/directory/audit.h"
#include "core/vault/directory/builder.h"
#include "core/vault/directory/merkle.h"
#include "core/vault/directory/shard.h"
#include "core/vault/node_record.h"

#include <algorithm>
#include <array>
#include <iostream>

namespace tau::directory {

namespace fs = std::filesystem;

namespace {

void show_head(const vault::SignedHead& head) {
    const vault::DirectoryHead& fields = head.head;
    const auto [least, most] =
        std::minmax_element(fields.shards.begin(), fields.shards.end(),
                            [](const auto& a, const auto& b) { return a.count < b.count; });
    std::cout << "Head of epoch " << fields.epoch << " ("
              << to_iso8601(static_cast<std::int64_t>(fields.epoch)) << "), signed by "
              << head.signatures.size() << " keys of root " << fields.root_version << '\n'
              << "  fresh until  " << to_iso8601(fields.fresh_until) << '\n'
              << "  valid until  " << to_iso8601(fields.valid_until) << '\n'
              << "  nodes        " << fields.node_count() << ", " << least->count << " to "
              << most->count << " a shard\n"
              << "  earlier      " << fields.history_size << " heads, deltas from "
              << fields.deltas_from.size() << '\n'
              << "  reports      " << fields.report_count << '\n'
              << "  revoked      " << fields.revoked.size() << " nodes\n";
}

void show_root(const vault::SignedRoot& root) {
    std::cout << "Root version " << root.root.version << ": " << int{root.root.threshold}
              << " of these keys sign\n";
    for (const seal::Point& key : root.root.keys) {
        std::cout << "  " << to_base64(key) << '\n';
    }
    std::cout << "  signed by " << root.by_itself.size() << " of its own keys and "
              << root.by_previous.size() << " of the root before\n";
}

void show_report(const vault::AuditReport& report) {
    std::cout << "Report of auditor " << to_base64(report.auditor) << ", "
              << to_iso8601(static_cast<std::int64_t>(report.made)) << '\n';
    for (const vault::Finding& finding : report.findings) {
        std::cout << "  " << to_base58(finding.node) << "  passed " << finding.passed / 1000.0
                  << ", failed " << finding.failed / 1000.0 << ", slots " << finding.slots
                  << ", up " << finding.up << ", down " << finding.down << '\n';
    }
}

void show_record(const vault::NodeRecord& record) {
    std::cout << "Record " << record.seq << " of the node " << record.name << " ("
              << record.node_id() << ")\n"
              << "  endpoint     " << record.endpoint << '\n'
              << "  region       " << vault::region_name(record.region) << " ("
              << record.latitude / 100.0 << ", " << record.longitude / 100.0 << ")\n"
              << "  expires      " << to_iso8601(record.expires) << '\n';
}

Result<Bytes> bytes_of(const fs::path& path) {
    const auto text = read_file(path, vault::max_report_file);
    if (!text) {
        return fail(text.error());
    }
    return Bytes(text->begin(), text->end());
}

/// Counts what it has verified of one shard; an error names the file that does not fit.
Result<std::size_t> verify_shard(const fs::path& folder, std::size_t number,
                                 const vault::ShardEntry& entry) {
    const auto byte = static_cast<std::uint8_t>(number);
    const std::string name = to_hex({&byte, 1});
    const auto at_fault = [](const fs::path& path, const Error& error) {
        return fail(error.code, path.string() + ": " + error.message, error.hint, error.detail);
    };
    const fs::path path = folder / "shard" / name;
    const auto file = bytes_of(path);
    const auto summaries = file ? vault::read_shard_file(*file, entry)
                                : Result<std::vector<vault::Summary>>(fail(file.error()));
    if (!summaries) {
        return at_fault(path, summaries.error());
    }
    if (entry.records == Hash32{}) {
        return 0;
    }
    for (std::size_t page = 0; page * vault::page_records < entry.count; ++page) {
        const fs::path page_path = folder / "rec" / name / std::to_string(page);
        const auto page_file = bytes_of(page_path);
        const auto records = page_file
                                 ? vault::read_page_file(*page_file, page, entry)
                                 : Result<std::vector<vault::PagedRecord>>(fail(page_file.error()));
        if (!records) {
            return at_fault(page_path, records.error());
        }
    }
    return entry.count;
}

Result<void> verify_reports(const fs::path& folder, const vault::DirectoryHead& head) {
    std::vector<Hash32> leaves;
    for (std::size_t i = 0; i < head.report_count; ++i) {
        const auto file = bytes_of(folder / "report" / std::to_string(i));
        if (!file) {
            return fail(file.error());
        }
        leaves.push_back(vault::merkle::leaf_hash(*file));
    }
    if (vault::merkle::root(leaves) != head.reports_root) {
        return fail(ErrorCode::untrusted,
                    "The auditors' reports are not those that the head commits to.");
    }
    return {};
}

Result<void> show_folder(const fs::path& folder, std::int64_t now) {
    const auto head = vault::newest_head(folder, now);
    if (!head) {
        return fail(head.error());
    }
    if (!*head) {
        return fail(ErrorCode::not_found, "There is no directory in " + folder.string() + ".");
    }
    show_head(**head);
    const vault::DirectoryHead& fields = (*head)->head;
    const fs::path edition = folder / "v1" / std::to_string(fields.epoch);
    std::size_t records = 0;
    for (std::size_t shard = 0; shard < vault::shard_count; ++shard) {
        if (fields.shards[shard].count == 0) {
            continue;
        }
        const auto verified = verify_shard(edition, shard, fields.shards[shard]);
        if (!verified) {
            return fail(verified.error());
        }
        records += *verified;
    }
    if (auto verified = verify_reports(edition, fields); !verified) {
        return verified;
    }
    std::cout << "All files fit the head: " << fields.node_count() << " summaries, " << records
              << " records, " << fields.report_count << " reports.\n";
    return {};
}

Result<void> show_head_file(const Bytes& file, const Arguments& arguments, std::int64_t now) {
    if (!arguments.has("--root")) {
        return fail(ErrorCode::invalid_argument,
                    "This is the head of a directory; name the root that it must be signed under "
                    "with --root.");
    }
    const auto root_bytes = bytes_of(arguments.path("--root"));
    if (!root_bytes) {
        return fail(root_bytes.error());
    }
    const auto root = vault::read_own_root(*root_bytes);
    if (!root) {
        return fail(root.error());
    }
    const auto head = vault::read_head_file(file, root->root, now);
    if (!head) {
        return fail(head.error());
    }
    show_head(*head);
    return {};
}

} // namespace

Result<void> show_command(Words words) {
    constexpr std::array<Option, 1> options{{{"--root"}}};
    const auto arguments = Arguments::parse(words, options, 1);
    if (!arguments) {
        return fail(arguments.error());
    }
    const std::int64_t now = SystemClock().now();
    const fs::path path = arguments->positionals().front();
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return show_folder(path, now);
    }
    auto file = bytes_of(path);
    if (!file) {
        return fail(file.error());
    }
    const auto begin = as_text(*file).substr(0, 4);
    if (begin == "TVD1") {
        return show_head_file(*file, *arguments, now);
    }
    if (begin == "TVR1") {
        return vault::read_own_root(*file).map(show_root);
    }
    if (begin == "TVA1") {
        return vault::read_report_file(*file).map(show_report);
    }
    const auto decoded = from_base64(trim(as_text(*file)));
    return vault::decode_record(decoded ? *decoded : *file, now).map(show_record);
}

} // namespace tau::directory
