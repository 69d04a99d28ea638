// Deliveries as each git host writes them: shapes as their documentation shows them, names and
// contents made up here.
#include "core/node/webhook.h"

#include "hooked.h"

using namespace tau;
using namespace tau::test;

namespace {

const std::string push =
    R"({"ref":"refs/heads/main","before":"0000000000000000000000000000000000000000",
"after":"1111111111111111111111111111111111111111","created":true,"deleted":false,"forced":false,
"commits":[{"id":"1111111111111111111111111111111111111111","message":"Change","added":["a"]}],
"repository":{"id":7,"name":"tb_shop","full_name":"ada/tb_shop","private":true,
"owner":{"login":"ada"},"ssh_url":"git@git.example.org:ada/tb_shop.git","default_branch":"main"},
"pusher":{"name":"ada"},"sender":{"login":"ada","id":3}})";

const std::string gitlab_push = R"({"object_kind":"push","event_name":"push",
"before":"0000000000000000000000000000000000000000","after":"1111111111111111111111111111111111111111",
"ref":"refs/heads/main","checkout_sha":"1111111111111111111111111111111111111111","user_id":4,
"project_id":15,"project":{"id":15,"name":"tb_shop","path_with_namespace":"ada/tb_shop",
"git_ssh_url":"git@git.example.org:ada/tb_shop.git","default_branch":"main","visibility_level":0},
"commits":[{"id":"1111111111111111111111111111111111111111","author":{"name":"Ada"}}],
"total_commits_count":1})";

const std::string bitbucket_push = R"({"push":{"changes":[
{"old":null,"new":{"type":"branch","name":"main","target":{"hash":"1111111111111111111111111111111111111111"}},
"created":true,"closed":false,"forced":false,"truncated":false},
{"old":{"type":"branch","name":"gone"},"new":null,"closed":true},
{"old":null,"new":{"type":"branch","name":"side"}}]},
"repository":{"type":"repository","full_name":"ada/tb_shop","uuid":"{1}","is_private":true},
"actor":{"display_name":"Ada"}})";

std::string form_of(std::string_view json) {
    std::string out = "payload=";
    for (const char c : json) {
        const std::uint8_t byte[] = {static_cast<std::uint8_t>(c)};
        out += c == ' ' ? "+" : "%" + to_hex(byte);
    }
    return out;
}

std::string hex_mac(const Secret& secret, const std::string& body) {
    return keys::sign_webhook(secret, body).substr(std::string("sha256=").size());
}

/// What each host sends: its headers, given secret, body and id.
struct Host {
    std::string name;
    std::string body;
    std::function<std::vector<HttpHeader>(const Secret&, const std::string&, const std::string&)>
        headers;
    std::string told;
};

std::vector<HttpHeader> with_ids(const Secret& secret, const std::string& body,
                                 const std::string& id, std::int64_t at,
                                 const std::string& before = "") {
    const std::string time = std::to_string(at);
    return {{"X-Gitlab-Event", "Push Hook"},
            {"webhook-id", id},
            {"webhook-timestamp", time},
            {"webhook-signature", before + keys::sign_webhook_with_ids(
                                               keys::webhook_signing_key(secret), id, time, body)}};
}

