#include "core/base/file.h"
#include "core/base/process.h"
#include "core/vault/directory/builder.h"
#include "core/vault/node_source.h"
#include "tests/core/vault/directory/nodes.h"
#include "tests/support/localnet.h"
#include "tests/support/plain_http.h"
#include "tests/support/published_directory.h"
#include "tests/support/temporary_directory.h"

#include <cmath>
#include <sys/stat.h>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

Finished run(const fs::path& folder, std::vector<std::string> arguments) {
    Command command;
    command.program = program_folder().value() / "tau-directory";
    command.arguments = std::move(arguments);
    command.folder = folder;
    auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(120)));
    REQUIRE(ended.has_value());
    return std::move(*ended);
}

Finished succeed(const fs::path& folder, std::vector<std::string> arguments) {
    Finished ended = run(folder, std::move(arguments));
    CAPTURE(ended.errors);
    REQUIRE(ended.code == 0);
    return ended;
}

/// What follows a mark in what the program printed, up to the line's end.
std::string after(const std::string& text, const std::string& mark) {
    const std::size_t at = text.find(mark);
    REQUIRE(at != std::string::npos);
    const std::size_t begin = at + mark.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

vault::DirectoryRoot root_in(const std::string& printed) {
    const auto bytes = from_base64(after(printed, "root: "));
    REQUIRE(bytes);
    const auto root = vault::decode_root(*bytes);
    REQUIRE(root);
    return *root;
}

/// A web server over the folder, and a console that reads it with an empty cache.
class Reader {
public:
    Reader(const fs::path& site, const vault::DirectoryRoot& root) : http_(files_) {
        serve(site);
        vault::Network network;
        network.directory = vault::NamedDirectory{FileHttp::url, vault::encode(root)};
        source_ = vault::open_nodes(network, http_, clock_, cache_.path() / "c").value();
    }
    void serve(const fs::path& site) {
        files_.clear();
        for (const auto& entry : fs::recursive_directory_iterator(site / "v1")) {
            if (entry.is_regular_file()) {
                const std::string text = read_file(entry.path()).value();
                files_["/" + fs::relative(entry.path(), site).string()] = {text.begin(),
                                                                           text.end()};
            }
        }
    }
    vault::NodeList load() { return source_->load({}, vault::Extent::all, {}, {}).value(); }
    vault::ListedNode node(const vault::NodeList& list, std::uint32_t row) {
        return source_->node(*list.table, row, {}).value();
    }

private:
    std::map<std::string, Bytes> files_;
    FileHttp http_;
    SystemClock clock_;
    TemporaryDirectory cache_;
    std::unique_ptr<vault::NodeSource> source_;
};

const std::vector<std::string> build{"build",      "--records",  "records", "--keys", "keys/key-1",
                                     "keys/key-3", "keys/key-4", "--out",   "site",   "--reports",
                                     "reports",    "--auditors", "auditors"};

} // namespace