std::vector<Host> hosts() {
    using Headers = std::vector<HttpHeader>;
    const auto gitea_like = [](const std::string& name) {
        return [name](const Secret& secret, const std::string& body, const std::string& id) {
            return Headers{{"X-" + name + "-Event", "push"},
                           {"X-" + name + "-Delivery", id},
                           {"X-" + name + "-Signature", hex_mac(secret, body)}};
        };
    };
    const auto github = [](const Secret& secret, const std::string& body, const std::string& id) {
        return Headers{{"X-GitHub-Event", "push"},
                       {"X-GitHub-Delivery", id},
                       {"X-Hub-Signature", "sha1=" + std::string(40, '0')},
                       {"X-Hub-Signature-256", keys::sign_webhook(secret, body)}};
    };
    const auto as_form = [](const auto& headers) {
        return [headers](const Secret& secret, const std::string& body, const std::string& id) {
            auto all = headers(secret, body, id);
            all.push_back({"Content-Type", "application/x-www-form-urlencoded"});
            return all;
        };
    };
    const std::string main = "refs/heads/main of ada/tb_shop";
    return {
        {"github", push, github, main},
        {"github, form", form_of(push), as_form(github), main},
        {"gitea", push, gitea_like("Gitea"), main},
        // Gitea and those like it sign what stands in the form.
        {"gitea, form", form_of(push),
         [=](const Secret& secret, const std::string& body, const std::string& id) {
             return as_form(gitea_like("Gitea"))(secret, body == form_of(push) ? push : body, id);
         },
         main},
        {"gogs", push, gitea_like("Gogs"), main},
        {"forgejo", push,
         [=](const Secret& secret, const std::string& body, const std::string& id) {
             Headers all;
             for (const char* name : {"Forgejo", "Gitea", "Gogs"}) {
                 const auto some = gitea_like(name)(secret, body, id);
                 all.insert(all.end(), some.begin(), some.end());
             }
             const auto some = github(secret, body, id);
             all.insert(all.end(), some.begin(), some.end());
             return all;
         },
         main},
        {"gitlab, token", gitlab_push,
         [](const Secret& secret, const std::string&, const std::string& id) {
             return Headers{{"X-Gitlab-Event", "Push Hook"},
                            {"X-Gitlab-Event-UUID", "event"},
                            {"Idempotency-Key", id},
                            {"X-Gitlab-Token", std::string(secret.view())}};
         },
         main},
        {"gitlab, older", gitlab_push,
         [](const Secret& secret, const std::string&, const std::string& id) {
             return Headers{{"X-Gitlab-Event", "Tag Push Hook"},
                            {"X-Gitlab-Event-UUID", id},
                            {"X-Gitlab-Token", std::string(secret.view())}};
         },
         main},
        {"gitlab, signed", gitlab_push,
         [](const Secret& secret, const std::string& body, const std::string& id) {
             return with_ids(secret, body, id, FixedClock().now());
         },
         main},
        {"bitbucket", bitbucket_push,
         [](const Secret& secret, const std::string& body, const std::string& id) {
             return Headers{{"X-Event-Key", "repo:push"},
                            {"X-Request-UUID", id},
                            {"X-Hook-UUID", "{1}"},
                            {"X-Attempt-Number", "1"},
                            {"X-Hub-Signature", keys::sign_webhook(secret, body)}};
         },
         "main and others of ada/tb_shop"},
    };
}

/// The same headers, one of them with another value.
std::vector<HttpHeader> changed(std::vector<HttpHeader> headers, const std::string& name,
                                const std::function<std::string(std::string)>& change) {
    for (HttpHeader& header : headers) {
        if (header.name == name) {
            header.value = change(header.value);
        }
    }
    return headers;
}

/// The header that counts.
std::string signature_of(const std::vector<HttpHeader>& headers) {
    return std::string(node::webhook_scheme({"POST", "/", headers, ""})->signature);
}

} // namespace

TEST_CASE("the published signatures hold, and what differs by a bit does not") {
    const Secret github = Secret::copy_of(std::string_view("It's a Secret to Everybody"));
    const std::string good =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    CHECK(keys::verify_webhook(github, "Hello, World!", good));
    CHECK_FALSE(keys::verify_webhook(github, "Hello, World.", good));
    // https://www.standardwebhooks.com
    const Secret key = Secret::copy_of(from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value());
    const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek", time = "1614265330",
                      body = R"({"test": 2432232314})",
                      signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    CHECK(keys::sign_webhook_with_ids(key, id, time, body) == signature);
    CHECK(keys::verify_webhook_with_ids(key, id, time, body, signature));
    CHECK_FALSE(keys::verify_webhook_with_ids(key, id + "x", time, body, signature));
    CHECK_FALSE(keys::verify_webhook_with_ids(key, id, "1614265331", body, signature));
    CHECK_FALSE(keys::verify_webhook_with_ids(key, id, time, body + " ", signature));
    CHECK_FALSE(keys::verify_webhook_with_ids(key, id, time, body, signature.substr(3)));
    CHECK_FALSE(keys::verify_webhook_with_ids(Secret(), id, time, body, signature));
    CHECK(keys::webhook_signing_key(github).empty());
    CHECK(keys::webhook_signing_key(Secret::copy_of(std::string(64, 'g'))).empty());
}

TEST_CASE("a delivery of each host is taken, once, and tells what it is about") {
    Hooked hooked;
    int number = 0;
    for (const Host& host : hosts()) {
        CAPTURE(host.name);
        const std::string id = "0b989ba4-242f-11e5-81e1-" + std::to_string(++number);
        const auto headers = host.headers(hooked.secret(0), host.body, id);
        const std::size_t before = hooked.world.log.count(host.told);
        const std::int64_t rows = hooked.world.rows("delivery");
        CHECK(hooked.post(0, host.body, headers).status == 202);
        CHECK(hooked.world.log.count(host.told) == before + 1);
        CHECK(hooked.post(0, host.body, headers).status == 202);
        CHECK(hooked.world.rows("delivery") == rows + 1);

        const auto status = [&](const std::vector<HttpHeader>& others) {
            return hooked.post(0, host.body, others).status;
        };
        CHECK(status(host.headers(hooked.secret(1), host.body, id)) == 401);
        CHECK(hooked.post(1, host.body, headers).status == 401);
        for (const HttpHeader& header : headers) {
            CAPTURE(header.name);
            const auto without = changed(headers, header.name, [](const auto&) { return ""; });
            const auto flipped = changed(headers, header.name, [](std::string value) {
                value.back() = static_cast<char>(value.back() ^ 1);
                return value;
            });
            const int empty = status(without);
            CHECK((empty == 401 || empty == 400 || empty == 202)); // some have a second id
            if (header.name == signature_of(headers)) {
                CHECK(empty == 401);
                CHECK(status(flipped) == 401);
            }
        }
    }
}