TEST_CASE("a directory from keys and reports to a verified folder") {
    const TemporaryDirectory place;
    const fs::path& at = place.path();
    const std::int64_t today = SystemClock().now();
    const auto root = root_in(succeed(at, {"keys", "--out", "keys"}).output);
    CHECK(root.keys.size() == 5);
    CHECK(root.threshold == 3);
    struct stat status {};
    REQUIRE(::stat((at / "keys" / "key-1").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    TestNode one(1, today);
    TestNode two(2, today);
    fs::create_directories(at / "records");
    fs::create_directories(at / "reports");
    REQUIRE(write_file_atomic(at / "records" / "one", one.bytes()));
    REQUIRE(write_file_atomic(at / "records" / "two", to_base64(two.bytes()) + "\n"));
    REQUIRE(write_file_atomic(at / "records" / "bad", std::string_view("not a record")));
    REQUIRE(write_file_atomic(at / "findings.yaml",
                              "nodes:\n  - {node: " + one.record.node_id() +
                                  ", passed: 240, failed: 1, slots: 90, up: 719, down: 1}\n"));
    std::string auditors = "# whom to hear\n";
    for (const std::string name : {"a", "b", "c"}) {
        const std::string said = succeed(at, {"keys", "--auditor", name}).output;
        auditors += said.substr(said.find('\n') + 1);
        succeed(at, {"report", "--key", name, "--findings", "findings.yaml", "--out",
                     "reports/" + name});
    }
    REQUIRE(write_file_atomic(at / "auditors", auditors));

    const Finished built = succeed(at, build);
    CHECK(built.output.find("Published 2 nodes") == 0);
    CHECK(root_in(built.output) == root);
    CHECK(built.errors.find("Left out: record 1") != std::string::npos);
    const auto head = vault::newest_head(at / "site", today).value();
    REQUIRE(head);
    CHECK(head->head.node_count() == 2);
    CHECK(head->head.report_count == 3);
    CHECK(head->head.root_version == 1);

    const std::string shown = succeed(at, {"show", "site"}).output;
    CHECK(shown.find("All files fit the head: 2 summaries, 2 records, 3 reports.") !=
          std::string::npos);
    Reader reader(at / "site", root);
    const vault::NodeList list = reader.load();
    CHECK(list.notice.empty());
    REQUIRE(list.total == 2);
    for (std::uint32_t row = 0; row < 2; ++row) {
        const bool first = list.table->key[row] == vault::summary_key(one.id);
        CHECK(std::isnan(list.table->reputation[row]) != first);
        CHECK(reader.node(list, row).encoded == (first ? one : two).bytes());
    }

    CHECK(succeed(at, {"show", "records/two"}).output.find("node-2") != std::string::npos);
    CHECK(succeed(at, {"show", "reports/a"}).output.find("passed 240") != std::string::npos);
    CHECK(succeed(at, {"show", "keys/root"}).output.find("3 of these keys") != std::string::npos);
    CHECK(succeed(at, {"show", "site/v1/head", "--root", "keys/root"}).output.find("nodes") !=
          std::string::npos);

    // The next edition, under the next keys.
    succeed(at, {"keys", "--out", "later", "--root", "keys/root", "--keys", "keys/key-2",
                 "keys/key-1", "keys/key-5"});
    auto again = build;
    for (std::string& word : again) {
        word = word.starts_with("keys/") ? "later" + word.substr(4) : word;
    }
    succeed(at, again);
    const auto next = vault::newest_head(at / "site", today).value();
    CHECK(next->head.root_version == 2);
    CHECK(next->head.history_size == 1);
    reader.serve(at / "site");
    const vault::NodeList followed = reader.load();
    CHECK(followed.notice.empty());
    CHECK(followed.published >= list.published);
    CHECK(followed.total == 2);

    // Damage shows.
    const fs::path shards = at / "site" / "v1" / std::to_string(next->head.epoch) / "shard";
    const fs::path shard = fs::directory_iterator(shards)->path();
    REQUIRE(write_file_atomic(shard, std::string(16, 'x')));
    const Finished damaged = run(at, {"show", "site"});
    CHECK(damaged.code == 1);
    CHECK(damaged.errors.find(shard.filename().string()) != std::string::npos);
}

TEST_CASE("a made-up directory verifies too") {
    const TemporaryDirectory place;
    const fs::path& at = place.path();
    succeed(at, {"sample", "--nodes", "300", "--out", "with", "--records"});
    CHECK(succeed(at, {"show", "with"}).output.find("300 summaries, 300 records") !=
          std::string::npos);
    const auto root = root_in(succeed(at, {"sample", "--nodes", "5000", "--out", "plain"}).output);
    CHECK(succeed(at, {"show", "plain"}).output.find("5000 summaries, 0 records") !=
          std::string::npos);
    const auto head = read_file(at / "plain" / "v1" / "head").value();
    CHECK(vault::read_head_file(as_bytes(head), root, SystemClock().now()));
}

TEST_CASE("mistakes are told in a sentence, and nothing is overwritten") {
    const TemporaryDirectory place;
    const fs::path& at = place.path();
    succeed(at, {"keys", "--out", "keys"});
    const auto before = read_file(at / "keys" / "key-1").value();
    struct Case {
        std::vector<std::string> words;
        int code;
        const char* says;
    };
    const std::vector<Case> cases{
        {{}, 2, "Usage"},
        {{"burn"}, 2, "Usage"},
        {{"keys"}, 2, "--out"},
        {{"keys", "--out"}, 2, "needs a value"},
        {{"keys", "--out", "keys"}, 1, "already"},
        {{"keys", "--auditor", "keys/key-1"}, 1, "already"},
        {{"build", "--out", "x"}, 2, "--records is missing"},
        {{"sample", "--nodes", "0", "--out", "x"}, 2, "whole number"},
        {{"sample", "--nodes", "5", "--out", "x", "--out", "y"}, 2, "twice"},
        {{"sample", "--nodes", "5", "--out", "x", "--keys", "keys/key-1", "keys/key-2"},
         1,
         "needs 3"},
        {{"show", "nowhere"}, 1, "nowhere"},
        {{"show", "keys"}, 1, "no directory"},
        {{"show", "keys/root", "keys/root"}, 2, "What is"}};
    for (const Case& one : cases) {
        const Finished ended = run(at, one.words);
        CAPTURE(one.says);
        CAPTURE(ended.errors);
        CHECK(ended.code == one.code);
        CHECK(ended.errors.find(one.says) != std::string::npos);
    }
    CHECK(read_file(at / "keys" / "key-1").value() == before);
    CHECK(run(at, {"--help"}).output.find("sample --nodes") != std::string::npos);
}

TEST_CASE("the local network serves a directory of its nodes") {
    const TemporaryDirectory place;
    const Localnet localnet(place.path(), 3);
    const auto text = read_file(localnet.network_file()).value();
    const std::int64_t today = SystemClock().now();
    const auto network = vault::parse_network(text, today);
    REQUIRE(network);
    REQUIRE(network->directory);
    CHECK(network->nodes.size() == 3);
    const auto root = vault::decode_root(network->directory->root).value();
    PlainHttp http;
    const auto get = [&](const std::string& path, std::vector<HttpHeader> headers = {}) {
        HttpRequest request;
        request.url = network->directory->url + path;
        request.headers = std::move(headers);
        return http.send(request, {}).value();
    };
    const HttpResponse answer = get("/v1/head");
    const auto head = vault::read_head_file(as_bytes(answer.body), root, today);
    REQUIRE(head);
    CHECK(head->head.node_count() == 3);
    CHECK(head->head.report_count == 3);
    const std::string* tag = answer.header("ETag");
    REQUIRE(tag != nullptr);
    CHECK(get("/v1/head", {{"If-None-Match", *tag}}).status == 304);
    CHECK(get("/v1/head", {{"If-None-Match", "\"other\""}}).status == 200);

    vault::Network named = *network;
    named.nodes.clear();
    const SystemClock clock;
    const auto source = vault::open_nodes(named, http, clock, place.path() / "cache").value();
    const auto list = source->load({}, vault::Extent::all, {}, {}).value();
    CHECK(list.notice.empty());
    REQUIRE(list.table->size() == 3);
    for (std::uint32_t row = 0; row < 3; ++row) {
        CHECK(list.table->reputation[row] > 0.9F);
        const auto node = source->node(*list.table, row, {});
        REQUIRE(node);
        CHECK(std::any_of(network->nodes.begin(), network->nodes.end(),
                          [&](const auto& one) { return one.encoded == node->encoded; }));
    }
    for (const char* path : {"/", "/v1/", "/v1/none", "/v1/../network.yaml", "/network.yaml"}) {
        CHECK(get(path).status == 404);
    }
}