TEST_CASE("a signature with ids is for its time, and one of several is enough") {
    Hooked hooked;
    const std::int64_t now = hooked.world.clock.now();
    const Secret secret = hooked.secret(0);
    const auto status = [&](std::int64_t at, const std::string& id, const std::string& before) {
        return hooked.post(0, gitlab_push, with_ids(secret, gitlab_push, id, at, before)).status;
    };
    CHECK(status(now, "a", "") == 202);
    CHECK(status(now, "b", "v1," + to_base64(Bytes(32)) + " ") == 202);
    CHECK(status(now, "c", "v1a,other v2,x ") == 202);
    CHECK(status(now - 86400, "d", "") == 202); // the host tried again
    CHECK(status(now + 600, "e", "") == 401);
    CHECK(status(now - 31 * 86400, "f", "") == 401); // its id is no longer remembered
    auto headers = with_ids(secret, gitlab_push, "g", now);
    CHECK(
        hooked.post(0, gitlab_push, changed(headers, "webhook-id", [](const auto&) { return "h"; }))
            .status == 401);
    for (const char* time : {"", "x", "1x", "-1", "99999999999999999999"}) {
        CHECK(hooked
                  .post(0, gitlab_push,
                        changed(headers, "webhook-timestamp", [&](const auto&) { return time; }))
                  .status == 401);
    }
}

TEST_CASE("events that are no push, and pings") {
    Hooked hooked;
    for (const Host& host : hosts()) {
        CAPTURE(host.name);
        auto headers = host.headers(hooked.secret(0), host.body, "id");
        for (HttpHeader& header : headers) {
            if (header.name.ends_with("-Event") || header.name == "X-Event-Key") {
                header.value = "issues";
            }
        }
        CHECK(hooked.post(0, host.body, headers).status == 400);
    }
    CHECK(hooked.world.rows("delivery") == 0);
    CHECK(hooked.deliver(0, "ping", "p", R"({"zen":"Keep it simple.","hook_id":1})").status == 202);
}

TEST_CASE("what a body tells is bounded, and nonsense tells nothing") {
    const auto& schemes = node::webhook_schemes();
    const auto told = [&](std::string_view host, const std::string& body,
                          const std::string& type = "application/json") {
        const auto scheme = std::find_if(schemes.begin(), schemes.end(),
                                         [&](const auto& one) { return one.host == host; });
        return node::read_announcement(*scheme, {"POST", "/", {{"Content-Type", type}}, body});
    };
    std::string many = R"({"push":{"changes":[)";
    for (int i = 0; i < 1000; ++i) {
        many += R"({"new":{"name":"b"}},)";
    }
    many += R"({"new":{"name":"b"}}]}})";
    CHECK(told("bitbucket", many)->refs.size() == 10);
    CHECK(told("github", R"({"ref":")" + std::string(5000, 'x') + "\"}")->refs.at(0).size() < 300);
    CHECK(told("github", R"({"ref":7,"repository":[]})")->refs.empty());
    const std::string sly = told("github", "{\"ref\":\"a\\nb\\u001b[31m\"}")->refs.at(0);
    CHECK(sly.find('\n') == std::string::npos);
    CHECK(sly.find('\x1b') == std::string::npos);
    for (const std::string body : {"", "{", "[]", "7", "payload={}", "\xff"}) {
        CHECK_FALSE(told("github", body));
    }
    CHECK_FALSE(told("github", std::string(10000, '[')));
    const std::string form = "application/x-www-form-urlencoded";
    CHECK(told("github", "a=b&payload=%7B%7D", form));
    for (const std::string body :
         {"", "payload", "payload=", "payload=%", "payload=%7", "payload=%zz", "other=%7B%7D"}) {
        CHECK_FALSE(told("github", body, form));
    }
    CHECK_FALSE(told("gitlab", "payload=%7B%7D", form)); // it has no such form
}
